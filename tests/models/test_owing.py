"""Deliveries: owed once, for ever, and cancelled when they are no longer wanted."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from models.owing.deliveries import Delivery, Fate, Lane, Owed, Promise, cancel, owe
from models.storage.database import Database

SITI = 86_001
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
            "payload": {"name": "Siti Aminah"},
            "not_before": now,
        }
        return Owed(**siti | told)

    return owed


async def owing(database: Database, now: datetime, *owed: Owed) -> int:
    async with database.begin() as db:
        return await owe(db, database.keys, owed, now)


async def test_what_is_owed_twice_is_owed_once_for_ever(
    database: Database, now: datetime, receipt: Owing
) -> None:
    first = await owing(database, now, receipt("a"), receipt("b"))
    second = await owing(database, now, receipt("a"), receipt("b"), receipt("c"))

    assert (2, 1) == (first, second)


async def test_what_is_no_longer_wanted_is_cancelled(
    database: Database, now: datetime, receipt: Owing
) -> None:
    await owing(database, now, receipt("receipt"), receipt("reminder", lane=Lane.REMINDER))
    async with database.begin() as db:
        count = await cancel(db, SITI, [Lane.REMINDER])
        rows = {row.dedupe: (row.state, row.payload) for row in await db.scalars(select(Delivery))}

    assert 1 == count
    assert Fate.QUEUED == rows["receipt"][0]
    assert (Fate.CANCELLED, b"") == rows["reminder"]


def test_nobody_reads_a_name_in_what_is_owed(receipt: Owing) -> None:
    assert "Siti" not in repr(receipt())
