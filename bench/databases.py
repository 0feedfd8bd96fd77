"""A database for one run: a new file, or a new database at a PostgreSQL server, thrown away afterwards."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg


@contextmanager
def new_database(server: str) -> Iterator[str]:
    """Yield the address of a new database at `server`; "" (a new SQLite file) when no server is named."""
    if not server:
        yield ""
        return
    name = f"bench_{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield f"{server.rpartition('/')[0]}/{name}"
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
