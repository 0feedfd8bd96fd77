"""Snoozes: one period waits until the day the person chose last."""

from datetime import date, datetime

from sqlalchemy import select

from models.memberships import Membership
from models.reminding.snoozes import puts_off, snooze, until
from models.storage.database import Database
from tests.members import Members

SITI = 86_001
DECEMBER, JANUARY = date(2026, 12, 1), date(2027, 1, 1)
MARKET_DAY = date(2026, 12, 12)


async def test_the_day_chosen_last_counts(database: Database, now: datetime) -> None:
    siti = await Members(database, now).join("Siti", SITI)
    async with database.begin() as db:
        await snooze(db, siti.id, DECEMBER, date(2026, 12, 9))
        await snooze(db, siti.id, DECEMBER, MARKET_DAY)
        found = (await until(db, siti.id, DECEMBER), await until(db, siti.id, JANUARY))

    assert (MARKET_DAY, None) == found


async def test_only_this_period_waits_and_only_until_that_day(database: Database, now: datetime) -> None:
    siti = await Members(database, now).join("Siti", SITI)
    async with database.begin() as db:
        await snooze(db, siti.id, DECEMBER, MARKET_DAY)
        asked = ((DECEMBER, 11), (DECEMBER, 12), (JANUARY, 11))
        waits = [
            bool(
                await db.scalar(
                    select(puts_off(Membership.id, month, date(2026, 12, day))).select_from(Membership)
                )
            )
            for month, day in asked
        ]

    assert [True, False, False] == waits
