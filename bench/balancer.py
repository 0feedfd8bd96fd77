"""A balancer as small as can be: it passes a request on to the next process that takes it, in turn."""

import itertools
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

import aiohttp
from aiohttp import web

LOOPBACK: Final = "127.0.0.1"
BUSY: Final = 503
PASSED: Final = ("X-Telegram-Bot-Api-Secret-Token", "Content-Type")


class Balancer:
    """Processes at these ports; it tries the next one when one refuses, says 503 or cuts the connection.

    That may deliver an update twice, which has one effect. In nginx's words:
    `proxy_next_upstream error timeout http_503 non_idempotent`.
    """

    def __init__(self, ports: Sequence[int]) -> None:
        self.counts: Counter[str] = Counter()
        self._ports = ports
        self._next = itertools.count()
        self._session: aiohttp.ClientSession

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[int]:
        """Serve on loopback; yield the port."""
        app = web.Application()
        app.router.add_post("/hook", self._pass_on)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        connector = aiohttp.TCPConnector(limit=0, force_close=True)
        async with aiohttp.ClientSession(connector=connector) as self._session:
            try:
                await web.TCPSite(runner, LOOPBACK, 0).start()
                yield int(runner.addresses[0][1])
            finally:
                await runner.cleanup()

    async def _pass_on(self, request: web.Request) -> web.Response:
        body = await request.read()
        headers = {name: request.headers[name] for name in PASSED if name in request.headers}
        self.counts["requests"] += 1
        first = next(self._next)
        for place in range(len(self._ports)):
            port = self._ports[(first + place) % len(self._ports)]
            try:
                status = await self._ask(port, body, headers)
            except aiohttp.ClientConnectorError:
                status = BUSY
            except (aiohttp.ClientError, OSError):
                self.counts["cut by a process that ended"] += 1
                status = BUSY
            if status != BUSY:
                self.counts[f"answered with {status}"] += 1
                return web.Response(status=status)
            self.counts["passed on to the next"] += 1
        self.counts["taken by nobody"] += 1
        return web.Response(status=BUSY, headers={"Retry-After": "1"})

    async def _ask(self, port: int, body: bytes, headers: dict[str, str]) -> int:
        async with self._session.post(f"http://{LOOPBACK}:{port}/hook", data=body, headers=headers) as answer:
            await answer.read()
            return answer.status
