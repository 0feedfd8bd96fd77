"""Deliver updates twice and in disorder, and compare what everybody has in the end with the same in order.

    python -m bench.shuffled [--updates 1000000] [--seed 1] [--short] [--stale] [--postgresql SERVER]
        [--without deduplication]

People register through the bot's real intake. Of what is delivered 23 % are copies, each within the next 200
updates, and who is before whom is chance. With --stale people also tap twice and on buttons of questions
that are past, and these too arrive at any time: each must be refused, and nothing else come of it. The same
people register in order and without copies in another process at the same time. Ends with 1 when anybody's
final state differs.
"""

import argparse
import asyncio
import hashlib
import json
import multiprocessing
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, select

from bench.broken_bot import all_new
from bench.databases import new_database
from bench.hall import Hall, Raw
from bench.intakes import intake
from handlers import intake as taking
from models.applications import Application, key_of
from models.consents import Consent
from models.dialogues import Dialogue
from models.quarantine import Quarantine
from models.storage.database import Database, open_database

WINDOW: Final = 200
"""How many people write at once, and within how many deliveries a copy comes."""

COPIES: Final = 0.23
STALE: Final = 0.1
"""The share of taps that are made twice, and of those after which an old button is tapped too."""

BATCH: Final = 100
EACH: Final = 26
"""Updates of one registration."""

TOO_MANY: Final = 1000
"""Faults after which nothing more is learned."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One run: how many people, and how what they do is delivered."""

    people: int
    seed: int
    url: str
    folder: str
    in_order: bool = False
    stale: bool = False
    without: str = ""


@dataclass(slots=True)
class Came:
    """What a run came to: counts, faults, and a value for the final state of each person."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    states: dict[int, str] = field(default_factory=dict)


class Courier:
    """Carries updates from a hall to the intake: in order, or each batch a handful of what lies about."""

    def __init__(self, hall: Hall, plan: Plan) -> None:
        self._hall = hall
        self._plan = plan
        self._chance = random.Random(plan.seed)  # noqa: S311 - chosen to be repeatable
        self._lying: list[Raw] = []
        self._copies: list[tuple[int, Raw]] = []
        self._carried = 0
        self._old: dict[int, list[Raw]] = {}
        self.counts: Counter[str] = Counter()

    def batch(self) -> list[Raw]:
        """Return what is delivered next; nothing when all is done."""
        if self._plan.in_order:
            batch = self._hall.take(BATCH)
        else:
            self._collect()
            batch = self._handful()
        self._carried += len(batch)
        self.counts["delivered"] += len(batch)
        return batch

    def _collect(self) -> None:
        for raw in self._hall.take(len(self._hall.waiting)):
            self._lying.append(raw)
            if self._plan.stale and "callback_query" in raw:
                self._lying.extend(self._stale(raw))

    def _handful(self) -> list[Raw]:
        due = [raw for when, raw in self._copies if when <= self._carried or not self._lying]
        self._copies = [one for one in self._copies if one[0] > self._carried and self._lying]
        self._chance.shuffle(self._lying)
        many = self._chance.randint(1, BATCH)
        first, self._lying = self._lying[:many], self._lying[many:]
        for raw in first:
            if self._chance.random() < COPIES / (1 - COPIES):
                self._copies.append((self._carried + self._chance.randint(0, WINDOW), raw))
        self.counts["copies"] += len(due)
        return [*first, *due]

    def _stale(self, raw: Raw) -> Iterator[Raw]:
        """Yield taps that come too late, or come to: the same once more, and one of a question before."""
        tap = raw["callback_query"]
        if tap["data"].startswith("v1|c|"):
            return
        old = self._old.setdefault(tap["from"]["id"], [])
        again = [tap] if self._chance.random() < STALE else []
        earlier = [self._chance.choice(old)] if old and self._chance.random() < STALE else []
        old.append(tap)
        for one in (*again, *earlier):
            self.counts["stale taps"] += 1
            self._hall.arrived("callback_query", dict(one))
            yield self._hall.waiting.pop()


async def carried(plan: Plan) -> Came:
    """Have everybody register, and return what came of it."""
    came = Came()
    hall = Hall(plan.people, WINDOW)
    hall.enter()
    courier = Courier(hall, plan)
    database = await open_database(plan.url, Path(plan.folder) / "keys", announce=lambda _: None)
    try:
        async with intake(database, hall.send) as desk:
            began = time.monotonic()
            while (batch := courier.batch()) and len(hall.faults) < TOO_MANY:
                await desk.take(batch)
                hall.acknowledge(batch)
            came.counts["seconds"] = round(time.monotonic() - began)
        came.states = await states(database)
    finally:
        await database.close()
    came.counts |= courier.counts | {"people": len(hall.everybody), "receipts": hall.receipts}
    came.faults = [*hall.faults, *hall.stuck()]
    if hall.refused != courier.counts["stale taps"]:
        came.faults.append(f"{courier.counts['stale taps']} stale taps, and {hall.refused} refused")
    return came


async def states(database: Database) -> dict[int, str]:
    """Return a value for the final state of each person: what they filed, agreed to and left open."""
    found: dict[int, list[Any]] = {}
    async with database.begin() as db:
        for one in await db.scalars(select(Application).order_by(Application.id)):
            told = one.told(await key_of(db, database.keys, one.worker_id))
            found.setdefault(one.account_id, []).append([told, one.state.value, bool(one.duplicate)])
        for table in (Consent, Dialogue):
            rows = await db.execute(select(table.account_id, func.count()).group_by(table.account_id))
            for person, count in rows:
                found.setdefault(person, []).append([table.__tablename__, count])
        quarantined = await db.scalar(select(func.count()).select_from(Quarantine))
    found[0] = [quarantined]
    return {
        person: hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()
        for person, state in found.items()
    }


@contextmanager
def without(safeguard: str) -> Iterator[None]:
    """Take a safeguard away meanwhile, if one is named."""
    known = taking.new_updates  # type: ignore[attr-defined, unused-ignore]
    if safeguard:
        taking.new_updates = all_new  # type: ignore[assignment, attr-defined, unused-ignore]
    try:
        yield
    finally:
        taking.new_updates = known  # type: ignore[attr-defined, unused-ignore]


def run(plan: Plan) -> Came:
    """Do a run in this process."""
    with without(plan.without):
        return asyncio.run(carried(plan))


def compared(ordered: Came, shuffled: Came) -> list[str]:
    """Return everything that went wrong: in either run, and wherever a person's final state differs."""
    everybody = ordered.states.keys() | shuffled.states.keys()
    differ = [one for one in sorted(everybody) if ordered.states.get(one) != shuffled.states.get(one)]
    return [
        *(f"in order: {fault}" for fault in ordered.faults),
        *shuffled.faults,
        *(f"another final state: person {one}" for one in differ),
    ]


def arguments() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(prog="bench.shuffled", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--updates", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**31))
    parser.add_argument("--short", action="store_true", help="5,000 updates")
    parser.add_argument("--stale", action="store_true", help="also taps that come too late, in any order")
    parser.add_argument("--postgresql", default="", help="a server; new SQLite files if not given")
    parser.add_argument(
        "--without", choices=("deduplication",), help="take a safeguard away, to see it noticed"
    )
    return parser.parse_args()


def main() -> int:
    """Run both side by side, print what differs, and return the exit code."""
    given = arguments()
    people = max(1, round((5_000 if given.short else given.updates) * (1 - COPIES) / EACH))
    with ExitStack() as stack:
        plans = []
        for in_order in (True, False):
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            url = stack.enter_context(new_database(given.postgresql)) or f"sqlite:///{folder}/bot.db"
            stale, broken = given.stale and not in_order, "" if in_order else given.without or ""
            plans.append(Plan(people, given.seed, url, folder, in_order, stale, broken))
        spawning = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(2, mp_context=spawning) as processes:
            ordered, shuffled = processes.map(run, plans)
    faults = compared(ordered, shuffled)
    for fault in faults[:20]:
        sys.stdout.write(f"  {fault}\n")
    counts = shuffled.counts
    sys.stdout.write(
        f"figure: {counts['delivered']} updates of {counts['people']} people,"
        f" {counts['copies']} of them copies, {counts['stale taps']} stale taps,"
        f" {len(faults)} faults; {counts['seconds']} s,"
        f" in order {ordered.counts['seconds']} s (seed {given.seed})\n"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
