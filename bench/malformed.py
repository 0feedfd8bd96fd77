"""Ten thousand updates that are not as they should be, through the real intake: nobody else notices.

    python -m bench.malformed [--updates 10000] [--seed 1] [--short] [--postgresql SERVER-URL]

Each batch holds malformed updates of a few people between the messages of two neighbours. A fault is a batch
that is not taken in, a neighbour without an answer, an update that is neither seen nor quarantined, somebody
whose update was quarantined and who got no apology, a row of anybody else that changed or came to be, and a
word said to somebody who did not write or in a group. Ends with 1 then.
"""

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select, text

import logs
from bench.databases import new_database
from bench.updates import Json, Maker, writers
from models.accounts import Account, Role
from models.owing.fleeting import Fleeting
from models.quarantine import Quarantine
from models.seen import SeenUpdate
from models.storage.migrating import migrate
from models.tables import TABLES
from tests.handlers.hall import registers
from tests.handlers.walking import go_to
from tests.town import Chat, Town, town

FIRST: Final = 40_000_000
SIDE_BY_SIDE: Final = 8
"""Malformed updates of one batch, between two neighbours."""

SHORT: Final = 500
LONG: Final = 10_000
Rows = Mapping[str, frozenset[tuple[Any, ...]]]


class Malformed:
    """One run: the senders, their neighbours, those who write nothing, and what went wrong."""

    def __init__(self, place: Town, seed: int) -> None:
        self.place = place
        self.faults: list[str] = []
        self.counts: Counter[str] = Counter()
        self._chance = random.Random(seed)  # noqa: S311  chosen to be repeatable
        self._senders: list[Chat] = []
        self._neighbours: list[Chat] = []
        self._others: list[Chat] = []

    async def run(self, updates: int) -> None:
        """Take in so many malformed updates, and compare what is there before and after."""
        await self._settle_in()
        bystanders = [each.id for each in self._others]
        maker = Maker(self._chance, [each.id for each in self._senders], bystanders)
        before, told, heard = await self._rows(), await self._told(), self._heard()
        made = list(maker.updates(updates, FIRST))
        for at in range(0, updates, SIDE_BY_SIDE):
            await self._batch(made[at : at + SIDE_BY_SIDE])
        self.counts["updates"] = updates
        self._compare(before, await self._rows(), made)
        if told != await self._told():
            self.faults.append("an answer of a neighbour or of somebody who wrote nothing is another one now")
        if heard != self._heard():
            self.faults.append("somebody who wrote nothing heard something")
        await self._count(made)

    async def _settle_in(self) -> None:
        """Let everybody come: an officer and an agent are among the senders, others have told much."""
        self._senders = [self.place.person(f"Maling {number}") for number in range(6)]
        self._neighbours = [self.place.person(f"Tetangga {number}") for number in range(2)]
        self._others = [self.place.person(f"Warga {number}") for number in range(3)]
        for one in (*self._senders, *self._others):
            await one.says("/start")
        await self.place.appoint(self._senders[0], Role.OFFICER)
        await self.place.appoint(self._senders[1], Role.AGENT)
        for number, one in enumerate(self._others):
            await registers(one, number + 1)
        for one in (*self._neighbours, *self._others):
            await go_to(one, "nik")
        await self.place.office.intake.rest()  # else the next batch notes that they were answered

    async def _batch(self, made: list[Json]) -> None:
        first, last = self._neighbours
        said = [len(first.said), len(last.said)]
        quarantined = await self._quarantined()
        since = self.place.simulator.ledger.number
        first.phone.text("bukan angka")
        ahead = self.place.waiting()
        last.phone.text("bukan angka")
        behind = self.place.waiting()[len(ahead) :]
        numbers = f"{made[0]['update_id']} to {made[-1]['update_id']}"
        await self._take([*ahead, *made, *behind], numbers)
        self.place.pauses.clear()
        await self.place.settle()  # acknowledges what the neighbours wrote; it is known, and shown again
        if len(first.said) == said[0] or len(last.said) == said[1]:
            self.faults.append(f"{numbers}: a neighbour got no answer")
        self._apologies(await self._quarantined() - quarantined, since, numbers)
        self._said(since, numbers, {*writers(made), first.id, last.id})

    async def _take(self, batch: list[Json], numbers: str) -> None:
        try:
            await self.place.office.intake.take(batch)
        except (Exception, asyncio.CancelledError) as crash:  # noqa: BLE001 - each is what is looked for
            self.faults.append(f"{numbers}: {type(crash).__name__}: {str(crash)[:200]}")

    async def _quarantined(self) -> Counter[int]:
        """Return how many updates of each sender are in quarantine."""
        index = self.place.database.keys.sender_index
        known = {index(one.id): one.id for one in self._senders}
        async with self.place.database.begin() as db:
            rows = await db.scalars(select(Quarantine.sender_index))
            return Counter(known[row] for row in rows if row in known)

    def _apologies(self, quarantined: Counter[int], since: int, numbers: str) -> None:
        lines = self.place.simulator.ledger.since(since)
        said = Counter(line.person for line in lines if line.method == "sendMessage")
        for person, count in quarantined.items():
            self.counts["apologies"] += count
            if said[person] < count:
                self.faults.append(f"{numbers}: {count} updates quarantined, {said[person]} messages said")

    def _said(self, since: int, numbers: str, writing: set[int]) -> None:
        for line in self.place.simulator.ledger.since(since):
            quiet = line.person is None or line.person in writing or line.code != 200
            if not quiet and line.method not in ("getUpdates", "leaveChat"):
                self.faults.append(f"{numbers}: {line.method} to {line.person}, who did not write")

    async def _rows(self) -> Rows:
        """Return every row of every table."""
        async with self.place.database.begin() as db:
            return {
                name: frozenset(map(_held, await db.execute(text(f'SELECT * FROM "{name}"'))))  # noqa: S608
                for name in [table.__tablename__ for table in TABLES]
            }

    async def _told(self) -> list[Any]:
        return [await one.answers() for one in (*self._neighbours, *self._others)]

    def _heard(self) -> list[int]:
        return [len(one.said) for one in self._others]

    def _compare(self, before: Rows, after: Rows, made: list[Json]) -> None:
        """Compare the rows that are nobody's who wrote, and look for new ones that name who did not."""
        writing = {one.id for one in (*self._senders, *self._neighbours)}
        others = {one.id for one in self._others}
        for name in before.keys() - {SeenUpdate.__tablename__}:
            for row in before[name] - after[name]:
                if not writing & _numbers(row):
                    self.faults.append(f"a row of {name} changed or went that is of nobody who wrote")
            for row in after[name] - before[name]:
                if others & _numbers(row[:1] if name == Fleeting.__tablename__ else row):
                    self.faults.append(f"a row of {name} came to be that names who did not write")
        known = {row[0] for row in before[Account.__tablename__]}
        met = {row[0] for row in after[Account.__tablename__]} - known - writers(made)
        if met:
            self.faults.append(f"accounts of {len(met)} who did not write came to be")

    async def _count(self, made: list[Json]) -> None:
        async with self.place.database.begin() as db:
            seen = set(await db.scalars(select(SeenUpdate.update_id).where(SeenUpdate.update_id >= FIRST)))
        lost = {update["update_id"] for update in made} - seen
        if lost:
            self.faults.append(f"{len(lost)} updates were neither handled nor quarantined")
        self.counts["quarantined"] = await self.place.rows(Quarantine)
        kinds = Counter(kind for update in made for kind in update if kind != "update_id")
        self.counts["kinds"] = len(kinds)


def _held(row: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(repr(value) if isinstance(value, list | dict) else value for value in row)


def _numbers(row: tuple[Any, ...]) -> set[int]:
    return {value for value in row if isinstance(value, int)}


async def malformed(updates: int, *, seed: int, database: str = "") -> tuple[Counter[str], list[str]]:
    """Run it all in a town of its own; return the counts and the faults."""
    with tempfile.TemporaryDirectory() as folder, open(os.devnull, "w") as nowhere:  # noqa: ASYNC230 - once
        logs.configure(level="ERROR", secrets=[], stream=nowhere)
        url = database or f"sqlite:///{folder}/bot.db"
        await migrate(url)
        async with town(url, Path(folder)) as place:
            run = Malformed(place, seed)
            await run.run(updates)
            return run.counts, run.faults


def main() -> int:
    """Run it, print the counts and the faults, and return the exit code."""
    parser = argparse.ArgumentParser(prog="bench.malformed", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--updates", type=int, default=LONG)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--short", action="store_true", help=f"{SHORT} updates")
    parser.add_argument("--postgresql", default="", help="a server; a new SQLite file if not given")
    given = parser.parse_args()
    updates = SHORT if given.short else given.updates
    began = time.monotonic()
    with new_database(given.postgresql) as database:
        counts, faults = asyncio.run(malformed(updates, seed=given.seed, database=database))
    seconds = time.monotonic() - began
    for fault in faults[:40]:
        sys.stdout.write(f"  {fault}\n")
    sys.stdout.write(
        f"figure: malformed updates: {updates} of {counts['kinds']} kinds in {seconds:.0f} s, "
        f"{counts['quarantined']} quarantined, {counts['apologies']} apologies, {len(faults)} faults\n"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
