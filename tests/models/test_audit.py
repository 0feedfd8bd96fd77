"""The audit log: a chain in which every change is found, and which the database itself lets nobody change."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from models.storage.database import Database
from models.storage.engine import new_engine, normalise_url
from models.storage.key_files import Line, settled
from models.storage.keys import Keys
from models.trust.audit import Act, AuditHead, AuditRow, Entry, note, pages, rekeyed
from models.trust.audit_checks import Head, head_of, verify, verify_all

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
WALLS = {
    "sqlite": ("DROP TRIGGER audit_log_no_UPDATE", "DROP TRIGGER audit_log_no_DELETE"),
    "postgresql": ("DROP TRIGGER audit_log_is_kept ON audit_log",),
}


async def _three(database: Database) -> None:
    async with database.begin() as db:
        await note(db, database.keys, [Entry(Act.OPENED, 7, 11, "applications:5")], NOW)
    async with database.begin() as db:
        more = [Entry(Act.ACCEPTED, 7, 11, "applications:5"), Entry(Act.EXPORTED, 7, details={"rows": 1})]
        await note(db, database.keys, more, NOW + timedelta(hours=1))


@asynccontextmanager
async def without_wall(database: Database) -> AsyncIterator[AsyncSession]:
    """Begin as somebody who has the database in the hand: the wall is taken down first."""
    async with database.begin() as db:
        for statement in WALLS[db.get_bind().dialect.name]:
            await db.execute(text(statement))
        yield db


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
    "statement",
    [
        "UPDATE audit_log SET by_account = 8",
        "DELETE FROM audit_log",
        "DELETE FROM audit_log WHERE number = 3",
        "UPDATE audit_log SET number = 4 WHERE number = 3",
    ],
)
async def test_the_database_lets_nobody_change_a_row(database: Database, statement: str) -> None:
    await _three(database)
    with pytest.raises(DBAPIError, match="only ever added to"):
        async with database.begin() as db:
            await db.execute(text(statement))
    async with database.begin() as db:
        assert 3 == len(await pages(db, 10))


@pytest.mark.parametrize(
    "change",
    [
        {"by_account": 8},
        {"person_id": 12},
        {"act": "opened"},
        {"subject": "applications:6"},
        {"details": "{} "},
        {"at": NOW},
    ],
    ids=lambda change: next(iter(change)),
)
async def test_a_changed_row_is_found(database: Database, change: dict[str, object]) -> None:
    await _three(database)
    async with without_wall(database) as db:
        await db.execute(update(AuditRow).where(AuditRow.number == 2).values(**change))
        assert await verify(db, database.keys) == 2


@pytest.mark.parametrize("gone", [1, 2, 3])
async def test_a_removed_row_is_found(database: Database, gone: int) -> None:
    await _three(database)
    async with without_wall(database) as db:
        await db.execute(delete(AuditRow).where(AuditRow.number == gone))
        assert await verify(db, database.keys) == gone


async def test_a_cut_tail_is_found_by_a_head_that_was_written_down(database: Database) -> None:
    await _three(database)
    async with database.begin() as db:
        kept = await head_of(db)
        second = await db.get_one(AuditRow, 2)
    async with without_wall(database) as db:
        await db.execute(delete(AuditRow).where(AuditRow.number == 3))
        await db.execute(update(AuditHead).values(number=2, mark=second.mark))
        assert await verify(db, database.keys) is None
        assert await verify(db, database.keys, Head(2, second.mark)) is None
        assert await verify(db, database.keys, kept) == 3
        await note(db, database.keys, [Entry(Act.REFUSED, 8, 11, "applications:5")], NOW)
        assert await verify(db, database.keys, kept) == 3


async def test_whoever_has_the_other_keys_cannot_chain(database: Database, keys: Keys) -> None:
    others = [line for line in keys.text().splitlines() if not line.startswith("audit")]
    own = next(line for line in Keys.generate().text().splitlines() if line.startswith("audit"))
    async with database.begin() as db:
        await note(db, Keys.read("\n".join([*others, own])), [Entry(Act.OPENED, 7)], NOW)
        assert await verify(db, database.keys) == 1


def with_new_audit_key(keys: Keys) -> Keys:
    """Return the keys after the audit key was rotated."""
    return Keys([*keys.lines, Line.new("audit", 2)])


async def test_the_log_goes_on_under_a_new_key_and_both_parts_hold(database: Database, keys: Keys) -> None:
    await _three(database)
    waiting = Keys([*keys.lines, Line.new("audit", 2, waiting=True)])
    async with database.begin() as db:
        await note(db, waiting, [rekeyed(2)], NOW)
        await note(db, waiting, [Entry(Act.REFUSED, 8)], NOW)
        assert ["rekeyed", "refused"] == [row.act for row in await pages(db, 9)][3:]
        assert await verify(db, waiting) is None
        assert await verify(db, Keys(settled(line) for line in waiting.lines)) is None
        assert await verify(db, keys) == 4


async def test_the_first_row_with_a_new_key_in_the_file_seals_what_was_there(
    database: Database, keys: Keys
) -> None:
    await _three(database)
    newer = with_new_audit_key(keys)
    async with database.begin() as db:
        assert await verify(db, newer) == 4
        await note(db, newer, [Entry(Act.REFUSED, 8)], NOW)
        assert ["rekeyed", "refused"] == [row.act for row in await pages(db, 9)][3:]
        assert await verify(db, newer) is None


async def test_whoever_has_the_old_audit_key_neither_rewrites_nor_goes_on(
    database: Database, keys: Keys
) -> None:
    await _three(database)
    newer = with_new_audit_key(keys)
    async with database.begin() as db:
        old = await head_of(db)
        await note(db, newer, [Entry(Act.REFUSED, 8)], NOW)
    async with without_wall(database) as db:
        await db.execute(delete(AuditRow).where(AuditRow.number > 3))
        await db.execute(update(AuditHead).values(number=3, mark=old.mark, key_id=1))
        await note(db, keys, [Entry(Act.GRANTED, 666)], NOW)
        assert await verify(db, keys) is None
        assert await verify(db, newer) == 5


def test_a_head_is_read_as_it_is_written() -> None:
    head = Head(12, bytes(range(32)))

    assert head == Head.read(f" {head}\n")
    for wrong in ("", "12", "12:00", "x:" + "00" * 32, "12:" + "zz" * 32):
        with pytest.raises(ValueError, match=r"NUMBER|fromhex"):
            Head.read(wrong)


def _cell(file: bytes, mark: bytes) -> tuple[int, int]:
    """Return where a row with this mark begins in the file, its length and number first, and its end."""
    end = file.index(mark) + len(mark)
    for start in range(end - 3, 0, -1):  # payload length, number (one byte each), then the payload
        if file[start] == end - start - 2 and file[start + 1] == 2:
            return start, end
    raise AssertionError("there is no such row")


@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_one_flipped_byte_in_the_file_is_found(
    database: Database, database_url: str, keys: Keys
) -> None:
    await _three(database)
    async with database.begin() as db:
        mark = (await db.get_one(AuditRow, 2)).mark
    await database.scrub()
    await database.close()
    path = Path(str(normalise_url(database_url).database))
    start, end = _cell(_flip(path), mark)
    verdicts = {}
    for place in range(start, end):
        _flip(path, place)
        verdicts[place - start] = await _verdict(database_url, keys)
        _flip(path, place)

    assert await _verdict(database_url, keys) is None
    assert 90 < len(verdicts)
    assert {} == {place: bad for place, bad in verdicts.items() if bad not in (1, 2, 3)}


def _flip(path: Path, place: int | None = None) -> bytes:
    """Flip the lowest bit of a byte of a file, or of none; what is in the file then."""
    whole = bytearray(path.read_bytes())
    if place is not None:
        whole[place] ^= 1
        path.write_bytes(whole)
    return bytes(whole)


async def _verdict(url: str, keys: Keys) -> int | None:
    """Verify with a connection that has seen nothing before."""
    database = Database(new_engine(normalise_url(url)), keys)
    try:
        return (await verify_all(database, keys)).bad
    finally:
        await database.close()


async def test_people_read_it_in_pages_from_either_end(database: Database) -> None:
    await _three(database)

    async def numbers(ask: Callable[[AsyncSession], Awaitable[list[AuditRow]]]) -> list[int]:
        async with database.begin() as db:
            return [row.number for row in await ask(db)]

    assert [1, 2] == await numbers(lambda db: pages(db, 2))
    assert [3] == await numbers(lambda db: pages(db, 2, after=2))
    assert [3, 2] == await numbers(lambda db: pages(db, 2, before=9))
    assert [2, 3] == await numbers(lambda db: pages(db, 9, since=NOW + timedelta(minutes=1)))
    assert [] == await numbers(lambda db: pages(db, 9, by=8))
