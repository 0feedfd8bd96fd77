"""Quarantine: what could not be handled is kept sealed, and not for long."""

from datetime import datetime, timedelta

from sqlalchemy import select

from models.quarantine import KEPT, Quarantine, purge, put
from models.storage.database import Database

SITI = 86_001
RAW = b'{"update_id": 7, "message": {"text": "9901014101909001"}}'


async def test_an_update_comes_back_as_it_came_with_its_error(database: Database, now: datetime) -> None:
    async with database.begin() as db:
        row_id = await put(db, database.keys, 1, 7, RAW, "KeyError: 'NIK 9901014101909001'", SITI, now)
    async with database.begin() as db:
        row = await db.get_one(Quarantine, row_id)

    assert (RAW, "KeyError: 'NIK 9901014101909001'") == row.opened(database.keys)
    assert database.keys.sender_index(SITI) == row.sender_index
    assert b"9901014101909001" not in row.update + row.error


async def test_an_update_without_a_sender_is_kept_too(database: Database, now: datetime) -> None:
    async with database.begin() as db:
        row_id = await put(db, database.keys, 1, 7, b"not json", "ValueError", None, now)

        assert (await db.get_one(Quarantine, row_id)).sender_index is None


async def test_after_thirty_days_it_is_forgotten(database: Database, now: datetime) -> None:
    async with database.begin() as db:
        await put(db, database.keys, 1, 7, RAW, "old", SITI, now - KEPT - timedelta(seconds=1))
        young = await put(db, database.keys, 1, 8, RAW, "young", SITI, now - KEPT)
        await purge(db, now - KEPT)

        assert [young] == list(await db.scalars(select(Quarantine.id)))
