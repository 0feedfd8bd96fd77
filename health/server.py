"""/healthz, /readyz and /metrics, on an address of their own: beside polling and beside a webhook alike."""

import contextlib
from collections.abc import AsyncIterator, Iterable

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import Metric

from health.checks import Ready
from health.figures import Figures
from measures import REGISTRY


class _Shown:
    """Figures that were asked for, as the library collects them."""

    def __init__(self, found: Iterable[Metric]) -> None:
        self._found = found

    def collect(self) -> Iterable[Metric]:
        """Return them, and what the process counted itself."""
        yield from REGISTRY.collect()
        yield from self._found


class Health:
    """Answers who watches: 200 when fine, 503 when not."""

    def __init__(self, ready: Ready, figures: Figures) -> None:
        self._ready = ready
        self._figures = figures

    def application(self) -> web.Application:
        """Return the three pages."""
        pages = web.Application()
        pages.add_routes(
            [
                web.get("/healthz", self._alive),
                web.get("/readyz", self._is_ready),
                web.get("/metrics", self._metrics),
            ]
        )
        return pages

    async def _alive(self, _request: web.Request) -> web.Response:
        """Being able to answer is the answer: the loop turns."""
        return web.Response(text="ok\n")

    async def _is_ready(self, _request: web.Request) -> web.Response:
        checks = await self._ready.asked()
        ready = all(checks.values())
        told = {"ready": ready, "checks": dict(checks), "telegram": await self._figures.telegram()}
        return web.json_response(told, status=200 if ready else 503)

    async def _metrics(self, _request: web.Request) -> web.Response:
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Shown(await self._figures.read()))
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


@contextlib.asynccontextmanager
async def serving(health: Health, host: str, port: int) -> AsyncIterator[int]:
    """Answer at an address while the block runs; yield the port, which the system chooses for 0."""
    runner = web.AppRunner(health.application(), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, host, port)
    try:
        await site.start()
        [address] = runner.addresses
        yield int(address[1])
    finally:
        await runner.cleanup()
