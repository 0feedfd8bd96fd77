"""Rotation: what the old key sealed opens under the new one, whatever stops it, and nothing is left out."""

import ast
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, func, select, text, update
from sqlalchemy.exc import IntegrityError

from models.accounts import meet
from models.agency.import_parts import Kind, keep, parts
from models.agency.imports import Import, receive
from models.applications import Application
from models.owing.deliveries import Delivery, Lane, Owed, Promise, owe
from models.people import PersonKeyRow, keys_of
from models.quarantine import Quarantine, put
from models.storage.base import Base
from models.storage.database import Database, StartRefused, open_database
from models.storage.key_files import Line, change_file, settled
from models.storage.keys import Keys
from models.trust import index_rotation, rotation
from models.trust.sealed_columns import INDEXED, SEALED, uses
from models.workers import Worker

Files = Callable[..., Awaitable[Application]]
MODELS = Path(__file__).resolve().parents[2] / "models"
SITI, BUDI, DEWI = 86_001, 86_002, 86_003
NIKS = ("9901014101909001", "9901014101909002")
LATER = timedelta(days=31)


@pytest.fixture
def key_file(tmp_path: Path, keys: Keys) -> Path:
    """The keys of this run, in a file of this test."""
    keys.write(tmp_path / "ring" / "keys")
    return tmp_path / "ring" / "keys"


@pytest.fixture
async def database(database_url: str, key_file: Path) -> AsyncIterator[Database]:
    """A bot's database, with its keys from the file."""
    database = await open_database(database_url, key_file, announce=lambda _: None)
    yield database
    await database.close()


def with_new_master(path: Path) -> None:
    change_file(path, lambda lines: [*lines, Line.new("master", 2)])


async def filled(database: Database, files: Files, now: datetime) -> int:
    """Let values rest that a master key sealed; return how many."""
    for account, nik in zip((SITI, BUDI), NIKS, strict=True):
        await files(account, nik)
    async with database.begin() as db:
        await meet(db, {DEWI: "id"}, now)
        await put(db, database.keys, 1, 7, b"update", "error", SITI, now)
        owed = [
            Owed(Lane.REPLY, Promise.AT_LEAST_ONCE, f"receipt:{n}", SITI, "receipt", {"n": n}, now, SITI)
            for n in range(7)
        ]
        await owe(db, database.keys, owed, now)
        number = await receive(db, database.keys, DEWI, {"file": "x"}, "agent", "id", now)
        assert number is not None
        for at in range(3):
            await keep(db, database.keys, number, Kind.RETURNED, b"row", at)
        return sum((await uses(db)).values())


async def readable(database: Database) -> int:
    """Open every value that a master key sealed; return how many there are."""
    count = 0
    async with database.begin() as db:
        for sealed in SEALED:
            query = select(sealed.row_id.label("id"), *sealed.table.columns, sealed.value.label("v"))
            for row in await db.execute(query.where(sealed.is_there)):
                database.keys.open(sealed.table.name, row.id, sealed.place(row), row.v)
                count += 1
        people = list(await db.scalars(select(PersonKeyRow.person_id)))
        found = await keys_of(db, database.keys, people)
        for worker in await db.scalars(select(Worker)):
            assert found[worker.id].open_text("workers", worker.id, "nik", worker.nik) in NIKS
        for sent in await db.scalars(select(Import)):
            assert await parts(db, database.keys, sent.id, Kind.RETURNED) == [b"row"] * 3
    return count


async def test_everything_opens_after_a_rotation_and_nothing_needs_the_old_key(
    database: Database, key_file: Path, files: Files, now: datetime
) -> None:
    count = await filled(database, files, now)
    with_new_master(key_file)
    done = [number async for number in rotation.rewrap(database, 3)]

    assert count == sum(done) >= 15
    async with database.begin() as db:
        assert {2: count} == await uses(db)
        assert {2} == set(await db.scalars(select(PersonKeyRow.key_id)))
    database.keys._take(tuple(line for line in database.keys.lines if line.name != "master 1"))
    assert count == await readable(database)


async def test_a_rotation_that_is_stopped_anywhere_goes_on(
    database: Database, key_file: Path, files: Files, now: datetime
) -> None:
    count, done = await filled(database, files, now), 0
    with_new_master(key_file)
    while True:
        async for number in rotation.rewrap(database, 2):
            done += number
            break
        else:
            break
        assert count == await readable(database)

    assert done == count
    async with database.begin() as db:
        assert {2: count} == await uses(db)


async def test_a_process_that_began_with_the_old_keys_opens_what_the_new_one_sealed(
    database: Database, database_url: str, key_file: Path, files: Files, now: datetime
) -> None:
    older = Keys.load(key_file)
    count = await filled(database, files, now)
    with_new_master(key_file)
    _ = [number async for number in rotation.rewrap(database)]
    async with database.begin() as db:
        row = (await db.scalars(select(Quarantine))).one()

    assert (1, (b"update", "error")) == (older.sealing_id, row.opened(older))
    assert 2 == older.sealing_id
    assert count == await readable(database)


async def test_what_a_waiting_key_waits_for(database: Database, key_file: Path) -> None:
    change_file(key_file, lambda lines: [*lines, Line.new("master", 2, waiting=True)])
    database.keys.refresh()
    assert 1 == database.keys.sealing_id
    change_file(key_file, lambda lines: [settled(line) for line in lines])
    async with database.begin():
        assert 2 == database.keys.sealing_id


def test_a_key_file_that_became_wrong_changes_nothing_in_a_running_bot(key_file: Path) -> None:
    keys, whole = Keys.load(key_file), key_file.read_text()
    before = keys.check_values()
    for wrong in ("", "master 1", Keys.generate().text()):
        key_file.write_text(wrong)
        assert not keys.refresh()
        assert keys.refresh()
    key_file.write_text(whole)
    key_file.chmod(0o644)
    assert not keys.refresh()
    assert before == keys.check_values()


async def test_a_key_is_retired_when_nothing_needs_it_and_the_backups_of_its_time_are_gone(
    database: Database, key_file: Path, files: Files, now: datetime
) -> None:
    await filled(database, files, now)
    with_new_master(key_file)
    async with database.begin() as db:
        await rotation.begin_with(db, database.keys, now)
        with pytest.raises(rotation.NotYet, match="still opens"):
            await rotation.retire(db, database.keys, 1, now + LATER)
    _ = [number async for number in rotation.rewrap(database)]
    async with database.begin() as db:
        for moment, at_once in ((now + timedelta(days=29), False), (now + timedelta(minutes=9), True)):
            with pytest.raises(rotation.NotYet, match="may be needed until"):
                await rotation.retire(db, database.keys, 1, moment, at_once=at_once)
        with pytest.raises(rotation.NotYet, match="seals"):
            await rotation.retire(db, database.keys, 2, now + LATER)
        await rotation.retire(db, database.keys, 1, now + LATER)


async def test_a_retired_key_is_not_missed_at_the_next_start(
    database: Database, database_url: str, key_file: Path, files: Files, now: datetime
) -> None:
    count = await filled(database, files, now)
    with_new_master(key_file)
    _ = [number async for number in rotation.rewrap(database)]
    async with database.begin() as db:
        await rotation.begin_with(db, database.keys, now)
        await rotation.retire(db, database.keys, 1, now + LATER)
    change_file(key_file, lambda lines: [line for line in lines if line.name != "master 1"])
    again = await open_database(database_url, key_file, announce=lambda _: None)

    assert count == await readable(again)
    await again.close()


async def test_new_indexes_find_what_the_old_ones_found_and_one_nik_stays_one(
    database: Database, database_url: str, key_file: Path, files: Files, now: datetime
) -> None:
    await filled(database, files, now)
    before = database.keys.nik_index(NIKS[0])
    change_file(key_file, lambda lines: [*lines, Line.new("index", 2, waiting=True)])
    async with database.begin() as db:
        assert before == database.keys.nik_index(NIKS[0])
        await index_rotation.reindex(db, database.keys, 2, now)
    again = await open_database(database_url, key_file, announce=lambda _: None)
    after = again.keys.nik_index(NIKS[0])

    assert before != after
    async with again.begin() as db:
        for table in (Worker, Application):
            assert 1 == await db.scalar(select(func.count()).where(table.nik_index == after))
            assert 0 == await db.scalar(select(func.count()).where(table.nik_index == before))
        sender = again.keys.sender_index(SITI)
        assert 1 == await db.scalar(select(func.count()).where(Quarantine.sender_index == sender))
    with pytest.raises(IntegrityError):
        await give_all(again, after)
    await again.close()


async def give_all(database: Database, nik_index: bytes) -> None:
    """Let every application have the same NIK."""
    async with database.begin() as db:
        await db.execute(update(Application).values(nik_index=nik_index))


async def test_an_index_rotation_that_fails_leaves_everything_as_it_was(
    database: Database, database_url: str, key_file: Path, files: Files, now: datetime
) -> None:
    await filled(database, files, now)
    change_file(key_file, lambda lines: [*lines, Line.new("index", 2, waiting=True)])
    with contextlib.suppress(RuntimeError):
        async with database.begin() as db:
            await index_rotation.reindex(db, database.keys, 2, now)
            raise RuntimeError
    again = await open_database(database_url, key_file, announce=lambda _: None)
    async with again.begin() as db:
        index = again.keys.nik_index(NIKS[0])
        assert 1 == await db.scalar(select(func.count()).where(Worker.nik_index == index))
    await again.close()


async def test_indexes_are_not_rotated_beside_a_running_bot(
    database: Database, database_url: str, key_file: Path
) -> None:
    other = await open_database(database_url, key_file, announce=lambda _: None)
    async with other.begin() as db:
        await db.execute(text("SELECT 1"))
    with pytest.raises(StartRefused, match="stop the bot first"):
        await index_rotation.alone(database)
    await other.close()
    await index_rotation.alone(database)
    async with database.begin() as db:
        assert 0 == await db.scalar(select(func.count()).select_from(Delivery))


def test_every_column_that_a_master_key_seals_is_rotated() -> None:
    named = {(sealed.table.name, sealed.column) for sealed in SEALED}
    found = {place for path in MODELS.rglob("*.py") for place in _sealed_in(ast.parse(path.read_text()))}

    assert len(found) > 8
    assert {(table, column if column != "?" else "sealed") for table, column in found} == named


def _sealed_in(tree: ast.AST) -> set[tuple[str, str]]:
    """Return which table and column each `keys.seal("table", row, "column")` names, ? for one worked out."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and len(node.args) >= 3]
    places = [call.args[:3:2] for call in calls if ast.unparse(call.func).endswith("keys.seal")]
    return {
        (str(table.value), str(column.value) if isinstance(column, ast.Constant) else "?")
        for table, column in places
        if isinstance(table, ast.Constant)
    }


def test_every_blind_index_is_rotated() -> None:
    found = {
        (table.name, column.name)
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary) and re.search("_index$", column.name)
    }

    assert {(entity.__tablename__, column) for entity, column in INDEXED} == found
