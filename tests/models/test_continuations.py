"""Who goes on alone hears no more of a sponsor's end, unless the sponsor pays longer after all."""

from datetime import UTC, date, datetime

from jobs.reminders import Reminders
from models.memberships import Membership
from models.owing import wanted
from models.reminding import continuations
from models.storage.database import Database
from tests.members import Members

NOW = datetime(2027, 3, 1, 0, 30, tzinfo=UTC)
MARCH, JUNE = date(2027, 3, 31), date(2027, 6, 30)
SITI, BUDI = 86_001, 86_002


async def two(database: Database) -> tuple[Members, Membership, Membership]:
    """Two who are paid for until the end of March, each answering for oneself."""
    members = Members(database, NOW)
    siti = await members.join("Siti", SITI, paid="2027-02", sponsor_until=MARCH)
    budi = await members.join("Budi", BUDI, paid="2027-02", sponsor_until=MARCH)
    return members, siti, budi


async def test_only_who_said_nothing_is_told_of_the_end(database: Database) -> None:
    members, siti, budi = await two(database)
    async with database.begin() as db:
        await continuations.wish(db, siti.id, MARCH, SITI, NOW)
        await continuations.wish(db, siti.id, MARCH, SITI, NOW)
        said = await continuations.wished(db, [siti.id, budi.id])
    await Reminders(database, lambda: NOW).plan_now()

    assert {siti.id} == said
    assert ["Budi sponsor_end_30 2027-04"] == await members.owed()


async def test_a_wish_taken_back_or_for_another_end_counts_no_more(database: Database) -> None:
    members, siti, budi = await two(database)
    async with database.begin() as db:
        await continuations.wish(db, siti.id, MARCH, SITI, NOW)
        await continuations.take_back(db, siti.id)
        await continuations.wish(db, budi.id, JUNE, BUDI, NOW)
        said = await continuations.wished(db, [siti.id, budi.id])
    await Reminders(database, lambda: NOW).plan_now()

    assert set() == said
    assert ["Budi sponsor_end_30 2027-04", "Siti sponsor_end_30 2027-04"] == await members.owed()


async def test_a_reminder_that_is_planned_is_dropped_by_the_wish(database: Database) -> None:
    members, siti, _ = await two(database)
    await Reminders(database, lambda: NOW).plan_now()
    planned = await members.deliveries()
    async with database.begin() as db:
        await continuations.wish(db, siti.id, MARCH, SITI, NOW)
        still = await wanted.wanted(db, [each.id for each in planned], NOW.date())

    assert [BUDI] == [each.account_id for each in planned if each.id in still]
