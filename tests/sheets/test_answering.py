"""The file that goes back: readable again, nothing in it runs, and every reason beside its cell."""

import csv
import io
import os
import random
import zipfile
from collections.abc import Sequence
from typing import Any

import openpyxl
import pytest

from sheets import reading
from sheets.answering import file_of
from sheets.cells import text_of, texts_of
from sheets.safe import RUNS
from tests.sheets.lists import HEADINGS, nik, person, rows_of

SEED = 20261120
ODD_ROWS = int(os.environ.get("ODD_ROWS", "2000"))
"""How many odd rows go back and forth; 10,000 take twenty seconds."""
WRONG = [["name", "names.digits", {}], ["village", "sheets.reason.village_code", {}]]
PIECES = (
    *"abc xyz 0123 ;,\t\"'|\n\r\\",
    *"=+-@",
    "\x00",
    "\x0b",
    "\x1f",
    "\ufffe",
    "\ud83d",
    "\u200b",
    "\u202e",
    "é",
    "’",
    "ꦱ",
    "🙂",
    "_x0041_",
    "&amp;",
    "<b>",
    "http://contoh.id",
    "=1+1",
    "#N/A",
)


def listed(kind: str, *more: str) -> dict[str, Any]:
    """Return how a list under HEADINGS came."""
    columns = {
        "nik": 0,
        "name": 1,
        "birth_date": 2,
        "address": 4,
        "village": 5,
        "occupation": 9,
        "income": 10,
    }
    return {"kind": kind, "delimiter": ";", "rows": [[*HEADINGS, *more]], "columns": columns}


def returned(rows: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    """Return rows as they are to go back."""
    return [{"cells": list(row), "reasons": WRONG} for row in rows]


def odd(chance: random.Random) -> str:
    """Return a text as nobody sane would write it."""
    return "".join(chance.choices(PIECES, k=chance.randint(1, 12)))


def odd_rows(count: int) -> list[tuple[str, ...]]:
    """Return rows as they are read of a file full of odd texts."""
    chance = random.Random(SEED)  # noqa: S311 - the same every time
    return [(nik(number % 900), *(text_of(odd(chance)) for _ in HEADINGS[1:])) for number in range(count)]


def same(row: Sequence[str], cells: Sequence[Any]) -> bool:
    """Say whether a row was read as it was written, but for the column of reasons."""
    return texts_of(row) == texts_of(cells[: len(HEADINGS)])


@pytest.mark.parametrize("kind", [reading.XLSX, reading.CSV])
def test_odd_rows_come_back_as_they_were(kind: str) -> None:
    rows = odd_rows(ODD_ROWS)
    content = file_of(listed(kind), len(HEADINGS), returned(rows), "id")
    read = [cells for _, cells in reading.opened(content).rows]

    assert len(rows) == len(read)
    assert [] == [row for row, cells in zip(rows, read, strict=True) if not same(row, cells)]


def test_nothing_in_a_workbook_runs_or_leads_anywhere() -> None:
    content = file_of(listed(reading.XLSX), len(HEADINGS), returned(odd_rows(500)), "id")
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml")

    assert b"<f>" not in sheet
    assert b"hyperlink" not in sheet
    assert {"s"} == {
        cell.data_type
        for row in openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
        for cell in row
        if cell.value is not None
    }


@pytest.mark.parametrize("run", RUNS)
def test_nothing_in_a_csv_runs(run: str) -> None:
    content = file_of(listed(reading.CSV), len(HEADINGS), returned([[f"{run}1+1"] * len(HEADINGS)]), "id")
    cells = [
        cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";") for cell in row
    ]

    assert [] == [cell for cell in cells if cell.startswith(RUNS[:-1])]


def test_every_reason_stands_beside_its_cell() -> None:
    content = file_of(listed(reading.XLSX), len(HEADINGS), returned([person(1)]), "id")
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    remarks = {cell.coordinate: cell.comment.text for row in sheet for cell in row if cell.comment}
    coloured = [cell.coordinate for row in sheet for cell in row if cell.fill.fgColor.rgb == "FFFFE08A"]

    assert ["B2", "F2"] == coloured == list(remarks)
    assert "Ada angka di dalam nama." in remarks["B2"]
    assert sheet["L2"].value.startswith("Nama lengkap: Ada angka di dalam nama.")
    assert "Desa/kelurahan: Kode desa ini tidak ada." in sheet["L2"].value


def test_what_goes_back_offers_the_choices_of_the_template() -> None:
    content = file_of(listed(reading.XLSX), len(HEADINGS), returned([person(1)]), "id")
    book = openpyxl.load_workbook(io.BytesIO(content))
    rules = book.worksheets[0].data_validations.dataValidation

    assert {"J2": "daftar_pekerjaan"} == {str(one.sqref).split(":")[0]: one.formula1 for one in rules}
    assert "Pekerjaan" == book.worksheets[1].title


def test_the_reasons_of_last_time_are_replaced() -> None:
    again = listed(reading.XLSX, "Yang perlu diperbaiki")
    again["columns"]["reason"] = 11
    content = file_of(again, 12, returned([[*person(1), "yang lama"]]), "id")

    assert [*HEADINGS, "Yang perlu diperbaiki"] == rows_of(content)[0]
    assert "yang lama" not in rows_of(content)[1]


def test_cells_that_no_heading_names_come_back_too() -> None:
    content = file_of(listed(reading.XLSX), 13, returned([[*person(1), "", "catatan"]]), "en")

    assert "catatan" == rows_of(content)[1][12]
    assert rows_of(content)[1][13].startswith("Full name: ")
