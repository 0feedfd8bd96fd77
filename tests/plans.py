"""What the engine is asked while something happens, and how it would go about it."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import event, func, select

from models.storage.base import Base
from models.storage.database import Database

Asked = tuple[str, Any]
"""A statement as the engine gets it, and its (first) parameters."""

FEW: Final = {"ix_applications_frozen", "ix_deliveries_sending", "ix_deliveries_uncertain"}
"""Indexes of the few rows that are in an unusual state: to read one whole is to read few rows."""

TOLD: Final = re.compile(r"(?:SCAN|SEARCH) (?P<name>\w+)(?: USING (?:COVERING )?INDEX (?P<index>\w+))?")
NAMED: Final = re.compile(r"(?:FROM|JOIN|INTO|UPDATE|,)\s+(\w+)\s+(?:AS\s+)?(\w+)", re.IGNORECASE)


@contextmanager
def heard(database: Database) -> Iterator[list[Asked]]:
    """Record the statements the engine gets, each with its (first) parameters."""
    statements: list[Asked] = []

    def hear(_c: Any, _cursor: Any, statement: str, given: Any, _context: Any, many: bool) -> None:
        if not statement.startswith("BEGIN"):
            statements.append((statement, given[0] if many else given))

    event.listen(database.engine.sync_engine, "before_cursor_execute", hear)
    try:
        yield statements
    finally:
        event.remove(database.engine.sync_engine, "before_cursor_execute", hear)


async def large(database: Database, rows: int) -> set[str]:
    """Return the tables that hold more than so many rows."""
    found = set()
    async with database.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            if (await connection.scalar(select(func.count()).select_from(table)) or 0) > rows:
                found.add(table.name)
    return found


async def read_whole(database: Database, asked: Asked, tables: set[str]) -> set[str]:
    """Return which of these tables a statement reads from end to end, by themselves or by an index.

    An index of few of the rows is no such reading nor, on PostgreSQL, one that is left when enough was found.
    """
    statement, given = asked
    async with database.engine.connect() as connection:
        if database.engine.dialect.name == "sqlite":
            rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
            return {name for row in rows for name in _scanned(str(row[-1]), statement)} & tables
        answer = await connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", given)
        plan: Any = answer.scalar()
    return set(_sequential((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])) & tables


def _scanned(step: str, statement: str) -> Iterator[str]:
    found = TOLD.match(step)
    made = " AUTOMATIC " in step  # an index that is made for this statement alone, of the whole table
    if found is None or (step.startswith("SEARCH") and not made) or found["index"] in FEW:
        return
    aliases = {alias: name for name, alias in NAMED.findall(statement)}
    yield str(aliases.get(found["name"], found["name"]))


def _sequential(node: Mapping[str, Any], limited: bool = False) -> Iterator[str]:
    limited = limited or node["Node Type"] == "Limit"
    if node["Node Type"] == "Seq Scan" or (not limited and _whole_index(node)):
        yield node["Relation Name"]
    for child in node.get("Plans", ()):
        yield from _sequential(
            child, limited and node["Node Type"] not in ("Sort", "Aggregate", "HashAggregate")
        )


def _whole_index(node: Mapping[str, Any]) -> bool:
    """Say whether a step of PostgreSQL goes through all of an index that has every row."""
    by_index = node["Node Type"].startswith("Index") and "Relation Name" in node
    return by_index and "Index Cond" not in node and node["Index Name"] not in _partial()


def _partial() -> set[str]:
    """Return the indexes of some rows only: PostgreSQL reads one whole where it knows that they are few."""
    return {
        str(index.name)
        for table in Base.metadata.sorted_tables
        for index in table.indexes
        if index.dialect_options["postgresql"].get("where") is not None
    }
