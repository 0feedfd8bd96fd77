"""A small server that answers for Telegram as a test tells it to."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from aiohttp.test_utils import BaseTestServer

TOKEN = "990001:AAE-Rahasia_Sekali-0123456789abcdef"

Reply = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Telegram:
    """Keeps what it was asked, and replies with the next reply of its script, or as a new message would."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Any]] = []
        self.kinds: list[str] = []
        self.connections: set[object] = set()
        self.script: list[Reply] = []
        self.never = asyncio.Event()
        self.reached = asyncio.Event()
        self.server: BaseTestServer

    @property
    def url(self) -> str:
        return f"http://{self.server.host}:{self.server.port}"

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.kinds.append(request.content_type)
        self.connections.add(request.transport)
        self.calls.append((request.match_info["method"], await _asked(request)))
        self.reached.set()
        reply = self.script.pop(0) if self.script else says({"message_id": len(self.calls)})
        return await reply(request)

    async def file(self, request: web.Request) -> web.StreamResponse:
        return web.Response(body=request.match_info["path"].encode())

    async def silence(self, _: web.Request) -> web.StreamResponse:
        """Never answer, until the test is over."""
        await self.never.wait()
        return web.Response()


async def _asked(request: web.Request) -> Any:
    if request.content_type == "application/json":
        return await request.json()
    if request.content_type != "multipart/form-data":
        return {}
    parts = await request.post()
    return {
        name: (part.filename, part.content_type, part.file.read())
        if isinstance(part, web.FileField)
        else part
        for name, part in parts.items()
    }


def says(result: Any) -> Reply:
    """Reply that all went well, with this result."""
    return page(200, json.dumps({"ok": True, "result": result}))


def refuses(code: int, description: str, **parameters: int) -> Reply:
    """Reply as the Bot API refuses."""
    answer = {"ok": False, "error_code": code, "description": description}
    return page(code, json.dumps(answer | ({"parameters": parameters} if parameters else {})))


def page(code: int, body: str | bytes) -> Reply:
    """Reply with any body at all."""

    async def reply(_: web.Request) -> web.StreamResponse:
        return web.Response(status=code, body=body)

    return reply


async def cut(request: web.Request) -> web.StreamResponse:
    """Break the connection without a word."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def elsewhere(request: web.Request) -> web.StreamResponse:
    """Send the caller away to another method."""
    return web.Response(status=307, headers={"Location": str(request.url)})


async def half(request: web.Request) -> web.StreamResponse:
    """Break the connection in the middle of an answer."""
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"ok":true')
    return await cut(request)
