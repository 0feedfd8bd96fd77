"""A told last protected day wins over the computed date: when it is planned, and right before it is sent."""

from datetime import UTC, date, datetime, timedelta

import pytest

from jobs.reminders import Reminders, wanted
from models import contributions
from models.contributions import KnownBy
from models.memberships import Membership
from models.owing.deliveries import Fate
from models.owing.sending import claim
from models.owing.settlements import Settlement, settle
from models.reminding import snoozes
from models.storage.database import Database
from tests.members import Members

SITI, DEWI, YOHANA, WULAN = 86_001, 86_002, 86_003, 86_101
DECEMBER, JANUARY = date(2026, 12, 1), date(2027, 1, 1)


def at(day: str, hour: float = 0.1) -> datetime:
    """A moment by Jakarta's clock."""
    return datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(hours=hour - 7)


@pytest.fixture
def members(database: Database) -> Members:
    """An empty book of members, in the middle of November."""
    return Members(database, at("2026-11-10", 9))


async def plan(members: Members, *days: str) -> list[str]:
    """Plan these days; return all that is owed by now."""
    for day in days:
        await Reminders(members.database, lambda: members.now).plan(at(day))
    return await members.owed()


async def tells(members: Members, who: Membership, until: str) -> None:
    async with members.database.begin() as db:
        (await db.get_one(Membership, who.id)).protection_until = date.fromisoformat(until)


async def sent(members: Members, day: str, hour: float = 9) -> list[str]:
    """Settle what is due, and return who is still to be reminded; the others hear nothing."""
    now = at(day, hour)
    async with members.database.begin() as db:
        wave = await claim(db, members.database.keys, now, 50, timedelta(seconds=60))
        still = await wanted(db, wave, now)
        for each in wave:
            await settle(db, [Settlement(each, Fate.SENT if each.id in still else Fate.CANCELLED)])
    return sorted(members.named[each.subject_id or 0] for each in wave if each.id in still)


async def test_what_was_planned_for_a_protected_month_is_not_sent(members: Members) -> None:
    siti = await members.join("Siti", SITI)
    await members.join("Dewi", DEWI)
    await plan(members, "2026-12-08")
    await tells(members, siti, "2026-12-31")

    assert ["Dewi"] == await sent(members, "2026-12-08")


@pytest.mark.parametrize(
    ("planned", "until", "goes"),
    [
        ("2026-12-08", "2026-12-14", True),
        ("2026-12-08", "2026-12-20", False),
        ("2026-12-12", "2026-12-15", True),
        ("2026-12-12", "2026-12-16", False),
        ("2026-12-15", "2026-12-15", True),
        ("2026-12-15", "2026-12-20", False),
        ("2026-12-16", "2026-12-10", True),
        ("2026-12-16", "2026-12-16", False),
        ("2027-01-01", "2026-12-20", True),
        ("2027-01-01", "2027-01-02", False),
    ],
)
async def test_what_was_planned_by_the_computed_date_goes_out_only_if_the_told_one_agrees(
    members: Members, planned: str, until: str, goes: bool
) -> None:
    siti = await members.join("Siti", SITI)
    before = await plan(members, planned)
    await tells(members, siti, until)

    assert 1 == len(before)
    assert (["Siti"] if goes else []) == await sent(members, planned)


async def test_the_told_day_has_its_own_reminders_even_if_the_computed_ones_went_out(
    members: Members,
) -> None:
    siti = await members.join("Siti", SITI)
    await plan(members, "2026-12-08", "2026-12-12", "2026-12-15")
    await tells(members, siti, "2026-12-24")
    owed = await plan(members, "2026-12-17", "2026-12-18", "2026-12-21", "2026-12-22", "2026-12-24")

    assert ["before_3", "before_3", "before_7", "before_7", "due", "due"] == [
        each.split()[1] for each in owed
    ]


async def test_planning_the_told_day_again_owes_nothing_new(members: Members) -> None:
    siti = await members.join("Siti", SITI)
    await tells(members, siti, "2026-12-20")

    assert ["Siti before_7 2026-12"] == await plan(members, "2026-12-13", "2026-12-12", "2026-12-13")


async def test_a_told_day_that_changes_takes_its_reminders_along(members: Members) -> None:
    siti = await members.join("Siti", SITI)
    await tells(members, siti, "2026-12-20")
    await plan(members, "2026-12-13")
    await tells(members, siti, "2026-12-28")
    heard = await sent(members, "2026-12-13")
    await plan(members, "2026-12-21")

    assert ([], ["Siti"]) == (heard, await sent(members, "2026-12-21"))


async def test_a_day_chosen_for_a_month_protected_since_is_nobodys_and_hides_no_reminder(
    members: Members,
) -> None:
    """The told day's first reminder falls on the day she had chosen for the month before."""
    siti = await members.join("Siti", SITI)
    async with members.database.begin() as db:
        await snoozes.snooze(db, siti.id, DECEMBER, date(2026, 12, 26))
    await tells(members, siti, "2027-01-02")

    assert ["Siti before_7 2027-01"] == await plan(members, "2026-12-26")
    assert ["Siti"] == await sent(members, "2026-12-26")


async def test_a_month_no_longer_next_because_the_one_before_was_taken_back_is_not_sent(
    members: Members,
) -> None:
    siti = await members.join("Siti", SITI, paid="2026-12")
    await members.join("Dewi", DEWI, paid="2026-12")
    await plan(members, "2027-01-08")
    async with members.database.begin() as db:
        lines = await contributions.standing_lines(db, siti.id, DECEMBER, DECEMBER)
        await contributions.take_back(db, lines, KnownBy.CONFIRMED_OFFICER, by=WULAN, now=members.now)

    assert ["Dewi"] == await sent(members, "2027-01-08")
    assert "Siti third_month 2026-12" in await plan(members, "2027-02-01")


async def test_the_day_somebody_chose_after_the_lapse_is_still_theirs(members: Members) -> None:
    siti = await members.join("Siti", SITI, paid="2026-08")
    async with members.database.begin() as db:
        await snoozes.snooze(db, siti.id, DECEMBER, date(2026, 12, 13))
    await plan(members, "2026-12-13")

    assert ["Siti"] == await sent(members, "2026-12-13")


async def test_a_sponsored_worker_hears_of_the_month_after_the_sponsor(members: Members) -> None:
    await members.join("Yohana", YOHANA, paid=None, sponsor_until=date(2026, 12, 31))
    await plan(members, "2027-01-08")

    assert ["Yohana"] == await sent(members, "2027-01-08")
