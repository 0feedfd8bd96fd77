"""One NIK, many senders at the same instant: `python -m bench.one_nik [--niks 1000] [--at-once 50]`.

Everybody files every NIK, alone or several in one list, in an order of their own, over several connections;
then several officers at once let the membership of each begin. However they met, one application of each NIK
counts, the others are there as duplicates, and one membership has begun. Ends with 1 otherwise.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import func, select

from bench.databases import new_database
from bench.exports import filing
from models import memberships
from models.accounts import meet
from models.agency.lists import Declaration, file_list
from models.applications import Application, move
from models.consents import Basis
from models.memberships import Membership
from models.states import State
from models.storage.database import Database, migrate, normalise_url, open_database
from models.storage.keys import Keys
from rules.refusal import Refused

NOW: Final = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
VILLAGE: Final = "3205402001"
PROCESSES: Final = {"sqlite": 1, "postgresql": 5}
"""Databases opened side by side, as so many processes would: SQLite has one."""

OFFICERS: Final = 3
MOST_AT_ONCE: Final = 12
"""NIKs in one transaction, at most."""

ON_THE_WAY: Final = (State.IN_REVIEW, State.ACCEPTED, State.REGISTERED)


async def meet_all(url: str, keys: str, niks: int, senders: int) -> list[str]:
    """Let everybody file every NIK, and return what is wrong afterwards, a line each."""
    await migrate(normalise_url(url))
    async with AsyncExitStack() as stack:
        databases = []
        for _ in range(PROCESSES[normalise_url(url).get_backend_name()]):
            databases.append(await open_database(url, keys, announce=lambda _: None))
            stack.push_async_callback(databases[-1].close)
        await asyncio.gather(
            *(_files(databases[sender % len(databases)], sender, niks) for sender in range(senders))
        )
        wrong = await _filed(databases[0], niks, senders)
        await asyncio.gather(*(_register(databases[nth % len(databases)], nth) for nth in range(OFFICERS)))
        return wrong + await _begun(databases[0], niks)


async def _files(database: Database, sender: int, niks: int) -> None:
    chance = random.Random(sender)  # noqa: S311  chosen to be repeatable
    order = chance.sample(range(niks), niks)
    async with database.begin() as db:
        await meet(db, {_account(sender): "id"}, NOW)
    declared = Declaration(_account(sender), "2026-11", bytes(32), "id", Basis.AGENT, "spoken", NOW)
    for numbers in _together(order, chance):
        filings = [filing(number, VILLAGE) for number in numbers]
        async with database.begin() as db:
            await file_list(db, database.keys, declared, 1, filings, NOW)


def _together(order: Sequence[int], chance: random.Random) -> Iterator[Sequence[int]]:
    at = 0
    while at < len(order):
        many = chance.randint(1, MOST_AT_ONCE)
        yield order[at : at + many]
        at += many


def _account(sender: int) -> int:
    return 86_001 + sender


async def _filed(database: Database, niks: int, senders: int) -> list[str]:
    async with database.begin() as db:
        query = select(Application.nik_index, Application.duplicate, func.count())
        rows = (await db.execute(query.group_by(Application.nik_index, Application.duplicate))).all()
    counting = [count for _, duplicate, count in rows if not duplicate]
    others = [count for _, duplicate, count in rows if duplicate]
    wrong = []
    if counting != [1] * niks:
        wrong.append(f"{len(counting)} NIKs of {niks} count: {Counter(counting)}")
    if others != [senders - 1] * (niks if senders > 1 else 0):
        wrong.append(f"duplicates of a NIK: {Counter(others)}, wanted {senders - 1} of each")
    return wrong


async def _register(database: Database, nth: int) -> None:
    """Let an officer do what all of them do: take every application that counts as far as it goes."""
    async with database.begin() as db:
        query = select(Application.id).where(Application.duplicate.is_(False))
        ids = list(await db.scalars(query))
    random.Random(nth).shuffle(ids)  # noqa: S311  chosen to be repeatable
    for application_id in ids:
        for state in ON_THE_WAY:
            await _moved(database, application_id, state)
        async with database.begin() as db:
            application = await db.get_one(Application, application_id, with_for_update=True)
            first_month = application.first_month
            await memberships.begin(
                db, database.keys, application, first_month=first_month, kpj=None, by=None, now=NOW
            )


async def _moved(database: Database, application_id: int, state: State) -> None:
    try:
        async with database.begin() as db:
            await move(db, database.keys, application_id, state, by=None, now=NOW)
    except Refused:
        return  # another officer was there before


async def _begun(database: Database, niks: int) -> list[str]:
    async with database.begin() as db:
        query = select(func.count()).select_from(Membership).group_by(Membership.nik_index)
        counts = list(await db.scalars(query))
    return [] if counts == [1] * niks else [f"memberships of a NIK: {Counter(counts)}, {niks} NIKs"]


def main() -> int:
    """Run it and return the exit code."""
    parser = argparse.ArgumentParser(prog="bench.one_nik", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--niks", type=int, default=1000)
    parser.add_argument("--at-once", type=int, default=50, help="who files each of them")
    parser.add_argument("--postgresql", default="", help="a server; a new SQLite file if not given")
    given = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, new_database(given.postgresql) as made:
        url = made or f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
        wrong = asyncio.run(meet_all(url, Keys.generate().text(), given.niks, given.at_once))
    for line in wrong:
        sys.stdout.write(f"  {line}\n")
    filed = given.niks * given.at_once
    sys.stdout.write(
        f"figure: {given.niks} NIKs, {filed} applications of {given.at_once} senders at once, "
        f"{len(wrong)} faults, {time.monotonic() - began:.0f} s\n"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
