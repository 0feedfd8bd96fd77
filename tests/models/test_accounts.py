"""Accounts: people are met, marked, and given roles."""

from asyncio import gather
from datetime import datetime, timedelta

from models.accounts import Account, Role, grant, mark_unreachable, meet, revoke, roles_of
from models.storage.database import Database

SITI, BUDI, WAYAN = 86_001, 86_002, 9_000_000_003


async def test_a_newcomer_gets_an_account_in_the_language_guessed(database: Database, now: datetime) -> None:
    async with database.begin() as db:
        met = await meet(db, {SITI: "id", WAYAN: "en"}, now)

    assert {SITI: "id", WAYAN: "en"} == {each: met[each].language for each in met}
    assert now == met[SITI].created_at


async def test_who_is_known_keeps_the_language_they_chose(database: Database, now: datetime) -> None:
    async with database.begin() as db:
        (await meet(db, {SITI: "id"}, now))[SITI].language = "jv"
    async with database.begin() as db:
        met = await meet(db, {SITI: "id", BUDI: "id"}, now)

    assert ("jv", "id") == (met[SITI].language, met[BUDI].language)


async def test_who_writes_is_reachable_again(database: Database, now: datetime) -> None:
    async with database.begin() as db:
        await meet(db, {SITI: "id"}, now)
        await mark_unreachable(db, SITI, "blocked")
    async with database.begin() as db:
        met = await meet(db, {SITI: "id"}, now)

    assert met[SITI].unreachable is None


async def test_a_visit_is_noted_once_an_hour(database: Database, now: datetime) -> None:
    async def visit(at: datetime) -> datetime:
        async with database.begin() as db:
            return (await meet(db, {SITI: "id"}, at))[SITI].seen_at

    soon, later = now + timedelta(minutes=59), now + timedelta(minutes=61)

    assert [now, now, later] == [await visit(now), await visit(soon), await visit(later)]


async def test_eight_receivers_meet_the_same_newcomers(database: Database, now: datetime) -> None:
    async def receive() -> set[int]:
        async with database.begin() as db:
            return set(await meet(db, {SITI: "id", BUDI: "id", WAYAN: "id"}, now))

    met = await gather(*(receive() for _ in range(8)))

    assert [{SITI, BUDI, WAYAN}] * 8 == met


async def test_everyone_is_a_worker(database: Database, now: datetime) -> None:
    async with database.begin() as db:
        await meet(db, {SITI: "id"}, now)

        assert {SITI: frozenset({Role.WORKER})} == await roles_of(db, [SITI], now)


async def test_a_role_is_given_once_and_taken_back_at_once(database: Database, now: datetime) -> None:
    async with database.begin() as db:
        await meet(db, {SITI: "id", BUDI: "id"}, now)
        await grant(db, BUDI, Role.OFFICER, now, None)
        await grant(db, BUDI, Role.OFFICER, now, SITI)
        given = await roles_of(db, [SITI, BUDI], now)
        await revoke(db, BUDI, Role.OFFICER, now, SITI)
        taken = await roles_of(db, [BUDI], now)
        await grant(db, BUDI, Role.OFFICER, now, SITI)
        again = await roles_of(db, [BUDI], now)

    assert frozenset({Role.WORKER, Role.OFFICER}) == given[BUDI] == again[BUDI]
    assert frozenset({Role.WORKER}) == given[SITI] == taken[BUDI]


async def test_moments_come_back_in_utc(database: Database, now: datetime) -> None:
    async with database.begin() as db:
        await meet(db, {SITI: "id"}, now)
    async with database.begin() as db:
        account = await db.get_one(Account, SITI)

    assert now == account.created_at
    assert timedelta(0) == account.created_at.utcoffset()
