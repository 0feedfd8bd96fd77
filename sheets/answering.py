"""The same file back: the rows that could not be taken, in their own columns, each reason beside its cell."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from sheets import dropdowns, limits, telling
from sheets.columns import ANSWERED, BY_NAME
from sheets.reading import CSV
from sheets.safe import MADE, OPTIONS, cell_text, csv_text

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

REMARKS: Final = 1000
"""Cells that get a remark of their own; a phone takes long to open a file with more."""

REASON_WIDTH: Final = 60
WIDTH: Final = 18
Listed = Mapping[str, Any]


def file_of(
    listed: Listed, width: int, rows: Iterable[Mapping[str, Any]], language: str, *, jobs: bool = True
) -> bytes:
    """Return the file that goes back: `rows` are at most `width` cells with their reasons.

    `listed` says how the list came: kind, delimiter, the rows of its headings, and which column is where.
    `jobs`: a sheet with all occupations goes along.
    """
    place = _place(listed, width)
    if listed["kind"] == CSV:
        return _table(listed, rows, language, place)
    return _workbook(listed, rows, language, place, jobs=jobs)


def _place(listed: Listed, width: int) -> int:
    """Return where the reasons stand: in the column of last time, or behind all others."""
    old = listed["columns"].get(ANSWERED)
    return int(old) if old is not None else max(width, *map(len, listed["rows"]))


def _table(listed: Listed, rows: Iterable[Mapping[str, Any]], language: str, place: int) -> bytes:
    lines = io.StringIO(newline="")
    out = csv.writer(lines, delimiter=listed["delimiter"])
    *above, last = listed["rows"]
    for row in above:
        out.writerow(map(csv_text, row))
    out.writerow(map(csv_text, _put(last, place, telling.title(language, ANSWERED))))
    for row in rows:
        out.writerow(map(csv_text, _put(row["cells"], place, telling.whole(language, row["reasons"]))))
    return lines.getvalue().encode("utf-8-sig")


def _put(cells: Iterable[str], place: int, text: str) -> list[str]:
    put = list(cells)
    put += [""] * (place + 1 - len(put))
    put[place] = text
    return put


def _workbook(
    listed: Listed, rows: Iterable[Mapping[str, Any]], language: str, place: int, *, jobs: bool
) -> bytes:
    content = io.BytesIO()
    import xlsxwriter  # with the first workbook, not with every start of the bot

    with xlsxwriter.Workbook(content, OPTIONS) as book:
        book.set_properties(MADE)
        sheet = book.add_worksheet(telling.title(language, "list"))
        plain = book.add_format({"num_format": "@"})
        _write_headings(
            sheet,
            listed,
            place,
            language,
            book.add_format({"bold": True, "num_format": "@"}),
            plain,
            jobs=jobs,
        )
        wrong = book.add_format({"num_format": "@", "bg_color": "#FFE08A"})
        told = book.add_format({"font_color": "#B00020", "text_wrap": True, "num_format": "@"})
        page = _Page(sheet, listed["columns"], place, language, plain, wrong, told)
        for number, row in enumerate(rows, start=len(listed["rows"])):
            if number % limits.PART == 0:
                limits.grant()
            page.write(number, row)
        if jobs:
            dropdowns.add_occupations(book, language)
        limits.grant()
    return content.getvalue()


def _write_headings(
    sheet: "Worksheet",
    listed: Listed,
    place: int,
    language: str,
    bold: "Format",
    plain: "Format",
    *,
    jobs: bool,
) -> None:
    names = {at: name for name, at in listed["columns"].items()}
    for at in range(place):
        column = BY_NAME.get(names.get(at, "")) if jobs else None
        sheet.set_column(at, at, column.width if column else WIDTH, plain)
        if column and (column.choices or column.name == "occupation"):
            sheet.data_validation(
                len(listed["rows"]), at, dropdowns.LAST_ROW, at, dropdowns.offer(language, column)
            )
    sheet.set_column(place, place, REASON_WIDTH, plain)
    for number, row in enumerate(listed["rows"]):
        for at, text in enumerate(row):
            if text and at != place:
                sheet.write_string(number, at, cell_text(text), bold)
    sheet.write_string(len(listed["rows"]) - 1, place, telling.title(language, ANSWERED), bold)
    sheet.freeze_panes(len(listed["rows"]), 0)


class _Page:
    """Writes row after row of what goes back."""

    def __init__(
        self,
        sheet: "Worksheet",
        columns: Mapping[str, int],
        place: int,
        language: str,
        plain: "Format",
        wrong: "Format",
        told: "Format",
    ) -> None:
        self._sheet = sheet
        self._columns = columns
        self._place = place
        self._language = language
        self._formats = {False: plain, True: wrong}
        self._told = told
        self._remarks = 0

    def write(self, number: int, row: Mapping[str, Any]) -> None:
        """Write the cells of a row, those that are wrong in colour, and why beside them."""
        wrong = {self._columns.get(column): (name, values) for column, name, values in row["reasons"]}
        for at in sorted({*range(len(row["cells"])), *(at for at in wrong if at is not None)}):
            text = row["cells"][at] if at < len(row["cells"]) else ""
            if at != self._place and (text or at in wrong):
                self._sheet.write_string(number, at, cell_text(text), self._formats[at in wrong])
                self._remark(number, at, wrong.get(at))
        told = telling.whole(self._language, row["reasons"])
        self._sheet.write_string(number, self._place, cell_text(told), self._told)

    def _remark(self, number: int, at: int, why: tuple[str, Mapping[str, Any]] | None) -> None:
        if why is not None and self._remarks < REMARKS:
            self._remarks += 1
            self._sheet.write_comment(number, at, cell_text(telling.reason(self._language, *why)))
