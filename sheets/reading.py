"""A file of either kind as one list: its headings, its columns, and its rows with their numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Final

from rules.refusal import Refused
from sheets import headings, limits, tables, workbooks
from sheets.cells import Cell, is_blank, text_of
from sheets.headings import Headings

XLSX, CSV = "xlsx", "csv"
ZIP: Final = b"PK\x03\x04"
OLD: Final = b"\xd0\xcf\x11\xe0"
"""How a workbook begins, and how one of an Excel before 2007 (or one with a password) does."""

OTHERS: Final = (
    b"%PDF",
    b"\xff\xd8\xff",
    b"\x89PNG",
    b"GIF8",
    b"Rar!",
    b"7z\xbc\xaf",
    b"{\\rtf",
    b"PK\x05\x06",
)

Row = tuple[int, tuple[Cell, ...]]


@dataclass(slots=True)
class Sheet:
    """A list: how it came, its headings, and the rows below them, numbered from 1 as a person sees them.

    `about` is how many rows there seem to be, before they are read; `delimiter` is that of a CSV.
    """

    kind: str
    headings: Headings
    about: int
    rows: Iterator[Row] = field(repr=False)
    delimiter: str = ""


def kind_of(content: bytes) -> str:
    """Return which kind of file this is, by its content; Refused for any other."""
    if len(content) > limits.FILE:
        raise Refused("sheets.file.too_big", most=limits.FILE // limits.MB)
    if content.startswith(ZIP):
        return XLSX
    if content.startswith(OLD):
        raise Refused("sheets.file.old_excel")
    if not content.strip() or content.startswith(OTHERS) or content[:512].lstrip()[:1] in (b"<", b"{"):
        raise Refused("sheets.file.not_a_list")
    return CSV


def opened(content: bytes) -> Sheet:
    """Return the list in a file; Refused where there is none."""
    return _workbook(content) if kind_of(content) == XLSX else _table(content)


def _workbook(content: bytes) -> Sheet:
    about = workbooks.checked(content)
    refusal = Refused("sheets.file.no_headings")
    for _, rows in workbooks.sheets(content):
        try:
            return _sheet(XLSX, rows, about)
        except Refused as refused:
            if refused.name not in ("sheets.file.no_headings", "sheets.file.missing"):
                raise
            refusal = refused if refused.values else refusal
    raise refusal


def _table(content: bytes) -> Sheet:
    text = tables.decoded(content)
    delimiter = tables.delimiter_of(text)
    sheet = _sheet(CSV, tables.rows(text, delimiter), text.count("\n"))
    sheet.delimiter = delimiter
    return sheet


def _sheet(kind: str, rows: Iterator[tuple[Cell, ...]], about: int) -> Sheet:
    top = list(islice(rows, limits.HEADING_ROWS))
    found = headings.find(top)
    numbered = enumerate(chain(top[found.after :], rows), start=found.after + 1)
    return Sheet(kind, found, max(0, about - found.after), _kept(numbered, found))


def _kept(rows: Iterator[Row], found: Headings) -> Iterator[Row]:
    """Yield the rows that are somebody's: not empty, not the headings again, no row of column numbers."""
    for number, cells in rows:
        if cells.count(None) == len(cells) or all(map(is_blank, cells)) or _is_remark(cells, found):
            continue
        if headings.counts_columns(cells) or headings.again(cells, found.columns):
            continue
        yield number, cells


def _is_remark(cells: Sequence[Cell], found: Headings) -> bool:
    """Say whether a row is a sum or a signature below the list: no digit of a NIK, one cell besides."""
    held = {
        name: cells[at] for name, at in found.columns.items() if at < len(cells) and not is_blank(cells[at])
    }
    nik = text_of(held.pop("nik", None))
    return len(held) <= 1 and not any(map(str.isdecimal, nik))
