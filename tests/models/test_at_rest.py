"""At rest: nothing a person told can be read in the database's files (promise 19)."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from models import dialogues
from models.applications import Application, move
from models.erasures import erase_account
from models.owing.deliveries import Lane, Owed, Promise, owe
from models.quarantine import put
from models.states import State
from models.storage.base import Base
from models.storage.database import Database
from models.workers import Worker

Files = Callable[..., Awaitable[Application]]
SITI, OFFICER = 86_001, 86_100
PLANTED = (
    b"9901014101909001",
    b"Siti Aminah",
    b"6286000000001",
    b"Budi",
    b"Jalan Melati",
    b"1990-01-01",
    b"1500000",
)


async def plant(database: Database, files: Files, now: datetime) -> Application:
    """Let every road into the database carry what nobody may read there."""
    told = {"nik": "9901014101909001", "name": "Siti Aminah", "phone": "+6286000000001", "to": "Budi"}
    application = await files(SITI)
    async with database.begin() as db:
        await dialogues.start(db, database.keys, SITI, "registration", 1, told, now)
        await put(db, database.keys, 1, 7, str(told).encode(), f"KeyError: {told}", SITI, now)
        receipt = Owed(Lane.REPLY, Promise.AT_LEAST_ONCE, "receipt:1", SITI, "receipt", told, now, SITI)
        await owe(db, database.keys, [receipt], now)
        await move(
            db, database.keys, application.id, State.RETURNED, by=OFFICER, now=now, reason=f"Salah: {told}"
        )
    return application


def everything(folder: Path) -> bytes:
    """Return all bytes of the files of a SQLite database: the database, its log and its index."""
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_no_file_tells_anything(
    database: Database, files: Files, now: datetime, tmp_path: Path
) -> None:
    await plant(database, files, now)
    with_log = everything(tmp_path)
    await database.scrub()

    assert len(with_log) > len(everything(tmp_path))
    assert [] == [value for value in PLANTED if value in with_log + everything(tmp_path)]


async def test_no_column_tells_anything(database: Database, files: Files, now: datetime) -> None:
    await plant(database, files, now)
    rows: list[str] = []
    async with database.begin() as db:
        for table in Base.metadata.tables.values():
            rows += [str(tuple(row)) for row in await db.execute(select(table))]

    assert len(rows) > 8
    assert [] == [value for value in PLANTED if value.decode() in "".join(rows)]


@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_not_even_the_sealed_bytes_outlive_an_erasure(
    database: Database, files: Files, now: datetime, tmp_path: Path
) -> None:
    await plant(database, files, now)
    async with database.begin() as db:
        worker = (await db.scalars(select(Worker))).one()
        sealed = (worker.nik, worker.nik_index, worker.name)
    before = everything(tmp_path)
    async with database.begin() as db:
        await erase_account(db, database.keys, SITI, now)
    await database.scrub()

    assert all(value in before for value in sealed)
    assert not any(value in everything(tmp_path) for value in sealed)
