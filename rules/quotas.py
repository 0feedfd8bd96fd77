"""Quotas against harvesting: how many NIKs one account may bring in a day, and when officers hear of it.

Nothing here knows whether a NIK is on file. The numbers are dated rows of `data/quotas.csv`.
"""

import csv
import functools
from collections.abc import Collection, Mapping
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

TABLE = Path(__file__).parent / "data" / "quotas.csv"

WEEK: Final = timedelta(days=7)
"""How far back counts go that alert officers."""


class Who(StrEnum):
    """Whom a quota is for: somebody without a role, an agent, somebody of the office."""

    PERSON = "person"
    AGENT = "agent"
    OFFICER = "officer"


def who(roles: Collection[str]) -> Who:
    """Return whose quota counts for the holder of these roles: the widest of them."""
    if {"officer", "administrator"} & set(roles):
        return Who.OFFICER
    return Who.AGENT if "agent" in roles else Who.PERSON


@functools.cache
def limits() -> Mapping[str, int]:
    """Return the numbers in force."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row["name"]: int(row["value"]) for row in csv.DictReader(file)}


def typed_a_day(whose: Who) -> int:
    """Return how many different NIKs may be typed in a day."""
    return limits()[f"{whose}_typed"]


def everybody_may(today: int, week: int) -> bool:
    """Return whether one more NIK than so many is within every quota and alerts nobody, whoever types it."""
    return all(today < typed_a_day(each) and week + 1 < many_unfiled(each) for each in Who)


def listed_a_day(whose: Who) -> int:
    """Return how many workers may be filed from lists in a day; nobody without a role sends lists."""
    return limits().get(f"{whose}_listed", 0)


def many_unfiled(whose: Who) -> int:
    """Return from how many NIKs of a week on, typed and never filed, officers are alerted."""
    return limits()[f"{whose}_unfiled"]


def often_reached() -> int:
    """Return on how many days of a week a limit is reached before officers are alerted."""
    return limits()["reached_days"]
