"""The base of every table, and the column types that mean the same on SQLite and PostgreSQL."""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import (
    TIMESTAMP,
    BigInteger,
    ColumnElement,
    Dialect,
    Enum,
    Integer,
    MetaData,
    Table,
    Text,
    literal_column,
)
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute
from sqlalchemy.types import TypeDecorator

T = TypeVar("T", bound=StrEnum)
Id = BigInteger().with_variant(Integer, "sqlite")
"""A 64-bit number on both engines: SQLite's INTEGER already is one, and makes the row's own key of it."""


class Moment(TypeDecorator[datetime]):
    """A moment in UTC: never naive in Python, `timestamptz` on PostgreSQL, sortable text on SQLite."""

    impl = TIMESTAMP(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without a zone; SQLite keeps the UTC reading."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def one_of(names: type[StrEnum], constraint: str | None = None, *, checked: bool = True) -> Enum:
    """Return the column type of a closed list: its value as text, and a CHECK that knows no other.

    `checked` is False for a column added later: SQLite cannot add a CHECK to a table.
    """
    return Enum(
        names,
        name=constraint or names.__name__.lower(),
        native_enum=False,
        create_constraint=checked,
        length=16,
        values_callable=values_of,
    )


def values_of(names: Iterable[StrEnum]) -> list[str]:
    """Return what is stored for each name of a closed list."""
    return [name.value for name in names]


class Base(DeclarativeBase):
    """Every table of ours; the constraint names are fixed, so that migrations can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Moment, str: Text}  # noqa: RUF012 - SQLAlchemy's own declaration


def is_literally(column: InstrumentedAttribute[T], value: T) -> ColumnElement[bool]:
    """Return the condition that a column of a closed list has a value, which is written into the statement.

    Only so do engines know beforehand that an index of that value fits.
    """
    return column == literal_column(f"'{value}'", column.type)


def table_of(entity: type[Base]) -> Table:
    """Return the table behind an entity, for statements on many rows that no object needs to follow."""
    return Base.metadata.tables[entity.__tablename__]
