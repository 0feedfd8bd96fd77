"""Files of the office: months as they are written, what a row may say, and what it is asked to say anew."""

import io
from datetime import date
from typing import Any

import openpyxl
import orjson
import pytest

from rules.refusal import Refused
from sheets import child, months
from tests.desk import nik
from tests.sheets.lists import csv_of, xlsx_of

TODAY = date(2026, 11, 20)
NOVEMBER, JANUARY = date(2026, 11, 1), date(2027, 1, 1)
WRITTEN = {
    "2026-11": [NOVEMBER],
    "11/2026": [NOVEMBER],
    "11-2026": [NOVEMBER],
    "November 2026": [NOVEMBER],
    "nov 2026": [NOVEMBER],
    "2026-11-20": [NOVEMBER],
    "20-11-2026": [NOVEMBER],
    "2026-11, 2027-01": [NOVEMBER, JANUARY],
    "2026-11..2027-01": [NOVEMBER, date(2026, 12, 1), JANUARY],
    "November 2026 s/d Januari 2027": [NOVEMBER, date(2026, 12, 1), JANUARY],
    "11/2026 - 01/2027": [NOVEMBER, date(2026, 12, 1), JANUARY],
    "Nov 2026 dan Jan 2027": [NOVEMBER, JANUARY],
}
REFUSED = {
    "besok": "month",
    "2026-13": "month",
    "2062-11": "month_far",
    "2027-01..2026-11": "month",
    "": "month",
    "2025-01..2027-02": "month_far",
}


@pytest.mark.parametrize(("text", "found"), WRITTEN.items())
def test_months_as_offices_write_them(text: str, found: list[date]) -> None:
    assert found == months.read(text, TODAY)


@pytest.mark.parametrize(("text", "reason"), REFUSED.items())
def test_what_is_no_month_is_refused(text: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        months.read(text, TODAY)
    assert refused.value.name in (f"sheets.reason.{reason}", "sheets.reason.month")


def said(content: bytes, kind: str = "results") -> list[Any]:
    """Return what each row says, or the column and reason of what is wrong with it."""
    order = {"kind": kind, "today": TODAY.isoformat(), "after": 0}
    lines = [orjson.loads(line) for line in child.office(order, content)]
    return [line.get("told") or [each[:2] for each in line["reasons"]] for line in lines if "row" in line]


@pytest.mark.parametrize(
    ("heading", "cell", "told"),
    [
        ("KPJ", "2601 2345 678", {"kpj": "26012345678"}),
        ("No. Peserta", 26012345678, {"kpj": "26012345678"}),
        ("Kode Bayar", "7700-112233", {"payment_code": "7700-112233"}),
        ("Hasil Verifikasi", "Lolos", {"status": "registered"}),
        ("Alasan Penolakan", "Sudah 65 tahun", {"refusal": "Sudah 65 tahun"}),
        ("KPJ", "123", [["kpj", "kpj.wrong_length"]]),
        ("KPJ", "", [["kpj", "sheets.reason.nothing"]]),
        ("Status", "ditolak", [["refusal", "sheets.reason.why"]]),
        ("Status", "mungkin", [["status", "sheets.reason.status"]]),
        ("Ditolak", "ya", [["refusal", "sheets.reason.why"]]),
        ("Kode Iuran", "7,70012E+11", [["payment_code", "sheets.reason.code"]]),
        ("Jumlah", "16800", [["first_month", "sheets.reason.empty"]]),
        ("Jumlah", "banyak", [["amount", "sheets.reason.amount"]]),
    ],
)
def test_one_row_of_results(heading: str, cell: Any, told: Any) -> None:
    rows: list[list[Any]] = [["NIK", heading], [nik(1), cell]]
    (row,) = said(xlsx_of(rows))

    assert told == row if isinstance(told, list) else told.items() <= row.items()


def test_a_nik_stands_once_and_must_be_whole() -> None:
    rows: list[list[Any]] = [
        ["NIK", "KPJ"],
        [nik(1), "26012345678"],
        [nik(1), "26012345678"],
        [3.20123e15, "26012345678"],
    ]

    first, twice, rounded = said(xlsx_of(rows))
    assert nik(1) == first["nik"]
    assert ([["nik", "sheets.reason.twice"]], [["nik", "sheets.reason.nik_number"]]) == (twice, rounded)


def test_every_sheet_is_read_and_one_that_differs_is_refused() -> None:
    book = openpyxl.Workbook()
    pages = [book.active, book.create_sheet("b"), book.create_sheet("petunjuk")]
    for number, page in enumerate(pages[:2], start=1):
        assert page is not None
        page.append(["NIK", "KPJ"])
        page.append([nik(number), "26012345678"])
    content = io.BytesIO()
    book.save(content)
    assert [nik(1), nik(2)] == [row["nik"] for row in said(content.getvalue())]
    pages[2].append(["KPJ", "NIK"])
    pages[2].append(["26012345678", nik(3)])
    content = io.BytesIO()
    book.save(content)
    with pytest.raises(Refused, match=r"sheets\.file\.sheets_differ"):
        said(content.getvalue())


def test_payments_name_somebody_and_months() -> None:
    rows = [
        ["No Pengajuan", "NIK", "Periode", "Nominal", "No Resi"],
        ["BPU-7K3M-92QX", "", "2026-11", "Rp16.800,00", "A1"],
        ["", nik(1), "", "", ""],
        ["", "", "2026-11", "", "A2"],
    ]
    by_reference, no_month, nobody = said(csv_of(rows), "payments")

    assert (16_800, ["2026-11-01"], "A1") == tuple(
        by_reference[each] for each in ("amount", "months", "receipt")
    )
    assert ([["months", "sheets.reason.empty"]], [["nik", "sheets.reason.empty"]]) == (no_month, nobody)


def test_a_list_of_workers_is_no_file_of_the_office() -> None:
    with pytest.raises(Refused, match=r"sheets\.file\.missing"):
        said(csv_of([["NIK", "No Resi"], [nik(1), "A"]]), "payments")
