"""Let sixteen intakes get into each other's way, and count what people see of it: nothing.

    python -m bench.contended [--transactions 100000] [--seed 1] [--short] [--postgresql SERVER] [--sqlite]
        [--without trying-again]

Every batch is given to two intakes at the same moment, so that they want the same rows. PostgreSQL (one of
our own, or a database at a server) serialises strictly, which undoes transactions (40001), and somebody
locks accounts the wrong way round, which makes deadlocks (40P01). SQLite has a connection for each intake
and next to no patience (BUSY). Both in turn, if not one is asked for. Ends with 1 when an error reached
anybody, or anything was lost, doubled or is stuck.
"""

import argparse
import asyncio
import contextlib
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psycopg
from sqlalchemy import event

from bench.cluster import Missing, cluster
from bench.databases import new_database
from bench.filed import mistakes
from bench.hall import PEOPLE, Hall
from bench.intakes import intake, quiet
from bench.witnesses import Witness
from handlers import durably
from handlers.intake import Intake
from models.storage.database import Database, open_database

INTAKES: Final = 16
AT_ONCE: Final = 6
BATCH: Final = 2
SHORTER: Final = 0.01
"""Of the bot's pauses, so that more happens."""

STRICT: Final = ("default_transaction_isolation = 'serializable'", "deadlock_timeout = '20ms'")
"""How the database is made difficult."""

CROSSING: Final = "SELECT 1 FROM accounts WHERE id = %s FOR UPDATE"


@dataclass(slots=True)
class Toll:
    """What it came to."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Halls:
    """All people of all halls, for those who look at what they filed."""

    all: list[Hall]
    everybody: dict[int, Witness] = field(default_factory=dict)

    def sent_off(self, person: int) -> bool:
        """Say whether this person's tap on "send" was acknowledged."""
        return any(person in hall.everybody and hall.sent_off(person) for hall in self.all)


class Contention:
    """Halls whose batches are each given to two intakes at once."""

    def __init__(self, intakes: int, at_once: int, transactions: int, toll: Toll) -> None:
        self.halls = [Hall(PEOPLE, at_once, number) for number in range(intakes // 2)]
        self.desks: list[Intake] = []
        self._wanted = transactions
        self._toll = toll

    async def pause(self, seconds: float) -> None:
        """Stand for the bot's pause, and count it."""
        self._toll.counts["gave way" if seconds in durably.SHORT_PAUSES else "found it busy or away"] += 1
        await asyncio.sleep(seconds * SHORTER)

    async def work(self) -> None:
        """Return when there were enough transactions and everybody has finished."""
        await asyncio.gather(*(self._serve(number) for number in range(len(self.halls))))

    async def _serve(self, number: int) -> None:
        hall, two = self.halls[number], (self.desks[2 * number], self.desks[2 * number + 1])
        hall.enter()
        while batch := hall.take(BATCH):
            outcomes = await asyncio.gather(*(desk.take(batch) for desk in two), return_exceptions=True)
            for outcome in outcomes:
                if isinstance(outcome, BaseException):
                    self._toll.faults.append(f"an error was seen: {type(outcome).__name__}")
            hall.acknowledge(batch)
            self._toll.counts["transactions"] += len(two)
            if self._toll.counts["transactions"] >= self._wanted:
                hall.people = len(hall.everybody)


async def contended(
    url: str, keys: Path, transactions: int, seed: int, intakes: int = INTAKES, at_once: int = AT_ONCE
) -> Toll:
    """Have everybody register through so many intakes in each other's way, and return what it came to."""
    toll = Toll()
    contention = Contention(intakes, at_once, transactions, toll)
    async with contextlib.AsyncExitStack() as stack:
        for number in range(intakes):
            database = await open_database(url, keys, announce=lambda _: None)
            stack.push_async_callback(database.close)
            if url.startswith("sqlite"):
                await _without_patience(database)
            hall = contention.halls[number // 2]
            contention.desks.append(
                await stack.enter_async_context(intake(database, hall.send, contention.pause))
            )
        crossing = asyncio.create_task(_cross(url, contention, seed, toll))
        await contention.work()
        crossing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await crossing
    everybody = {person: one for hall in contention.halls for person, one in hall.everybody.items()}
    toll.faults += [line for hall in contention.halls for line in (*hall.faults, *hall.stuck())]
    toll.faults += await mistakes(url, keys, Halls(contention.halls, everybody))
    toll.counts["receipts"] = sum(hall.receipts for hall in contention.halls)
    return toll


async def _without_patience(database: Database) -> None:
    def lower(connection: Any, _: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout = 1")
        cursor.close()

    event.listen(database.engine.sync_engine, "connect", lower)
    await database.engine.dispose()


async def _cross(url: str, contention: Contention, seed: int, toll: Toll) -> None:
    """Lock accounts of people who write just now, two at a time, in either order, on PostgreSQL."""
    if url.startswith("sqlite"):
        return
    chance = random.Random(seed)  # noqa: S311 - chosen to be repeatable
    async with await psycopg.AsyncConnection.connect(url) as connection:
        while True:
            await asyncio.sleep(chance.uniform(0.0, 0.02))
            writing = [one for hall in contention.halls for one in list(hall.everybody)[-AT_ONCE:]]
            try:
                for person in chance.sample(writing, min(6, len(writing))):
                    await connection.execute(CROSSING, [person])
                    await asyncio.sleep(0.005)
            except psycopg.errors.DeadlockDetected:
                toll.counts["deadlocks that hit the other"] += 1
            except psycopg.OperationalError:
                toll.counts["the other gave way"] += 1
            await connection.rollback()


@contextmanager
def without(safeguard: str) -> Iterator[None]:
    """Take the second try away from whoever gave way meanwhile, if that is asked for."""
    known = durably.AWAY
    if safeguard:
        durably.AWAY = ()  # type: ignore[assignment, misc, unused-ignore]
    try:
        yield
    finally:
        durably.AWAY = known  # type: ignore[misc, unused-ignore]


def strict(server: str, url: str) -> None:
    """Make a database difficult."""
    name = re.sub(r".*/", "", url)
    with psycopg.connect(server, autocommit=True) as connection:
        for setting in STRICT:
            connection.execute(f"ALTER DATABASE {name} SET {setting}".encode())


async def on_sqlite(transactions: int, seed: int) -> Toll:
    """Contend for a new file."""
    with tempfile.TemporaryDirectory() as folder:
        return await contended(f"sqlite:///{folder}/bot.db", Path(folder) / "keys", transactions, seed)


async def on_postgresql(server: str, transactions: int, seed: int) -> Toll:
    """Contend for a new database at a server."""
    with tempfile.TemporaryDirectory() as folder, new_database(server) as url:
        strict(server, url)
        return await contended(url, Path(folder) / "keys", transactions, seed)


async def on_own_server(transactions: int, seed: int) -> Toll:
    """Contend for a new database at a server of our own."""
    async with cluster() as own:
        return await on_postgresql(own.server, transactions, seed)


def arguments() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(prog="bench.contended", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--transactions", type=int, default=100_000, help="on each engine")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**31))
    parser.add_argument("--short", action="store_true", help="2,000 transactions")
    parser.add_argument("--postgresql", default="", help="a server, and nothing else")
    parser.add_argument("--sqlite", action="store_true", help="SQLite, and nothing else")
    parser.add_argument(
        "--without", choices=("trying-again",), help="take a safeguard away, to see it noticed"
    )
    return parser.parse_args()


def main() -> int:
    """Contend, print what it came to, and return the exit code."""
    given = arguments()
    many = 2_000 if given.short else given.transactions
    quiet()
    faults = 0
    for name in ["SQLite"] * (not given.postgresql) + ["PostgreSQL"] * (not given.sqlite):
        began = time.monotonic()
        if name == "SQLite":
            work = on_sqlite(many, given.seed)
        elif given.postgresql:
            work = on_postgresql(given.postgresql, many, given.seed)
        else:
            work = on_own_server(many, given.seed)
        try:
            with without(given.without or ""):
                toll = asyncio.run(work)
        except Missing as missing:
            sys.stderr.write(f"{missing}\n")
            return 2
        for fault in toll.faults[:10]:
            sys.stdout.write(f"  {fault}\n")
        faults += len(toll.faults)
        counts = ", ".join(f"{count} {what}" for what, count in toll.counts.items())
        sys.stdout.write(f"{name}: {counts}, {len(toll.faults)} faults; {time.monotonic() - began:.0f} s\n")
        sys.stdout.flush()
    sys.stdout.write(f"figure: {many} transactions each of 16 intakes, {faults} faults (seed {given.seed})\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
