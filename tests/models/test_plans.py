"""Plans: held by one process for a while, taken over after its death, finished once."""

from datetime import date, datetime, timedelta

from sqlalchemy import update

from models import plans
from models.clock import from_now
from models.database import Database
from models.plans import Held, Plan

DAY, WIB = date(2026, 12, 8), "Asia/Jakarta"


async def take(database: Database) -> Held | None:
    async with database.begin() as db:
        return await plans.take(db, DAY, WIB)


async def test_one_holds_a_plan(database: Database) -> None:
    assert (Held(0, 0), None) == (await take(database), await take(database))


async def test_whoever_comes_after_a_death_goes_on(database: Database) -> None:
    await take(database)
    async with database.begin() as db:
        await plans.advance(db, DAY, WIB, 7, after_id=500)
        await plans.advance(db, DAY, WIB, 3)
        await db.execute(update(Plan).values(held_until=from_now(timedelta(seconds=-1))))

    assert Held(500, 10) == await take(database)


async def test_a_finished_plan_is_taken_by_nobody(database: Database, now: datetime) -> None:
    await take(database)
    async with database.begin() as db:
        await plans.finish(db, DAY, WIB, now)
        finished = await plans.is_finished(db, DAY, WIB)
        before = await plans.last_before(db, DAY + timedelta(days=3), WIB)

    assert (True, DAY, None) == (finished, before, await take(database))
