"""Finding the headings of a list: in any order, under a title, in up to three rows, some of them merged."""

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from rules.refusal import Refused
from sheets import words
from sheets.cells import Cell, is_blank, is_number, text_of, texts_of
from sheets.columns import REQUIRED

DEPTH = 3
"""Rows that headings take at most."""

LIKE = 88.0
"""Likeness, 0 to 100, from which a misspelt heading counts."""

LEAST = 2
"""Columns that must be recognised for rows to be headings at all."""

ABOUT = {"workers": {"nik", "name"}, "results": {"nik"}, "payments": {"nik", "reference"}}
"""Columns of which one at least says whom a row is about, for each kind of list."""

NEEDED = {"workers": REQUIRED, "results": ("nik",), "payments": ("months",)}
"""Columns that a kind of list must have."""

Rows = Sequence[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Headings:
    """Where the headings stand and which column is where, counted from 0; `rows` are theirs, as written."""

    first: int
    depth: int
    columns: Mapping[str, int]
    rows: tuple[tuple[str, ...], ...] = field(default=(), repr=False)

    @property
    def after(self) -> int:
        """The first row below them."""
        return self.first + self.depth


def find(rows: Rows, kind: str = "workers") -> Headings:
    """Return the headings among the first rows of a list; Refused when there are none, or one is missing."""
    best: Headings | None = None
    for found in _candidates(rows, kind):
        if best is None or len(found.columns) > len(best.columns):
            best = found
    if best is None or not ABOUT[kind] & best.columns.keys():
        raise Refused("sheets.file.no_headings")
    missing = [name for name in NEEDED[kind] if name not in best.columns]
    if missing:
        raise Refused("sheets.file.missing", columns=missing)
    return best


def _candidates(rows: Rows, kind: str) -> Iterator[Headings]:
    """Yield what the rows can be read as, few rows before many: more must recognise more."""
    for depth in range(1, DEPTH + 1):
        for first in range(len(rows) - depth + 1):
            taken = rows[first : first + depth]
            columns = recognised(taken, kind)
            if len(columns) >= LEAST:
                written = tuple(texts_of(row) for row in taken)
                yield Headings(first, depth, columns, written)


def recognised(rows: Rows, kind: str = "workers") -> dict[str, int]:
    """Return the column of each heading these rows hold together; the first of two that say the same."""
    found: dict[str, int] = {}
    for place, texts in enumerate(_stacked(rows)):
        names = (named(text, kind) for text in _readings(texts))
        name = next((name for name in names if name and name not in found), None)
        if name is not None and name != "ignored":
            found[name] = place
    return found


def _stacked(rows: Rows) -> list[list[str]]:
    """Return each column's texts from top to bottom; a merged cell's text stands over all it spans."""
    width = max(map(len, rows), default=0)
    stacked: list[list[str]] = [[] for _ in range(width)]
    for depth, row in enumerate(rows):
        above = ""
        for place in range(width):
            text = text_of(row[place]) if place < len(row) and not is_number(row[place]) else ""
            last = depth == len(rows) - 1
            above = text or ("" if last else above)
            stacked[place].append(above)
    return stacked


def _readings(texts: Sequence[str]) -> Iterator[str]:
    """Yield what a column may be called: all its rows together, then the lowest alone, then those above."""
    lowest = [text for text in texts if text]
    if len(lowest) > 1:
        yield " ".join(lowest)
        yield " ".join(lowest[-2:])
    yield from reversed(lowest[-1:] if texts[-1] else lowest)


@functools.lru_cache(maxsize=4096)
def named(text: str, kind: str = "workers") -> str | None:
    """Return the column a heading names, misspelt or not; None for any other text."""
    said = words.heading(text)
    known = words.headings(kind)
    if said in known or len(said) < 4 or len(said) > 40:
        return known.get(said)
    like = process.extractOne(said, known.keys(), scorer=fuzz.ratio, score_cutoff=LIKE)
    return known[like[0]] if like else None


def again(cells: Sequence[Cell], columns: Mapping[str, int], kind: str = "workers") -> bool:
    """Say whether a row repeats the headings, as lists do at the top of each page."""
    said = {name: named(text_of(cells[at]), kind) for name, at in columns.items() if at < len(cells)}
    return sum(name == said_name for name, said_name in said.items()) > LEAST


def counts_columns(cells: Sequence[Cell]) -> bool:
    """Say whether a row only numbers the columns: 1, 2, 3 or (1), (2), (3)."""
    texts = [text_of(cell).strip("()") for cell in cells if not is_blank(cell)]
    if len(texts) <= LEAST or not all(text.isdecimal() and len(text) < 3 for text in texts):
        return False
    numbers = [int(text) for text in texts]
    return numbers == list(range(numbers[0], numbers[0] + len(numbers)))
