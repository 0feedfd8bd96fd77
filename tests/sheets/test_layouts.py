"""Layouts: ours can be read, a branch's wins, and a bad one is refused with one sentence that helps."""

from pathlib import Path

import pytest

from sheets.fields import FIELDS
from sheets.layouts import SHIPPED, BadLayout, Shelf, read

GOOD = 'format = "csv"\n[[columns]]\nheading = "NIK"\nfield = "nik"\n'
COLUMN = '[[columns]]\nheading = "NIK"\nfield = "nik"\n'
BAD = {
    "format = ": "is not written as TOML",
    GOOD.replace('"csv"', '"pdf"'): "format must be one of 'xlsx', 'csv'",
    'format = "csv"\nsheets = "village"\n' + COLUMN: 'sheets must be "one"',
    'format = "csv"\n': r"needs 1 to 100 parts that begin with \[\[columns\]\]",
    'colour = "red"\n' + COLUMN: "'colour' is not known",
    COLUMN + COLUMN: "two columns have the heading 'nik'",
    '[[columns]]\nheading = "Nama"\nfield = "name"\n': 'no column has field = "nik"',
    '[[columns]]\nheading = " "\nfield = "nik"\n': "column 1 has no heading",
    '[[columns]]\nheading = "NIK"\n': "needs either field or text",
    '[[columns]]\nheading = "NIK"\nfield = "ktp"\n': "field must be one of nik, name",
    COLUMN + "number = true\n": "a NIK or a phone is a text",
    COLUMN + "width = 900\n": "width must be a whole number from 4 to 100",
    COLUMN + "words = { female = 1 }\n": "words must look like",
    COLUMN + 'date = "%Q"\n': "date must be made of",
    "columns = 7\n": r"needs 1 to 100 parts",
    "columns = [7]\n": "must be a list of name = value",
}


@pytest.mark.parametrize("name", sorted(path.stem for path in SHIPPED.glob("*.toml")))
def test_what_is_shipped_can_be_read(name: str) -> None:
    assert name == Shelf().layout(name).name


def test_the_shipped_layout_shows_every_field_of_the_domain() -> None:
    shown = {column.field for column in Shelf().layout("bpu").columns} - {None}

    assert {"funding", "sk_number"} == FIELDS.keys() - shown


def test_a_branchs_own_layout_wins(tmp_path: Path) -> None:
    (tmp_path / "bpu.toml").write_text(GOOD, "utf-8")
    (tmp_path / "Nama Yang Panjang Sekali.toml").write_text(GOOD, "utf-8")
    shelf = Shelf(tmp_path)

    assert "csv" == shelf.layout("bpu").format
    assert ["bpu", "ringkas"] == shelf.names()


@pytest.mark.parametrize(("source", "sentence"), BAD.items(), ids=range(len(BAD)))
def test_a_bad_layout_is_refused_with_a_sentence(source: str, sentence: str) -> None:
    with pytest.raises(BadLayout, match=sentence):
        read("cabang", source)


def test_what_is_no_text_or_not_there_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "biner.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadLayout, match="must be a text file in UTF-8"):
        Shelf(tmp_path).layout("biner")
    with pytest.raises(BadLayout, match="There are: biner, bpu, ringkas"):
        Shelf(tmp_path).layout("tidak-ada")
