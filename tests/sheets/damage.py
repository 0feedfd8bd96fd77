"""The usual damage: files as they really come back, each with the verdict every row of it must get.

A file is made by code when it is wanted. `verdicts` are by row number; a text is the refusal of a whole file.
"""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import openpyxl

from tests.sheets.lists import HEADINGS, Rows, csv_of, nik, people, person, xlsx_of

GOOD = "good"
NIK_NUMBER = "nik nik_number"
Verdicts = dict[int, str] | str


@dataclass(frozen=True, slots=True)
class Damage:
    """One damaged file: what happened to it, how it is made, and the verdicts it must get."""

    name: str
    made: Callable[[], bytes]
    verdicts: Verdicts


def xlsx(name: str, rows: Rows, verdicts: Verdicts) -> Damage:
    """Return a damaged workbook."""
    return Damage(name, lambda: xlsx_of(rows), verdicts)


def table(name: str, rows: Rows, verdicts: Verdicts, delimiter: str = ";", encoding: str = "utf-8") -> Damage:
    """Return a damaged CSV."""
    return Damage(name, lambda: csv_of(rows, delimiter, encoding), verdicts)


def one(name: str, verdict: str, /, **told: Any) -> Damage:
    """Return a workbook of one person with a damaged cell."""
    return xlsx(name, [HEADINGS, person(**told)], {2: verdict})


def born(name: str, value: object, verdict: str = GOOD) -> Damage:
    """Return a workbook of one person with a date of birth written in some way."""
    return one(f"date {name}", verdict, **{"Tanggal lahir": value})


def columns(name: str, *headings: str, verdicts: Verdicts | None = None) -> Damage:
    """Return a workbook whose headings are written in another way, in the order of HEADINGS."""
    return xlsx(f"headings {name}", [headings, person()], verdicts or {2: GOOD})


def shuffled(rows: Rows, order: tuple[int, ...]) -> Rows:
    """Return rows with their columns in another order."""
    return [[row[at] for at in order] for row in rows]


def with_part(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return a workbook one part of which is changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            data = old.read(part)
            new.writestr(part.filename, change(data) if part.filename == name else data)
    return out.getvalue()


def lying_dimension() -> bytes:
    """Return a workbook that says of itself that it has one cell."""
    sheet = "xl/worksheets/sheet1.xml"
    return with_part(
        xlsx_of([HEADINGS, *people(2)]),
        sheet,
        lambda xml: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"', xml),
    )


def second_sheet() -> bytes:
    """Return a workbook with a cover sheet before the list."""
    book = openpyxl.load_workbook(io.BytesIO(xlsx_of([HEADINGS, *people(2)])))
    cover = book.create_sheet("Sampul", 0)
    cover["A1"] = "Laporan Desa Cibiuk Kaler"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def formulas() -> bytes:
    """Return a workbook whose income is a formula that no program has computed."""
    return xlsx_of([HEADINGS, person(Penghasilan="=1000000+500000")])


def truncated() -> bytes:
    """Return the first half of a workbook."""
    content = xlsx_of([HEADINGS, *people(20)])
    return content[: len(content) // 2]


GROUPS = ("No", "DATA DIRI", None, None, None, "ALAMAT", None, None, None, "KONTAK", "USAHA", None)
BELOW = (
    None,
    "NIK",
    "Nama",
    "Tgl Lahir",
    "L/P",
    "Alamat",
    "Desa",
    "Kec.",
    "Kab.",
    "No. HP",
    "Pekerjaan",
    "Penghasilan",
)
HEIRS = (*HEADINGS, "Ahli Waris", None, None)
HEIRS_BELOW = (*(None for _ in HEADINGS), "Nama", "Hubungan", "No HP")
NUMBERED = [[number, *row] for number, row in enumerate(people(2), start=1)]
ENGLISH = (
    "National ID",
    "Full name",
    "Date of birth",
    "Sex",
    "Address",
    "Village",
    "District",
    "Regency",
    "Phone number",
    "Occupation",
    "Income",
)
SUM = ["Jumlah", *[None] * 9, 3000000]
EMPTY = [None] * len(HEADINGS)
SHORT = shuffled([HEADINGS, person()], (0, 1, 2, 4, 5, 6, 7, 9, 10))

CORPUS = (
    # columns and headings
    xlsx("as it should be", [HEADINGS, *people(3)], {2: GOOD, 3: GOOD, 4: GOOD}),
    xlsx(
        "columns in another order",
        shuffled([HEADINGS, *people(2)], (10, 3, 5, 0, 7, 1, 9, 2, 8, 6, 4)),
        {2: GOOD, 3: GOOD},
    ),
    xlsx("columns nobody needs are left out", SHORT, {2: GOOD}),
    xlsx("other columns in between", [("No", *HEADINGS, "Keterangan"), [1, *person(), "baru"]], {2: GOOD}),
    xlsx(
        "a title above", [["DAFTAR PEKERJA RENTAN"], ["Desa Cibiuk Kaler"], [], HEADINGS, person()], {5: GOOD}
    ),
    Damage(
        "merged heading rows",
        lambda: xlsx_of([GROUPS, BELOW, *NUMBERED], merged=("B1:E1", "F1:I1", "K1:L1", "A1:A2")),
        {3: GOOD, 4: GOOD},
    ),
    xlsx("a row that numbers the columns", [HEADINGS, [f"({n})" for n in range(1, 12)], person()], {3: GOOD}),
    xlsx("headings again on each page", [HEADINGS, person(1), HEADINGS, person(2)], {2: GOOD, 4: GOOD}),
    xlsx(
        "an heir under merged headings", [HEIRS, HEIRS_BELOW, [*person(), "Kartika", "anak", ""]], {3: GOOD}
    ),
    columns("in capitals", *(heading.upper() for heading in HEADINGS)),
    columns(
        "with stars and brackets",
        "NIK (16 digit) *",
        "NAMA LENGKAP*",
        "Tgl. Lahir (hh-bb-tttt)",
        "L/P",
        "Alamat Lengkap",
        "Desa / Kelurahan",
        "Kec",
        "Kab/Kota",
        "No. WA",
        "Pekerjaan Utama",
        "Penghasilan/Bulan (Rp)",
    ),
    columns(
        "misspelt",
        "N I K KTP",
        "Nama Lengkp",
        "Tangal Lahir",
        "Jenis Kelamn",
        "Alamatt",
        "Kelurahann",
        "Kecamatn",
        "Kabupatn",
        "Nomer HP",
        "Pekerjan",
        "Penghasiln",
        verdicts="sheets.file.missing",
    ),
    columns(
        "misspelt but NIK",
        "NIK",
        "Nama Lengkp",
        "Tangal Lahir",
        "Jenis Kelamn",
        "Alamatt",
        "Kelurahann",
        "Kecamatn",
        "Kabupatn",
        "Nomer HP",
        "Pekerjan",
        "Penghasiln",
    ),
    columns("in English", *ENGLISH),
    columns(
        "everyday",
        "No KTP",
        "Nama Pekerja",
        "TTL",
        "JK",
        "Alamat Rumah",
        "Desa",
        "Kec.",
        "Kota",
        "HP",
        "Mata Pencaharian",
        "Pendapatan",
    ),
    columns(
        "with line breaks",
        "NIK\n(KTP)",
        "Nama\nLengkap",
        "Tanggal\nLahir",
        "Jenis\nKelamin",
        "Alamat",
        "Desa",
        "Kecamatan",
        "Kabupaten",
        "No\nHP",
        "Pekerjaan",
        "Penghasilan\nper bulan",
    ),
    xlsx("no headings", people(2), "sheets.file.no_headings"),
    xlsx("a column too few", shuffled([HEADINGS, person()], (0, 1, 2, 3)), "sheets.file.missing"),
    Damage("a cover sheet first", second_sheet, {2: GOOD, 3: GOOD}),
    Damage("a wrong dimension", lying_dimension, {2: GOOD, 3: GOOD}),
    xlsx("the same column twice", [(*HEADINGS, "NIK"), [*person(), "9"]], {2: GOOD}),
    # rows
    xlsx("empty rows in between", [HEADINGS, person(1), EMPTY, [" "] * 11, person(2)], {2: GOOD, 5: GOOD}),
    xlsx(
        "a sum and signatures below",
        [HEADINGS, person(), SUM, ["Mengetahui,"], [None, "Kepala Desa"]],
        {2: GOOD},
    ),
    xlsx("nobody on it", [HEADINGS], {}),
    xlsx("one NIK twice", [HEADINGS, person(1), person(2), person(1)], {2: GOOD, 3: GOOD, 4: "nik twice"}),
    xlsx(
        "one NIK twice, written differently",
        [HEADINGS, person(1), person(NIK=f"{nik(1)[:6]} {nik(1)[6:]}")],
        {2: GOOD, 3: "nik twice"},
    ),
    xlsx(
        "one bad among good",
        [HEADINGS, person(1), person(2, Nama=""), person(3)],
        {2: GOOD, 3: "name empty", 4: GOOD},
    ),
    xlsx(
        "a row with only a NIK",
        [HEADINGS, [nik(1)]],
        {2: "name empty, birth_date empty, address empty, village empty, occupation empty, income empty"},
    ),
    # the NIK
    one("NIK as a number that lost its end", NIK_NUMBER, NIK=3205405708909000),
    one("NIK as a decimal that lost its end", NIK_NUMBER, NIK=3.20540570890900e15),
    one("NIK as a number that is whole", GOOD, NIK=int(nik(1))),
    one("NIK as a number no spreadsheet holds", NIK_NUMBER, NIK=9205405708909001),
    one("NIK shown in short", NIK_NUMBER, NIK="3,20541E+15"),
    one("NIK shown in short, English", NIK_NUMBER, NIK="3.20541E+15"),
    one("NIK with an apostrophe", GOOD, NIK=f"'{nik(1)}"),
    one("NIK with blanks and dots", GOOD, NIK=f"{nik(1)[:4]} {nik(1)[4:8]}.{nik(1)[8:12]}-{nik(1)[12:]}"),
    one("NIK with a no-break space", GOOD, NIK=f"\xa0{nik(1)}\xa0"),
    one("NIK with .0 behind", GOOD, NIK=f"{nik(1)}.0"),
    one("NIK with a letter", "nik nik.not_digits", NIK=f"{nik(1)[:15]}O"),
    one("NIK one digit short", "nik nik.wrong_length", NIK=nik(1)[:15]),
    one("NIK of no day", "nik nik.no_such_date", NIK="3205403513909001"),
    one("NIK of no province", "nik nik_place", NIK=f"99{nik(1)[2:]}"),
    table(
        "a column of NIKs that was once numbers",
        [HEADINGS, *(person(n, NIK=f"{nik(n)[:15]}0") for n in range(10, 70, 10))],
        dict.fromkeys(range(2, 8), NIK_NUMBER),
    ),
    # names
    one("a name with a title", "name title", Nama="Hj. Siti Aminah, S.Pd"),
    one("a name in small letters", GOOD, Nama="siti aminah"),
    one("a name with odd blanks and apostrophes", GOOD, Nama="  Nur’aini \u200b Ma`ruf "),
    one("a name with a number", "name names.digits", Nama="Siti 2"),
    # dates
    born("as a date", date(1990, 8, 17)),
    born("as a date and time", datetime(1990, 8, 17, 0, 0)),  # noqa: DTZ001 - a spreadsheet knows no zone
    born("as a number of days", 33102),
    born("as the text of a number of days", "33102"),
    born("with dashes", "17-8-1990"),
    born("with slashes", "17/08/1990"),
    born("with dots and two digits", "17.8.90"),
    born("year first", "1990-08-17"),
    born("in words", "17 Agustus 1990"),
    born("in short words", "17 Ags 90"),
    born("with the place", "Garut, 17-08-1990"),
    born("with a time", "17/08/1990 00:00:00"),
    born("without signs", 17081990),
    born("month first", "08/17/1990"),
    one(
        "date turned about by a foreign Excel",
        GOOD,
        **{"NIK": nik(1, day=45, month=8), "Tanggal lahir": date(1990, 5, 8)},
    ),
    one(
        "date turned about, of somebody too old",
        "birth_date eligibility.too_old",
        **{"NIK": nik(1, day=45, month=8, year=50), "Tanggal lahir": date(1950, 5, 8)},
    ),
    born("that the NIK contradicts", "18-08-1990", "birth_date birth_date"),
    born("of no day", "31-02-1990", "birth_date dates.no_such_day"),
    born("year alone", 1990, "birth_date dates.only_year"),
    born("of a child", "17-08-2015", "birth_date eligibility.too_young"),
    # the other cells
    one("phone without its zero", GOOD, **{"No HP": 86012340001}),
    one("phone as a decimal", GOOD, **{"No HP": 86012340001.0}),
    one("phone with country code", GOOD, **{"No HP": "+62 860-1234-0001"}),
    one("phone shown in short", "phone phone_number", **{"No HP": "8,6E+10"}),
    one("two phones", "phone phone.which", **{"No HP": "086012340001 / 086012340002"}),
    one("no phone", GOOD, **{"No HP": "-"}),
    one("sex as a letter", GOOD, **{"Jenis kelamin": "p"}),
    one("sex against the NIK", "sex sex", **{"Jenis kelamin": "L"}),
    one("sex left out", GOOD, **{"Jenis kelamin": ""}),
    one("sex as nobody writes it", "sex choice", **{"Jenis kelamin": "xx"}),
    one(
        "village with its kind",
        GOOD,
        Desa="Ds. CIBIUK KALER",
        Kecamatan="Kec. Cibiuk",
        Kabupaten="KAB. GARUT",
    ),
    one(
        "village, all in one cell",
        GOOD,
        Desa="Desa Cibiuk Kaler, Kec. Cibiuk, Kab. Garut",
        Kecamatan="",
        Kabupaten="",
    ),
    one("village by its code", GOOD, Desa="32.05.40.2002", Kecamatan="", Kabupaten=""),
    one("village of many places", "village village_which", Desa="Sukamaju", Kecamatan="", Kabupaten=""),
    one("village misspelt", "village village_like", Desa="Cibiuk Kalr"),
    one("district misspelt", "village district_like", Kecamatan="Cibuk"),
    one("regency nobody knows", "village regency_unknown", Kabupaten="Xyzzy"),
    one("income as money", GOOD, Penghasilan="Rp 1.500.000,-"),
    one("income in words", GOOD, Penghasilan="1,5 juta"),
    one("income as a decimal", GOOD, Penghasilan=1500000.0),
    one("income of a day", "income income", Penghasilan="50rb sehari"),
    one("income without its unit", "income money.no_unit", Penghasilan=50),
    one("work in everyday words", GOOD, Pekerjaan="Tukang Bakso"),
    one("work of several kinds", "occupation job_which", Pekerjaan="sopir"),
    one("work nobody knows", "occupation job_unknown", Pekerjaan="qwertyu"),
    one("work on wages", "occupation eligibility.wage_earner", Pekerjaan="karyawan pabrik"),
    one("work for the village", "occupation eligibility.village_official", Pekerjaan="Ketua RT"),
    one("work of one's own kind", GOOD, Pekerjaan="Lainnya: pembuat gula aren"),
    one("a formula that failed", "address empty", Alamat="#N/A"),
    Damage("a formula nobody computed", formulas, {2: "income empty"}),
    one("a cell with forbidden characters", GOOD, Alamat="Jalan\u200b\u202e Kenanga\ufeff 7"),
    # CSV
    table("CSV with commas", [HEADINGS, *people(2)], {2: GOOD, 3: GOOD}, ","),
    table("CSV with tabs", [HEADINGS, *people(2)], {2: GOOD, 3: GOOD}, "\t"),
    table("CSV with bars", [HEADINGS, *people(2)], {2: GOOD, 3: GOOD}, "|"),
    table("CSV of UTF-8 with a mark", [HEADINGS, person(Nama="Nur’aini")], {2: GOOD}, encoding="utf-8-sig"),
    table(
        "CSV of Windows-1252",
        [HEADINGS, person(Nama="Nur’aini", Alamat="Gang Café 7")],
        {2: GOOD},
        encoding="cp1252",
    ),
    table("CSV of UTF-16", [HEADINGS, *people(2)], {2: GOOD, 3: GOOD}, "\t", "utf-16"),
    table("CSV with commas in cells", [HEADINGS, person(Alamat="Jalan Kenanga 7, RT 02")], {2: GOOD}, ","),
    table(
        "CSV with line breaks in cells",
        [HEADINGS, person(Alamat="Jalan\nKenanga 7"), person(2)],
        {2: GOOD, 3: GOOD},
    ),
    table("CSV that names its sign", [["sep=;"], HEADINGS, person()], {3: GOOD}),
    Damage(
        "CSV of an old Macintosh",
        lambda: csv_of([HEADINGS, *people(2)]).replace(b"\r\n", b"\r"),
        {2: GOOD, 3: GOOD},
    ),
    Damage(
        "CSV with zero bytes",
        lambda: csv_of([HEADINGS, person()]).replace(b"Kenanga", b"Ken\x00anga"),
        {2: GOOD},
    ),
    Damage(
        "CSV with empty lines",
        lambda: csv_of([HEADINGS, *people(2)]).replace(b"\r\n", b"\r\n\r\n"),
        {3: GOOD, 5: GOOD},
    ),
    table("CSV with the formula of a text", [HEADINGS, person(NIK=f'="{nik(1)}"')], {2: GOOD}),
    table("CSV with short rows", [HEADINGS, person()[:10]], {2: "income empty"}),
    Damage(
        "CSV with a quotation mark never closed",
        lambda: csv_of([HEADINGS, *people(200)]).replace(b"Jalan Kenanga 9;", b'"Jalan Kenanga 9;'),
        "sheets.file.quotes",
    ),
    # what is no list
    Damage(
        "an old Excel", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096), "sheets.file.old_excel"
    ),
    Damage("half a workbook", truncated, "sheets.file.broken"),
    Damage("a picture", lambda: b"\x89PNG\r\n\x1a\n" + bytes(400), "sheets.file.not_a_list"),
    Damage(
        "a page of the web", lambda: b"<html><table><tr><td>NIK</td></tr></table>", "sheets.file.not_a_list"
    ),
    Damage("nothing", lambda: b"", "sheets.file.not_a_list"),
    Damage(
        "a text document",
        lambda: with_part(xlsx_of([HEADINGS]), "x", bytes).replace(b"xl/workbook.xml", b"word/documn.xml"),
        "sheets.file.not_a_list",
    ),
)
"""Every damaged file we know how to make."""
