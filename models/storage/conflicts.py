"""Inserting what is not there yet: ON CONFLICT DO NOTHING, alike on both engines."""

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from models.storage.base import Base, table_of

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

Row = dict[str, Any]


def insertion(db: AsyncSession, table: type[Base]) -> "postgresql.Insert | sqlite.Insert":
    """Return an insert into a table that can say ON CONFLICT on the engine in use."""
    return _insert(db.get_bind().dialect.name, table)


@functools.cache
def _of_new(engine: str, table: type[Base], unless: tuple[str, ...]) -> "postgresql.Insert | sqlite.Insert":
    """Return the statement of `insert_new`: made once, it is also written once."""
    return _insert(engine, table).on_conflict_do_nothing(index_elements=unless or None)


def _insert(engine: str, table: type[Base]) -> "postgresql.Insert | sqlite.Insert":
    if engine == "postgresql":
        from sqlalchemy.dialects import postgresql  # each engine's words are loaded where it is in use

        return postgresql.insert(table_of(table))
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table_of(table))


async def insert_new(
    db: AsyncSession,
    table: type[Base],
    rows: Sequence[Row],
    *,
    unless: Sequence[InstrumentedAttribute[Any]] = (),
) -> None:
    """Insert the rows whose keys are free; `unless` narrows which key may be taken without an error."""
    if not rows:
        return
    engine = db.get_bind().dialect.name
    await db.execute(_of_new(engine, table, tuple(column.key for column in unless)), rows)


async def insert_returning(
    db: AsyncSession, table: type[Base], rows: Sequence[Row], column: InstrumentedAttribute[Any]
) -> list[Any]:
    """Insert the rows whose keys are free, and return one column of those that were inserted."""
    if not rows:
        return []
    statement = insertion(db, table).on_conflict_do_nothing().returning(column)
    return list((await db.execute(statement, rows)).scalars())
