"""The web server of a process: every route it offers, at one address."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import web

from handlers.webhooks import LARGEST

LAST_ANSWERS: Final = 2.0
"""Seconds a stop waits for answers that are being written."""


@asynccontextmanager
async def listening(where: tuple[str, int], routes: Iterable[web.AbstractRouteDef]) -> AsyncIterator[str]:
    """Serve these routes at a host and port (0: any that is free) while the block runs; yield the address."""
    app = web.Application(client_max_size=LARGEST)
    app.router.add_routes(routes)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=LAST_ANSWERS)
    await runner.setup()
    try:
        await web.TCPSite(runner, *where).start()
        host, port = runner.addresses[0][:2]
        yield f"{host}:{port}"
    finally:
        await runner.cleanup()
