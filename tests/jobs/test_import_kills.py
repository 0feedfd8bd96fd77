"""The bot is killed while it works a list off, as an operator runs it: every row gets one verdict, once."""

import asyncio
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest

from simulator.phone import Phone
from simulator.server import Simulator
from tests.running import PATIENCE, at, bot, running
from tests.sheets.lists import HEADINGS, column_of, person, xlsx_of
from tests.town import TOKEN

ROWS: Final = 900
WRONG: Final = [number for number in range(1, ROWS + 1) if number % 90 == 0]
READY: Final = "The bot is running"


class Watching:
    """Watches what happens on one phone."""

    def __init__(self, simulator: Simulator, phone: Phone) -> None:
        self._events = simulator.telegram.events.listen()
        self._phone = phone

    async def until(self, holds: Callable[[list[str]], Any]) -> None:
        """Return once what the bot has said fulfils a condition."""
        async with asyncio.timeout(PATIENCE):
            while not holds(self._phone.heard):
                await self._events.get()


def done(heard: list[str]) -> int:
    """Return how many rows the bar says are done; -1 as long as there is no bar."""
    bars = [text for text in heard if "░" in text or "▓" in text]
    return int(bars[-1].split()[1]) if bars else -1


def beyond(rows: int, heard: list[str]) -> bool:
    """Say whether the bar is beyond so many rows."""
    return done(heard) > rows


def ask(folder: Path, statement: str) -> list[tuple[Any, ...]]:
    """Ask the database file something, or change it, while no bot runs."""
    with sqlite3.connect(folder / "bot.db") as connection:
        return connection.execute(statement).fetchall()


@pytest.mark.kill
async def test_a_list_survives_kills_at_its_beginning_and_in_its_middle(tmp_path: Path) -> None:
    simulator = Simulator(token=TOKEN)
    async with simulator.serve() as url:
        settings = at(simulator, url, "sqlite:///bot.db")
        budi = simulator.person(first_name="Budi")
        watching = Watching(simulator, budi)
        assert 0 == (await bot(tmp_path, "grant", "agent", str(budi.id), **settings)).code
        rows = [person(n, Nama="R4hayu") if n in WRONG else person(n) for n in range(1, ROWS + 1)]
        async with running(tmp_path, "run", **settings) as process:
            await process.says(READY)
            budi.file("document", xlsx_of([HEADINGS, *rows]), "warga.xlsx")
            await watching.until(lambda heard: any("setiap orang" in text for text in heard))
            budi.press("Bicara langsung")
            await watching.until(lambda heard: "Kapan mereka setuju?" in heard)
            budi.press("Hari ini")
            await watching.until(lambda heard: done(heard) >= 0)
            await process.kill()
        for _ in range(2):
            ask(tmp_path, "UPDATE imports SET held_until = NULL")
            before = ask(tmp_path, "SELECT filed FROM imports")[0][0]
            async with running(tmp_path, "run", **settings) as process:
                await process.says(READY)
                await watching.until(partial(beyond, before))
                await process.kill()
        ask(tmp_path, "UPDATE imports SET held_until = NULL")
        async with running(tmp_path, "run", **settings) as process:
            await watching.until(lambda heard: any("selesai diperiksa" in text for text in heard))
            await process.stopped()
        (back,) = [message.file for message in budi.messages if message.by_bot and message.file]

    assert [(ROWS - len(WRONG), 0, len(WRONG))] == ask(tmp_path, "SELECT filed, known, refused FROM imports")
    assert [(ROWS - len(WRONG),)] == ask(tmp_path, "SELECT count(*) FROM applications")
    assert [(0,)] == ask(tmp_path, "SELECT count(*) FROM applications WHERE duplicate")
    assert WRONG == [int(nik[-4:]) - 9000 for nik in column_of(back.content, "NIK")]
