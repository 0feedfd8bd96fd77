"""Databases for tests: a fresh one of each engine, copied from a template that was migrated once."""

import asyncio
import logging
import os
import secrets
import shutil
import zlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
import structlog
from hypothesis import settings
from psycopg import sql

from models.storage.database import Database, migrate, open_database
from models.storage.keys import Keys
from tests.canaries import WATCH, no_canary_sings, temporary_files

__all__ = ["no_canary_sings", "temporary_files"]

settings.register_profile("the same in every run", derandomize=True)
settings.load_profile("the same in every run")

SERVER = os.environ.get("TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/test")
PREFIX = f"bpu_test_{secrets.token_hex(4)}"


WHOLE_BOT = (
    "tests/handlers/",
    "tests/test_command_line.py",
    "tests/test_machine_clock.py",
    "tests/test_stories.py",
)
"""Where tests speak to the whole bot, which asks most questions of the database many times over."""

ALWAYS_BOTH = ("redelivery", "poison", "database_away", "one_batch", "no_oracle", "erasing", "owed_replies")
"""Tests of the whole bot that are about its transactions: on both engines, whatever is asked for."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the gate run each test of the whole bot on one engine, the engines in turns."""
    told = "tests of the whole bot on one engine each, in turns; everything else on both"
    parser.addoption("--in-turns", action="store_true", help=told)
    told = "log at DEBUG, and look for what people told in every log and every database of a test"
    parser.addoption("--canaries", action="store_true", help=told)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out one engine of each test of the whole bot, if that was asked for."""
    if config.getoption("--in-turns"):
        left_out = [item for item in items if _is_left_out(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


def _is_left_out(item: pytest.Item) -> bool:
    engine = getattr(item, "callspec", None) and item.callspec.params.get("engine_name")  # type: ignore[attr-defined]
    whole = any(part in item.nodeid for part in WHOLE_BOT) and not any(
        f"test_{name}.py" in item.nodeid for name in ALWAYS_BOTH
    )
    if engine is None or not whole:
        return False
    turn = zlib.crc32(item.nodeid.replace(str(engine), "").encode()) % 2
    return bool(turn == (engine == "sqlite"))


MANY = 500
"""A database in which more rows than this were deleted is not used again: its statistics are another's."""


class Spare:
    """Databases on the tests' server, each emptied after a test rather than made anew, which takes longer."""

    def __init__(self, server: psycopg.Connection, template: str) -> None:
        self._server = server
        self._template = template
        self._free: list[str] = []
        with psycopg.connect(at(template), autocommit=True) as made:
            self._as_made = _described(made)
            tables = [sql.Identifier(row[0]) for row in made.execute(TABLES_WITH_ROWS)]
        self._deletes = [sql.SQL("DELETE FROM {}").format(table) for table in tables]
        self._returning = [
            sql.SQL("DELETE FROM {} AS gone RETURNING gone::text").format(table) for table in tables
        ]

    def take(self) -> str:
        """Return the name of a database that has every table and no row."""
        if self._free:
            return self._free.pop()
        name = f"{PREFIX}_{secrets.token_hex(4)}"
        self._server.execute(f"CREATE DATABASE {name} TEMPLATE {self._template}")
        return name

    def give_back(self, name: str) -> None:
        """Empty a database for the next test, or drop it when it is not as it was made."""
        try:
            with psycopg.connect(at(name), autocommit=True, connect_timeout=3) as left:
                left.execute(OTHERS_OUT)
                if _described(left) == self._as_made and self._emptied(left) <= MANY:
                    self._free.append(name)
                    return
        except psycopg.Error:
            pass
        self._drop(name)

    def drop_all(self) -> None:
        """Drop what is free."""
        while self._free:
            self._drop(self._free.pop())

    def _emptied(self, left: psycopg.Connection) -> int:
        """Delete every row and return how many there were."""
        with left.transaction():
            left.execute("SET LOCAL session_replication_role = replica")  # in any order
            if not WATCH.on:
                return sum(left.execute(delete).rowcount for delete in self._deletes)
            gone = [row[0] for delete in self._returning for row in left.execute(delete)]
        for row in gone:
            WATCH.look_through_row(row)
        return len(gone)

    def _drop(self, name: str) -> None:
        self._server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


TABLES_WITH_ROWS = """
    SELECT relname FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'
"""
OTHERS_OUT = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
SHAPE = """
    SELECT relname, relkind::text, attname, atttypid::bigint, attnotnull, coalesce(conname, '')
    FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
    LEFT JOIN pg_constraint ON conrelid = pg_class.oid AND attnum = ANY (conkey)
    WHERE relnamespace = 'public'::regnamespace AND attnum > 0
    ORDER BY 1, 2, 3, 6
"""
AROUND = """
    SELECT (SELECT version_num FROM alembic_version), (SELECT count(*) FROM pg_trigger),
           (SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace),
           (SELECT count(*) FROM pg_db_role_setting WHERE setdatabase = (
               SELECT oid FROM pg_database WHERE datname = current_database()))
"""


def _described(database: psycopg.Connection) -> tuple[object, ...]:
    """Return all that a test could have changed besides rows."""
    return (*database.execute(SHAPE).fetchall(), *database.execute(AROUND).fetchall())


@pytest.fixture(scope="session")
def keys() -> Keys:
    """Keys that nothing outside this run knows."""
    return Keys.generate()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file without a row in it."""
    path = tmp_path_factory.mktemp("template") / "bot.db"
    asyncio.run(migrate(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def server() -> Iterator[psycopg.Connection]:
    """The PostgreSQL server of the tests; only on CI is its absence a failure."""
    try:
        connection = psycopg.connect(SERVER, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no PostgreSQL at {SERVER}")
    with connection:
        yield connection


@pytest.fixture(scope="session")
def postgresql_template(server: psycopg.Connection) -> Iterator[str]:
    """The name of a migrated PostgreSQL database without a row in it."""
    name = f"{PREFIX}_template"
    server.execute(f"CREATE DATABASE {name}")
    asyncio.run(migrate(at(name)))
    yield name
    server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def engine_name(request: pytest.FixtureRequest) -> str:
    """Each engine in turn."""
    return str(request.param)


@pytest.fixture(scope="session")
def spare(server: psycopg.Connection, postgresql_template: str) -> Iterator[Spare]:
    """Databases that a test has left as they were made."""
    databases = Spare(server, postgresql_template)
    yield databases
    databases.drop_all()


@pytest.fixture
def database_url(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database that has every table and no row."""
    if engine_name == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "bot.db")
        yield f"sqlite:///{tmp_path / 'bot.db'}"
        if WATCH.on:
            WATCH.look_through_sqlite(tmp_path / "bot.db", request.getfixturevalue("sqlite_template"))
    else:
        databases = request.getfixturevalue("spare")
        name = databases.take()
        yield at(name)
        databases.give_back(name)


@pytest.fixture
def empty_url(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without any table."""
    if engine_name == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        yield from _fresh(request.getfixturevalue("server"), "template0")


@pytest.fixture
async def database(database_url: str, keys: Keys) -> AsyncIterator[Database]:
    """An open database, in the way the bot opens it."""
    database = await open_database(database_url, keys.text(), announce=lambda _: None)
    yield database
    await database.close()


def at(name: str) -> str:
    """Return the address of a database on the tests' server."""
    return SERVER.rpartition("/")[0] + f"/{name}"


def _fresh(server: psycopg.Connection, template: str) -> Iterator[str]:
    name = f"{PREFIX}_{secrets.token_hex(4)}"
    server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield at(name)
    server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """Put the log back after a test that configured it: its stream is closed by then."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)
