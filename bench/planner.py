"""How fast a day's reminders are planned: `python -m bench.planner --memberships 1000000 [--database URL]`.

Without an address it plans on a SQLite file of its own. On PostgreSQL, in an empty database, five processes
then plan another day at once, and each reminder must be there exactly once.
"""

import argparse
import asyncio
import multiprocessing
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

import models.tables  # noqa: F401  every table must be known where statements are made
from bench.members import Expected, expected, fill
from jobs.reminders import Reminders
from models.owing.deliveries import Delivery
from models.reminding.reminders import DIGEST, REMINDER
from models.storage.database import Database, migrate, normalise_url, open_database
from models.storage.keys import Keys

SEVEN_BEFORE: Final = datetime(2026, 12, 7, 17, 5, tzinfo=UTC)
THREE_BEFORE: Final = datetime(2026, 12, 11, 17, 5, tzinfo=UTC)
"""Shortly after midnight in Jakarta, when all three zones have begun the day."""

SECONDS: Final = {"sqlite": 60.0, "postgresql": 30.0}
"""How long a million memberships may take."""

GROWTH: Final = 20
"""Megabytes that planning may add to the process, however many memberships there are."""

PROCESSES: Final = 5


@dataclass
class Findings:
    """What was measured, and what was missed."""

    lines: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def check(self, fine: bool, line: str) -> None:
        """Note a line; it is a miss unless it is fine."""
        self.lines.append(line if fine else f"{line}  MISSED")
        if not fine:
            self.missed.append(line)


class Timed(Database):
    """A database that notes how long each transaction held it."""

    def __init__(self, engine: AsyncEngine, keys: Keys) -> None:
        super().__init__(engine, keys)
        self.took: list[float] = []

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        """Run a transaction and note its time."""
        start = time.perf_counter()
        async with super().begin() as db:
            yield db
        self.took.append(time.perf_counter() - start)


@dataclass(frozen=True, slots=True)
class Run:
    """What planning a day came to in a process of its own: memory in megabytes before it and at its peak."""

    planned: int
    seconds: float
    before: int
    peak: int
    waits: tuple[float, ...]


def peak_memory() -> int:
    """Return the most memory this process has held, in megabytes."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(peak.split()[1]) // 1024


async def measure(url: str, people: int) -> Findings:
    """Fill the database, plan a day, and on PostgreSQL let five processes plan another one."""
    findings, engine = Findings(), normalise_url(url).get_backend_name()
    await migrate(url)
    await fill(url, people)
    keys = Keys.generate().text()
    wanted = expected(people)
    await _plan_once(url, keys, findings, SECONDS[engine], wanted)
    if engine == "postgresql":
        await _plan_five_times(url, keys, findings, wanted)
    return findings


async def _plan_once(url: str, keys: str, findings: Findings, limit: float, wanted: Expected) -> None:
    (run,) = await _runs(url, keys, SEVEN_BEFORE, 1)
    found = await _found(url, keys)
    findings.check(run.seconds < limit, f"planned in {run.seconds:.1f} s (under {limit:.0f} s)")
    grown = run.peak - run.before
    findings.check(grown < GROWTH, f"memory {run.peak} MB at its highest, {grown} MB of it by planning")
    counted = f"{found.reminders} reminders, {found.digests} digests: as counted person by person"
    findings.check(found == wanted, counted)
    waits = f"{run.waits[-1]:.2f} s at most, {run.waits[len(run.waits) // 2]:.2f} s usually"
    findings.check(True, f"a batch holds the database {waits}")


async def _plan_five_times(url: str, keys: str, findings: Findings, wanted: Expected) -> None:
    runs = await _runs(url, keys, THREE_BEFORE, PROCESSES)
    found = await _found(url, keys)
    twice = Expected(2 * wanted.reminders, 2 * wanted.digests)
    took = max(run.seconds for run in runs)
    findings.check(found == twice, f"{PROCESSES} processes at once, another day: each once, {took:.1f} s")
    shares = ", ".join(str(run.planned) for run in runs)
    total = wanted.reminders + wanted.digests
    findings.check(sum(run.planned for run in runs) == total, f"what each of them planned: {shares}")


async def _found(url: str, keys: str) -> Expected:
    database = await open_database(url, keys, announce=lambda _: None)
    try:
        return await _owed(database)
    finally:
        await database.close()


async def _owed(database: Database) -> Expected:
    async with database.begin() as db:
        rows = await db.execute(select(Delivery.kind, func.count().label("number")).group_by(Delivery.kind))
        kinds = Counter({row.kind: row.number for row in rows})
    return Expected(kinds[REMINDER], kinds[DIGEST])


async def _runs(url: str, keys: str, now: datetime, processes: int) -> list[Run]:
    """Plan a day in so many processes at once."""
    everywhere = partial(_at_once, url, keys, now, processes)
    return await asyncio.get_running_loop().run_in_executor(None, everywhere)


def _at_once(url: str, keys: str, now: datetime, processes: int) -> list[Run]:
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        return list(pool.map(_run, [url] * processes, [keys] * processes, [now] * processes))


def _run(url: str, keys: str, now: datetime) -> Run:
    _quietly()
    return asyncio.run(_plan(url, keys, now))


async def _plan(url: str, keys: str, now: datetime) -> Run:
    opened = await open_database(url, keys, announce=lambda _: None)
    database = Timed(opened.engine, opened.keys)
    try:
        before, start = peak_memory(), time.perf_counter()
        planned = await Reminders(database, lambda: now).plan(now)
        took = time.perf_counter() - start
    finally:
        await database.close()
    return Run(planned.total(), took, before, peak_memory(), tuple(sorted(database.took)))


def _quietly() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))


def main(arguments: Sequence[str]) -> int:
    """Print what was measured; 1 where something was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--memberships", type=int, default=1_000_000)
    parser.add_argument("--database", help="the address of an empty database; a SQLite file unless given")
    told = parser.parse_args(arguments)
    _quietly()
    with tempfile.TemporaryDirectory() as folder:
        url = told.database or f"sqlite:///{folder}/planner.db"
        findings = asyncio.run(measure(url, told.memberships))
    sys.stdout.write("\n".join([f"{told.memberships} memberships", *findings.lines]) + "\n")
    return int(bool(findings.missed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
