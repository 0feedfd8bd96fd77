"""The former release writes on while PostgreSQL is migrated: the short form of `bench.migrations`."""

import asyncio
import secrets
import threading
from collections.abc import Iterator

import psycopg
import pytest

from bench.members import fill
from bench.migrations import EACH, FORMER, START, Writer, move
from tests.conftest import at


@pytest.fixture
def url(server: psycopg.Connection) -> Iterator[str]:
    """The address of an empty database on PostgreSQL."""
    name = f"bpu_test_moving_{secrets.token_hex(4)}"
    server.execute(f"CREATE DATABASE {name}")
    yield at(name)
    server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_nobody_who_writes_meanwhile_is_refused(url: str) -> None:
    move(url, FORMER)
    asyncio.run(fill(url, 200))
    stop, writer = threading.Event(), Writer(url)
    firsts = (START, START + EACH)
    threads = [threading.Thread(target=writer.work, args=(first, stop)) for first in firsts]
    for thread in threads:
        thread.start()
    try:
        for revision in ("head", FORMER, "head"):
            move(url, revision)
    finally:
        stop.set()
        for thread in threads:
            thread.join()

    assert [] == writer.errors
    assert writer.done > 0
    with psycopg.connect(url) as connection:
        written = connection.execute("SELECT count(*) FROM contributions WHERE id >= %s", [START]).fetchone()
    assert (writer.done,) == written
