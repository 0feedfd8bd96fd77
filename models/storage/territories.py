"""Territories: the part of the country an officer works for, as a condition on a village code."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, false, or_, true

AFTER = ":"
"""Sorts after every digit, so that a territory is a range of its codes, which an index finds."""


def within(village_code: Any, territories: Iterable[str]) -> ColumnElement[bool]:
    """Return the condition that a village lies in one of these region codes; "" is everywhere."""
    codes = set(territories)
    if "" in codes:
        return true()
    parts = [village_code.between(code, code + AFTER) for code in sorted(codes)]
    return or_(*parts) if parts else false()
