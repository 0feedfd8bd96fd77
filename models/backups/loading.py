"""Restoring a backup into an empty database: all of it in one transaction, compared row by row, or nothing.

The people's keys and the ledger of erasures come first, from a file at least as new as the data: whoever was
erased since the data were backed up has no key there, and is erased again before anybody sees the database.
"""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import Connection, insert, select, text

from models.backups.dumping import rows
from models.backups.heading import Heading, Mark, until_marked
from models.backups.layout import Layout, Tally, Unreadable
from models.people import PersonKeyRow
from models.storage.base import Base, table_of
from models.storage.gate import StartRefused
from models.storage.keys import Keys
from models.storage.revisions import is_empty, known_revisions

PAGE: Final = 5_000
GONE: Final = b""
"""What stands for the key of somebody whose key is gone, until they are erased a moment later."""

PEOPLE: Final = table_of(PersonKeyRow)


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored and compared: the moment of the data, their revision, the rows of each table."""

    at: datetime
    revision: str
    rows: Mapping[str, int]


def load(connection: Connection, keys: Keys, apart: Iterator[bytes], data: Iterator[bytes]) -> Restored:
    """Fill an empty database and compare it with the backup; raise StartRefused or Unreadable.

    The tables are those of the revision of the data. In the same transaction, bring them up to date and erase
    whose key is gone.
    """
    from models.storage import migrating  # and Alembic, which a bot that runs does without

    if not is_empty(connection):
        raise StartRefused("The database is not empty: a backup is only restored into an empty one.")
    first, second = Heading.read(next(apart, b"")), Heading.read(next(data, b""))
    _check(first, second, keys)
    migrating.upgrade(connection, second.revision)
    counts: dict[str, int] = {}
    with _undisturbed(connection):
        for heading, lines in ((first, apart), (second, data)):
            counts |= _Part(connection, heading, keys).take(lines)
    return Restored(second.at, second.revision, counts)


def _check(apart: Heading, data: Heading, keys: Keys) -> None:
    if not apart.apart or data.apart:
        raise StartRefused("A backup has two files, one of keys and one of data: one of each is needed.")
    for heading in (apart, data):
        heading.expect(keys)
        if heading.revision not in known_revisions():
            raise StartRefused(
                f"The backup is of revision {heading.revision}, which this release does not know: "
                "restore it with the release that made it."
            )
    if apart.at < data.at:
        raise StartRefused("The file of keys is older than the data: people who came since would be lost.")


class _Part:
    """One part of a backup on its way into the tables."""

    def __init__(self, connection: Connection, heading: Heading, keys: Keys) -> None:
        self._connection = connection
        self._heading = heading
        self._mark = Mark(keys)
        self._counts: dict[str, int] = {}

    def take(self, lines: Iterator[bytes]) -> dict[str, int]:
        """Fill the tables of this part and compare each; return how many rows each has."""
        self._mark.hear(self._heading.line())
        inside = until_marked(lines, self._mark)
        for line in inside:
            told = orjson.loads(line)
            self._table(Layout(told["table"], tuple((name, kind) for name, kind in told["columns"])), inside)
        return self._counts

    def _table(self, layout: Layout, lines: Iterator[bytes]) -> None:
        page: list[dict[str, Any]] = []
        for line in lines:
            if line.startswith(b"{"):
                self._insert(layout, page)
                self._compare(layout, orjson.loads(line))
                return
            page.append(layout.values(orjson.loads(line)))
            if len(page) == PAGE:
                self._insert(layout, page)
                page.clear()
        raise Unreadable(f"The backup ends within {layout.name}.")

    def _insert(self, layout: Layout, page: list[dict[str, Any]]) -> None:
        if page:
            self._make_room(layout, page)
            self._connection.execute(insert(layout.clause()), page)

    def _make_room(self, layout: Layout, page: list[dict[str, Any]]) -> None:
        """Let rows in that belong to somebody whose key is gone: they are erased a moment later."""
        columns = _columns_of_people(layout)
        persons = {row[column] for column in columns for row in page} - {None}
        if not persons:
            return
        known = select(PEOPLE.c.person_id).where(PEOPLE.c.person_id.in_(persons))
        gone = persons - set(self._connection.scalars(known))
        if gone:
            shut = [{"person_id": one, "wrapped": GONE, "key_id": 0} for one in sorted(gone)]
            self._connection.execute(insert(PEOPLE), shut)

    def _compare(self, layout: Layout, told: Mapping[str, Any]) -> None:
        """Read a table again from the database and hold every row of it against the backup."""
        tally = Tally(self._heading.digest_key)
        for line in rows(self._connection, layout):
            tally.add(line)
        if (tally.rows, tally.digest) != (told["rows"], told["digest"]):
            raise Unreadable(f"{layout.name} is not what was backed up: {tally.rows} of {told['rows']} rows.")
        self._counts[layout.name] = tally.rows


def _columns_of_people(layout: Layout) -> list[str]:
    one = Base.metadata.tables.get(layout.name)
    if one is None:
        return []
    return [key.parent.name for key in one.foreign_keys if key.column.table is PEOPLE]


@contextlib.contextmanager
def _undisturbed(connection: Connection) -> Iterator[None]:
    """Put rows in without the triggers, which note each change: what they noted is in the backup too.

    Rows that refer to another of their table are only held against it when all are there.
    """
    if connection.dialect.name == "sqlite":
        found = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        off = ["PRAGMA defer_foreign_keys = ON", *(f'DROP TRIGGER "{name}"' for name, _ in found)]
        on = [sql for _, sql in found]
    else:
        triggers = [f'"{name}"' for name in connection.scalars(text(WITH_TRIGGERS))]
        own = [f'"{one}" ALTER CONSTRAINT "{name}"' for one, name in connection.execute(text(WITHIN_A_TABLE))]
        off = [f"ALTER TABLE {each} DISABLE TRIGGER USER" for each in triggers]
        off += [f"ALTER TABLE {each} DEFERRABLE INITIALLY DEFERRED" for each in own]
        on = ["SET CONSTRAINTS ALL IMMEDIATE"]
        on += [f"ALTER TABLE {each} NOT DEFERRABLE" for each in own]
        on += [f"ALTER TABLE {each} ENABLE TRIGGER USER" for each in triggers]
    for statement in off:
        connection.exec_driver_sql(statement)
    yield
    for statement in on:
        connection.exec_driver_sql(statement)


WITH_TRIGGERS: Final = """
    SELECT DISTINCT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE NOT tgisinternal AND relnamespace = 'public'::regnamespace
"""
WITHIN_A_TABLE: Final = """
    SELECT relname, conname FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
    WHERE contype = 'f' AND conrelid = confrelid AND relnamespace = 'public'::regnamespace
"""
