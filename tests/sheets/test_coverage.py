"""The workbook of coverage: counts as numbers, few people of a village hidden, hostile names as text."""

from datetime import date
from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from rules.coverage import Figures, State, Workforce
from sheets.coverage import COLUMNS, Row, shares_of, workbook

HOSTILE = '=cmd|"/c calc"!A1'


def row(code: str, name: str, active: int, told: Workforce | None = None) -> Row:
    states = dict.fromkeys(State, 0) | {State.CURRENT: active, State.BEHIND_1: 2}
    return Row(code, name, Figures(active + 2, states, 0, 3, 0, 100, 1, ((date(2026, 11, 1), 9, 3),)), told)


def cells(content: bytes) -> list[list[Any]]:
    sheet = load_workbook(BytesIO(content)).worksheets[0]
    return [[cell.value for cell in line] for line in sheet.iter_rows()]


def test_each_place_is_a_row_and_the_two_shares_stand_apart() -> None:
    told = Workforce(1000, HOSTILE, date(2025, 12, 31))
    content = workbook(row("3205", HOSTILE, 8, told), [row("3205302001", "Desa", 7)], [], "Per", "id")
    _, _, heading, regency, village = cells(content)
    by_name = dict(zip(COLUMNS, regency, strict=True))

    assert len(COLUMNS) == len(heading)
    assert (10, 0.1, 0.01) == (by_name["active"], by_name["goal_share"], by_name["workers_share"])
    assert (HOSTILE, HOSTILE) == (by_name["place"], by_name["source"])
    assert (2, "<5") == (by_name["behind_1"], dict(zip(COLUMNS, village, strict=True))["behind_1"])
    assert "s" == load_workbook(BytesIO(content)).worksheets[0]["B4"].data_type


def test_of_few_active_people_no_share_gives_the_number_away() -> None:
    village = dict(
        zip(COLUMNS, cells(workbook(row("3205302001", "Desa", 1), [], [], "", "en"))[3], strict=True)
    )

    assert ("<5", None) == (village["active"], village["goal_share"])


def test_shares_have_their_headings_and_hide_what_is_hidden() -> None:
    counts = {"sex": {"female": 7, "male": None}}
    words = {"sex": {"": "Jenis kelamin", "female": "Perempuan", "male": "Laki-laki"}}
    content = workbook(row("32", "Jawa Barat", 8), [], shares_of(counts, words), "", "id")
    lines = [
        [cell.value for cell in line] for line in load_workbook(BytesIO(content)).worksheets[1].iter_rows()
    ]

    assert [["Jenis kelamin", None], ["Perempuan", 7], ["Laki-laki", "<5"]] == lines
