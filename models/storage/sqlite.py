"""How a SQLite connection is opened: durable, with its foreign keys on, and nothing deleted left readable."""

from collections.abc import Callable
from sqlite3 import DatabaseError
from typing import Any

from models.storage.gate import StartRefused
from models.storage.sqlite_build import safe_with_wal

Ask = Callable[[str], Any]
"""Runs one statement and returns the first value of its first row, or None."""

ALWAYS = (
    "PRAGMA busy_timeout = 5000",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA mmap_size = 0",
)
FULL, EXTRA = 2, 3


def prepare(ask: Ask, version: str) -> None:
    """Set a new connection up, then ask what it really does; raise StartRefused if a commit could be lost."""
    for pragma in ALWAYS:
        ask(pragma)
    with_wal = safe_with_wal(version)
    ask("PRAGMA synchronous = EXTRA")  # while the journal is switched: the old one must not come back
    _switch_journal(ask, "WAL" if with_wal else "TRUNCATE")
    ask(f"PRAGMA synchronous = {'FULL' if with_wal else 'EXTRA'}")
    check(version, ask("PRAGMA journal_mode"), ask("PRAGMA synchronous"))


def check(version: str, journal: str, synchronous: int) -> None:
    """Raise StartRefused unless every commit survives a power cut with these settings."""
    if journal.lower() == "wal" and not safe_with_wal(version):
        raise StartRefused(
            f"SQLite {version} may lose committed data in WAL mode, and this database cannot leave it now: "
            "close every other program that has it open, or install a SQLite from 3.51.3 on (not 3.52)."
        )
    if journal.lower() not in ("wal", "truncate", "persist", "delete"):
        raise StartRefused(f"The database keeps its journal as {journal!r}; a power cut would destroy it.")
    if synchronous < (EXTRA if journal.lower() == "delete" else FULL):
        raise StartRefused(
            f"SQLite's synchronous is {synchronous} with the journal {journal!r}: commits could be lost."
        )


def _switch_journal(ask: Ask, journal: str) -> None:
    try:
        ask(f"PRAGMA journal_mode = {journal}")
    except DatabaseError:
        return  # another connection holds the file in its mode: what the mode is, is asked afterwards
