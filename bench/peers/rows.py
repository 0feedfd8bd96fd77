"""The final row: what a peer writes of each registration into a plain SQLite file, and what is compared."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final

COLUMNS: Final = (
    "person",
    "reference",
    "who",
    "nik",
    "name",
    "birth_date",
    "sex",
    "address",
    "village",
    "phone",
    "email",
    "occupation",
    "occupation_words",
    "occupation2",
    "workplace",
    "hours",
    "income",
    "employs",
    "payer",
    "programmes",
    "months",
    "heirs",
)
"""The columns of the table `registrations`, in order; what each holds is in the README beside this file."""

REFERENCE: Final = COLUMNS.index("reference")

MAKE: Final = """\
CREATE TABLE registrations (
    person INTEGER NOT NULL,
    reference TEXT NOT NULL,
    who TEXT NOT NULL,
    nik TEXT NOT NULL,
    name TEXT NOT NULL,
    birth_date TEXT NOT NULL,
    sex TEXT NOT NULL,
    address TEXT NOT NULL,
    village TEXT NOT NULL,
    phone TEXT NOT NULL,
    email TEXT,
    occupation TEXT NOT NULL,
    occupation_words TEXT NOT NULL,
    occupation2 TEXT,
    workplace TEXT NOT NULL,
    hours TEXT NOT NULL,
    income INTEGER NOT NULL,
    employs TEXT NOT NULL,
    payer TEXT NOT NULL,
    programmes TEXT NOT NULL,
    months TEXT NOT NULL,
    heirs TEXT NOT NULL
)
"""
INSERT: Final = f"INSERT INTO registrations ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608
SELECT: Final = f"SELECT {', '.join(COLUMNS)} FROM registrations ORDER BY rowid"  # noqa: S608

Row = tuple[Any, ...]
"""The values of one registration, in the order of COLUMNS."""


def make(path: Path) -> None:
    """Make the file with its empty table; a peer finds it ready."""
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(MAKE)


def open_rows(path: str) -> sqlite3.Connection:
    """Open the file to write into it: a write-ahead log, each commit durable."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    return db


def row(person: int, reference: str, answers: Mapping[str, Any]) -> Row:
    """Return the row of a finished form, its answers kept as this bot keeps them."""
    told = {
        **answers,
        "person": person,
        "reference": reference,
        "village": answers["village"]["code"],
        "phone": answers["phone"]["e164"],
        "occupation": answers["occupation"]["id"],
        "occupation_words": answers["occupation"]["words"],
    }
    return tuple(told[name] for name in COLUMNS)


def read(path: Path) -> list[Row]:
    """Return all rows as they were written."""
    with closing(sqlite3.connect(path)) as db:
        return list(db.execute(SELECT))


def without_reference(row: Row) -> Row:
    """Return a row without its receipt number, which is nobody else's."""
    return (*row[:REFERENCE], *row[REFERENCE + 1 :])
