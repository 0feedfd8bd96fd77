"""The template: one sheet to fill in, one that explains it, one with the choices; for phones and old Excel.

Phones show no remarks, so each column is explained on a sheet of its own.
"""

import functools
import io
from typing import TYPE_CHECKING, Any

from locales import say
from sheets import dropdowns, telling
from sheets.columns import COLUMNS, Column
from sheets.dropdowns import LAST_ROW
from sheets.safe import MADE, OPTIONS

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet


@functools.cache
def file_of(language: str) -> bytes:
    """Return the template in a language."""
    content = io.BytesIO()
    import xlsxwriter  # with the first workbook, not with every start of the bot

    with xlsxwriter.Workbook(content, OPTIONS) as book:
        book.set_properties(MADE)
        sheet = book.add_worksheet(telling.title(language, "list"))
        guide = book.add_worksheet(telling.title(language, "guide"))
        text = book.add_format({"num_format": "@"})
        _headings(sheet, language, book, text)
        _explain(guide, language, book)
        dropdowns.add_occupations(book, language)
    return content.getvalue()


def heading(language: str, column: Column) -> str:
    """Return the heading of a column; one that must be filled in bears a star."""
    return telling.title(language, column.name) + (" *" if column.required else "")


def _headings(sheet: "Worksheet", language: str, book: Any, text: "Format") -> None:
    needed = book.add_format({"bold": True, "bg_color": "#CFE8D5", "text_wrap": True, "border": 1})
    optional = book.add_format({"bold": True, "bg_color": "#EEEEEE", "text_wrap": True, "border": 1})
    for at, column in enumerate(COLUMNS):
        sheet.set_column(at, at, column.width, text)
        sheet.write_string(0, at, heading(language, column), needed if column.required else optional)
        sheet.data_validation(1, at, LAST_ROW, at, dropdowns.offer(language, column))
    sheet.freeze_panes(1, 2)


def _explain(sheet: "Worksheet", language: str, book: Any) -> None:
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 70)
    lines = [line for line in say(language, "sheets.guide").split("\n") if line]
    for number, line in enumerate(lines):
        sheet.merge_range(number, 0, number, 1, "", wrapped)
        sheet.write_string(number, 0, telling.plain(line), bold if number == 0 else wrapped)
    for number, column in enumerate(COLUMNS, start=len(lines) + 1):
        sheet.write_string(number, 0, heading(language, column), bold)
        sheet.write_string(number, 1, telling.plain(say(language, f"sheets.help.{column.name}")), wrapped)
