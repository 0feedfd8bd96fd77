"""Seen updates: each has one effect, however often it comes."""

from asyncio import gather
from datetime import datetime, timedelta

from models.seen import KEPT, new_updates, purge
from models.storage.database import Database


async def test_a_copy_is_not_new(database: Database, now: datetime) -> None:
    async with database.begin() as db:
        first = await new_updates(db, 1, [3, 1, 2, 2], now)
    async with database.begin() as db:
        second = await new_updates(db, 1, [2, 3, 4], now)

    assert ({1, 2, 3}, {4}) == (first, second)


async def test_another_bot_has_its_own_numbers(database: Database, now: datetime) -> None:
    async with database.begin() as db:
        await new_updates(db, 1, [7], now)

        assert {7} == await new_updates(db, 2, [7], now)


async def test_an_empty_batch_is_no_work(database: Database, now: datetime) -> None:
    async with database.begin() as db:
        assert set() == await new_updates(db, 1, [], now)


async def test_an_update_undone_is_new_again(database: Database, now: datetime) -> None:
    async with database.begin() as db:
        await new_updates(db, 1, [7], now)
        await db.rollback()
    async with database.begin() as db:
        assert {7} == await new_updates(db, 1, [7], now)


async def test_of_eight_receivers_of_one_update_one_finds_it_new(database: Database, now: datetime) -> None:
    async def receive() -> set[int]:
        async with database.begin() as db:
            return await new_updates(db, 1, [7, 8, 9], now)

    found = await gather(*(receive() for _ in range(8)))

    assert [7, 8, 9] == sorted(update for each in found for update in each)


async def test_what_is_older_than_eight_days_is_forgotten(database: Database, now: datetime) -> None:
    async with database.begin() as db:
        await new_updates(db, 1, [1], now - KEPT - timedelta(seconds=1))
        await new_updates(db, 1, [2], now - KEPT)
        await purge(db, now - KEPT)

        assert {1} == await new_updates(db, 1, [1, 2], now)
