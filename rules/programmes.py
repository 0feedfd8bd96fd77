"""Village programmes: who pays, for which months, and whether somebody can keep a place on the list.

The national appeal "1 Desa 100 Pekerja Rentan" (21 Sep 2022) is no law: numbers are dated rows of `data/`.
"""

import csv
import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

from rules import eligibility
from rules.calendar import DAY, month_after
from rules.nik import Nik
from rules.refusal import Refused

DATA = Path(__file__).parent / "data"

REMINDED: Final = (90, 30, 7)
"""Days before the last paid day on which the treasurer is reminded: time for a budget and a decree."""


class Flaw(StrEnum):
    """Why an office would not take somebody for a place, the first reason first.

    withdrawn      the registration was taken back
    nik            no such number can exist (its shape)
    too_old        65 or older on the day the cover begins (BPU brochure 2026)
    too_young      under the lower limit, which is a setting: no rule was found
    official       perangkat desa, BPD, RT/RW, linmas: the village registers them as wage members
    twice          the same NIK stands on this list already
    other_village  on the list of another village
    other_payer    on another list of this village, which somebody else pays for
    active         already an active member
    office         an officer says that somebody else is needed
    voucher        the second person does not vouch for this place
    returned       the office asks for a repair
    """

    WITHDRAWN = "withdrawn"
    NIK = "nik"
    TOO_OLD = "too_old"
    TOO_YOUNG = "too_young"
    OFFICIAL = "official"
    TWICE = "twice"
    OTHER_VILLAGE = "other_village"
    OTHER_PAYER = "other_payer"
    ACTIVE = "active"
    OFFICE = "office"
    VOUCHER = "voucher"
    RETURNED = "returned"


REPAIRED: Final = frozenset({Flaw.NIK, Flaw.RETURNED})
"""What can be put right, so that the place is kept."""

OFFICE_ONLY: Final = frozenset({Flaw.OTHER_VILLAGE, Flaw.OTHER_PAYER, Flaw.ACTIVE})
"""What another road knows: told to officers, never to who asks (UU 27/2022: it is about somebody else)."""


class Mark(StrEnum):
    """How a place stands.

    valid    whoever has it fulfils what is asked
    repair   something is to be put right, and the place can be kept
    replace  it cannot be kept: somebody of the reserve is needed
    empty    nobody has it yet
    """

    VALID = "valid"
    REPAIR = "repair"
    REPLACE = "replace"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody on a list: what was told, and what is known already (`known`) beside it."""

    nik: str = field(repr=False)
    born: date = field(repr=False)
    occupation_id: str
    known: frozenset[Flaw] = frozenset()


@functools.cache
def limits() -> Mapping[str, int]:
    """Return the numbers in force: places, months."""
    return {row["name"]: int(row["value"]) for row in _rows("programmes.csv")}


@functools.cache
def fundings() -> Mapping[str, str]:
    """Return the money (as the tariff knows it) of each funding code."""
    return {row["code"]: row["money"] for row in _rows("funding.csv")}


def flaws(candidate: Candidate, day: date) -> tuple[Flaw, ...]:
    """Return why an office would not take somebody whose cover begins on a day; nothing for who is valid."""
    found = set(candidate.known)
    if not _possible(candidate.nik):
        found.add(Flaw.NIK)
    age = _age_flaw(candidate.born, day)
    if age is not None:
        found.add(age)
    if eligibility.belongs_elsewhere(candidate.occupation_id):
        found.add(Flaw.OFFICIAL)
    return tuple(flaw for flaw in Flaw if flaw in found)


def shown(found: Iterable[Flaw], *, officer: bool) -> tuple[Flaw, ...]:
    """Return the reasons that may be told; whoever is no officer learns nothing of other roads."""
    return tuple(flaw for flaw in found if officer or flaw not in OFFICE_ONLY)


def mark(found: Iterable[Flaw]) -> Mark:
    """Return how a taken place stands with these reasons against it."""
    reasons = set(found)
    if not reasons:
        return Mark.VALID
    return Mark.REPAIR if reasons <= REPAIRED else Mark.REPLACE


def is_short(months: int) -> bool:
    """Return whether so few months are bought that more are to be suggested."""
    return months < limits()["months_suggested"]


def last_day(first_month: date, months: int) -> date:
    """Return the last day that is paid for."""
    return month_after(first_month, months) - DAY


def reminder_due(end: date, today: date, since: date) -> int | None:
    """Return which reminder of the treasurer is due: 90, 30 or 7 days before the end, the latest that is.

    One whose day was before the list began (`since`) is left out; none is due after the end.
    """
    days = [days for days in REMINDED if since <= end - timedelta(days=days) <= today]
    return min(days, default=None) if today <= end else None


def money_in(month: date, money: str, sponsor_until: date | None) -> str:
    """Return whose money pays a month: once a sponsor's months are over, the worker's own."""
    return "own" if sponsor_until is not None and month > sponsor_until else money


def _possible(digits: str) -> bool:
    try:
        Nik.parse(digits)
    except Refused:
        return False
    return True


def _age_flaw(born: date, day: date) -> Flaw | None:
    try:
        eligibility.check_age(born, day)
    except Refused as refusal:
        return Flaw.TOO_OLD if refusal.name == "eligibility.too_old" else Flaw.TOO_YOUNG
    return None


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
