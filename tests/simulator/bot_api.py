"""A bot's side of the simulator for tests; aiogram's models judge every accepted call and its answer."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import aiogram.methods
import orjson
from aiogram.types import BufferedInputFile
from aiohttp import ClientSession, FormData
from pydantic import TypeAdapter

Result = Any


@dataclass
class Refused(Exception):
    """The Bot API said no."""

    code: int
    description: str
    parameters: dict[str, int] = field(default_factory=dict)


def model_of(method: str) -> type[aiogram.methods.TelegramMethod[Any]]:
    """aiogram's own description of a method."""
    found: type[aiogram.methods.TelegramMethod[Any]] = getattr(
        aiogram.methods, method[0].upper() + method[1:]
    )
    return found


def judge(method: str, given: dict[str, Any], result: Result) -> None:
    """Raise when aiogram does not know such a call, or does not understand such an answer."""
    model = model_of(method)
    seen = {
        name: BufferedInputFile(value, name) if isinstance(value, bytes) else value
        for name, value in given.items()
    }
    assert given.keys() <= model.model_fields.keys(), method
    model.model_validate(seen)
    TypeAdapter(model.__returning__).validate_python(result)


@dataclass
class Api:
    """Calls methods over HTTP."""

    url: str
    token: str
    session: ClientSession

    async def __call__(self, method: str, **given: Any) -> Result:
        """The result of a call sent as JSON."""
        return await self._judged(method, given, json=given)

    async def form(self, method: str, **given: Any) -> Result:
        """The result of a call sent as a form."""
        data = {name: v if isinstance(v, str) else orjson.dumps(v).decode() for name, v in given.items()}
        return await self._judged(method, given, data=data)

    async def multipart(self, method: str, **given: Any) -> Result:
        """The result of a call with files (bytes) in it."""
        data = FormData()
        for name, value in given.items():
            if isinstance(value, bytes):
                data.add_field(name, BytesIO(value), filename=f"{name}.jpg")
            else:
                data.add_field(name, value if isinstance(value, str) else orjson.dumps(value).decode())
        return await self._judged(method, given, data=data)

    async def _judged(self, method: str, given: dict[str, Any], **body: Any) -> Result:
        async with self.session.post(f"{self.url}/bot{self.token}/{method}", **body) as response:
            answer = orjson.loads(await response.read())
        if not answer["ok"]:
            assert answer["error_code"] == response.status
            raise Refused(answer["error_code"], answer["description"], answer.get("parameters", {}))
        judge(method, given, answer["result"])
        return answer["result"]


async def until(true: Callable[[], bool]) -> None:
    """Let everybody else work until something is true; fails after five seconds."""
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110  the world has no event for everything a test may wait for
            await asyncio.sleep(0)
