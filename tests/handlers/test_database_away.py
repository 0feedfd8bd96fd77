"""While the database is away nothing is lost, nobody is to blame, and Telegram keeps what is not durable."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.exc import OperationalError
from telegram import Update
from telegram.ext import MessageHandler, filters

from handlers.batch import Context
from handlers.flood import Flood
from models.quarantine import Quarantine
from models.seen import SeenUpdate
from models.storage.database import Database
from tests.handlers.walking import go_to
from tests.town import Town

on_sqlite = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)


def end_connections(server: psycopg.Connection, database: Database) -> None:
    """Have PostgreSQL end every connection of the bot."""
    name = database.engine.url.database
    server.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = %s AND pid <> pg_backend_pid()",
        [name],
    )


class Locked:
    """A SQLite file that another connection keeps locked until `release`."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)

    def take(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    def release(self) -> None:
        if self._connection.in_transaction:
            self._connection.rollback()

    def close(self) -> None:
        self._connection.close()


async def without_patience(database: Database) -> None:
    """Let SQLite say at once that it is locked."""
    async with database.engine.connect() as connection:
        await connection.exec_driver_sql("PRAGMA busy_timeout = 0")


@pytest.fixture
def lock(place: Town) -> Iterator[Locked]:
    """A second connection to the town's SQLite file."""
    lock = Locked(Path(str(place.database.engine.url.database)))
    yield lock
    lock.close()


@on_sqlite
async def test_a_locked_file_is_waited_for(place: Town, lock: Locked) -> None:
    siti = place.person()
    await go_to(siti, "who")
    await without_patience(place.database)
    lock.take()
    place.on_pause = lock.release
    await siti.taps("Orang lain")

    assert [1] == place.pauses
    assert "Apa hubungan Anda" in siti.heard[-1]
    assert {"consent", "who"} == set(await siti.answers())
    assert 0 == await place.rows(Quarantine)


@on_sqlite
async def test_pauses_grow_to_four_seconds_and_count_against_no_update(place: Town, lock: Locked) -> None:
    siti = place.person()
    await without_patience(place.database)
    lock.take()
    place.on_pause = lambda: lock.release() if len(place.pauses) == 9 else None
    await siti.says("/start")

    assert [1, 2, 4, 4, 4, 4, 4, 4, 4] == place.pauses
    assert 1 == len(siti.heard)
    assert 0 == await place.rows(Quarantine)


@on_sqlite
async def test_a_flood_is_not_counted_twice_while_waiting(place: Town, lock: Locked) -> None:
    await place.close()
    await place.open(flood=Flood(burst=3, per_second=1))
    siti = place.person()
    await without_patience(place.database)
    lock.take()
    place.on_pause = lambda: lock.release() if len(place.pauses) == 5 else None
    for act in ("/start", "/daftar", "halo"):
        siti.phone.text(act)
    said = await siti.hears()

    assert 3 == len(said)
    assert "Bolehkah kami" in said[-1]


@on_postgresql
async def test_a_connection_cut_in_the_middle_of_a_handler_loses_nothing(
    place: Town, server: psycopg.Connection
) -> None:
    cuts: list[int] = []

    async def cut(update: Update, context: Context) -> None:
        if len(cuts) < 5:
            cuts.append(1)
            end_connections(server, place.database)

    place.office.application.add_handler(MessageHandler(filters.TEXT, cut), group=-1)
    siti, budi = place.person("Siti"), place.person("Budi")
    for one in (siti, budi):
        one.phone.text("/daftar")
    said = await siti.hears()

    assert 5 == len(cuts)
    assert 1 == len(said)
    assert 1 == len(budi.said)
    assert 0 == await place.rows(Quarantine)


async def test_a_handler_that_finds_the_database_away_is_no_poison(place: Town) -> None:
    tries: list[int] = []

    async def away(update: Update, context: Context) -> None:
        tries.append(1)
        if len(tries) < 6:
            raise OperationalError("SELECT 1", {}, Exception("the server closed the connection"))

    place.office.application.add_handler(MessageHandler(filters.TEXT, away), group=-1)
    siti = place.person()
    await siti.says("/start")

    assert 6 == len(tries)
    assert [1, 2, 4, 4, 4] == place.pauses
    assert 1 == len(siti.heard)
    assert 0 == await place.rows(Quarantine)


async def test_nothing_is_confirmed_before_it_is_durable(place: Town) -> None:
    confirmed: list[tuple[int, int]] = []
    siti = place.person()
    place.simulator.telegram.queue.on_confirmed(lambda number: confirmed.append((number, len(siti.said))))
    siti.phone.text("/start")

    async def fail(update: Update, context: Context) -> None:
        if len(place.pauses) < 4:
            assert confirmed == []
            raise OperationalError("SELECT 1", {}, Exception("away"))

    place.office.application.add_handler(MessageHandler(filters.TEXT, fail), group=-1)
    await place.settle()

    ((_, answers),) = confirmed
    assert 1 == answers
    assert 1 == await place.rows(SeenUpdate)
