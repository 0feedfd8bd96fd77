"""Which SQLite we run on: a build without the WAL-reset bug, put in the place of the interpreter's own."""

import importlib
import sys

FIXED_LINES = {(3, 44): 6, (3, 50): 7, (3, 51): 3}
"""The first fixed release of each line that got the repair (sqlite.org/wal.html)."""

WITHDRAWN = (3, 52)
"""Released, then withdrawn by its makers."""


def stand_in() -> None:
    """Put pysqlite3 where `import sqlite3` looks, before a driver is imported; without it nothing changes."""
    try:
        build = importlib.import_module("pysqlite3")
    except ModuleNotFoundError:
        return
    sys.modules["sqlite3"] = build
    sys.modules["sqlite3.dbapi2"] = importlib.import_module("pysqlite3.dbapi2")


def safe_with_wal(version: str) -> bool:
    """Say whether a build, as told by `select sqlite_version()`, keeps every commit in WAL mode."""
    numbers = tuple(int(part) for part in version.split("."))
    line, release = numbers[:2], numbers[2]
    if line in FIXED_LINES:
        return release >= FIXED_LINES[line]
    return line > WITHDRAWN
