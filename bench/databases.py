"""A database for one run: a new file, or a new database at a PostgreSQL server, thrown away afterwards."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg

MEMORY: Final = Path("/dev/shm")  # noqa: S108 - the names of what is made in it are chance
ROOM: Final = 4 * 1024**3
"""Bytes that must be free there."""


def in_memory() -> Path | None:
    """Return a folder in memory for what proves nothing about disks, or None for the usual one."""
    if not os.access(MEMORY, os.W_OK):
        return None
    there = os.statvfs(MEMORY)
    return MEMORY if there.f_bavail * there.f_frsize > ROOM else None


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
