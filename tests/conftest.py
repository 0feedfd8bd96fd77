"""Databases for tests: a fresh one of each engine, copied from a template that was migrated once."""

import asyncio
import logging
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
import structlog
from hypothesis import settings

from models.database import Database, migrate, open_database
from models.keys import Keys

settings.register_profile("the same in every run", derandomize=True)
settings.load_profile("the same in every run")

SERVER = os.environ.get("TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/test")
PREFIX = f"bpu_test_{secrets.token_hex(4)}"


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


@pytest.fixture
def database_url(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database that has every table and no row."""
    if engine_name == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "bot.db")
        yield f"sqlite:///{tmp_path / 'bot.db'}"
    else:
        template = request.getfixturevalue("postgresql_template")
        yield from _fresh(request.getfixturevalue("server"), template)


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
