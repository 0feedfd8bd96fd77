"""The usual damage of numbers and dates in spreadsheets: mended where nothing is lost, named where it is."""

import re
from datetime import date, datetime, timedelta
from typing import Final

from rules.refusal import Refused
from sheets.cells import Cell, is_number, text_of

NIK_DIGITS: Final = 16
EXACT: Final = 2**53
"""From here on a spreadsheet cannot hold every whole number."""

SCIENTIFIC: Final = re.compile(r"[+-]?[0-9](?:[.,][0-9]+)?\s*e\s*\+?\s*[0-9]{1,2}", re.IGNORECASE)
"""3,20123E+15: a long number as a spreadsheet shows it, its last digits gone."""

BEGIN: Final = date(1899, 12, 30)
"""Day 0 of spreadsheets: they count a 29 February 1900 that never was."""

OLDEST: Final = 100 * 366
"""Days: nobody was born before that."""

CLOCK: Final = re.compile(
    r"[ T][0-9]{1,2}[:.][0-9]{2}(?:[:.][0-9]{2})?(?:\.[0-9]+)?(?:\s*[AP]M)?$", re.IGNORECASE
)
"""A time of day behind a date: 17/08/1990 00:00."""

_NONE: Final = (
    "-;--;0;.;x;no;none;n/a;nihil;kosong;tidak;tdk;tidak ada;tdk ada;ga ada;gak ada;belum ada;belum punya"
    ";tidak punya;tdk punya;ga punya;gak punya;tidak punya hp"
)
NONE: Final = frozenset(_NONE.split(";"))
"""What is written in place of a phone number that nobody has."""


def nik(cell: Cell) -> str:
    """Return the digits of a NIK; Refused where the cell held it as a number that has lost some.

    A spreadsheet keeps fifteen digits of a number and shows the sixteenth as 0.
    """
    if not is_number(cell):
        text = text_of(cell)
        if SCIENTIFIC.fullmatch(text):
            raise Refused("sheets.reason.nik_number")
        return text
    text = text_of(cell)
    lost = len(text) == NIK_DIGITS and (text.endswith("0") or int(text) > EXACT)
    if not text.isdecimal() or lost:
        raise Refused("sheets.reason.nik_number")
    return text


def phone(cell: Cell) -> str | None:
    """Return a phone number as text, None where the cell says that there is none."""
    text = text_of(cell)
    if SCIENTIFIC.fullmatch(text):
        raise Refused("sheets.reason.phone_number")
    return None if not text or text.casefold() in NONE else text


def day(cell: Cell, today: date) -> str:
    """Return a date as a person would write it; a number is taken as a spreadsheet counts days."""
    if isinstance(cell, datetime | date):
        return text_of(cell)
    text = CLOCK.sub("", text_of(cell))
    if not text.isdecimal():
        return text
    counted = _counted(int(text), today) if len(text) == 5 else None
    return counted or (text.zfill(len(text) + len(text) % 2) if len(text) in (5, 7) else text)


def _counted(days: int, today: date) -> str | None:
    """Return the day a spreadsheet counts so, if somebody alive can be born on it."""
    found = BEGIN + timedelta(days=days)
    return found.isoformat() if today - timedelta(days=OLDEST) < found <= today else None


def swapped(iso: str) -> date | None:
    """Return a date with day and month changed about, as a foreign Excel takes 05/08, or None."""
    told = date.fromisoformat(iso)
    try:
        return told.replace(day=told.month, month=told.day)
    except ValueError:
        return None
