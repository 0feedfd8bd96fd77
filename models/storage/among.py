"""A list of numbers as one parameter, so that a statement reads the same for one id or a hundred.

The engines then prepare it once: the list is an array on PostgreSQL and JSON text on SQLite.
"""

from collections.abc import Iterable
from typing import Any, Self

import orjson
from sqlalchemy import ARRAY, BigInteger, Boolean, ColumnElement, Dialect, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeDecorator, TypeEngine, UnicodeText


class Numbers(TypeDecorator[list[int]]):
    """A list of whole numbers: an array on PostgreSQL, JSON text on SQLite."""

    impl = UnicodeText
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose what the engine understands."""
        return ARRAY(BigInteger()) if dialect.name == "postgresql" else UnicodeText()

    def process_bind_param(self, value: list[int] | None, dialect: Dialect) -> Any:
        """Write the list as the engine reads it."""
        if value is None or dialect.name == "postgresql":
            return value
        return orjson.dumps(value).decode()


class is_among(GenericFunction[bool]):  # noqa: N801 - reads as SQL
    """The condition that a column is one of a list of numbers."""

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: OperatorType | None = None) -> Self:
        """Stay as it is: SQLAlchemy would make "… = 1" of it for SQLite, which then uses no index."""
        return self


@compiles(is_among, "postgresql")
def _any(element: is_among, compiler: SQLCompiler, **kw: Any) -> str:
    column, numbers = (compiler.process(each, **kw) for each in element.clauses)
    return f"{column} = ANY ({numbers})"


@compiles(is_among, "sqlite")
def _in_json(element: is_among, compiler: SQLCompiler, **kw: Any) -> str:
    column, numbers = (compiler.process(each, **kw) for each in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({numbers}))"  # noqa: S608 - a name and a placeholder


def among(column: InstrumentedAttribute[Any], numbers: Iterable[int]) -> ColumnElement[bool]:
    """Return the condition that a column is one of these numbers."""
    return is_among(column, bindparam(None, sorted(numbers), Numbers()))


def among_those(column: InstrumentedAttribute[Any], name: str) -> ColumnElement[bool]:
    """Return the condition for a statement that is made once: the numbers, sorted, come under this name."""
    return is_among(column, bindparam(name, type_=Numbers()))
