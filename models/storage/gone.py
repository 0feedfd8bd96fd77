"""How many rows a statement took out."""

from typing import Any, cast

from sqlalchemy import CursorResult, Result


def count_of(result: Result[Any]) -> int:
    """Return how many rows a DELETE or UPDATE reached."""
    return cast("CursorResult[Any]", result).rowcount
