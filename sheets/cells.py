"""What a cell holds, and its text: numbers, dates and leftovers of formulas as a person would type them."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from rules.text import clean
from sheets.limits import TEXT

Cell = str | int | float | datetime | date | time | timedelta | None

QUOTED: re.Pattern[str] = re.compile(r'="(?P<text>[^"]*)"')
"""`="0812"`: how programs keep Excel from reading a text as a number."""

FRACTION = re.compile(r"(?P<whole>[0-9]{5,})[.,]0+")
"""`3205…01.0`: a whole number that went through a table of decimals."""

ERRORS = frozenset(("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"))
"""What a formula that failed leaves behind."""


def text_of(cell: Cell) -> str:
    """Return a cell as clean text; a date as 1990-08-17, a time as 08:00, a whole number without its .0."""
    match cell:
        case None:
            return ""
        case str():
            return _text(cell)
        case bool():
            return "ya" if cell else "tidak"
        case datetime():
            return cell.date().isoformat()
        case date():
            return cell.isoformat()
        case time():
            return f"{cell:%H:%M}"
        case float() if cell.is_integer():
            return str(int(cell))
    return str(cell)


def is_number(cell: Cell) -> bool:
    """Say whether a cell holds a number, and not the text of one."""
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def is_blank(cell: Cell) -> bool:
    """Say whether a cell shows nothing."""
    return cell is None or (isinstance(cell, str) and not text_of(cell))


def texts_of(cells: Iterable[Cell]) -> tuple[str, ...]:
    """Return the texts of a row, without the empty cells at its end."""
    texts = [text_of(cell) for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)


def _text(cell: str) -> str:
    plain = cell.isascii() and cell.isprintable()
    text = " ".join(cell[:TEXT].split()) if plain else clean(cell, TEXT)
    while (bare := _bare(text)) != text:  # what one mark hides may bear another: '="0812"
        text = bare
    return text


def _bare(text: str) -> str:
    """Return a text without the mark a program has put around it, if there is one."""
    if text in ERRORS:
        return ""
    if quoted := QUOTED.fullmatch(text):
        text = quoted["text"].strip()
    if fraction := FRACTION.fullmatch(text):
        return fraction["whole"]
    return text.lstrip("' ")
