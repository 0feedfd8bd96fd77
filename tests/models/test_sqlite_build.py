"""Which SQLite is safe with WAL."""

import sqlite3
import sys

import pytest

from models.storage.sqlite_build import safe_with_wal, stand_in


@pytest.mark.parametrize("version", ["3.51.3", "3.51.9", "3.53.0", "3.53.4", "3.50.7", "3.44.6", "4.0.0"])
def test_a_repaired_build_may_use_wal(version: str) -> None:
    assert safe_with_wal(version)


@pytest.mark.parametrize("version", ["3.40.1", "3.51.2", "3.52.0", "3.50.6", "3.44.5", "3.45.0", "3.7.0"])
def test_a_vulnerable_or_withdrawn_build_may_not(version: str) -> None:
    assert not safe_with_wal(version)


def test_the_bundled_build_stands_where_sqlite3_is_imported() -> None:
    bundled = pytest.importorskip("pysqlite3")
    stand_in()

    assert sys.modules["sqlite3"] is bundled
    assert bundled.sqlite_version == sqlite3.sqlite_version
