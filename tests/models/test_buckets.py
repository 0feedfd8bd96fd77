"""The pace all processes share: one line, one after another, and pauses that hold for everybody."""

from asyncio import gather
from datetime import datetime, timedelta

import pytest

from models.owing.buckets import database_time, hold, pause, paused, put_back
from models.owing.deliveries import Lane
from models.storage.database import Database

SECOND = timedelta(seconds=1)


async def taken(database: Database, seconds: float, now: datetime | None) -> float:
    """Take so many seconds of the line, and return how far it was given out before."""
    async with database.begin() as db:
        held = await hold(db, now)
        await put_back(db, held, max(0.0, held.ahead) + seconds)
    return held.ahead


async def reasons(database: Database, now: datetime) -> dict[Lane, str]:
    async with database.begin() as db:
        return {lane: each.reason for lane, each in (await paused(db, now)).items()}


async def test_the_line_goes_on_where_the_last_one_stopped(database: Database, now: datetime) -> None:
    first = await taken(database, 0.75, now)
    second = await taken(database, 0.5, now + SECOND / 2)

    assert pytest.approx((0.0, 0.25)) == (first, second)


async def test_eight_processes_take_turns(database: Database, now: datetime) -> None:
    await taken(database, 0.0, now)
    seen = await gather(*(taken(database, 0.25, now) for _ in range(8)))

    assert pytest.approx([number / 4 for number in range(8)]) == sorted(seen)


async def test_processes_that_begin_together_share_one_line(database: Database, now: datetime) -> None:
    seen = await gather(*(taken(database, 0.5, now) for _ in range(4)))

    assert pytest.approx([0.0, 0.5, 1.0, 1.5]) == sorted(seen)


async def test_the_database_tells_the_time_for_all(database: Database) -> None:
    await taken(database, 3600.0, None)
    ahead = await taken(database, 0.0, None)

    assert 3000 < ahead <= 3600


async def test_how_long_ago_replies_were_counted_is_known(database: Database, now: datetime) -> None:
    await taken(database, 0.0, now)
    async with database.begin() as db:
        held = await hold(db, now + 3 * SECOND)

    assert pytest.approx(3.0) == held.elapsed


async def test_a_pause_holds_until_its_end(database: Database, now: datetime) -> None:
    async with database.begin() as db:
        await pause(db, [Lane.REMINDER, Lane.BROADCAST], now, 5 * SECOND, "429")

    assert {Lane.REMINDER: "429", Lane.BROADCAST: "429"} == await reasons(database, now + 4 * SECOND)
    assert {} == await reasons(database, now + 5 * SECOND)


async def test_a_shorter_pause_does_not_end_a_longer_one(database: Database, now: datetime) -> None:
    async with database.begin() as db:
        await pause(db, [Lane.REMINDER], now, 300 * SECOND, "too many failed")
        await pause(db, [Lane.REMINDER], now + SECOND, 5 * SECOND, "429")
        await pause(db, [Lane.REMINDER], now + SECOND, 600 * SECOND, "429 again")

    assert {Lane.REMINDER: "429 again"} == await reasons(database, now + 500 * SECOND)


async def test_a_pause_of_a_clock_that_went_back_is_over(database: Database, now: datetime) -> None:
    async with database.begin() as db:
        await pause(db, [Lane.REMINDER], now, 5 * SECOND, "429")
        yesterday = now - timedelta(days=1)
        before = await paused(db, yesterday)
        await pause(db, [Lane.REMINDER], yesterday, SECOND, "429")

    assert {} == before
    assert {Lane.REMINDER: "429"} == await reasons(database, yesterday)


async def test_the_time_of_the_database_moves(database: Database) -> None:
    async with database.begin() as db:
        first, second = await database_time(db), await database_time(db)

    assert first <= second
