"""Files for the office: whatever a name holds is read back as plain text, by two readers."""

import csv
import io
import random
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from sheets.exporting import TURNS, File, Limits, row, sheet_name
from sheets.fields import FIELDS, Record
from sheets.layouts import Layout, Shelf, read
from sheets.safe import FORBIDDEN, RUNS

JAKARTA = ZoneInfo("Asia/Jakarta")
NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
SEED = 20261121
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
HOSTILE = (
    "=1+1",
    "+6286012340001",
    "-2+3",
    '@SUM(A1)|"x"',
    "\tcmd",
    "\r=HYPERLINK(1)",
    "'apostrof",
    "a\x00b\x0bc\x1f",
    "half \ud83d one",
    "\ufffe\uffff",
    "\u202e9000\u2066x",
    "_x0041_",
    "&amp;<b>&#0;",
    "http://contoh.id",
    "{=1}",
    "#REF!",
    "a;b,c\td\"e'f|g",
    "ꦱꦶꦠꦶ 🙂",
    "1E+10",
    " leading and trailing ",
    "x" * 5000,
)


def record(**told: Any) -> Record:
    answers = {"nik": "9901014101909001", "name": "Siti", "birth_date": "1990-01-01", "income": 1_500_000}
    return Record(
        reference="BPU-7K3M-92QX",
        village_code="3205402002",
        answers=answers | told,
        first_month=date(2026, 11, 1),
        programmes=2,
        months=1,
        payer="own",
        occupation_id="petani",
        submitted_at=NOW,
    )


def every_column(kind: str) -> Layout:
    """Return a layout that shows every field, and so every hole a text can come through."""
    parts = [f'format = "{kind}"']
    parts += [f'[[columns]]\nheading = "{name}"\nfield = "{name}"' for name in FIELDS]
    return read("semua", "\n".join(parts))


def expected(text: str) -> str:
    plain = TURNS.sub("", text)
    for blank in ("\t", "\r", "\n"):
        plain = plain.replace(blank, " ")
    return FORBIDDEN.sub("", plain)[:2000]


def written(layout: Layout, folder: Path, lines: list[tuple[str, list[str]]], **limits: int) -> File:
    file = File(layout, folder, Limits(**limits))
    file.write(lines)
    file.close()
    return file


def said(cell: object) -> str:
    """Return what a program shows of a cell: `_x005F_` is how the format writes a "_" that begins no code."""
    return "" if cell is None else str(cell).replace("_x005F_", "_")


def in_clear(path: Path) -> list[list[str]]:
    """Read the first sheet with nothing but a ZIP and an XML reader; a cell that is no text fails."""
    with zipfile.ZipFile(path) as book:
        root = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - our own file
        names = book.namelist()
    assert not [name for name in names if "external" in name.lower() or "vba" in name.lower()]
    found = []
    for line in root.iter(f"{SHEET}row"):
        assert not list(line.iter(f"{SHEET}f")), "there is a formula"
        cells = list(line.iter(f"{SHEET}c"))
        assert {"inlineStr"} >= {cell.get("t") for cell in cells}
        found.append([said("".join(text.text or "" for text in cell.iter(f"{SHEET}t"))) for cell in cells])
    return found


def test_a_registration_in_the_shipped_layout() -> None:
    layout = Shelf().layout("bpu")
    told = record(
        sex="female",
        phone={"e164": "+6286012340001"},
        occupation={"id": "petani", "words": "tani"},
        workplace={"offered": "home_village"},
    )
    shown = dict(zip((column.heading for column in layout.columns), row(layout, told, JAKARTA), strict=True))

    assert {
        "NIK": "9901014101909001",
        "Tanggal Lahir": "01-01-1990",
        "Jenis Kelamin": "P",
        "Kewarganegaraan": "WNI",
        "Desa/Kelurahan": "Cibiuk Kaler",
        "Kecamatan": "Cibiuk",
        "Kabupaten/Kota": "Kab. Garut",
        "Nomor HP": "6286012340001",
        "Lokasi Kerja": "Desa tempat tinggal",
        "Penghasilan per Bulan": "1500000",
        "Dasar Iuran": "1600000",
        "Program": "JKK+JKM",
        "Bulan Mulai": "11-2026",
        "Tanggal Pengajuan": "21-11-2026 03:00",
        "Tempat Lahir": "",
    }.items() <= shown.items()


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_hostile_text_in_every_column_is_read_back_as_text(kind: str, tmp_path: Path) -> None:
    layout = every_column(kind)
    texts = [[f"r{n}", *[expected(text)] * (len(FIELDS) - 1)] for n, text in enumerate(HOSTILE)]
    rows = [("", line) for line in texts]
    (part,) = written(layout, tmp_path, rows).parts

    if kind == "csv":
        lines = part.path.read_text("utf-8-sig")
        read_back = list(csv.reader(io.StringIO(lines, newline=""), delimiter=";"))[1:]
        assert not [cell for line in read_back for cell in line if cell.startswith(tuple("=+-@\t\r"))]
        marked = [[f"'{cell}" if cell.startswith(RUNS) else cell for cell in line] for line in texts]
        assert marked == read_back
        return
    sheet = openpyxl.load_workbook(part.path).worksheets[0]
    cells = [list(line) for line in sheet.iter_rows(min_row=2)]
    assert {"s", "inlineStr"} >= {cell.data_type for line in cells for cell in line if cell.value is not None}
    by_openpyxl = [[said(cell.value) for cell in line] for line in cells]
    for read_back in (by_openpyxl, in_clear(part.path)[1:]):
        assert texts == [[*line, *[""] * (len(FIELDS) - len(line))] for line in read_back]


def test_a_hostile_answer_in_every_field_stays_a_text(tmp_path: Path) -> None:
    layout, chance = every_column("xlsx"), random.Random(SEED)  # noqa: S311 - the same every time
    fields = ("name", "address", "email", "workplace", "hours", "contact_name", "sex", "employs", "income")
    told = [{name: chance.choice(HOSTILE) for name in fields} for _ in range(200)]
    rows = [("", row(layout, record(**one), JAKARTA)) for one in told]
    (part,) = written(layout, tmp_path, rows).parts

    assert 201 == len(in_clear(part.path))
    assert [expected(one["name"]) for one in told] == [
        said(cell)
        for (cell,) in openpyxl.load_workbook(part.path)
        .worksheets[0]
        .iter_rows(min_row=2, min_col=2, max_col=2, values_only=True)
    ]


def test_answers_that_are_not_as_they_should_be_leave_their_cells_empty() -> None:
    layout = every_column("xlsx")
    broken = record(birth_date="soon", phone=7, occupation="x", income="much", heirs="add", heir1_phone=[])

    shown = dict(zip(FIELDS, row(layout, broken, JAKARTA), strict=True))
    assert ("", "", "", "") == (shown["birth_date"], shown["phone"], shown["base"], shown["heir_phone"])
    assert "9901014101909001" == shown["nik"]


def test_only_a_column_that_says_so_holds_numbers(tmp_path: Path) -> None:
    income = '[[columns]]\nheading = "x"\nfield = "income"\nnumber = true\n'
    source = '[[columns]]\nheading = "NIK"\nfield = "nik"\n' + income
    rows = [("", ["9901014101909001", text]) for text in ("1500000", "-1", "=1", "1" * 16)]
    (part,) = written(read("angka", source), tmp_path, rows).parts
    cells = openpyxl.load_workbook(part.path).worksheets[0].iter_rows(min_row=2, max_col=2, values_only=True)

    assert [1_500_000, "-1", "=1", "1" * 16] == [value for _, value in cells]


def test_a_village_has_its_sheet_and_a_full_part_is_followed_by_another(tmp_path: Path) -> None:
    layout = Shelf().layout("bpu")
    cells = row(layout, record(), JAKARTA)
    rows = [(code, cells) for code in ("3205402001", "3205402001", "3205402002", "3205402003")]
    file = written(layout, tmp_path, rows, rows=10, sheets=2)
    sheets = [openpyxl.load_workbook(part.path).sheetnames for part in file.parts]

    assert [3, 1] == [part.rows for part in file.parts]
    assert [[sheet_name("3205402001"), "Cibiuk Kaler 3205402002"], [sheet_name("3205402003")]] == sheets
    assert {0o600} == {part.path.stat().st_mode & 0o777 for part in file.parts}


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_parts_end_by_rows_and_by_their_size(kind: str, tmp_path: Path) -> None:
    layout = every_column(kind)
    rows = [("", ["x" * 100] * len(FIELDS))] * 10
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()

    assert [4, 4, 2] == [part.rows for part in written(layout, tmp_path / "a", rows, rows=4).parts]
    assert [2] * 5 == [part.rows for part in written(layout, tmp_path / "b", rows, octets=7_000).parts]


def test_the_same_rows_make_the_same_bytes(tmp_path: Path) -> None:
    layout, cells = Shelf().layout("bpu"), row(Shelf().layout("bpu"), record(), JAKARTA)
    made = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        file = File(layout, tmp_path / name)
        file.write([("3205402001", cells)])
        made.append((file.close(), file.parts[0].path.read_bytes()))

    assert made[0] == made[1]


@pytest.mark.parametrize("group", ["", "SD-3205402002-2027", "[a]:b*?/\\'" + "x" * 40, "\x00"])
def test_a_sheet_can_be_called_so(group: str, tmp_path: Path) -> None:
    layout = Shelf().layout("bpu")
    (part,) = written(layout, tmp_path, [(group, row(layout, record(), JAKARTA))]).parts

    assert [sheet_name(group)] == openpyxl.load_workbook(part.path).sheetnames
