"""Indexes that the migration of a database in use left out are built beside the writers."""

from collections.abc import Iterable

from sqlalchemy import Connection, Index, text
from sqlalchemy.schema import CreateIndex

from models.storage.base import Base

THERE = """
    SELECT relname, indisvalid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    WHERE relnamespace = 'public'::regnamespace
"""


def missing(connection: Connection) -> list[Index]:
    """Return the indexes that are not there or were left half built; SQLite builds them at once."""
    if connection.dialect.name != "postgresql":
        return []
    there = {name for name, valid in connection.execute(text(THERE)) if valid}
    return [index for index in _wanted() if index.name not in there]


def mend(connection: Connection) -> None:
    """Build what is missing, on a connection without a transaction; killed in between, do it again."""
    for index in missing(connection):
        connection.exec_driver_sql(f'DROP INDEX CONCURRENTLY IF EXISTS "{index.name}"')
        compiled = CreateIndex(index).compile(dialect=connection.dialect)
        words = str(compiled).strip()
        connection.exec_driver_sql(words.replace("INDEX ", "INDEX CONCURRENTLY ", 1))


def _wanted() -> Iterable[Index]:
    return (
        index
        for one in Base.metadata.sorted_tables
        for index in sorted(one.indexes, key=lambda i: str(i.name))
    )
