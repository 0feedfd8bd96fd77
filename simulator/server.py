"""The simulator as one thing: a world, its clock, and the web server around them, on loopback only."""

import secrets
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from aiohttp import web

from simulator.clock import Clock
from simulator.desk import Desk
from simulator.door import Door
from simulator.files import UPLOAD_BYTES
from simulator.ledger import Ledger
from simulator.limits import Limits
from simulator.phone import Phone
from simulator.polling import Poller
from simulator.profile import Profile
from simulator.refusals import Impossible
from simulator.webhooks import Webhook
from simulator.world import Listener, Telegram

LOOPBACK: Final = "127.0.0.1"
PAGE: Final = Path(__file__).parent / "page"
SLACK: Final = 1024 * 1024


class Simulator:
    """A Telegram of one's own: `async with sim.serve() as url`, and people to play with."""

    def __init__(
        self,
        clock: Clock | None = None,
        token: str = "",
        *,
        username: str = "daftar_bpu_bot",
        first_name: str = "Daftar BPU",
        remember: int | None = None,
        strict: bool = True,
        slow_repeats: bool = True,
        seed: int | None = None,
    ) -> None:
        self.clock = clock or Clock()
        self.token = token or f"1000000001:{secrets.token_urlsafe(26)}"
        digits = self.token.partition(":")[0]
        profile = Profile(int(digits) if digits.isdigit() else 1_000_000_001, first_name, username)
        chosen = secrets.randbits(32) if seed is None else seed
        self.telegram = Telegram(self.clock, profile, seed=chosen, remember=remember)
        self.poller = Poller(self.telegram.queue, self.clock, slow_repeats)
        self.webhook = Webhook(self.telegram.queue, self.clock, self.poller, self.telegram.chance)
        self._door = Door(self.telegram, self.token, self.poller, self.webhook, strict)
        self._desk = Desk(self.telegram, self.poller)

    @property
    def ledger(self) -> Ledger:
        """Every call of the bot."""
        return self.telegram.ledger

    @property
    def limits(self) -> Limits | None:
        """The flood limits in force; None, the default, lets everything pass."""
        return self.telegram.limits

    @limits.setter
    def limits(self, limits: Limits | None) -> None:
        self.telegram.limits = limits

    def faults(self, plan: Iterable[Mapping[str, Any]], seed: int = 0) -> None:
        """Replace the fault plan; [] clears it."""
        self.telegram.faults.plan(plan, seed)

    def on_sent(self, listener: Listener) -> None:
        """Call `listener(chat_id, message)` right after a message of the bot was accepted."""
        self.telegram.listeners.append(listener)

    def person(
        self,
        person_id: int | None = None,
        *,
        first_name: str = "",
        last_name: str = "",
        language_code: str = "id",
        label: str = "",
        met: bool = False,
    ) -> Phone:
        """The phone of a person, made when the id is new and a name is given; `met`: wrote before."""
        person = None if person_id is None else self.telegram.people.get(person_id)
        if person is None:
            if not first_name:
                raise Impossible(f"there is no person {person_id}", 404)
            person = self.telegram.add_person(first_name, person_id, last_name, language_code, label)
            person.met = met
        return Phone(self.telegram, person)

    def crowd(self, count: int, *, met: bool = True, language_code: str = "id") -> list[Phone]:
        """Many new people at once (load mode)."""
        names = (f"Warga {number}" for number in range(1, count + 1))
        return [self.person(first_name=name, language_code=language_code, met=met) for name in names]

    async def call(self, method: str, parameters: Mapping[str, Any]) -> tuple[int, dict[str, Any]] | None:
        """One call of the bot without HTTP, and its answer; None when it is cut off in place of one."""
        return await self._door.carry_out(method, parameters)

    def web_app(self) -> web.Application:
        """The application with every route."""
        app = web.Application(client_max_size=UPLOAD_BYTES + SLACK)
        app.router.add_route("*", "/bot{token}/{method}", self._door.call)
        app.router.add_get("/file/bot{token}/{path:.+}", self._door.download)
        app.router.add_routes(self._desk.routes())
        app.router.add_get("/", _page)
        app.router.add_get("/static/{path:.+}", _static)
        app.on_startup.append(self._start)
        app.on_shutdown.append(self._stop)
        return app

    async def _start(self, _app: web.Application) -> None:
        self.poller.open()

    async def _stop(self, _app: web.Application) -> None:
        self.poller.close()
        self.telegram.events.tell(None)
        await self.webhook.stop()

    @asynccontextmanager
    async def serve(self, port: int = 0) -> AsyncIterator[str]:
        """Serve on loopback while the block runs; yields the address. Port 0 takes any free one."""
        runner = web.AppRunner(
            self.web_app(), access_log=None, handler_cancellation=True, shutdown_timeout=0.2
        )
        await runner.setup()
        try:
            site = web.TCPSite(runner, LOOPBACK, port)
            await site.start()
            yield f"http://{LOOPBACK}:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()


async def _page(_request: web.Request) -> web.StreamResponse:
    return _file(PAGE / "index.html")


async def _static(request: web.Request) -> web.StreamResponse:
    return _file(PAGE / request.match_info["path"])


def _file(path: Path) -> web.StreamResponse:
    inside = path.resolve().is_relative_to(PAGE.resolve())
    if not inside or not path.is_file():
        raise web.HTTPNotFound
    return web.FileResponse(path, headers={"Cache-Control": "no-cache"})
