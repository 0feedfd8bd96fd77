"""A bot that starts loads what it answers with, and leaves what is heavy and seldom needed for later."""

from pathlib import Path

from bench.processes import BotProcess, environment
from simulator.server import Simulator

LATER = {
    "alembic": "the tables are up to date",
    "babel.messages": "catalogues are read by ourselves",
    "openpyxl": "no list was sent",
    "PIL": "no picture is drawn",
    "psycopg": "the database is SQLite",
    "reportlab": "no paper is drawn",
    "segno": "no code is drawn",
    "simulator": "Telegram is elsewhere",
    "xlsxwriter": "no file is made",
}
"""Packages that a bot does without until they are needed, and why it can."""

STARTED = """
import atexit, pathlib, sys
import bot
atexit.register(lambda: pathlib.Path(sys.argv[1]).write_text("\\n".join(sys.modules)))
sys.exit(bot.main(["run"]))
"""
"""The bot, noting at its end what it loaded."""


async def started(folder: Path) -> set[str]:
    """Start a bot, stop it once it asks for updates, and return the modules it loaded."""
    simulator, noted = Simulator(), folder / "modules"
    async with simulator.serve() as url:
        settings = environment(simulator, url, folder)
        process = await BotProcess.start(("-c", STARTED, str(noted)), settings, folder / "bot.log")
        await process.polls(simulator)
        await process.stop()
    return set(noted.read_text("utf-8").splitlines())


async def test_a_bot_that_starts_again_loads_nothing_it_does_not_need_yet(tmp_path: Path) -> None:
    assert "alembic" in await started(tmp_path), "an empty database is migrated, so this test can see it"

    loaded = await started(tmp_path)

    assert "running.office" in loaded
    assert not LATER.keys() & loaded
