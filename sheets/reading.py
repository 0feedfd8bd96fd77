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

NO_LIST: Final = ("sheets.file.no_headings", "sheets.file.missing")
"""Why a sheet of a workbook is passed over: it is no list of this kind."""

Row = tuple[int, tuple[Cell, ...]]
Named = tuple[str, Iterator[tuple[Cell, ...]]]


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


def opened(content: bytes, kind: str = "workers") -> Sheet:
    """Return the list in a file; Refused where there is none."""
    return _workbook(content, kind) if kind_of(content) == XLSX else _table(content, kind)


def _workbook(content: bytes, kind: str) -> Sheet:
    about = workbooks.checked(content)
    refusal = Refused("sheets.file.no_headings")
    sheets = workbooks.sheets(content)
    for _, rows in sheets:
        try:
            found = _sheet(XLSX, rows, about, kind)
        except Refused as refused:
            if refused.name not in NO_LIST:
                raise
            refusal = refused if refused.values else refusal
        else:
            found.rows = found.rows if kind == "workers" else _all_of(found, found.rows, sheets, kind)
            return found
    raise refusal


def _all_of(first: Sheet, rows: Iterator[Row], others: Iterator[Named], kind: str) -> Iterator[Row]:
    """Yield the rows of a sheet and of those behind it, numbered on: an office sends one for each village."""
    last = first.headings.after
    for last, cells in rows:
        yield last, cells
    for _, more in others:
        try:
            sheet = _sheet(XLSX, more, 0, kind)
        except Refused as refused:
            if refused.name not in NO_LIST:
                raise
            continue
        if sheet.headings.columns != first.headings.columns:
            raise Refused("sheets.file.sheets_differ")
        before = last
        for number, cells in sheet.rows:
            last = before + number
            yield last, cells


def _table(content: bytes, kind: str) -> Sheet:
    text = tables.decoded(content)
    delimiter = tables.delimiter_of(text, kind)
    sheet = _sheet(CSV, tables.rows(text, delimiter), text.count("\n"), kind)
    sheet.delimiter = delimiter
    return sheet


def _sheet(kind: str, rows: Iterator[tuple[Cell, ...]], about: int, words: str) -> Sheet:
    top = list(islice(rows, limits.HEADING_ROWS))
    found = headings.find(top, words)
    numbered = enumerate(chain(top[found.after :], rows), start=found.after + 1)
    return Sheet(kind, found, max(0, about - found.after), _kept(numbered, found, words))


def _kept(rows: Iterator[Row], found: Headings, words: str) -> Iterator[Row]:
    """Yield the rows that are somebody's: not empty, not the headings again, no row of column numbers."""
    for number, cells in rows:
        if cells.count(None) == len(cells) or all(map(is_blank, cells)) or _is_remark(cells, found):
            continue
        if headings.counts_columns(cells) or headings.again(cells, found.columns, words):
            continue
        yield number, cells


def _is_remark(cells: Sequence[Cell], found: Headings) -> bool:
    """Say whether a row is a sum or a signature below the list: no digit of a NIK, one cell besides."""
    held = {
        name: cells[at] for name, at in found.columns.items() if at < len(cells) and not is_blank(cells[at])
    }
    nik = text_of(held.pop("nik", None))
    return len(held) <= 1 and not any(map(str.isdecimal, nik))
