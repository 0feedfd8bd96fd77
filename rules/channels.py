"""Where a contribution can be paid: dated data, shown as examples and never as the whole list."""

import csv
import functools
from pathlib import Path

TABLE = Path(__file__).parent / "data" / "channels.csv"


@functools.cache
def channels() -> tuple[str, ...]:
    """Return the names of payment channels, in the order they are shown."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(row["label"] for row in csv.DictReader(file))
