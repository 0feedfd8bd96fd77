"""The audit log: a chain in which every change is found."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, select, update

from models.audit import Act, AuditRow, Entry, note, verify
from models.database import Database

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


async def _three(database: Database) -> None:
    async with database.begin() as db:
        await note(db, database.keys, [Entry(Act.OPENED, 7, 11, "applications:5")], NOW)
    async with database.begin() as db:
        more = [Entry(Act.ACCEPTED, 7, 11, "applications:5"), Entry(Act.EXPORTED, 7, details={"rows": 1})]
        await note(db, database.keys, more, NOW)


async def test_what_was_written_holds(database: Database) -> None:
    await _three(database)
    async with database.begin() as db:
        assert await verify(db, database.keys) is None
        rows = (await db.scalars(select(AuditRow).order_by(AuditRow.number))).all()
    assert [(row.number, row.act, row.subject) for row in rows] == [
        (1, "opened", "applications:5"),
        (2, "accepted", "applications:5"),
        (3, "exported", None),
    ]


async def test_an_empty_log_holds(database: Database) -> None:
    async with database.begin() as db:
        assert await verify(db, database.keys) is None


@pytest.mark.parametrize(
    "change",
    [
        {"by_account": 8},
        {"person_id": 12},
        {"act": "opened"},
        {"subject": "applications:6"},
        {"details": "{} "},
    ],
)
async def test_a_changed_row_is_found(database: Database, change: dict[str, object]) -> None:
    await _three(database)
    async with database.begin() as db:
        await db.execute(update(AuditRow).where(AuditRow.number == 2).values(**change))
        assert await verify(db, database.keys) == 2


@pytest.mark.parametrize("gone", [1, 2, 3])
async def test_a_removed_row_is_found(database: Database, gone: int) -> None:
    await _three(database)
    async with database.begin() as db:
        await db.execute(delete(AuditRow).where(AuditRow.number == gone))
        assert await verify(db, database.keys) == gone


async def test_one_flipped_bit_of_a_mark_is_found(database: Database) -> None:
    await _three(database)
    async with database.begin() as db:
        row = await db.get_one(AuditRow, 1)
        row.mark = bytes([row.mark[0] ^ 1]) + row.mark[1:]
        await db.flush()
        assert await verify(db, database.keys) == 1
