"""Lists for the tests: invented people of real villages, and files as people make them."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from contextlib import aclosing
from datetime import date
from typing import Any, Final

import openpyxl
import orjson

from rules.refusal import Refused
from sheets import child, confined

HEADINGS: Final = (
    "NIK",
    "Nama",
    "Tanggal lahir",
    "Jenis kelamin",
    "Alamat",
    "Desa",
    "Kecamatan",
    "Kabupaten",
    "No HP",
    "Pekerjaan",
    "Penghasilan",
)
TODAY: Final = date(2026, 11, 20)
ORDER: Final = {
    "do": "judge",
    "declared": {"relation": "agent", "agreement_how": "spoken"},
    "today": TODAY.isoformat(),
    "language": "id",
    "after": 0,
}
DISTRICT: Final = "320540"
"""Cibiuk, in Garut; the serials 9001 and on belong to nobody."""

NAMES: Final = ("Siti Aminah", "Rahayu Lestari", "Kartika Sari", "Wulan Sari", "Dewi Anggraini")
Row = list[Any]
Rows = Sequence[Sequence[Any]]


def nik(number: int, day: int = 57, month: int = 8, year: int = 90) -> str:
    """Return the NIK of an invented woman born on 17 August 1990, unless told otherwise."""
    return f"{DISTRICT}{day:02}{month:02}{year:02}{9000 + number:04}"


def person(number: int = 1, /, **told: Any) -> Row:
    """Return the cells of an invented person under HEADINGS; `told` replaces cells by their heading."""
    cells: dict[str, Any] = {
        "NIK": nik(number),
        "Nama": NAMES[number % len(NAMES)],
        "Tanggal lahir": "17-08-1990",
        "Jenis kelamin": "P",
        "Alamat": f"Jalan Kenanga {number}",
        "Desa": "Cibiuk Kaler",
        "Kecamatan": "Cibiuk",
        "Kabupaten": "Garut",
        "No HP": f"0860-1234-{number:04}",
        "Pekerjaan": "pedagang pasar",
        "Penghasilan": "1500000",
    }
    assert told.keys() <= cells.keys()
    return list((cells | told).values())


def people(count: int, first: int = 1) -> list[Row]:
    """Return so many invented people."""
    return [person(number) for number in range(first, first + count)]


def csv_of(rows: Rows, delimiter: str = ";", encoding: str = "utf-8") -> bytes:
    """Return rows as a CSV."""
    lines = io.StringIO(newline="")
    csv.writer(lines, delimiter=delimiter).writerows(rows)
    return lines.getvalue().encode(encoding)


def xlsx_of(rows: Rows, sheet: str = "Daftar", merged: Iterable[str] = ()) -> bytes:
    """Return rows as a workbook, each value with the type it has."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    for number, row in enumerate(rows, start=1):
        for at, value in enumerate(row, start=1):
            if value is not None:
                page.cell(number, at, value)
    for cells in merged:
        page.merge_cells(cells)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def rows_of(content: bytes) -> list[list[Any]]:
    """Return the rows of a workbook's first sheet, empty cells as ""."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [
        ["" if cell is None else cell for cell in row]
        for row in book.worksheets[0].iter_rows(values_only=True)
    ]


def column_of(content: bytes, heading: str) -> list[Any]:
    """Return the cells under a heading of a workbook."""
    first, *rest = rows_of(content)
    return [row[first.index(heading)] for row in rest]


async def judged(content: bytes, **order: Any) -> dict[int, Mapping[str, Any]]:
    """Return what the limited process says of each row of a file."""
    async with aclosing(confined.lines({**ORDER, **order}, content)) as lines:
        return {line["row"]: line async for line in lines if "row" in line}


def verdict(line: Mapping[str, Any]) -> str:
    """Return a verdict in short: "good", or the column and the reason of all that is wrong."""
    if "answers" in line:
        return "good"
    return ", ".join(f"{column} {name.removeprefix('sheets.reason.')}" for column, name, _ in line["reasons"])


def verdicts(content: bytes) -> dict[int, str] | str:
    """Return the verdict on each row, or the refusal of the whole file, asked in this very process."""
    try:
        lines = [orjson.loads(line) for line in child.judge(ORDER, content)]
    except Refused as refused:
        return refused.name
    return {line["row"]: verdict(line) for line in lines if "row" in line}


def answers_of(content: bytes) -> dict[str, Any]:
    """Return the answers of the first row of a good list."""
    lines = [orjson.loads(line) for line in child.judge(ORDER, content)]
    return next(dict(line["answers"]) for line in lines if "answers" in line)
