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
from typing import Final

import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from bench.members import Expected, expected, fill
from jobs.reminders import Reminders
from models.database import Database, migrate, normalise_url, open_database
from models.deliveries import Delivery
from models.keys import Keys
from models.reminders import DIGEST, REMINDER

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


def memory() -> int:
    """Return the most memory this process has held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


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
    opened = await open_database(url, keys, announce=lambda _: None)
    database = Timed(opened.engine, opened.keys)
    before, start = memory(), time.perf_counter()
    await Reminders(database, lambda: SEVEN_BEFORE).plan(SEVEN_BEFORE)
    took, after = time.perf_counter() - start, memory()
    found = await _owed(database)
    await database.close()
    findings.check(took < limit, f"planned in {took:.1f} s (under {limit:.0f} s)")
    findings.check(
        after - before < GROWTH, f"memory at its highest {after} MB, {after - before} MB by planning"
    )
    findings.check(
        found == wanted, f"{found.reminders} reminders, {found.digests} digests: as counted person by person"
    )
    waits = sorted(database.took)
    findings.check(
        True, f"a batch holds the database {waits[-1]:.2f} s at most, {waits[len(waits) // 2]:.2f} s usually"
    )


async def _plan_five_times(url: str, keys: str, findings: Findings, wanted: Expected) -> None:
    start = time.perf_counter()
    counts = await asyncio.get_running_loop().run_in_executor(None, partial(_at_once, url, keys))
    took = time.perf_counter() - start
    database = await open_database(url, keys, announce=lambda _: None)
    found = await _owed(database)
    await database.close()
    twice = Expected(2 * wanted.reminders, 2 * wanted.digests)
    findings.check(
        found == twice, f"{PROCESSES} processes at once, another day: each reminder once, {took:.1f} s"
    )
    total = wanted.reminders + wanted.digests
    findings.check(sum(counts) == total, f"what each of them planned: {', '.join(map(str, counts))}")


async def _owed(database: Database) -> Expected:
    async with database.begin() as db:
        rows = await db.execute(select(Delivery.kind, func.count().label("number")).group_by(Delivery.kind))
        kinds = Counter({row.kind: row.number for row in rows})
    return Expected(kinds[REMINDER], kinds[DIGEST])


def _at_once(url: str, keys: str) -> list[int]:
    with ProcessPoolExecutor(PROCESSES, mp_context=multiprocessing.get_context("spawn")) as pool:
        return list(pool.map(_one_of_five, [url] * PROCESSES, [keys] * PROCESSES))


def _one_of_five(url: str, keys: str) -> int:
    async def plan() -> int:
        database = await open_database(url, keys, announce=lambda _: None)
        try:
            planned = await Reminders(database, lambda: THREE_BEFORE).plan(THREE_BEFORE)
        finally:
            await database.close()
        return planned.total()

    _quietly()
    return asyncio.run(plan())


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
