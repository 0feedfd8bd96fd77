"""Where a contribution can be paid: dated data, shown as examples and never as the whole list."""

import csv
import functools
from collections.abc import Mapping
from pathlib import Path

TABLE = Path(__file__).parent / "data" / "channels.csv"


@functools.cache
def channels() -> Mapping[str, str]:
    """Return the names of the shipped payment channels by their codes, in the order they are shown."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row["label"] for row in csv.DictReader(file)}
