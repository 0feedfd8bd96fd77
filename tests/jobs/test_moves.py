"""Moves into another zone: reminders follow its clock, none doubled and none lost on the day of the move."""

from datetime import UTC, datetime, timedelta

import pytest

from jobs.reminders import Reminders
from models.memberships import Membership, Relation
from models.owing.deliveries import Delivery
from models.reminding.moves import move
from models.storage.base import table_of
from models.storage.database import Database
from tests.members import JAKARTA, PAPUA, Members

SITI, BUDI = 86_001, 86_100
WIB, WIT = "Asia/Jakarta", "Asia/Jayapura"


def at(day: str, hour: float) -> datetime:
    """A moment by Jakarta's clock; Papua's is two hours ahead."""
    return datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(hours=hour - 7)


@pytest.fixture
def members(database: Database) -> Members:
    """An empty book of members, in the middle of November."""
    return Members(database, at("2026-11-10", 9))


async def plan(members: Members, *moments: datetime) -> None:
    for now in moments:
        await Reminders(members.database, lambda now=now: now).plan(now)  # type: ignore[misc]


async def moves(members: Members, who: Membership, village: str, now: datetime) -> Membership:
    async with members.database.begin() as db:
        moved = await db.get_one(Membership, who.id)
        await move(db, moved, village, now)
    return moved


async def only(members: Members) -> Delivery:
    (one,) = await members.deliveries()
    return one


async def test_a_move_changes_the_village_and_the_zone_and_nothing_else(members: Members) -> None:
    siti = await members.join("Siti", SITI)
    moved = await moves(members, siti, PAPUA, at("2026-11-20", 9))
    told = {column.name: getattr(siti, column.name) for column in table_of(Membership).columns}

    assert told | {"village_code": PAPUA, "zone": WIT} == {name: getattr(moved, name) for name in told}
    assert [] == await members.owed()


async def test_days_to_come_are_planned_by_the_new_clock_and_only_by_it(members: Members) -> None:
    siti = await members.join("Siti", SITI)
    await moves(members, siti, PAPUA, at("2026-12-01", 9))
    await plan(members, at("2026-12-07", 22.1), at("2026-12-08", 0.1), at("2026-12-08", 12))

    assert ["Siti before_7 2026-12"] == await members.owed()
    assert at("2026-12-08", 6) <= (await only(members)).not_before < at("2026-12-08", 6.01)


async def test_moving_east_before_midnight_loses_nothing(members: Members) -> None:
    """Papua has planned the eighth by then, and Jakarta will do it without her."""
    siti = await members.join("Siti", SITI)
    await plan(members, at("2026-12-07", 22.1))
    await moves(members, siti, PAPUA, at("2026-12-07", 23))
    await plan(members, at("2026-12-08", 0.1), at("2026-12-08", 9))

    assert ["Siti before_7 2026-12"] == await members.owed()
    assert at("2026-12-08", 6) <= (await only(members)).not_before < at("2026-12-08", 6.01)


async def test_moving_west_before_midnight_doubles_nothing_and_wakes_nobody(members: Members) -> None:
    """Papua has planned the eighth with her already, for eight in the morning there: six in Jakarta."""
    siti = await members.join("Siti", SITI, village_code=PAPUA, zone=WIT)
    await plan(members, at("2026-12-07", 22.1))
    await moves(members, siti, JAKARTA, at("2026-12-07", 23))
    await plan(members, at("2026-12-08", 0.1), at("2026-12-08", 9))
    reminder = await only(members)

    assert at("2026-12-08", 8) <= reminder.not_before < at("2026-12-08", 8.01)
    assert timedelta(hours=6) == (reminder.expires_at or reminder.not_before) - reminder.not_before


async def test_a_reminder_planned_for_today_goes_out_at_the_same_hour_by_the_new_clock(
    members: Members,
) -> None:
    siti = await members.join("Siti", SITI)
    await plan(members, at("2026-12-08", 0.1))
    await moves(members, siti, PAPUA, at("2026-12-08", 1))

    assert at("2026-12-08", 6) <= (await only(members)).not_before < at("2026-12-08", 6.01)


async def test_an_hour_that_is_over_there_is_kept_here_so_that_nothing_is_lost(members: Members) -> None:
    siti = await members.join("Siti", SITI)
    await plan(members, at("2026-12-08", 18))
    before = await only(members)
    await moves(members, siti, PAPUA, at("2026-12-08", 18))

    assert (before.not_before, before.expires_at) == (
        (await only(members)).not_before,
        (await only(members)).expires_at,
    )


async def test_a_day_no_zone_has_planned_yet_is_planned_with_the_move(members: Members) -> None:
    siti = await members.join("Siti", SITI)
    await moves(members, siti, PAPUA, at("2026-12-08", 5))

    assert ["Siti before_7 2026-12"] == await members.owed()


async def test_only_the_one_who_moves_is_planned(members: Members) -> None:
    await members.join("Dewi", 86_002)
    siti = await members.join("Siti", SITI, village_code=PAPUA, zone=WIT)
    await members.join("Wulan", 86_003)
    await moves(members, siti, JAKARTA, at("2026-12-08", 7))

    assert ["Siti before_7 2026-12"] == await members.owed()


async def test_who_acts_for_the_one_who_moves_gets_one_list_a_day(members: Members) -> None:
    siti = await members.join("Siti", [(BUDI, Relation.AGENT)])
    await members.join("Dewi", [(BUDI, Relation.AGENT)])
    await plan(members, at("2026-12-07", 22.1))
    await moves(members, siti, PAPUA, at("2026-12-07", 23))
    await plan(members, at("2026-12-08", 0.1))
    digest = await only(members)

    assert [f"digest {BUDI}"] == await members.owed()
    assert at("2026-12-08", 8) == digest.not_before


async def test_a_move_within_the_zone_touches_no_reminder(members: Members) -> None:
    siti = await members.join("Siti", SITI)
    await plan(members, at("2026-12-08", 0.1))
    before = await only(members)
    await moves(members, siti, "3205142004", at("2026-12-08", 1))

    assert before.not_before == (await only(members)).not_before
