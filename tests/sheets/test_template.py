"""The template: what is filled in under its own headings, with its own choices, is good."""

import io
import re
import zipfile

import openpyxl
import pytest

from locales import languages
from rules.occupations import occupations
from sheets import choices, template
from sheets.columns import COLUMNS
from tests.sheets.lists import nik, verdicts

FILLED = {
    "nik": nik(1),
    "name": "Siti Aminah",
    "birth_date": "17-8-1990",
    "address": "Jalan Kenanga 7",
    "village": "Cibiuk Kaler",
    "district": "Cibiuk",
    "regency": "Garut",
    "phone": "0860-1234-5678",
    "income": "1,5 juta",
    "email": "siti@contoh.id",
    "contact_name": "Budi",
    "contact_phone": "0860-1234-5679",
    "heir1_name": "Kartika Sari",
    "heir1_phone": "0860-1234-5680",
}


def filled(language: str, which: int) -> bytes:
    """Return the template with one person, each choice the one at a place."""
    book = openpyxl.load_workbook(io.BytesIO(template.file_of(language)))
    for at, column in enumerate(COLUMNS, start=1):
        shown = [choices.shown(column.name, choice, language) for choice in column.choices]
        text = shown[which % len(shown)] if shown else FILLED.get(column.name, "")
        if column.name == "sex":
            text = shown[0]
        if column.name == "programmes":
            text = shown[1]
        if column.name == "occupation":
            text = str(book.worksheets[2].cell(8, 1).value)
        book.worksheets[0].cell(2, at, text)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.mark.parametrize("which", range(6))
@pytest.mark.parametrize("language", languages())
def test_every_choice_of_the_template_is_understood(language: str, which: int) -> None:
    assert {2: "good"} == verdicts(filled(language, which))


@pytest.mark.parametrize("language", languages())
def test_every_occupation_of_the_template_is_understood(language: str) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(template.file_of(language))).worksheets[2]
    shown = [str(cell.value) for (cell,) in sheet.iter_rows()]

    assert list(occupations()) == [choices.job_named(words)[0] for words in shown]


def test_an_empty_template_is_a_list_of_nobody() -> None:
    assert {} == verdicts(template.file_of("id"))


@pytest.mark.parametrize("language", languages())
def test_old_excel_takes_the_choices(language: str) -> None:
    """Excel 2007 knows lists in the cell rule of up to 255 characters, and names of ranges elsewhere."""
    with zipfile.ZipFile(io.BytesIO(template.file_of(language))) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml").decode()
    sources = re.findall("<formula1>(.*?)</formula1>", sheet)

    assert len(sources) == sum(bool(column.choices) for column in COLUMNS) + 1
    assert [] == [source for source in sources if len(source) > 257 or "!" in source]
    assert "extLst" not in sheet


@pytest.mark.parametrize("language", languages())
def test_every_cell_to_be_filled_in_is_text(language: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(template.file_of(language)))
    spans = book.worksheets[0].column_dimensions.values()

    assert len(COLUMNS) == sum(span.max - span.min + 1 for span in spans)
    assert {"@"} == {span.number_format for span in spans}
