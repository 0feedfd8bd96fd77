"""How rows are written in a backup: alike on either database, so that one can be restored into the other.

A part is lines of JSON: a heading, then for each table its columns, its rows, and how many they were with
their digest; a last line says that it is whole, with a mark that only the keys of this installation give.
"""

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import orjson
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Enum,
    Float,
    Integer,
    LargeBinary,
    Table,
    TableClause,
    Text,
    column,
    table,
)
from sqlalchemy.types import TypeEngine

from models.erasures import Erasure
from models.people import PersonKeyRow
from models.storage.base import Base, Id, Moment

VERSION: Final = 1
KINDS: Final[tuple[tuple[type[TypeEngine[Any]], str], ...]] = (
    (Moment, "moment"),
    (Enum, "text"),
    (Boolean, "yes or no"),
    (Date, "day"),
    (LargeBinary, "bytes"),
    (JSON, "json"),
    (Float, "fraction"),
    (Integer, "number"),
    (Text, "text"),
)
"""What a column's type is called in a backup: the first that fits. Closed lists are plain text there."""

TYPES: Final[Mapping[str, TypeEngine[Any]]] = {
    "moment": Moment(),
    "yes or no": Boolean(),
    "day": Date(),
    "bytes": LargeBinary(),
    "json": JSON(),
    "fraction": Float(),
    "number": Id,
    "text": Text(),
}
APART: Final = (PersonKeyRow.__tablename__, Erasure.__tablename__)
"""Tables of the part that is kept a short time: the people's keys, and the ledger of who was erased."""

WHOLE: Final = 2**128


class Unreadable(Exception):
    """A backup is not what it should be; the message says where, and nothing of what it holds."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A table as a backup has it: its name, and each column with its kind."""

    name: str
    columns: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, one: Table) -> "Layout":
        """Return the layout of one of our tables."""
        return cls(one.name, tuple((each.name, _kind(each)) for each in one.columns))

    def clause(self) -> TableClause:
        """Return the table for statements, with plain types that both databases know."""
        return table(self.name, *(column(name, TYPES[kind]) for name, kind in self.columns))

    def values(self, row: Sequence[Any]) -> dict[str, Any]:
        """Return a row of a backup as it is inserted."""
        pairs = zip(self.columns, row, strict=True)
        return {name: None if value is None else _READ[kind](value) for (name, kind), value in pairs}


def part_of(apart: bool) -> list[Layout]:
    """Return the tables of a part, each after those its rows refer to."""
    return [Layout.of(one) for one in Base.metadata.sorted_tables if (one.name in APART) == apart]


def line_of(row: Iterable[Any]) -> bytes:
    """Return a row as one line, the same whichever database it comes from."""
    return orjson.dumps(list(row), default=_plain)


class Tally:
    """How many rows a table has, and a keyed digest of them all in which their order means nothing."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._sum = 0
        self.rows = 0

    def add(self, line: bytes) -> None:
        """Count a row."""
        mark = hashlib.blake2b(line, key=self._key, digest_size=16).digest()
        self._sum = (self._sum + int.from_bytes(mark)) % WHOLE
        self.rows += 1

    @property
    def digest(self) -> str:
        """Return the digest so far."""
        return self._sum.to_bytes(16).hex()


def _kind(each: Column[Any]) -> str:
    return next(name for kind, name in KINDS if isinstance(each.type, kind))


def _plain(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    raise TypeError(type(value).__name__)


def _as_it_is(value: Any) -> Any:
    return value


_READ: Final[Mapping[str, Any]] = {
    "moment": datetime.fromisoformat,
    "day": date.fromisoformat,
    "bytes": base64.b64decode,
    **dict.fromkeys(("yes or no", "json", "fraction", "number", "text"), _as_it_is),
}
