"""Contributions: a ledger to which lines are only ever added."""

from asyncio import gather
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from models.contributions import (
    Contribution,
    KnownBy,
    correct,
    covered,
    is_covered,
    ledger,
    paid_through,
    record,
    standing_lines,
    take_back,
)
from models.memberships import Membership
from models.storage.database import Database
from rules.refusal import Refused
from tests.members import Members

SITI, OFFICER = 86_001, 86_100
NOVEMBER, DECEMBER, JANUARY = date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)


@pytest.fixture
async def siti(database: Database, now: datetime) -> Membership:
    """Siti, who has not paid yet."""
    return await Members(database, now).join("Siti", SITI, paid=None)


async def pays(
    database: Database, siti: Membership, *months: date, known_by: KnownBy = KnownBy.REPORTED_WORKER
) -> list[Contribution]:
    now = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
    async with database.begin() as db:
        return await record(db, database.keys, siti, months, known_by, by=SITI, now=now, channel="alfamart")


async def corrects(database: Database, line: Contribution, now: datetime) -> Contribution:
    async with database.begin() as db:
        return await correct(db, line, KnownBy.CONFIRMED_OFFICER, by=OFFICER, now=now)


async def months(database: Database, siti: Membership) -> set[date]:
    async with database.begin() as db:
        return (await covered(db, [siti.id]))[siti.id]


async def test_each_month_costs_what_holds_in_that_month(database: Database, siti: Membership) -> None:
    lines = await pays(database, siti, NOVEMBER, DECEMBER, JANUARY)

    assert [(8_400, True), (8_400, True), (16_800, False)] == [(line.amount, line.relief) for line in lines]
    assert {NOVEMBER, DECEMBER, JANUARY} == await months(database, siti)


async def test_a_report_that_comes_twice_changes_nothing(database: Database, siti: Membership) -> None:
    await pays(database, siti, NOVEMBER)
    again = await pays(database, siti, NOVEMBER, DECEMBER)

    assert [DECEMBER] == [line.month for line in again]


async def test_two_reports_at_once_are_one(database: Database, siti: Membership) -> None:
    both = await gather(pays(database, siti, NOVEMBER), pays(database, siti, NOVEMBER))

    assert [0, 1] == sorted(len(lines) for lines in both)


async def test_a_correction_is_a_new_line_and_uncovers_the_month(
    database: Database, siti: Membership, now: datetime
) -> None:
    (line,) = await pays(database, siti, NOVEMBER)
    opposite = await corrects(database, line, now)
    async with database.begin() as db:
        lines = await ledger(db, siti.id)

    assert (-1, line.id, line.amount) == (opposite.sign, opposite.corrects, opposite.amount)
    assert (2, set()) == (len(lines), await months(database, siti))


async def test_what_an_officer_confirmed_outlives_the_correction_of_a_report(
    database: Database, siti: Membership, now: datetime
) -> None:
    (reported,) = await pays(database, siti, NOVEMBER)
    await pays(database, siti, NOVEMBER, known_by=KnownBy.CONFIRMED_OFFICER)
    await corrects(database, reported, now)

    assert {NOVEMBER} == await months(database, siti)


async def test_a_line_is_corrected_once(database: Database, siti: Membership, now: datetime) -> None:
    (line,) = await pays(database, siti, NOVEMBER)
    opposite = await corrects(database, line, now)

    with pytest.raises(Refused):
        await corrects(database, line, now)
    with pytest.raises(ValueError, match="record"):
        await corrects(database, opposite, now)


async def test_lines_are_taken_back_together_and_each_once(
    database: Database, siti: Membership, now: datetime
) -> None:
    await pays(database, siti, NOVEMBER, DECEMBER, JANUARY)
    await pays(database, siti, DECEMBER, known_by=KnownBy.CONFIRMED_OFFICER)
    async with database.begin() as db:
        standing = await standing_lines(db, siti.id, DECEMBER)
        first = await take_back(db, standing, KnownBy.CONFIRMED_OFFICER, by=OFFICER, now=now)
        again = await take_back(db, standing, KnownBy.CONFIRMED_OFFICER, by=OFFICER, now=now)
        left = await standing_lines(db, siti.id, date.min)

    assert [DECEMBER, DECEMBER, JANUARY] == [line.month for line in standing]
    assert [line.id for line in standing] == [line.corrects for line in first]
    assert ([], [NOVEMBER]) == (again, [line.month for line in left])
    assert {NOVEMBER} == await months(database, siti)


async def test_two_who_take_the_same_back_at_once_take_it_back_once(
    database: Database, siti: Membership, now: datetime
) -> None:
    await pays(database, siti, NOVEMBER)

    async def both() -> int:
        async with database.begin() as db:
            lines = await standing_lines(db, siti.id, NOVEMBER, NOVEMBER)
            return len(await take_back(db, lines, KnownBy.REPORTED_WORKER, by=SITI, now=now))

    assert [0, 1] == sorted(await gather(both(), both()))


async def test_what_was_corrected_can_be_reported_again(
    database: Database, siti: Membership, now: datetime
) -> None:
    (line,) = await pays(database, siti, NOVEMBER)
    await corrects(database, line, now)
    await pays(database, siti, NOVEMBER)

    assert {NOVEMBER} == await months(database, siti)


async def test_the_database_knows_the_last_covered_month(
    database: Database, siti: Membership, now: datetime
) -> None:
    lines = await pays(database, siti, NOVEMBER, DECEMBER, JANUARY)
    await corrects(database, lines[-1], now)
    async with database.begin() as db:
        last = await db.scalar(select(paid_through(Membership.id)))
        known = (
            await db.execute(select(is_covered(Membership.id, DECEMBER), is_covered(Membership.id, JANUARY)))
        ).one()

    assert (DECEMBER, (True, False)) == (last, tuple(map(bool, known)))


async def test_nobody_has_covered_months_before_the_first(database: Database, siti: Membership) -> None:
    async with database.begin() as db:
        assert await db.scalar(select(paid_through(Membership.id))) is None

    assert set() == await months(database, siti)
