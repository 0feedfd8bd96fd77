"""What a program offers in a cell: lists of choices, on phones and in old Excel too.

Old Excel takes a list of choices from another sheet only by a name.
"""

from typing import Any, Final

from locales import say
from rules import occupations
from sheets import choices, telling
from sheets.columns import Column

LAST_ROW: Final = 1_048_575
PROMPT: Final = 255
"""Letters of the hint a program shows beside a cell."""

NAME: Final = "daftar_pekerjaan"
"""The name by which every Excel finds the occupations on their sheet."""


def offer(language: str, column: Column) -> dict[str, Any]:
    """Return what a program offers in a cell; it never forbids: what is wrong is said kindly, by us."""
    hint = telling.plain(say(language, f"sheets.help.{column.name}"))[:PROMPT]
    shown = {"input_title": telling.title(language, column.name)[:32], "input_message": hint}
    free = {"show_error": False, "error_type": "information", "ignore_blank": True}
    if column.name == "occupation":
        return {"validate": "list", "source": f"={NAME}", **shown, **free}
    if column.choices:
        words = [choices.shown(column.name, choice, language) for choice in column.choices]
        return {"validate": "list", "source": words, **shown, **free}
    return {"validate": "any", **shown}


def add_occupations(book: Any, language: str) -> None:
    """Add the sheet of all occupations to a workbook, and the name by which every Excel finds them."""
    sheet = book.add_worksheet(telling.title(language, "jobs"))
    sheet.set_column(0, 0, 45)
    known = [say(language, f"occupations.{one}") for one in occupations.occupations()]
    for number, words in enumerate(known):
        sheet.write_string(number, 0, words)
    book.define_name(NAME, f"='{sheet.get_name()}'!$A$1:$A${len(known)}")
