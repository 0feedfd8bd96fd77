"""Layouts: which columns a file for the office has, in a TOML file that a branch can change without code."""

import dataclasses
import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sheets.fields import FIELDS
from sheets.fields import PHONES as NUMBERS

SHIPPED: Final = Path(__file__).parent / "data" / "layouts"
NAME: Final = re.compile(r"[a-z0-9-]{1,20}")
"""What a layout is called: the name of its file, short enough for a button."""

LARGEST: Final = 64 * 1024
"""Bytes of a layout."""

COLUMNS: Final = 100
HEADING: Final = 120
WIDE: Final = range(4, 101)
FORMATS: Final = ("xlsx", "csv")
SHEETS: Final = ("one", "village", "wadah")
DELIMITERS: Final = (";", ",", "\t", "|")
OF_A_FILE: Final = {"format", "sheets", "delimiter", "columns"}
OF_A_COLUMN: Final = {"heading", "field", "text", "words", "date", "number", "width", "phone"}
PHONES: Final = ("62", "0")


class BadLayout(Exception):
    """One plain sentence that says what is wrong with a layout; it names the file and the column."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, the field it shows (or the same `text` in every row), and in what form."""

    heading: str
    field: str | None = None
    text: str = ""
    words: Mapping[str, str] = dataclasses.field(default_factory=dict)
    date: str = "%d-%m-%Y"
    number: bool = False
    width: int = 16
    phone: str = "62"


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout: `sheets` says what has a sheet of its own; `source` is the text it was read from."""

    name: str
    format: str
    sheets: str
    delimiter: str
    columns: tuple[Column, ...]
    source: str = dataclasses.field(repr=False)

    @property
    def sha256(self) -> bytes:
        """What tells one version of a layout from another."""
        return hashlib.sha256(self.source.encode()).digest()


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where layouts are: those we ship, and those of a branch, which win over ours of the same name."""

    folder: Path | None = None

    def names(self) -> list[str]:
        """Return what can be asked for, in order; a file whose name cannot be used is left out."""
        return sorted({path.stem for path in self._files() if NAME.fullmatch(path.stem)})

    def layout(self, name: str) -> Layout:
        """Return a layout; BadLayout where there is none, or it cannot be used."""
        for path in self._files():
            if path.stem == name and NAME.fullmatch(name):
                return read(name, _content(path))
        raise BadLayout(f"There is no layout called {name[:40]!r}. There are: {', '.join(self.names())}.")

    def _files(self) -> Iterator[Path]:
        for folder in (self.folder, SHIPPED):
            if folder is not None and folder.is_dir():
                yield from sorted(folder.glob("*.toml"))


def _content(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise BadLayout(f"{path.name} is too large for a layout.")
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadLayout(f"{path.name} cannot be read: it must be a text file in UTF-8.") from error


def read(name: str, source: str) -> Layout:
    """Read a layout; BadLayout with one sentence for the first thing that is wrong."""
    try:
        told = tomllib.loads(source)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadLayout(f"{name}.toml is not written as TOML: {str(error)[:120]}.") from None
    where = f"{name}.toml"
    _known(where, told, OF_A_FILE)
    kind = _one_of(where, "format", told.get("format", "xlsx"), FORMATS)
    sheets = _one_of(where, "sheets", told.get("sheets", "one"), SHEETS)
    delimiter = _one_of(where, "delimiter", told.get("delimiter", ";"), DELIMITERS)
    if kind == "csv" and sheets != "one":
        raise BadLayout(f'{where}: a CSV has no sheets, so sheets must be "one".')
    columns = tuple(_column(f"{where}, column {n}", each) for n, each in enumerate(_listed(where, told), 1))
    headings = [column.heading.casefold() for column in columns]
    twice = next((one for one in headings if headings.count(one) > 1), None)
    if twice is not None:
        raise BadLayout(f"{where}: two columns have the heading {twice!r}.")
    if "nik" not in {column.field for column in columns}:
        raise BadLayout(f'{where}: no column has field = "nik", by which the office answers.')
    return Layout(name, kind, sheets, delimiter, columns, source)


def _listed(where: str, told: Mapping[str, Any]) -> list[Any]:
    columns = told.get("columns")
    if not isinstance(columns, list) or not 1 <= len(columns) <= COLUMNS:
        raise BadLayout(f"{where} needs 1 to {COLUMNS} parts that begin with [[columns]].")
    return columns


def _known(where: str, told: object, names: set[str]) -> None:
    if not isinstance(told, dict):
        raise BadLayout(f"{where} must be a list of name = value.")
    unknown = sorted(told.keys() - names)
    if unknown:
        raise BadLayout(f"{where}: {unknown[0]!r} is not known. There are: {', '.join(sorted(names))}.")


def _one_of(where: str, what: str, value: object, choices: tuple[str, ...]) -> str:
    if value not in choices:
        raise BadLayout(f"{where}: {what} must be one of {', '.join(map(repr, choices))}.")
    return str(value)


def _text(where: str, what: str, value: object, most: int = 1_000) -> str:
    if not isinstance(value, str) or len(value) > most:
        raise BadLayout(f"{where}: {what} must be a text between quotation marks, of at most {most} letters.")
    return value


def _column(where: str, told: Any) -> Column:
    _known(where, told, OF_A_COLUMN)
    heading = _text(where, "heading", told.get("heading"), HEADING).strip()
    if not heading:
        raise BadLayout(f"{where} has no heading.")
    if ("field" in told) == ("text" in told):
        raise BadLayout(f"{where} ({heading}) needs either field or text, and not both.")
    shown = told.get("field")
    if shown is not None and (not isinstance(shown, str) or shown not in FIELDS):
        raise BadLayout(f"{where} ({heading}): field must be one of {', '.join(FIELDS)}.")
    number = told.get("number", False)
    if not isinstance(number, bool) or (number and shown in {"nik", *NUMBERS}):
        raise BadLayout(f"{where} ({heading}): number is true or false, and a NIK or a phone is a text.")
    width = told.get("width", 16)
    if not isinstance(width, int) or width not in WIDE:
        raise BadLayout(f"{where} ({heading}): width must be a whole number from 4 to 100.")
    return Column(
        heading,
        shown,
        _text(where, "text", told.get("text", "")),
        _words(f"{where} ({heading})", told.get("words", {})),
        _date(f"{where} ({heading})", told.get("date", "%d-%m-%Y")),
        number,
        width,
        _one_of(where, "phone", told.get("phone", "62"), PHONES),
    )


def _words(where: str, told: object) -> dict[str, str]:
    if not isinstance(told, dict) or not all(isinstance(word, str) for word in told.values()):
        raise BadLayout(f'{where}: words must look like {{ female = "P", male = "L" }}.')
    return {str(value): word for value, word in told.items()}


def _date(where: str, told: object) -> str:
    form = _text(where, "date", told, 40)
    if not re.fullmatch(r"(?:%[dmYyHMBb]|[^%\x00-\x1f])+", form):
        raise BadLayout(f"{where}: date must be made of %d, %m, %Y, %H and %M, such as %d-%m-%Y.")
    datetime(2026, 1, 1).strftime(form)  # noqa: DTZ001 - only whether it can be written
    return form
