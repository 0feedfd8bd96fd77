"""Making a backup while the bot runs: one moment of the database, table by table, sealed as it is read."""

import contextlib
import hmac
import os
import secrets
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import orjson
from sqlalchemy import URL, Connection, NullPool, StaticPool, create_engine, event, select

from models.backups import streams
from models.backups.folder import Name
from models.backups.heading import Heading, Mark
from models.backups.layout import Layout, Tally, line_of, part_of
from models.storage.backup_keys import PublicBackupKey
from models.storage.engine import normalise_url, prepare_postgresql
from models.storage.gate import StartRefused
from models.storage.key_checks import KeyCheck
from models.storage.keys import Keys
from models.storage.revisions import code_revision, database_revision

PAGE: Final = 5_000
"""Rows fetched at once."""

COPY: Final = ".backup-copy-"
"""How the folder begins in which SQLite's copy lies for a moment, beside the database."""

READ_ONLY: Final = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def dump(
    url: str | URL, keys: Keys, to: PublicBackupKey, folder: Path, now: datetime, *, whole: bool = True
) -> list[Path]:
    """Write a backup of this moment into a folder and return its files, the part kept apart first.

    Both parts are of one and the same moment. `whole` is False for the people's keys and the ledger of
    erasures alone, which are small and can be backed up often.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = []
    with snapshot(normalise_url(url)) as connection:
        _expect_ours(connection, keys)
        for apart in (True, False) if whole else (True,):
            path = folder / str(Name(now, apart=apart))
            streams.write(path, lines(connection, keys, now, apart=apart), to)
            made.append(path)
    return made


def _expect_ours(connection: Connection, keys: Keys) -> None:
    """Refuse what could not be restored: a database of another release, or other keys than its own."""
    found = database_revision(connection)
    if found != code_revision():
        raise StartRefused(f"The database stands at revision {found}, not at that of this release.")
    ours = keys.check_values()
    for name, value in connection.execute(select(KeyCheck.name, KeyCheck.value)):
        if name not in ours or not hmac.compare_digest(ours[name], value):
            raise StartRefused(f"The key `{name}` of this database is not in the keys.")


def lines(connection: Connection, keys: Keys, now: datetime, *, apart: bool) -> Iterator[bytes]:
    """Return the lines of one part; the last one says that it is whole, with a mark of the keys."""
    heading = Heading.now(connection, keys, now, secrets.token_bytes(32), apart=apart)
    mark = Mark(keys)
    for line in _plain(connection, heading, part_of(apart)):
        mark.hear(line)
        yield line
    yield mark.line()


def _plain(connection: Connection, heading: Heading, tables: Sequence[Layout]) -> Iterator[bytes]:
    yield heading.line()
    for layout in tables:
        yield orjson.dumps({"table": layout.name, "columns": layout.columns})
        tally = Tally(heading.digest_key)
        for line in rows(connection, layout):
            tally.add(line)
            yield line
        yield orjson.dumps({"end": layout.name, "rows": tally.rows, "digest": tally.digest})


def rows(connection: Connection, layout: Layout) -> Iterator[bytes]:
    """Return every row of a table as a line, a page at a time."""
    found = connection.execute(select(layout.clause()), execution_options={"yield_per": PAGE})
    for page in found.partitions():
        for row in page:
            yield line_of(row)


@contextlib.contextmanager
def snapshot(where: URL) -> Iterator[Connection]:
    """Yield a connection that sees one moment of the database, whatever the bot writes meanwhile."""
    if where.get_backend_name() == "postgresql":
        engine = create_engine(where, hide_parameters=True, poolclass=NullPool)
        event.listen(engine, "connect", prepare_postgresql("0"))
        with engine.connect().execution_options(**READ_ONLY) as connection, connection.begin():
            yield connection
        return
    with _copied(Path(str(where.database))) as copy:
        engine = create_engine("sqlite://", creator=lambda: copy, poolclass=StaticPool, hide_parameters=True)
        with engine.connect() as connection:
            yield connection


@contextlib.contextmanager
def _copied(path: Path) -> Iterator[sqlite3.Connection]:
    """Yield a consistent copy, made by SQLite itself; its name is gone before the first row is read."""
    if not path.exists():
        raise FileNotFoundError(2, "No such database", str(path))
    for left in path.parent.glob(f"{COPY}*"):
        shutil.rmtree(left, ignore_errors=True)  # of a backup that was killed
    folder = Path(tempfile.mkdtemp(prefix=COPY, dir=path.parent))
    try:
        copy = _copy_of(path, folder / "copy")
    finally:
        shutil.rmtree(folder)
    try:
        yield copy
    finally:
        copy.close()


def _copy_of(path: Path, target: Path) -> sqlite3.Connection:
    os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    copy = sqlite3.connect(target, check_same_thread=False)
    copy.execute("PRAGMA temp_store = MEMORY")
    source = sqlite3.connect(path, timeout=30)
    try:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = OFF")  # it may have no file beside it
    finally:
        source.close()
    return copy
