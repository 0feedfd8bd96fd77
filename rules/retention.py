"""Retention: how long each kind of data is kept, and why (UU 27/2022, articles 42 to 44 name no numbers).

The periods are dated rows of `data/retention.csv`, each with its source and how sure it is.
"""

import csv
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

TABLE = Path(__file__).parent / "data" / "retention.csv"


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind: in which table, by which column its age is told, how long it stays (None: see `source`)."""

    name: str
    table: str
    moment: str
    days: int | None
    certainty: str
    source: str


@functools.cache
def rules() -> Mapping[str, Rule]:
    """Return every rule by its name, those with a time of their own first."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row["name"]: _rule(row) for row in csv.DictReader(file)}


def kept(name: str) -> timedelta:
    """Return how long a kind is kept."""
    days = rules()[name].days
    if days is None:
        raise KeyError(name)
    return timedelta(days=days)


def _rule(row: Mapping[str, str]) -> Rule:
    days = int(row["days"]) if row["days"] else None
    return Rule(row["name"], row["table"], row["moment"], days, row["certainty"], row["source"])
