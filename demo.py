"""The demonstration: the real bot over real HTTP on a real database; only Telegram is ours."""

import contextlib
import errno
import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from jobs.days import Days
from models.accounts import Role
from running import CannotStart
from running.office import give_role, office
from running.stopping import until_signal
from settings import Settings
from simulator.clock import Clock, Travel
from simulator.server import Simulator

FOLDER = Path("var/demo")
TOKEN = "1000000001:demonstration-without-any-secret"  # noqa: S105 - opens nothing but the local page
PEOPLE = (("Siti", "Pekerja"), ("Budi", "Agen"), ("Wulan", "Petugas"))
FARTHEST = timedelta(days=366)
"""How far the clock moves at once: each day on the way is lived through."""
ROLES = (Role.WORKER, Role.AGENT, Role.OFFICER)


async def demo(settings: Settings) -> None:
    """Serve the page and the bot behind it until stopped; every demonstration begins anew."""
    clock = Clock()
    simulator = Simulator(clock=clock, token=TOKEN)
    people = [simulator.person(first_name=name, label=label) for name, label in PEOPLE]
    async with contextlib.AsyncExitStack() as stack:
        try:
            url = await stack.enter_async_context(simulator.serve(settings.port))
        except OSError as error:
            raise CannotStart(refusal(settings.port, error)) from None
        folder = FOLDER / str(settings.port)
        begin_anew(folder)
        desk, days = await stack.enter_async_context(office(here(settings, url, folder), clock.now, unsaid))
        stack.push_async_callback(days.stop)
        clock.travel_by(through(days, clock))
        for person, role in zip(people, ROLES, strict=True):
            await give_role(desk.database, role, person.id, clock.now())
        await give_role(desk.database, Role.ADMINISTRATOR, people[-1].id, clock.now())
        await until_signal(desk.poller, f"The demonstration is ready: {url}\nStop it with Ctrl-C.")


def through(days: Days, clock: Clock) -> Travel:
    """Return how the clock gets to a moment: day by day, so that every reminder on the way arrives."""

    async def travel(moment: datetime) -> None:
        if moment > clock.now() + FARTHEST:
            raise ValueError("the clock moves a year at a time at most")
        await days.go_by(moment, clock.advance)

    return travel


def refusal(port: int, error: OSError) -> str:
    """Return why the page cannot be served at a port."""
    if error.errno == errno.EADDRINUSE:
        return f"PORT {port} is taken on this computer; choose another, such as PORT={port % 65535 + 1}."
    return f"PORT {port} cannot be used here; choose one above 1023."


def begin_anew(folder: Path) -> None:
    """Throw the last demonstration at this port away; the port is ours, so nobody plays there now."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def unsaid(_: str) -> None:
    """Announce nothing: the tables and keys of a demonstration are nobody's worry."""


def here(settings: Settings, url: str, folder: Path) -> Settings:
    """Return the settings of the demonstration: its own token, database and keys, at its own Telegram."""
    return replace(
        settings,
        token=TOKEN,
        bot_api_url=url,
        database_url=f"sqlite:///{folder}/demo.sqlite3",
        keys_file=folder / "keys",
        keys=None,
        admin_ids=(),
    )
