"""How a PostgreSQL connection is opened, on a real server."""

import asyncio
import socket

import psycopg
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from models.storage.database import Database, normalise_url, open_database
from models.storage.engine import new_engine
from models.storage.gate import StartRefused
from models.storage.keys import Keys
from models.storage.postgresql import check


@pytest.mark.parametrize("settings", [("on", "on", "on"), ("remote_apply", "on", "on")])
def test_a_durable_server_is_let_in(settings: tuple[str, str, str]) -> None:
    check(*settings)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        (("off", "on", "on"), "synchronous_commit"),
        (("local", "on", "on"), "synchronous_commit"),
        (("remote_write", "on", "on"), "synchronous_commit"),
        (("on", "off", "on"), "fsync"),
        (("on", "on", "off"), "full_page_writes"),
    ],
)
def test_a_server_that_loses_commits_is_refused(settings: tuple[str, str, str], reason: str) -> None:
    with pytest.raises(StartRefused, match=reason):
        check(*settings)


@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_a_database_with_synchronous_commit_off_is_refused(
    database_url: str, server: psycopg.Connection, keys: Keys
) -> None:
    name = database_url.rpartition("/")[2]
    server.execute(f"ALTER DATABASE {name} SET synchronous_commit = off".encode())

    with pytest.raises(StartRefused, match="synchronous_commit is 'off'"):
        await open_database(database_url, keys.text(), announce=print)


@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_no_lock_and_no_statement_holds_a_batch_for_long(database: Database) -> None:
    async with database.begin() as db:
        limits = [await db.scalar(text(f"SHOW {name}")) for name in ("lock_timeout", "statement_timeout")]

    assert ["2s", "5s"] == limits


async def test_a_server_that_takes_connections_and_says_nothing_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        engine = new_engine(normalise_url(f"postgresql://postgres@127.0.0.1:{silent.getsockname()[1]}/test"))
        async with asyncio.timeout(60):
            with pytest.raises(OperationalError, match="timeout"):
                await engine.connect()
        await engine.dispose()


def test_the_network_is_watched_unless_the_address_says_how() -> None:
    engine = new_engine(normalise_url("postgresql://postgres@127.0.0.1/test?connect_timeout=20"))
    told: dict[str, object] = {}

    @event.listens_for(engine.sync_engine, "do_connect")
    def note(_dialect: object, _record: object, _arguments: object, parameters: dict[str, object]) -> None:
        told.update(parameters)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        engine.sync_engine.connect()
    assert (told["connect_timeout"], told["tcp_user_timeout"]) == ("20", 10_000)
