"""Reminders: who is owed one on which day, once for ever, and not when it is too late or not wanted."""

from asyncio import gather
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from jobs.reminders import Reminders, wanted
from models import contributions, memberships
from models.contributions import KnownBy
from models.memberships import Life, Relation
from models.owing.deliveries import Claimed, Delivery, Fate, Lane, Promise
from models.owing.sending import claim
from models.owing.settlements import Settlement, settle
from models.reminding import opt_outs, snoozes
from models.reminding.plans import Plan
from models.storage.clock import from_now
from models.storage.database import Database, open_database
from models.storage.keys import Keys
from tests.members import PAPUA, Members

SITI, DEWI, YOHANA, BUDI, WULAN = 86_001, 86_002, 86_003, 86_100, 86_101
DECEMBER = date(2026, 12, 1)
JUST_AFTER_MIDNIGHT = 5 / 60


def at(day: str, hour: float = JUST_AFTER_MIDNIGHT) -> datetime:
    """A moment by Jakarta's clock."""
    return datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(hours=hour - 7)


@pytest.fixture
def members(database: Database) -> Members:
    """An empty book of members, in the middle of November."""
    return Members(database, at("2026-11-10", 9))


async def plan(
    database: Database, now: datetime, per_second: float = 25.0, batch: int | None = None
) -> Counter[str]:
    return await Reminders(database, lambda: now, per_second=per_second, batch=batch).plan(now)


async def days(members: Members, *spans: str) -> dict[str, list[str]]:
    """Plan each day of these spans, as "2026-12-07 11"; return what each day brought."""
    brought, known = {}, 0
    for span in spans:
        first, count = span.split()
        for number in range(int(count)):
            now = at(first) + timedelta(days=number)
            await plan(members.database, now)
            new = (await members.deliveries())[known:]
            known += len(new)
            if new:
                brought[f"{now + timedelta(hours=7):%m-%d}"] = [each.step or each.kind for each in new]
    return brought


async def test_whoever_stops_paying_hears_eight_times_and_then_no_more(members: Members) -> None:
    await members.join("Siti", SITI, paid="2026-11")

    assert {
        "12-08": ["before_7"],
        "12-12": ["before_3"],
        "12-15": ["due"],
        "12-16": ["after_1"],
        "01-01": ["second_month"],
        "02-01": ["third_month"],
        "02-21": ["before_lapse"],
        "03-01": ["lapsed"],
    } == await days(members, "2026-12-07 11", "2026-12-31 3", "2027-01-31 3", "2027-02-20 3", "2027-02-28 3")


async def test_whoever_pays_each_month_hears_only_before(members: Members) -> None:
    siti = await members.join("Siti", SITI, paid="2026-11")
    await plan(members.database, at("2026-12-08"))
    await members.pay(siti, DECEMBER)
    for day in ("2026-12-12", "2026-12-15", "2026-12-16", "2027-01-01", "2027-01-08"):
        await plan(members.database, at(day))

    assert ["Siti before_7 2026-12", "Siti before_7 2027-01"] == await members.owed()


async def test_planning_again_owes_nothing_new(members: Members) -> None:
    await members.join("Siti", SITI)
    first = await plan(members.database, at("2026-12-08"))
    again = await plan(members.database, at("2026-12-08", 10))
    async with members.database.begin() as db:
        await db.execute(delete(Plan))
    anew = await plan(members.database, at("2026-12-08", 11))

    assert ({"before_7": 1}, {}, {}) == (first, again, anew)


async def test_a_clock_that_jumps_back_owes_nothing_twice(members: Members) -> None:
    await members.join("Siti", SITI)
    for day in ("2026-12-08", "2026-12-12", "2026-12-08", "2026-12-12", "2026-12-08"):
        await plan(members.database, at(day))

    assert ["Siti before_3 2026-12", "Siti before_7 2026-12"] == await members.owed()


async def test_after_a_pause_only_today_is_planned(members: Members) -> None:
    await members.join("Siti", SITI)
    await plan(members.database, at("2026-12-01"))
    await plan(members.database, at("2026-12-15", 10))

    assert ["Siti due 2026-12"] == await members.owed()


async def test_a_reminder_waits_for_eight_and_is_late_at_two(members: Members) -> None:
    await members.join("Siti", SITI)
    await plan(members.database, at("2026-12-08"))
    (siti,) = await members.deliveries()

    assert at("2026-12-08", 8) <= siti.not_before < at("2026-12-08", 8.01)
    assert timedelta(hours=6) == (siti.expires_at or siti.not_before) - siti.not_before
    assert (Lane.REMINDER, Promise.AT_MOST_ONCE, b"", SITI) == (
        siti.lane,
        siti.promise,
        siti.payload,
        siti.chat_id,
    )


async def test_planned_in_the_afternoon_it_may_go_out_until_seven(members: Members) -> None:
    await members.join("Siti", SITI)
    await plan(members.database, at("2026-12-08", 16))
    (siti,) = await members.deliveries()

    assert at("2026-12-08", 16) <= siti.not_before
    assert at("2026-12-08", 19) == siti.expires_at


async def test_planned_in_the_evening_it_is_dropped_and_counted(members: Members) -> None:
    await members.join("Siti", SITI)
    new = await plan(members.database, at("2026-12-08", 20))
    (siti,) = await members.deliveries()

    assert ({"dropped": 1}, Fate.EXPIRED) == (new, siti.state)


async def test_papua_hears_two_hours_before_jakarta(members: Members) -> None:
    await members.join("Yohana", YOHANA, village_code=PAPUA, zone="Asia/Jayapura")
    await members.join("Siti", SITI)
    await plan(members.database, at("2026-12-08"))
    yohana, siti = await members.deliveries()

    assert (YOHANA, SITI) == (yohana.chat_id, siti.chat_id)
    assert timedelta(hours=2) == siti.not_before - yohana.not_before


async def test_a_zone_waits_for_its_own_midnight(members: Members) -> None:
    await members.join("Yohana", YOHANA, village_code=PAPUA, zone="Asia/Jayapura")
    await members.join("Siti", SITI)
    await plan(members.database, at("2026-12-07", 22.5))

    assert ["Yohana before_7 2026-12"] == await members.owed()


async def test_an_agent_with_a_hundred_workers_gets_one_digest(members: Members) -> None:
    await members.crowd(100, (BUDI, Relation.REGISTRANT))
    new = await plan(members.database, at("2026-12-08"), batch=30)

    assert ({"digest": 1}, [f"digest {BUDI}"]) == (new, await members.owed())


async def test_a_digest_with_workers_in_two_zones_comes_by_daylight_in_both(members: Members) -> None:
    await members.join("Yohana", [(BUDI, Relation.AGENT)], zone="Asia/Jayapura")
    await members.join("Siti", [(BUDI, Relation.AGENT)])
    await plan(members.database, at("2026-12-08"))
    (digest,) = await members.deliveries()

    assert at("2026-12-08", 8) == digest.not_before


async def test_a_worker_out_of_reach_is_reminded_through_the_next_in_the_chain(members: Members) -> None:
    await members.join("Siti", [(SITI, Relation.SELF), (DEWI, Relation.FAMILY), (BUDI, Relation.AGENT)])
    await members.change(SITI, unreachable="blocked")
    await plan(members.database, at("2026-12-08"))

    assert [f"digest {DEWI}"] == await members.owed()


async def test_whoever_said_stop_is_not_reminded_through_others(members: Members) -> None:
    await members.join("Siti", [(SITI, Relation.SELF), (DEWI, Relation.FAMILY)])
    await members.change(SITI, stopped_at=members.now)
    await plan(members.database, at("2026-12-08"))

    assert [] == await members.owed()


async def test_a_family_that_said_stop_leaves_it_to_the_next(members: Members) -> None:
    await members.join("Siti", [(DEWI, Relation.FAMILY), (BUDI, Relation.AGENT)])
    await members.change(DEWI, stopped_at=members.now)
    await plan(members.database, at("2026-12-08"))

    assert [f"digest {BUDI}"] == await members.owed()


async def test_nobody_is_reminded_of_the_dead_the_ended_and_who_opted_out(members: Members) -> None:
    dead = await members.join("Siti", SITI)
    ended = await members.join("Dewi", DEWI)
    opted_out = await members.join("Yohana", YOHANA)
    async with members.database.begin() as db:
        await memberships.end(db, dead.id, Life.DECEASED, members.now)
        await memberships.end(db, ended.id, Life.ENDED, members.now)
        await opt_outs.stop(db, opted_out.nik_index, YOHANA, members.now)
    await members.join("Yohana", YOHANA)
    await plan(members.database, at("2026-12-08"))

    assert [] == await members.owed()


async def test_market_day_is_the_day_and_the_only_one(members: Members) -> None:
    siti = await members.join("Siti", SITI)
    async with members.database.begin() as db:
        await snoozes.snooze(db, siti.id, DECEMBER, date(2026, 12, 13))

    assert {"12-13": ["asked"], "12-15": ["due"]} == await days(members, "2026-12-08 8")


async def test_tomorrow_can_be_said_twice(members: Members) -> None:
    siti = await members.join("Siti", SITI)
    for day in (10, 11):
        async with members.database.begin() as db:
            await snoozes.snooze(db, siti.id, DECEMBER, date(2026, 12, day))
        await plan(members.database, at(f"2026-12-{day}"))

    assert 2 == len(await members.owed())


async def test_a_month_paid_needs_no_market_day(members: Members) -> None:
    siti = await members.join("Siti", SITI, paid="2026-12")
    async with members.database.begin() as db:
        await snoozes.snooze(db, siti.id, DECEMBER, date(2026, 12, 13))
    await plan(members.database, at("2026-12-13"))

    assert [] == await members.owed()


async def test_a_first_payment_not_yet_seen_is_asked_for_after_three_days(members: Members) -> None:
    await members.join("Siti", SITI, paid=None, started_at=at("2026-12-17", 15), first_month=DECEMBER)

    assert {
        "12-20": ["first_payment"],
        "01-01": ["second_month"],
        "02-01": ["third_month"],
    } == await days(members, "2026-12-19 3", "2026-12-31 2", "2027-01-15 2", "2027-02-01 1", "2027-02-21 1")


async def test_the_last_month_paid_in_advance_is_announced(members: Members) -> None:
    await members.join("Siti", SITI, paid="2027-01", months=3)

    assert {"01-01": ["prepaid_end"], "02-08": ["before_7"]} == await days(
        members, "2026-12-31 3", "2027-02-08 1"
    )


async def test_a_month_paid_a_few_days_early_is_no_advance(members: Members) -> None:
    siti = await members.join("Siti", SITI, paid="2026-11")
    members.now = at("2026-11-27", 10)
    await members.pay(siti, DECEMBER)
    await plan(members.database, at("2026-12-01"))

    assert [] == await members.owed()


async def test_a_sponsors_end_is_told_three_times_and_then_the_worker_pays(members: Members) -> None:
    await members.join("Siti", SITI, paid=None, sponsor_until=date(2027, 3, 31))

    assert {
        "12-31": ["sponsor_end_90"],
        "03-01": ["sponsor_end_30"],
        "03-24": ["sponsor_end_7"],
        "04-08": ["before_7"],
    } == await days(
        members,
        "2026-12-08 1",
        "2026-12-31 1",
        "2027-02-01 1",
        "2027-03-01 1",
        "2027-03-24 2",
        "2027-04-08 1",
    )


async def test_the_end_of_the_cut_is_told_to_whom_it_concerns(members: Members) -> None:
    await members.join("Siti", SITI, paid="2026-12")
    await members.join("Dewi the driver", DEWI, paid="2026-12", sector="transport")
    await members.join("Yohana of the regency", YOHANA, paid="2026-12", money="apbd")
    await members.join("Wulan who lapsed", WULAN, paid="2026-08")
    await plan(members.database, at("2026-12-20"))

    assert ["Siti relief_end 2027-01"] == await members.owed()


async def test_a_known_last_protected_day_wins(members: Members) -> None:
    await members.join("Siti", SITI, paid="2026-09", protection_until=date(2026, 12, 20))

    assert {
        "12-13": ["before_7"],
        "12-17": ["before_3"],
        "12-20": ["due"],
        "12-21": ["after_1"],
        "01-01": ["second_month"],
        "02-01": ["third_month"],
        "02-21": ["before_lapse"],
        "03-01": ["lapsed"],
    } == await days(members, "2026-12-12 10", "2026-12-31 2", "2027-02-01 1", "2027-02-21 1", "2027-02-28 2")


async def test_a_month_paid_later_overtakes_the_known_last_day(members: Members) -> None:
    await members.join("Siti", SITI, paid="2026-12", sector="transport", protection_until=date(2026, 12, 20))

    assert {"01-08": ["before_7"], "01-12": ["before_3"]} == await days(
        members, "2026-12-12 3", "2026-12-17 1", "2026-12-20 1", "2027-01-07 2", "2027-01-12 1"
    )


async def test_on_christmas_nobody_hears_and_the_day_after_does_it(members: Members) -> None:
    await members.join("Siti", SITI, protection_until=date(2027, 1, 1), paid="2026-10")
    on_christmas = await plan(members.database, at("2026-12-25"))
    after = await plan(members.database, at("2026-12-26"))

    assert ({}, {"before_7": 1}) == (on_christmas, after)


@asynccontextmanager
async def processes(url: str, keys: Keys, count: int) -> AsyncIterator[list[Database]]:
    """Open the database as so many processes would, each with its own connections."""
    opened = [await open_database(url, keys.text(), announce=lambda _: None) for _ in range(count)]
    try:
        yield opened
    finally:
        for each in opened:
            await each.close()


@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_five_that_plan_at_once_owe_each_reminder_once(
    members: Members, database_url: str, keys: Keys
) -> None:
    await members.crowd(60)
    async with processes(database_url, keys, 5) as five:
        counts = await gather(*(plan(each, at("2026-12-08"), batch=7) for each in five))

    assert 60 == sum(count.total() for count in counts)
    assert 60 == len(set(await members.owed()))


@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_five_without_a_lease_owe_each_reminder_once(
    members: Members, database_url: str, keys: Keys
) -> None:
    """Where clocks stand still or a lease runs out, the unique name alone must do."""
    await members.crowd(60)

    async def careless(database: Database) -> int:
        async with database.begin() as db:
            await db.execute(delete(Plan))
        return (await plan(database, at("2026-12-08"), batch=7)).total()

    async with processes(database_url, keys, 5) as five:
        counts = await gather(*map(careless, five))

    assert 60 == sum(counts)
    assert 60 == len(set(await members.owed()))


class Dying(Database):
    """A database whose process is killed before its so many-th transaction."""

    transactions = 6

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        """Begin a transaction while the process lives."""
        self.transactions -= 1
        if self.transactions == 0:
            raise RuntimeError("killed")
        async with super().begin() as db:
            yield db


async def test_a_planner_that_dies_is_followed_by_another(members: Members) -> None:
    await members.crowd(9)
    with pytest.raises(RuntimeError):
        await plan(Dying(members.database.engine, members.database.keys), at("2026-12-08"), batch=2)
    done = len(await members.owed())
    at_once = await plan(members.database, at("2026-12-08"))
    async with members.database.begin() as db:
        await db.execute(update(Plan).values(held_until=from_now(timedelta(seconds=-1))))
    later = await plan(members.database, at("2026-12-08"), batch=2)

    assert 0 < done < 9
    assert (0, 9 - done) == (at_once.total(), later.total())
    assert 9 == len(set(await members.owed()))


async def test_when_the_day_is_too_full_the_soonest_lapse_goes_first(members: Members) -> None:
    await members.join("Siti", SITI, paid="2026-10", first_month=date(2026, 8, 1))
    await members.join("Dewi", DEWI, paid="2026-09", first_month=date(2026, 7, 1))
    await members.join("Yohana", YOHANA, paid="2026-08", first_month=date(2026, 6, 1))
    await plan(members.database, at("2026-12-01"))

    assert [(YOHANA, "lapsed"), (DEWI, "third_month"), (SITI, "second_month")] == [
        (each.chat_id, each.step) for each in await members.deliveries()
    ]


async def test_a_crowd_is_spread_over_the_hours(members: Members) -> None:
    await members.crowd(40)
    await plan(members.database, at("2026-12-08"), per_second=40 / 36_000, batch=10)
    moments = [each.not_before for each in await members.deliveries()]

    assert [0, 9_000, 18_000, 27_000] == sorted({(each - moments[0]).total_seconds() for each in moments})


async def test_what_a_day_cannot_send_goes_out_the_days_before(members: Members) -> None:
    await members.crowd(50)
    per_day = 20 / 39_600
    counts = [
        (await plan(members.database, at(f"2026-12-{day:02}"), per_second=per_day, batch=10)).total()
        for day in (5, 6, 7, 8, 9)
    ]

    assert [0, 10, 20, 20, 0] == counts
    assert 50 == len(set(await members.owed()))


async def hold(members: Members, now: datetime) -> list[Claimed]:
    async with members.database.begin() as db:
        return await claim(db, members.database.keys, now, 50, timedelta(seconds=60))


async def ask(members: Members, wave: list[Claimed], now: datetime) -> list[int]:
    """Return the chats of a wave that still want their message."""
    async with members.database.begin() as db:
        still = await wanted(db, wave, now)
    return sorted(each.chat_id for each in wave if each.id in still)


async def test_right_before_sending_what_is_covered_or_stopped_is_left_out(members: Members) -> None:
    siti, dewi, yohana, wulan = [
        await members.join(name, account)
        for name, account in (("Siti", SITI), ("Dewi", DEWI), ("Yohana", YOHANA), ("Wulan", WULAN))
    ]
    await plan(members.database, at("2026-12-08"))
    wave = await hold(members, at("2026-12-08", 9))
    everybody = await ask(members, wave, at("2026-12-08", 9))
    async with members.database.begin() as db:
        await contributions.record(
            db, members.database.keys, siti, [DECEMBER], KnownBy.REPORTED_WORKER, by=SITI, now=members.now
        )
        await snoozes.snooze(db, dewi.id, DECEMBER, date(2026, 12, 9))
        await opt_outs.stop(db, yohana.nik_index, YOHANA, members.now)

    assert [SITI, DEWI, YOHANA, WULAN] == everybody
    assert [WULAN] == await ask(members, wave, at("2026-12-08", 9.1))
    async with members.database.begin() as db:
        await memberships.end(db, wulan.id, Life.DECEASED, members.now)
    assert [] == await ask(members, wave, at("2026-12-08", 9.2))


async def test_a_digest_is_wanted_while_one_of_its_people_is(members: Members) -> None:
    siti = await members.join("Siti", [(BUDI, Relation.REGISTRANT)])
    await plan(members.database, at("2026-12-08"))
    wave = await hold(members, at("2026-12-08", 9))
    before = await ask(members, wave, at("2026-12-08", 9))
    async with members.database.begin() as db:
        await memberships.end(db, siti.id, Life.DECEASED, members.now)

    assert ([BUDI], []) == (before, await ask(members, wave, at("2026-12-08", 9)))


async def test_a_reminder_that_was_sent_is_never_planned_again(members: Members) -> None:
    await members.join("Siti", SITI)
    await plan(members.database, at("2026-12-08"))
    (siti,) = await hold(members, at("2026-12-08", 9))
    async with members.database.begin() as db:
        await settle(db, [Settlement(siti, Fate.SENT, message_id=5)])
        await db.execute(delete(Plan))
    await plan(members.database, at("2026-12-08", 10))
    async with members.database.begin() as db:
        assert 1 == await db.scalar(select(func.count()).select_from(Delivery))


async def test_a_step_in_the_months_to_come_is_planned_too(members: Members) -> None:
    await members.join("Siti", SITI, paid="2027-06", months=8)

    assert {"06-01": ["prepaid_end"], "07-08": ["before_7"]} == await days(
        members, "2027-05-31 2", "2027-07-08 1"
    )
