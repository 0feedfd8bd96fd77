"""Backups: made while others write, the same on both databases, restored whole or not at all."""

import os
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import SystemRandom

import psycopg
import pytest
from sqlalchemy import delete, func, select, text

from models import erasures
from models.applications import Application
from models.backups import dumping, folder, streams
from models.backups.dumping import COPY, dump
from models.backups.folder import Name, found, newest, prune
from models.backups.layout import APART, Unreadable, part_of
from models.backups.restoring import Files, open_sample, restore
from models.dialogues import OpenDialogue
from models.owing.deliveries import Delivery, Fate, Lane, Owed, Promise, owe
from models.people import PersonKeyRow
from models.storage.backup_keys import PrivateBackupKey
from models.storage.base import Base
from models.storage.database import Database, StartRefused, normalise_url, open_database
from models.storage.keys import Keys
from models.tables import TABLES
from tests.conftest import at
from tests.planted import files as all_files
from tests.planted import found as leaked

NIK, OTHER = "9901014101909001", "9901014101909002"
PLANTED = (NIK, "Siti Aminah", "+6286000000001", "Jalan Melati 7")
Files_ = Callable[..., Awaitable[Application]]


@pytest.fixture(scope="module")
def key() -> PrivateBackupKey:
    """A key pair of backups."""
    return PrivateBackupKey.generate()


@pytest.fixture(params=["sqlite", "postgresql"])
def other_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of another, empty database of each engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'other' / 'bot.db'}"
        return
    server: psycopg.Connection = request.getfixturevalue("server")
    name = f"bpu_test_restore_{os.urandom(4).hex()}"
    server.execute(f"CREATE DATABASE {name}")
    yield at(name)
    server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    """The folder of the backups."""
    return tmp_path / "backups"


async def whole(url: str, keys: Keys) -> Database:
    return await open_database(url, keys.text(), announce=lambda _: None)


def left_in(folder: Path) -> list[Path]:
    """Return the copies of a database that were left."""
    return list(folder.rglob(f"{COPY}*"))


def modes(*paths: Path) -> set[int]:
    """Return who may use these files."""
    return {path.stat().st_mode & 0o777 for path in paths}


def changed(path: Path, key: PrivateBackupKey, old: bytes, new: bytes) -> None:
    """Write a backup again with other words in it, as whoever has only the public key could."""
    with streams.opened(path, key) as lines:
        forged = [line.replace(old, new) for line in lines]
    path.unlink()
    streams.write(path, forged, key.public)


def pair(made: list[Path]) -> Files:
    apart, data = made
    return Files(apart, data)


async def contents(database: Database) -> dict[str, list[bytes]]:
    """Return every row of every table as a backup writes it."""
    async with database.engine.connect() as connection:
        return await connection.run_sync(
            lambda sync: {
                layout.name: sorted(dumping.rows(sync, layout))
                for apart in (True, False)
                for layout in part_of(apart)
            }
        )


async def test_a_restore_brings_back_every_row_into_either_database(
    database: Database,
    database_url: str,
    other_url: str,
    keys: Keys,
    key: PrivateBackupKey,
    backups: Path,
    files: Files_,
    now: datetime,
) -> None:
    await files(7001)
    await files(7002, OTHER)
    before = await contents(database)
    made = dump(database_url, keys, key.public, backups, now)
    came = await restore(other_url, keys.text(), pair(made), key, now)

    restored = await whole(other_url, keys)
    assert before == await contents(restored)
    assert {name: len(rows) for name, rows in before.items()} == came.restored.rows
    assert 2 == await open_sample(restored, SystemRandom())
    async with restored.begin() as db:  # the triggers that notice changes are there again
        await db.execute(text("DELETE FROM coverage_touched"))
        await db.execute(text("UPDATE applications SET village_code = '9999999999'"))
        assert await db.scalar(text("SELECT count(*) FROM coverage_touched"))
    await restored.close()


async def test_a_backup_is_of_one_moment_while_others_write(
    database: Database,
    database_url: str,
    other_url: str,
    keys: Keys,
    key: PrivateBackupKey,
    backups: Path,
    files: Files_,
    now: datetime,
) -> None:
    await files(7001)
    dump(database_url, keys, key.public, backups, now)
    with dumping.snapshot(database.engine.url) as connection:
        later = now + timedelta(hours=1)
        apart = backups / str(Name(later, apart=True))
        streams.write(apart, dumping.lines(connection, keys, now, apart=True), key.public)
        await files(7002, OTHER)
        data = backups / str(Name(later, apart=False))
        streams.write(data, dumping.lines(connection, keys, now, apart=False), key.public)
    came = await restore(other_url, keys.text(), Files(apart, data), key, now)

    assert (1, 1) == (came.restored.rows["person_keys"], came.restored.rows["applications"])


async def test_who_was_erased_stays_erased_when_an_older_backup_is_restored(
    database: Database,
    database_url: str,
    other_url: str,
    keys: Keys,
    key: PrivateBackupKey,
    backups: Path,
    files: Files_,
    now: datetime,
) -> None:
    gone = (await files(7001)).worker_id
    await files(7002, OTHER)
    old = dump(database_url, keys, key.public, backups, now)
    async with database.begin() as db:
        await erasures.erase_account(db, keys, 7001, now)
    later = now + timedelta(hours=1)
    [fresh] = dump(database_url, keys, key.public, backups, later, whole=False)
    came = await restore(other_url, keys.text(), Files(fresh, old[1]), key, later)

    assert 1 == came.erased
    restored = await whole(other_url, keys)
    async with restored.begin() as db:
        assert [OTHER] != list(await db.scalars(select(Application.reference)))
        assert 1 == await db.scalar(select(func.count()).select_from(Application))
        assert await db.get(PersonKeyRow, gone) is None
    await restored.close()


async def test_who_was_forgotten_by_time_is_not_brought_back(
    database: Database,
    database_url: str,
    tmp_path: Path,
    keys: Keys,
    key: PrivateBackupKey,
    backups: Path,
    files: Files_,
    now: datetime,
) -> None:
    """What is closed for long goes without a row in the ledger: only its key is missing."""
    gone = (await files(7001)).worker_id
    old = dump(database_url, keys, key.public, backups, now)
    async with database.begin() as db:
        await erasures.replay(db, [gone])
    later = now + timedelta(hours=1)
    [fresh] = dump(database_url, keys, key.public, backups, later, whole=False)
    url = f"sqlite:///{tmp_path / 'other.db'}"
    came = await restore(url, keys.text(), Files(fresh, old[1]), key, later)

    assert 1 == came.erased
    restored = await whole(url, keys)
    async with restored.begin() as db:
        assert await db.get(PersonKeyRow, gone) is None
        assert 0 == await db.scalar(select(func.count()).select_from(Application))
    await restored.close()


async def test_data_without_the_keys_of_their_time_are_not_restored(
    database: Database,
    database_url: str,
    tmp_path: Path,
    keys: Keys,
    key: PrivateBackupKey,
    backups: Path,
    files: Files_,
    now: datetime,
) -> None:
    await files(7001)
    old = dump(database_url, keys, key.public, backups, now)
    new = dump(database_url, keys, key.public, backups, now + timedelta(hours=1))

    with pytest.raises(StartRefused, match="older than the data"):
        await restore(f"sqlite:///{tmp_path / 'x.db'}", keys.text(), Files(old[0], new[1]), key, now)


async def test_only_an_empty_database_is_filled(
    database: Database, database_url: str, keys: Keys, key: PrivateBackupKey, backups: Path, now: datetime
) -> None:
    made = pair(dump(database_url, keys, key.public, backups, now))

    with pytest.raises(StartRefused, match="not empty"):
        await restore(database_url, keys.text(), made, key, now)


async def test_other_keys_and_another_backup_key_restore_nothing(
    database: Database,
    database_url: str,
    tmp_path: Path,
    keys: Keys,
    key: PrivateBackupKey,
    backups: Path,
    files: Files_,
    now: datetime,
) -> None:
    await files(7001)
    made, empty = pair(dump(database_url, keys, key.public, backups, now)), f"sqlite:///{tmp_path / 'x.db'}"

    with pytest.raises(StartRefused, match="not in the keys"):
        await restore(empty, Keys.generate().text(), made, key, now)
    with pytest.raises(Unreadable, match="another backup key"):
        await restore(empty, keys.text(), made, PrivateBackupKey.generate(), now)
    with pytest.raises(StartRefused, match="one of each"):
        await restore(empty, keys.text(), Files(made.data, made.apart), key, now)
    with pytest.raises(StartRefused, match="not in the keys"):
        dump(database_url, Keys.generate(), key.public, backups, now)


@pytest.mark.parametrize("cut", [10, 200, -1])
async def test_a_backup_that_is_cut_or_changed_leaves_the_database_empty(
    database: Database,
    database_url: str,
    other_url: str,
    keys: Keys,
    key: PrivateBackupKey,
    backups: Path,
    files: Files_,
    now: datetime,
    cut: int,
) -> None:
    await files(7001)
    made = pair(dump(database_url, keys, key.public, backups, now))
    made.data.write_bytes(made.data.read_bytes()[:cut])

    with pytest.raises(Unreadable):
        await restore(other_url, keys.text(), made, key, now)
    good = pair(dump(database_url, keys, key.public, backups, now + timedelta(seconds=1)))
    assert 1 == (await restore(other_url, keys.text(), good, key, now)).restored.rows["applications"]


async def test_who_has_only_the_public_key_makes_no_backup_we_restore(
    database: Database,
    database_url: str,
    tmp_path: Path,
    keys: Keys,
    key: PrivateBackupKey,
    backups: Path,
    files: Files_,
    now: datetime,
) -> None:
    await files(7001)
    made = pair(dump(database_url, keys, key.public, backups, now))
    changed(made.data, key, b"7001", b"7666")

    with pytest.raises(Unreadable):
        await restore(f"sqlite:///{tmp_path / 'x.db'}", keys.text(), made, key, now)


async def test_a_forged_heading_is_found_by_the_mark(
    database: Database,
    database_url: str,
    tmp_path: Path,
    keys: Keys,
    key: PrivateBackupKey,
    backups: Path,
    now: datetime,
) -> None:
    made = pair(dump(database_url, keys, key.public, backups, now))
    changed(made.data, key, b'"at":"2026', b'"at":"2025')

    with pytest.raises(Unreadable, match="was not made with these keys"):
        await restore(f"sqlite:///{tmp_path / 'x.db'}", keys.text(), made, key, now)


async def test_nothing_personal_is_readable_in_a_backup_and_no_copy_stays(
    database: Database,
    database_url: str,
    tmp_path: Path,
    keys: Keys,
    key: PrivateBackupKey,
    backups: Path,
    files: Files_,
    now: datetime,
) -> None:
    await files(7001)
    made = dump(database_url, keys, key.public, backups, now)

    assert [] == leaked(all_files(backups), PLANTED)
    assert [] == left_in(tmp_path)
    assert {0o600} == modes(*made)
    assert {0o700} == modes(backups)


async def test_what_may_not_arrive_twice_is_left_uncertain(
    database: Database,
    database_url: str,
    other_url: str,
    keys: Keys,
    key: PrivateBackupKey,
    backups: Path,
    consented: Callable[..., Awaitable[OpenDialogue]],
    now: datetime,
) -> None:
    await consented(7001)
    notes = [
        Owed(Lane.REMINDER, promise, name, 7001, "note", {}, now + after)
        for promise, name, after in (
            (Promise.AT_MOST_ONCE, "due", timedelta(0)),
            (Promise.AT_LEAST_ONCE, "receipt", timedelta(0)),
            (Promise.AT_MOST_ONCE, "later", timedelta(days=9)),
        )
    ]
    async with database.begin() as db:
        await owe(db, keys, notes, now)
    made = pair(dump(database_url, keys, key.public, backups, now))
    came = await restore(other_url, keys.text(), made, key, now + timedelta(hours=1))

    restored = await whole(other_url, keys)
    async with restored.begin() as db:
        fates = {one.dedupe: one.state for one in await db.scalars(select(Delivery))}
    await restored.close()
    assert {"due": Fate.UNCERTAIN, "receipt": Fate.QUEUED, "later": Fate.QUEUED} == fates
    assert 1 == came.doubtful


async def test_a_column_that_is_lost_on_the_way_is_noticed(
    database: Database,
    database_url: str,
    tmp_path: Path,
    keys: Keys,
    key: PrivateBackupKey,
    backups: Path,
    files: Files_,
    now: datetime,
) -> None:
    await files(7001)
    made = pair(dump(database_url, keys, key.public, backups, now))
    changed(made.data, key, b'"vegetable_seller"', b'"vegetable_cellar"')

    with pytest.raises(Unreadable, match="applications is not what was backed up"):
        await restore(f"sqlite:///{tmp_path / 'x.db'}", keys.text(), made, key, now)


def test_every_table_is_in_one_of_the_two_parts() -> None:
    apart = {layout.name for layout in part_of(True)}
    data = {layout.name for layout in part_of(False)}

    assert set(APART) == apart
    assert {one.__tablename__ for one in TABLES} == apart | data
    assert not apart & data
    assert all(one.columns for one in part_of(False))
    assert set(Base.metadata.tables) == apart | data


def test_old_backups_go_and_the_newest_stays(tmp_path: Path, now: datetime) -> None:
    for days in (0, 6, 8, 29, 31, 60):
        for apart in (True, False):
            (tmp_path / str(Name(now - timedelta(days=days), apart=apart))).touch()
    (tmp_path / ".backup-20260101T000000000Z.data.age.part").touch()
    (tmp_path / "notes.txt").touch()
    prune(tmp_path, now, folder.KEEP, folder.KEEP_APART)

    kept = [(round((now - name.at) / timedelta(days=1)), name.apart) for name, _ in found(tmp_path)]
    assert [(29, False), (8, False), (6, False), (6, True), (0, False), (0, True)] == kept
    assert {"notes.txt"} == {path.name for path in tmp_path.iterdir() if Name.read(path.name) is None}
    prune(tmp_path, now + timedelta(days=400), folder.KEEP, folder.KEEP_APART)
    assert [now, now] == [name.at for name, _ in found(tmp_path)]
    assert newest(tmp_path, apart=True) != newest(tmp_path, apart=False)


async def test_a_file_that_is_not_ours_is_named_so(tmp_path: Path, key: PrivateBackupKey) -> None:
    path = tmp_path / "x.age"
    streams.write(path, [b"hello"], key.public)
    with streams.opened(path, key) as lines:
        assert [b"hello"] == list(lines)


def test_deleting_is_not_needed_to_read(database_url: str) -> None:
    """The snapshot only reads: a statement that would write is refused on PostgreSQL, and lost on SQLite."""
    with dumping.snapshot(normalise_url(database_url)) as connection:
        assert 0 == connection.scalar(select(func.count()).select_from(PersonKeyRow))
        if connection.dialect.name == "postgresql":
            with pytest.raises(Exception, match="read-only"):
                connection.execute(delete(PersonKeyRow))
