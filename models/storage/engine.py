"""The engine: where the database is, how each connection is prepared, how a transaction begins."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from models.storage import postgresql, sqlite
from models.storage.gate import StartRefused

DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
POOLS: dict[str, dict[str, int]] = {
    # One writer: transactions wait their turn in order. With five that poll for the lock, as many are done,
    # but the slowest of 1,200 waited 900 ms instead of 30.
    "sqlite": {"pool_size": 1, "max_overflow": 0, "pool_timeout": 30},
    "postgresql": {"pool_size": 5, "max_overflow": 5, "pool_timeout": 10},
}


def normalise_url(url: str | URL) -> URL:
    """Return the address with the driver we use, or raise StartRefused."""
    where = make_url(url)
    if where.drivername not in DRIVERS:
        raise StartRefused(f"The database {where.drivername!r} is unknown: use sqlite:/// or postgresql://.")
    if where.get_backend_name() == "sqlite" and where.database in (None, "", ":memory:"):
        raise StartRefused("SQLite needs a file: sqlite:///var/bot.db")
    return where.set(drivername=DRIVERS[where.drivername])


def new_engine(
    where: URL,
    *,
    statement_timeout: str = postgresql.STATEMENT_TIMEOUT,
    silence: float | None = postgresql.SILENCE,
    **pool: Any,
) -> AsyncEngine:
    """Return an engine whose every connection has passed the gate of its database.

    A connection of PostgreSQL that is silent for `silence` seconds, None for any time, is given up.
    """
    settings = pool or POOLS[where.get_backend_name()]
    engine = create_async_engine(
        where, hide_parameters=True, connect_args=_network(where, silence), **settings
    )
    if where.get_backend_name() == "sqlite":
        _own_file(where)
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_immediately)
    else:
        event.listen(engine.sync_engine, "connect", prepare_postgresql(statement_timeout))
    return engine


def _network(where: URL, silence: float | None) -> dict[str, Any]:
    """Return how the network is watched, but for what the address says itself."""
    if where.get_backend_name() == "sqlite":
        return {}
    watched = {name: value for name, value in postgresql.NETWORK.items() if name not in where.query}
    return watched if silence is None else watched | {"async_creator_fn": postgresql.hanging_up(silence)}


def _own_file(where: URL) -> None:
    path = Path(str(where.database))
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _prepare_sqlite(connection: Any, _: object) -> None:
    def ask(statement: str) -> Any:
        row = _row(connection, statement)
        return row and row[0]

    connection.isolation_level = None
    with _closing_when_refused(connection):
        sqlite.prepare(ask, ask("SELECT sqlite_version()"))


def prepare_postgresql(statement_timeout: str) -> Callable[[Any, object], None]:
    """Return what passes a new connection of PostgreSQL through its gate."""

    def prepare(connection: Any, _: object) -> None:
        with _closing_when_refused(connection):
            postgresql.prepare(lambda statement: _row(connection, statement), statement_timeout)
            connection.commit()

    return prepare


@contextmanager
def _closing_when_refused(connection: Any) -> Iterator[None]:
    try:
        yield
    except BaseException:
        connection.close()
        raise


def _row(connection: Any, statement: str) -> Any:
    cursor = connection.cursor()
    try:
        cursor.execute(statement)
        return cursor.fetchone() if cursor.description else None
    finally:
        cursor.close()


def _begin_immediately(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
