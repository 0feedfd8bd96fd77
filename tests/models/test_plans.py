"""Plans: held by one process for a while, taken over after its death, finished once."""

from datetime import date, datetime, timedelta

from sqlalchemy import update

from models.reminding import plans
from models.reminding.plans import Held, Plan
from models.storage.clock import from_now
from models.storage.database import Database

DAY, WIB, WIT = date(2026, 12, 8), "Asia/Jakarta", "Asia/Jayapura"


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
        finished = await plans.finished(db, {WIB: DAY, WIT: DAY})
        before = await plans.last_before(db, DAY + timedelta(days=3), WIB)

    assert ({WIB}, DAY, None) == (finished, before, await take(database))


async def test_where_nobody_is_insured_the_day_is_finished_and_what_is_under_way_stays(
    database: Database, now: datetime
) -> None:
    await take(database)
    async with database.begin() as db:
        await plans.finish_empty(db, {WIB: DAY, WIT: DAY}, now)
        finished = await plans.finished(db, {WIB: DAY, WIT: DAY})
        of_another_day = await plans.finished(db, {WIT: DAY + timedelta(days=1)})

    assert ({WIT}, set()) == (finished, of_another_day)
