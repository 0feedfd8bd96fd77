"""Writing files for the office: row after row, in little memory, in parts that Telegram takes.

Every cell is a text (or a plain number where the layout says so): nothing in it runs, whatever a name holds.
"""

import csv
import hashlib
import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final
from zoneinfo import ZoneInfo

from rules import regions
from sheets.fields import FIELDS, PHONES, Record, Shown
from sheets.layouts import Column, Layout
from sheets.safe import MADE, OPTIONS, cell_text, csv_text

LONGEST: Final = 2_000
"""Letters of one cell: no answer is longer."""

TURNS: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What turns the direction of a text: a number could be read backwards."""

NO_SHEET_NAME: Final = re.compile(r"[\[\]:*?/\\']")
ODD: Final = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What a field raises for answers that are not as they should be: its cell stays empty, the row goes on."""

Cells = Sequence[str]


@dataclass(frozen=True, slots=True)
class Limits:
    """When the next part begins: rows, sheets, and bytes of text (packed they are fewer)."""

    rows: int = 100_000
    sheets: int = 200
    octets: int = 16 * 1024 * 1024


WHOLE: Final = Limits(rows=1_000_000, sheets=2_000, octets=4 * 1024**3)
"""For a file that goes to a disk: as much as a workbook holds."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file: where it lies and how many rows are in it."""

    path: Path
    rows: int


def row(layout: Layout, record: Record, zone: ZoneInfo) -> list[str]:
    """Return the cells of one registration."""
    return [_cell(column, record, zone) for column in layout.columns]


def _cell(column: Column, record: Record, zone: ZoneInfo) -> str:
    if column.field is None:
        return column.text
    try:
        text = _text(column, FIELDS[column.field](record), zone)
    except ODD:
        return ""
    return cell_text(TURNS.sub("", text))[:LONGEST]


def _text(column: Column, shown: Shown, zone: ZoneInfo) -> str:
    match shown:
        case None:
            return ""
        case datetime():
            return shown.astimezone(zone).strftime(column.date)
        case int() | str():
            text = str(shown)
            if column.field in PHONES and text.startswith("+62"):
                text = column.phone + text.removeprefix("+62")
            return column.words.get(text, text)
    return shown.strftime(column.date)


@dataclass(slots=True)
class File:
    """A file in the making: parts in a folder, and what all rows come to (`digest`)."""

    layout: Layout
    folder: Path
    limits: Limits = field(default_factory=Limits)
    parts: list[Part] = field(default_factory=list)
    rows: int = 0
    _book: "Workbook | Table | None" = None
    _octets: int = 0
    _digest: Any = field(default_factory=hashlib.sha256)

    def write(self, rows: Iterable[tuple[str, Cells]]) -> None:
        """Write rows, each with what its sheet is grouped by; those of one sheet come together."""
        for group, cells in rows:
            book = self._room(group)
            book.write(group, cells)
            said = "\x1f".join(cells).encode()
            self._digest.update(said + b"\x1e")
            self._octets += len(said)
            self.rows += 1

    def plant(self, group: str, cells: Cells) -> None:
        """Write a row that counts for nothing: neither among the rows nor in what they come to."""
        book = self._room(group)
        book.write(group, cells)
        book.rows -= 1

    def _room(self, group: str) -> "Workbook | Table":
        """Return the part that takes the next row, beginning another one where this is full."""
        book, most = self._book, self.limits
        if book is not None and (
            book.rows >= most.rows or self._octets >= most.octets or book.sheets_with(group) > most.sheets
        ):
            self._end_part()
            book = None
        if book is None:
            path = self.folder / f"{len(self.parts) + 1}.{self.layout.format}"
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            book = self._book = WRITERS[self.layout.format](self.layout, path)
        return book

    def _end_part(self) -> None:
        if self._book is not None:
            self._book.close()
            self.parts.append(Part(self._book.path, self._book.rows))
        self._book, self._octets = None, 0

    def abandon(self) -> None:
        """Let go of a part that will not be ended."""
        if self._book is not None:
            self._book.abandon()
            self._book = None

    def close(self) -> bytes:
        """End the last part, and return what all rows come to, 32 bytes."""
        self._end_part()
        return bytes(self._digest.digest())


class Table:
    """One part as CSV."""

    def __init__(self, layout: Layout, path: Path) -> None:
        self.path, self.rows = path, 0
        self._file: IO[str] = path.open("w", encoding="utf-8-sig", newline="")
        self._out = csv.writer(self._file, delimiter=layout.delimiter)
        self._out.writerow([csv_text(column.heading) for column in layout.columns])

    def sheets_with(self, _group: str) -> int:
        """Return how many sheets there are: a CSV has one."""
        return 1

    def write(self, _group: str, cells: Cells) -> None:
        """Write one row."""
        self._out.writerow([csv_text(cell) for cell in cells])
        self.rows += 1

    def close(self) -> None:
        """End the file."""
        self._file.close()

    abandon = close


class Workbook:
    """One part as XLSX, a sheet for each group; each row rests on the disk as soon as it is written."""

    def __init__(self, layout: Layout, path: Path) -> None:
        import xlsxwriter  # with the first workbook, not with every start of the bot

        self.path, self.rows = path, 0
        self._layout = layout
        packed = {"in_memory": False, "constant_memory": True, "tmpdir": str(path.parent)}
        self._book = xlsxwriter.Workbook(str(path), {**OPTIONS, **packed})
        self._book.set_properties(MADE)
        self._text = self._book.add_format({"num_format": "@"})
        self._bold = self._book.add_format({"num_format": "@", "bold": True, "bg_color": "#CFE8D5"})
        self._whole = self._book.add_format({"num_format": "0"})
        self._group: str | None = None
        self._sheet: Any = None
        self._sheets = 0
        self._at = 0

    def sheets_with(self, group: str) -> int:
        """Return how many sheets there are once a row of a group is written."""
        return self._sheets + (group != self._group)

    def write(self, group: str, cells: Cells) -> None:
        """Write one row."""
        if group != self._group:
            self._begin(group)
        for at, (column, cell) in enumerate(zip(self._layout.columns, cells, strict=True)):
            if not cell:
                continue
            if column.number and cell.isascii() and cell.isdecimal() and len(cell) < 16:
                self._sheet.write_number(self._at, at, int(cell), self._whole)
            else:
                self._sheet.write_string(self._at, at, cell, self._text)
        self._at += 1
        self.rows += 1

    def _begin(self, group: str) -> None:
        self._sheet = self._book.add_worksheet(sheet_name(group))
        for at, column in enumerate(self._layout.columns):
            self._sheet.set_column(at, at, column.width, self._text)
        self._sheet.freeze_panes(1, 2)
        for at, column in enumerate(self._layout.columns):
            self._sheet.write_string(0, at, cell_text(column.heading), self._bold)
        self._group, self._at, self._sheets = group, 1, self._sheets + 1

    def close(self) -> None:
        """Pack the file."""
        self._book.close()

    def abandon(self) -> None:
        """Close what is open beside the file, which is never packed."""
        for sheet in self._book.worksheets():
            sheet.row_data_fh.close()
        self._book.fileclosed = True


WRITERS: Final[dict[str, Callable[[Layout, Path], Workbook | Table]]] = {"xlsx": Workbook, "csv": Table}
"""What writes each format."""


def sheet_name(group: str) -> str:
    """Return what the sheet of a group is called: a village by name and code, a wadah by its code."""
    if not group:
        return "Peserta"
    known = regions.regions()
    named = f"{known.place(group).name[:19]} {group}" if known.knows(group) else group
    return NO_SHEET_NAME.sub(" ", cell_text(named)).strip()[:31] or "Peserta"
