"""Quotas: what is counted, for how long, and that a count outlives an erasure without its numbers."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta

from sqlalchemy import select

from models.accounts import Role, grant, meet
from models.agency import alarms, quotas
from models.agency.alarms import Alarm, Why
from models.agency.quotas import QuotaDay, Typed, TypedNik
from models.applications import Application
from models.erasures import erase_account
from models.owing.deliveries import Delivery
from models.storage.database import Database
from models.trust.audit import AuditRow
from models.trust.audit_checks import verify_all

SITI, WULAN, BUDI = 86_001, 86_002, 86_003
NIK = "9901014101909001"
DAY = timedelta(days=1)
Files = Callable[..., Awaitable[Application]]


async def types(database: Database, nik: str, today: date, account: int = SITI) -> Typed:
    """Let somebody type a NIK; what had been typed before."""
    sender, index = database.keys.sender_index(account), database.keys.nik_index(nik)
    async with database.begin() as db:
        before = await quotas.typed(db, sender, index, today)
        await quotas.note_typed(db, sender, index, today)
    return before


async def test_different_numbers_of_a_day_are_counted_and_those_of_a_week(
    database: Database, now: datetime
) -> None:
    today = now.date()
    await types(database, "b", today - 7 * DAY)
    await types(database, "a", today - DAY)
    first = await types(database, "a", today)
    again = await types(database, "a", today)
    other = await types(database, "b", today)
    stranger = await types(database, "b", today, BUDI)

    assert [Typed(0, 1, False), Typed(1, 1, True), Typed(1, 1, False)] == [first, again, other]
    assert Typed(0, 0, False) == stranger


async def test_what_was_filed_is_no_number_without_a_registration(
    database: Database, files: Files, now: datetime
) -> None:
    await files(SITI, NIK)
    await files(BUDI, "9901014101909002")
    for nik in (NIK, "9901014101909002", "9901014101909003"):
        await types(database, nik, now.date())
    async with database.begin() as db:
        count = await quotas.unfiled(db, database.keys.sender_index(SITI), SITI, now.date())

    assert 2 == count


async def test_an_erasure_takes_the_numbers_and_leaves_the_count(database: Database, now: datetime) -> None:
    today = now.date()
    async with database.begin() as db:
        await meet(db, {SITI: "id"}, now)
    for nik in ("a", "b", "c"):
        await types(database, nik, today)
    async with database.begin() as db:
        await erase_account(db, database.keys, SITI, now)
    before = await types(database, "a", today)
    async with database.begin() as db:
        left = set(await db.scalars(select(TypedNik.nik_index)))

    assert Typed(3, 3, False) == before
    assert not left & {database.keys.nik_index(nik) for nik in ("b", "c")}


async def test_days_are_forgotten_in_time(database: Database, now: datetime) -> None:
    today, sender = now.date(), database.keys.sender_index(SITI)
    for ago in (8, 7, 0):
        await types(database, "a", today - ago * DAY)
        async with database.begin() as db:
            await quotas.note_reached(db, sender, today - ago * DAY, now)
    async with database.begin() as db:
        await quotas.purge(db, today - 7 * DAY)
        typed = sorted(await db.scalars(select(TypedNik.day)))
        days = sorted(await db.scalars(select(QuotaDay.day)))

    assert [today - 7 * DAY, today] == typed == days


async def test_a_limit_reached_is_counted_by_days_of_a_week(database: Database, now: datetime) -> None:
    today, sender = now.date(), database.keys.sender_index(SITI)
    counts = []
    for ago in (7, 3, 3, 0):
        async with database.begin() as db:
            counts.append(await quotas.note_reached(db, sender, today - ago * DAY, now))

    assert [1, 2, 2, 2] == counts


async def test_lists_are_counted_by_the_day(database: Database, now: datetime) -> None:
    today, sender = now.date(), database.keys.sender_index(SITI)
    async with database.begin() as db:
        await quotas.note_listed(db, sender, today, 3)
        await quotas.note_listed(db, sender, today, 4)

        assert (7, 0) == (
            await quotas.listed(db, sender, today),
            await quotas.listed(db, sender, today + DAY),
        )


async def test_officers_are_alerted_once_a_day_and_account(database: Database, now: datetime) -> None:
    async with database.begin() as db:
        await meet(db, dict.fromkeys((SITI, WULAN, BUDI), "id"), now)
        await grant(db, WULAN, Role.OFFICER, now, None)
        await grant(db, BUDI, Role.AGENT, now, None)
    sounded = []
    for day, why in ((0, Why.UNFILED), (0, Why.REACHED), (1, Why.REACHED)):
        async with database.begin() as db:
            alarm, at = Alarm(SITI, why, 7), now + day * DAY
            sounded.append(await alarms.sound(db, database.keys, alarm, at.date(), at))
    assert (await verify_all(database, database.keys)).bad is None
    async with database.begin() as db:
        owed = list(await db.scalars(select(Delivery.account_id)))
        noted = [(row.act, row.by_account) for row in await db.scalars(select(AuditRow))]

    assert [True, False, True] == sounded
    assert [WULAN, WULAN] == owed
    assert [("alarmed", SITI), ("alarmed", SITI)] == noted
