"""Months as offices write them: 2026-11, 11/2026, November 2026, a date of it, several, or a span of them."""

import re
from datetime import date
from typing import Final

from rules import dates
from rules.calendar import month_after
from rules.protection import MONTHS_AHEAD, MONTHS_BACK
from rules.refusal import Refused

MOST: Final = 24
"""How many months one row may name."""

YEAR_FIRST: Final = re.compile(r"([0-9]{4})[-/. ]([0-9]{1,2})")
MONTH_FIRST: Final = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{4})")
SPAN: Final = re.compile(r"\s*(?:\.\.\.?|s/d|s\.d\.?|sd|sampai|hingga|\bto\b|–|—|\s-\s)\s*", re.IGNORECASE)
APART: Final = re.compile(r"\s*[,;&+]\s*|\s+dan\s+")


def read(text: str, today: date) -> list[date]:
    """Return the months a cell names, each once and in order; Refused for anything else."""
    found: set[date] = set()
    for piece in APART.split(text):
        ends = [one(end, today) for end in SPAN.split(piece, maxsplit=1)]
        count = (ends[-1].year - ends[0].year) * 12 + ends[-1].month - ends[0].month + 1
        if not 1 <= count <= MOST:
            raise Refused("sheets.reason.month")
        found |= {month_after(ends[0], number) for number in range(count)}
    if not 1 <= len(found) <= MOST:
        raise Refused("sheets.reason.month")
    return sorted(found)


def one(text: str, today: date) -> date:
    """Return one month; Refused where it is none, or so far away that its year must be mistyped."""
    try:
        month = _month(text.strip(), today)
    except (Refused, ValueError):
        raise Refused("sheets.reason.month") from None
    present = today.replace(day=1)
    if not month_after(present, -MONTHS_BACK) <= month <= month_after(present, MONTHS_AHEAD):
        raise Refused("sheets.reason.month_far")
    return month


def _month(text: str, today: date) -> date:
    if found := YEAR_FIRST.fullmatch(text):
        return date(int(found[1]), int(found[2]), 1)
    if found := MONTH_FIRST.fullmatch(text):
        return date(int(found[2]), int(found[1]), 1)
    if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return date.fromisoformat(text).replace(day=1)
    if text[:1].isdigit():
        return dates.parse(text, today=today, birth=False).replace(day=1)
    return dates.parse(f"1 {text}", today=today, birth=False).replace(day=1)
