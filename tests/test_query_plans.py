"""Whatever is asked for each update, message and tick finds its rows by an index, however many there are.

The statements are those that a registration, a wave of messages, and each tick really send to a database of
thousands; none may read a large table from end to end.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from bench import past
from bench.hall import Hall
from bench.intakes import intake
from bench.members import fill
from handlers.owed import Owed
from jobs.deliveries import Deliveries
from jobs.fleeting import Tidying
from jobs.housekeeping import Housekeeping
from jobs.programmes import Treasurers
from jobs.reminders import Reminders, wanted
from models.dialogues import Dialogue
from models.people import PersonKeyRow
from models.reminding.reminders import DIGEST, REMINDER
from models.storage.database import Database, migrate, open_database
from models.storage.keys import Keys
from post.outcome import Outcome, Sent
from post.pace import Rates
from post.sayings import Saying
from tests.plans import heard, large, read_whole

PEOPLE: Final = 6_000
LARGE: Final = 1_500
BATCH: Final = 100
"""Memberships planned in one statement: as few among so many people as ten thousand among millions."""

NIGHT: Final = datetime(2026, 12, 7, 17, 5, tzinfo=UTC)
MORNING: Final = NIGHT + timedelta(hours=9)

ONCE_A_DAY: Final = {
    "SELECT memberships.zone, count(*)": "how many there are, once a day, by an index alone",
}
"""What may read a table whole: how the statement begins, and why it may."""


class Sending:
    """Takes every message."""

    async def __call__(self, _: Saying) -> Outcome:
        """Take it."""
        return Sent(1)


async def people(database: Database) -> None:
    """Let somebody register, from the first word to the receipt."""
    hall = Hall(1, 1)
    async with intake(database, hall.send) as desk:
        hall.enter()
        while batch := hall.take(10):
            await desk.take(batch)
            hall.acknowledge(batch)
    assert hall.receipts == 1


async def a_day(database: Database) -> None:
    """Plan a day's reminders, and send some of them."""
    await Reminders(database, lambda: NIGHT, batch=BATCH).plan(NIGHT)
    owed = Owed(database.keys, ZoneInfo("Asia/Jakarta")).composers
    wanting = {REMINDER: wanted, DIGEST: wanted}
    sender = Deliveries(
        database, Sending(), owed, lambda: MORNING, wanted=wanting, rates=Rates(30, 25), sleep=_at_once
    )
    await sender.tend()
    for _ in range(3):
        await sender._wave()
    await sender._finish()


async def ticks(database: Database) -> None:
    """Do what every hour and minute brings; of the counts, which are asked by village, see test_indexes."""
    for each in (Housekeeping, Treasurers):
        await each(database, lambda: MORNING).tick.do()
    await Tidying(database, Sending(), lambda: MORNING).tick.do()


async def _at_once(_: float) -> None:
    """Do not wait."""


@pytest.fixture
async def used(empty_url: str) -> Any:
    """A database that was used for months by thousands."""
    await migrate(empty_url)
    await fill(empty_url, PEOPLE)
    for what in (past.DRAFTS, past.FILED, past.SEEN, past.SENT, past.DONE):
        await past.add(empty_url, what, PEOPLE)
    await past.count(empty_url)
    database = await open_database(empty_url, Keys.generate().text(), announce=lambda _: None)
    async with database.begin() as db:
        await _leave_forms(db)
    yield database
    await database.close()


async def _leave_forms(db: AsyncSession) -> None:
    """Let three people of no registration have left their forms more than a year ago."""
    left = [past.BEGUN + 1, past.BEGUN + 2, past.BEGUN + 3]
    db.add_all(PersonKeyRow(person_id=number - past.BEGUN, wrapped=b"", key_id=1) for number in left)
    await db.flush()
    number = Dialogue.id - past.BEGUN
    then = {"id": number, "person_id": number, "updated_at": NIGHT - timedelta(days=400)}
    await db.execute(update(Dialogue).where(Dialogue.id.in_(left)).values(then))


async def whole(database: Database, doing: Callable[[Database], Awaitable[None]]) -> dict[str, set[str]]:
    """Return what reads a large table whole while something is done: the statement, and the tables."""
    tables = await large(database, LARGE)
    assert {"accounts", "contributions", "deliveries", "dialogues", "memberships", "seen_updates"} <= tables
    with heard(database) as asked:
        await doing(database)
    once = {statement: given for statement, given in asked if _asks(statement)}
    found = {one: await read_whole(database, (one, given), tables) for one, given in once.items()}
    assert len(once) > 3
    return {one: names for one, names in found.items() if names and not one.startswith(tuple(ONCE_A_DAY))}


def _asks(statement: str) -> bool:
    return statement.lstrip().startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH"))


DOINGS: Final = (people, a_day, ticks)


@pytest.mark.parametrize("doing", DOINGS, ids=lambda doing: str(doing.__name__))
async def test_no_large_table_is_read_whole(
    used: Database, doing: Callable[[Database], Awaitable[None]]
) -> None:
    assert await whole(used, doing) == {}
