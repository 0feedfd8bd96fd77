"""What counts for an agent of Perisai: the threshold of new members a month and what it may bring.

Always an estimate by the rules of 2022 (Perdir 13/PERDIR.02/042022): dated rows of `data/perisai.csv`.
"""

import csv
import functools
from collections.abc import Mapping
from pathlib import Path

TABLE = Path(__file__).parent / "data" / "perisai.csv"


@functools.cache
def figures() -> Mapping[str, int]:
    """Return the numbers in force: members, rupiah, the year of the rule."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row["name"]: int(row["value"]) for row in csv.DictReader(file)}


def incentive(new: int, three: int) -> int:
    """Return the rupiah for so many new members of a month, `three` of them with three programmes.

    Nothing below the threshold. What agents get of contributions later is not in it.
    """
    known = figures()
    if new < known["threshold"]:
        return 0
    return (new - three) * known["new_two"] + three * known["new_three"]
