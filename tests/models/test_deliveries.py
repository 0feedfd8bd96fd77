"""Deliveries: owed once, claimed by one, and never forgotten by the death of a sender."""

from asyncio import gather
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.database import Database
from models.deliveries import (
    Claimed,
    Delivery,
    Fate,
    Lane,
    Owed,
    Promise,
    cancel,
    claim,
    close,
    expire,
    later,
    owe,
    sweep,
)

SITI = 86_001
LEASE = timedelta(seconds=30)
RAN_OUT = timedelta(seconds=-1)
Owing = Callable[..., Owed]


@pytest.fixture
def receipt(now: datetime) -> Owing:
    """A receipt owed to Siti, unless told otherwise."""

    def owed(dedupe: str = "receipt:1", **told: Any) -> Owed:
        siti: dict[str, Any] = {
            "lane": Lane.TRANSACTION,
            "promise": Promise.AT_LEAST_ONCE,
            "dedupe": dedupe,
            "chat_id": SITI,
            "account_id": SITI,
            "kind": "receipt",
            "payload": {"name": "Siti Aminah", "reference": "BPU-7K3M-92QX"},
            "not_before": now,
        }
        return Owed(**siti | told)

    return owed


async def owing(database: Database, now: datetime, *owed: Owed) -> int:
    async with database.begin() as db:
        return await owe(db, database.keys, owed, now)


async def claimed(
    database: Database, now: datetime, limit: int = 50, lease: timedelta = LEASE
) -> list[Claimed]:
    async with database.begin() as db:
        return await claim(db, database.keys, now, limit, lease)


async def fates(database: Database) -> dict[str, Fate]:
    async with database.begin() as db:
        rows = await db.execute(select(Delivery.dedupe, Delivery.state))
        return {row.dedupe: row.state for row in rows}


async def test_what_is_owed_is_claimed_with_its_words(
    database: Database, now: datetime, receipt: Owing
) -> None:
    await owing(database, now, receipt())
    (mine,) = await claimed(database, now)

    assert ({"name": "Siti Aminah", "reference": "BPU-7K3M-92QX"}, SITI, "receipt", 1) == (
        mine.payload,
        mine.chat_id,
        mine.kind,
        mine.attempts,
    )
    assert "Siti" not in repr(mine)


async def test_what_is_owed_twice_is_owed_once_for_ever(
    database: Database, now: datetime, receipt: Owing
) -> None:
    first = await owing(database, now, receipt("a"), receipt("b"))
    (mine, _) = await claimed(database, now)
    async with database.begin() as db:
        await close(db, mine.id, Fate.SENT, message_id=5)
    second = await owing(database, now, receipt("a"), receipt("b"), receipt("c"))

    assert (2, 1) == (first, second)


async def test_replies_go_before_broadcasts_and_nothing_before_its_time(
    database: Database, now: datetime, receipt: Owing
) -> None:
    await owing(
        database,
        now,
        receipt("broadcast", lane=Lane.BROADCAST, not_before=now - timedelta(hours=1)),
        receipt("tomorrow", not_before=now + timedelta(days=1)),
        receipt("reply", lane=Lane.REPLY),
        receipt("too late", expires_at=now),
    )

    assert ["reply", "broadcast"] == [each.dedupe for each in await claimed(database, now)]


async def test_eight_senders_never_hold_the_same_message(
    database: Database, now: datetime, receipt: Owing
) -> None:
    await owing(database, now, *(receipt(f"receipt:{number}") for number in range(40)))
    held = await gather(*(claimed(database, now, limit=5) for _ in range(8)))
    ids = [each.id for wave in held for each in wave]

    assert len(ids) == len(set(ids))
    assert 40 == len(ids) + len(await claimed(database, now))


async def test_a_dead_sender_loses_what_it_held(database: Database, now: datetime, receipt: Owing) -> None:
    await owing(database, now, receipt("a"), receipt("b", promise=Promise.AT_MOST_ONCE))
    await claimed(database, now, lease=RAN_OUT)
    async with database.begin() as db:
        swept = await sweep(db)

    assert 2 == swept
    assert {"a": Fate.QUEUED, "b": Fate.UNCERTAIN} == await fates(database)


async def test_a_living_sender_keeps_what_it_holds(database: Database, now: datetime, receipt: Owing) -> None:
    await owing(database, now, receipt())
    await claimed(database, now)
    async with database.begin() as db:
        assert 0 == await sweep(db)


async def test_what_telegram_puts_off_waits_and_is_counted(
    database: Database, now: datetime, receipt: Owing
) -> None:
    await owing(database, now, receipt())
    (mine,) = await claimed(database, now)
    async with database.begin() as db:
        assert await later(db, mine.id, now + timedelta(seconds=30), "429")

    assert [] == await claimed(database, now)
    assert [2] == [each.attempts for each in await claimed(database, now + timedelta(seconds=30))]


async def test_what_is_closed_keeps_no_words_and_closes_once(
    database: Database, now: datetime, receipt: Owing
) -> None:
    await owing(database, now, receipt())
    (mine,) = await claimed(database, now)
    async with database.begin() as db:
        closed = await close(db, mine.id, Fate.SENT, message_id=5), await close(db, mine.id, Fate.DEAD)
        row = await db.get_one(Delivery, mine.id)

    assert (True, False) == closed
    assert (Fate.SENT, 5, b"", None) == (row.state, row.message_id, row.payload, row.lease_until)


async def test_what_is_no_longer_wanted_is_cancelled_and_what_is_late_expires(
    database: Database, now: datetime, receipt: Owing
) -> None:
    await owing(
        database,
        now,
        receipt("receipt"),
        receipt("reminder", lane=Lane.REMINDER),
        receipt("late", account_id=None, expires_at=now),
    )
    async with database.begin() as db:
        counts = await cancel(db, SITI, [Lane.REMINDER]), await expire(db, now)

    assert (1, 1) == counts
    assert {"receipt": Fate.QUEUED, "reminder": Fate.CANCELLED, "late": Fate.EXPIRED} == await fates(database)
