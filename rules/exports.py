"""Exports: when a second person must agree, how long that is waited for; dated rows of `data/exports.csv`."""

import csv
import functools
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final

TABLE: Final = Path(__file__).parent / "data" / "exports.csv"


@functools.cache
def limits() -> Mapping[str, int]:
    """Return the numbers in force."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row["name"]: int(row["value"]) for row in csv.DictReader(file)}


def needs_second(people: int) -> bool:
    """Return whether a file with so many people needs a second person; each layout shows the whole NIK."""
    return people > limits()["approval_above"]


def waits_for() -> timedelta:
    """Return how long the second person is waited for."""
    return timedelta(hours=limits()["expires_hours"])
