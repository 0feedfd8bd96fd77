"""Pairs of numbers as a table of two columns: one statement changes a thousand rows, each in its own way.

They come as JSON text on both engines.
"""

from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import BigInteger, TableValuedAlias, bindparam, column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import UnicodeText


class number_pairs(GenericFunction[Any]):  # noqa: N801 - reads as SQL
    """A table of the columns `key` and `value` out of pairs written as JSON."""

    inherit_cache = True


@compiles(number_pairs, "postgresql")
def _array_elements(element: number_pairs, compiler: SQLCompiler, **kw: Any) -> str:
    text = compiler.process(element.clauses, **kw)
    columns = "(pair ->> 0)::bigint AS key, (pair ->> 1)::bigint AS value"
    return f"(SELECT {columns} FROM json_array_elements(({text})::json) AS pair)"  # noqa: S608 - a placeholder


@compiles(number_pairs, "sqlite")
def _json_each(element: number_pairs, compiler: SQLCompiler, **kw: Any) -> str:
    text = compiler.process(element.clauses, **kw)
    columns = "json_extract(value, '$[0]') AS key, json_extract(value, '$[1]') AS value"
    return f"(SELECT {columns} FROM json_each({text}))"  # noqa: S608 - a placeholder


def pairs() -> TableValuedAlias:
    """Return the table, for a statement that is given `pairs_of` when it is executed."""
    given = number_pairs(bindparam("_pairs", type_=UnicodeText()))
    return given.table_valued(column("key", BigInteger), column("value", BigInteger)).alias("told")


def pairs_of(numbers: Mapping[int, int | None]) -> dict[str, str]:
    """Return the parameter of `pairs`: keys and their values, by key."""
    return {"_pairs": orjson.dumps(sorted(numbers.items())).decode()}
