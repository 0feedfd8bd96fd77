"""How a SQLite connection is opened, on real files."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from models.storage.gate import StartRefused
from models.storage.sqlite import EXTRA, FULL, check, prepare

VULNERABLE, FIXED = "3.40.1", "3.53.4"


@contextmanager
def opened(path: Path) -> Iterator[Callable[[str], Any]]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:

        def ask(statement: str) -> Any:
            row = connection.execute(statement).fetchone()
            return row and row[0]

        yield ask


def test_a_fixed_build_uses_wal_and_syncs_every_commit(tmp_path: Path) -> None:
    with opened(tmp_path / "bot.db") as ask:
        prepare(ask, FIXED)

        assert ("wal", FULL) == (ask("PRAGMA journal_mode"), ask("PRAGMA synchronous"))


def test_a_vulnerable_build_truncates_its_journal_and_syncs_the_directory_too(tmp_path: Path) -> None:
    with opened(tmp_path / "bot.db") as ask:
        prepare(ask, VULNERABLE)

        assert ("truncate", EXTRA) == (ask("PRAGMA journal_mode"), ask("PRAGMA synchronous"))


def test_a_vulnerable_build_takes_a_file_out_of_wal(tmp_path: Path) -> None:
    with opened(tmp_path / "bot.db") as ask:
        prepare(ask, FIXED)
        ask("CREATE TABLE people (id)")

    with opened(tmp_path / "bot.db") as ask:
        prepare(ask, VULNERABLE)

        assert "truncate" == ask("PRAGMA journal_mode")


def test_a_vulnerable_build_is_refused_while_another_program_holds_the_file_in_wal(tmp_path: Path) -> None:
    with opened(tmp_path / "bot.db") as other:
        prepare(other, FIXED)
        other("CREATE TABLE people (id)")
        with opened(tmp_path / "bot.db") as ask:
            ask("PRAGMA busy_timeout = 0")

            with pytest.raises(StartRefused, match=r"SQLite 3\.40\.1 may lose"):
                prepare(lambda statement: None if "busy" in statement else ask(statement), VULNERABLE)


def test_nothing_deleted_stays_readable_and_no_reference_dangles(tmp_path: Path) -> None:
    with opened(tmp_path / "bot.db") as ask:
        prepare(ask, FIXED)

        assert 1 == ask("PRAGMA secure_delete")
        assert 1 == ask("PRAGMA foreign_keys")
        assert 0 == ask("PRAGMA trusted_schema")
        assert 5000 == ask("PRAGMA busy_timeout")


@pytest.mark.parametrize(
    ("version", "journal", "synchronous"),
    [
        (VULNERABLE, "wal", EXTRA),
        (FIXED, "wal", 1),
        (FIXED, "wal", 0),
        (FIXED, "truncate", 1),
        (FIXED, "delete", FULL),
        (FIXED, "memory", EXTRA),
        (FIXED, "off", EXTRA),
    ],
)
def test_settings_that_lose_commits_are_refused(version: str, journal: str, synchronous: int) -> None:
    with pytest.raises(StartRefused):
        check(version, journal, synchronous)


@pytest.mark.parametrize(
    ("version", "journal", "synchronous"),
    [(FIXED, "wal", FULL), (VULNERABLE, "truncate", EXTRA), (VULNERABLE, "delete", EXTRA)],
)
def test_settings_that_keep_commits_are_let_in(version: str, journal: str, synchronous: int) -> None:
    check(version, journal, synchronous)
