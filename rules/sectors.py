"""Occupations whose sector is in doubt: where the two sectors cost differently, both prices are shown."""

import csv
import functools
from pathlib import Path

TABLE = Path(__file__).parent / "data" / "sector_doubts.csv"
SECTORS = ("transport", "other")


@functools.cache
def _doubtful() -> frozenset[str]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return frozenset(row["id"] for row in csv.DictReader(file))


def sectors_of(occupation_id: str, sector: str) -> tuple[str, ...]:
    """Return the sectors an occupation may belong to: its own first, the other too where that is in doubt."""
    others = tuple(one for one in SECTORS if one != sector)
    return (sector, *others) if occupation_id in _doubtful() else (sector,)
