"""Who may be registered as BPU, who is warned, and who belongs elsewhere.

Limits are dated rows of `data/eligibility.csv`, each with its source.
"""

import csv
import functools
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from rules.dates import age
from rules.occupations import occupations
from rules.refusal import Refused

TABLE = Path(__file__).parent / "data" / "eligibility.csv"


@functools.cache
def limits() -> Mapping[str, int]:
    """Return the limits in force: ages in years, base in rupiah."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row["name"]: int(row["value"]) for row in csv.DictReader(file)}


def check_age(born: date, today: date) -> tuple[str, ...]:
    """Return what an officer should know about the age of a new member; Refused outside the limits.

    Under 65 on the day of registration (BPU brochure 2026); the lower limit is a setting, no rule was found.
    """
    years, limit = age(born, today), limits()
    if years >= limit["max_new_age"]:
        raise Refused("eligibility.too_old", age=years, limit=limit["max_new_age"])
    if years < limit["min_age"]:
        raise Refused("eligibility.too_young", age=years, limit=limit["min_age"])
    return ("eligibility.young",) if years < limit["warn_below"] else ()


def jht_required(employs: bool) -> bool:
    """Return whether JHT is compulsory: for owners who employ others (Permenaker 5/2021 art. 31-32)."""
    return employs


def belongs_elsewhere(occupation_id: str) -> str | None:
    """Return the message for village officials, whom the village registers as wage members; else None."""
    hint = occupations()[occupation_id].segment_hint
    return "eligibility.village_official" if hint == "pu_village" else None


def asks_who_pays(occupation_id: str) -> bool:
    """Return whether it must be asked who pays: kader, honorary teachers, guards."""
    return occupations()[occupation_id].segment_hint == "ask"
