"""The bot as an operator runs it, on a machine whose clock is moved by libfaketime: its own clock counts.

Whatever else keeps time must cope: the event loop, whose monotonic clock jumps along, the scheduler, the
database, and Telegram, whose clocks go on as they are.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from models.owing.deliveries import Fate
from models.storage.database import Database
from models.storage.keys import Keys
from simulator.server import Simulator
from tests.members import Members
from tests.running import ROOT, Running, at, running

SITI: Final = 86_001
WIB: Final = ZoneInfo("Asia/Jakarta")
PLACES: Final = ("/usr/lib/*/faketime", "/usr/lib/faketime", "/usr/lib64/faketime", "/usr/local/lib/faketime")
READY: Final = "is running"
TODAY: Final = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)

ONE_CLOCK: Final = {"FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_FORCE_MONOTONIC_FIX": "0"}
"""Leaves the monotonic clock alone; without the second, libfaketime 0.9.10 cuts waits of threads short."""


@pytest.fixture(scope="session")
def library() -> str:
    """The library that moves a clock; only on CI is its absence a failure."""
    found = [str(path) for place in PLACES for path in Path("/").glob(f"{place[1:]}/libfaketime.so.1")]
    if not found and os.environ.get("CI") != "true":
        pytest.skip("no libfaketime here (Debian: apt-get install libfaketime)")
    return found[0]


class Machine:
    """A computer with a clock of its own, on which the bot runs at a simulated Telegram; Siti has a phone."""

    def __init__(self, library: str, folder: Path, database_url: str, keys: Keys) -> None:
        self._library = library
        self._folder = folder
        self._hands = folder / "clock"
        self._database_url = database_url
        self._keys = keys
        self.simulator = Simulator(slow_repeats=False)
        self.siti = self.simulator.person(SITI, first_name="Siti", met=True)
        self._heard = asyncio.Event()
        self.simulator.on_sent(lambda _chat, _message: self._heard.set())

    def set(self, clock: str) -> None:
        """Set the clock, such as "2026-12-08 08:30" (WIB); who runs sees it at once."""
        moment = datetime.fromisoformat(clock).replace(tzinfo=WIB).astimezone(UTC)
        self._hands.write_text(f"@{moment:%Y-%m-%d %H:%M:%S}", "ascii")

    @property
    def environment(self) -> dict[str, str]:
        """What gives a process this clock."""
        return {
            "LD_PRELOAD": self._library,
            "FAKETIME_TIMESTAMP_FILE": str(self._hands),
            "FAKETIME_NO_CACHE": "1",
            "TZ": "UTC",
        }

    @asynccontextmanager
    async def bot(self, **environment: str) -> AsyncIterator[Running]:
        """Run the bot until the block ends; it must end well."""
        async with self.simulator.serve() as url:
            settings = at(self.simulator, url, self._database_url) | {"KEYS": self._keys.text()}
            async with running(self._folder, "run", **settings | self.environment | environment) as bot:
                await bot.says(READY)
                yield bot
                ended = await bot.stopped()

        assert (ended.code, ended.err) == (0, "")

    async def told(self) -> str:
        """Return what Siti is told next."""
        async with asyncio.timeout(60):
            await self._heard.wait()
        self._heard.clear()
        return self.siti.heard[-1]


@pytest.fixture
def machine(library: str, tmp_path: Path, database_url: str, keys: Keys) -> Machine:
    """A computer whose clock can be set."""
    return Machine(library, tmp_path, database_url, keys)


@pytest.fixture
async def members(database: Database) -> Members:
    """Siti, paid through November: December is due on the 15th."""
    people = Members(database, TODAY)
    await people.join("Siti", SITI)
    return people


@pytest.mark.parametrize("moved", [{}, ONE_CLOCK], ids=["all clocks moved", "one clock moved"])
async def test_what_is_due_by_the_machines_clock_goes_out(
    machine: Machine, members: Members, moved: dict[str, str]
) -> None:
    machine.set("2026-12-08 08:30")
    async with machine.bot(**moved):
        told = await machine.told()
    [reminder] = await members.deliveries()

    assert "Desember 2026" in told
    assert "(7 hari lagi)" in told
    assert (reminder.step, reminder.state) == ("before_7", Fate.SENT)


@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_a_clock_set_ahead_while_the_bot_runs_brings_what_is_due_by_then(
    machine: Machine, members: Members
) -> None:
    machine.set("2026-12-08 06:00")
    async with machine.bot() as bot:
        await bot.says('"reminders.planned"')
        early = list(machine.siti.heard)
        machine.set("2026-12-08 08:30")
        told = await machine.told()

    assert early == []
    assert "(7 hari lagi)" in told


@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_what_is_six_hours_late_is_dropped_and_counted(machine: Machine, members: Members) -> None:
    machine.set("2026-12-08 06:00")
    async with machine.bot() as bot:
        await bot.says('2026-12-08 Asia/Jakarta"')
    machine.set("2026-12-08 14:30")
    async with machine.bot() as late:
        dropped = await late.says('"deliveries.expired"')
    [reminder] = await members.deliveries()

    assert '"count": 1' in dropped
    assert reminder.state is Fate.EXPIRED
    assert machine.siti.heard == []


@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_months_after_the_last_run_only_the_present_day_is_spoken_of(
    machine: Machine, members: Members
) -> None:
    machine.set("2026-12-07 09:00")
    async with machine.bot() as bot:
        await bot.says('2026-12-07 Asia/Jakarta"')
    machine.set("2027-02-01 09:00")
    async with machine.bot() as later:
        missed = await later.says('"reminders.days_missed"')
        told = await machine.told()

    assert '"count": 55' in missed
    assert "belum tercatat sejak Desember 2026 (2 bulan)" in told
    assert len(machine.siti.heard) == 1


KNOCKING: Final = """
import asyncio, sys
from datetime import UTC, datetime
from jobs.clock import Tick, ticking

def now():
    return datetime.now(UTC)

async def knock():
    print(now(), flush=True)

async def main():
    async with ticking(Tick("knock", 0.2, knock), now=now):
        await asyncio.to_thread(sys.stdin.read)

asyncio.run(main())
"""


@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_a_clock_set_back_holds_up_no_tick(machine: Machine) -> None:
    machine.set("2026-12-08 08:30")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        KNOCKING,
        cwd=ROOT,
        env=machine.environment | ONE_CLOCK,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    async with asyncio.timeout(60):
        before = await process.stdout.readline()
        machine.set("2026-12-06 08:30")
        while (after := await process.stdout.readline()).startswith(before[:10]):
            continue
        again = await process.stdout.readline()
        process.stdin.close()
        await process.wait()

    assert (before[:10], after[:10], again[:10]) == (b"2026-12-08", b"2026-12-06", b"2026-12-06")
