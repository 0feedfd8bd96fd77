"""The demonstration: the real bot over real HTTP on a real database; only Telegram is ours."""

import contextlib
import shutil
from dataclasses import replace
from pathlib import Path

from bot import CannotStart, office, say, until_signal
from settings import Settings
from simulator.clock import Clock
from simulator.server import Simulator

FOLDER = Path("var/demo")
TOKEN = "1000000001:demonstration-without-any-secret"  # noqa: S105 - opens nothing but the local page
PEOPLE = (("Siti", "Pekerja"), ("Budi", "Agen"), ("Wulan", "Petugas"))


async def demo(settings: Settings) -> None:
    """Serve the page and the bot behind it until stopped; every demonstration begins anew."""
    begin_anew()
    clock = Clock()
    simulator = Simulator(clock=clock, token=TOKEN)
    for name, label in PEOPLE:
        simulator.person(first_name=name, label=label)
    async with contextlib.AsyncExitStack() as stack:
        try:
            url = await stack.enter_async_context(simulator.serve(settings.port))
        except OSError:
            raise CannotStart(f"PORT {settings.port} is taken on this computer; choose another.") from None
        desk = await stack.enter_async_context(office(here(settings, url), clock.now))
        say(f"The demonstration is ready: http://127.0.0.1:{settings.port}")
        await until_signal(desk)


def begin_anew() -> None:
    """Throw the last demonstration away."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)


def here(settings: Settings, url: str) -> Settings:
    """Return the settings of the demonstration: its own token, database and keys, at its own Telegram."""
    return replace(
        settings,
        token=TOKEN,
        bot_api_url=url,
        database_url=f"sqlite:///{FOLDER}/demo.sqlite3",
        keys_file=FOLDER / "keys",
        keys=None,
        admin_ids=(),
    )
