"""CSV: whichever way it was saved, with commas, semicolons or tabs, by an old Excel or a new one."""

import codecs
import csv
import io
from collections.abc import Iterator
from itertools import islice
from typing import Final

from rules.refusal import Refused
from sheets import headings, limits

DELIMITERS: Final = (";", ",", "\t", "|")
MARKED: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Marks at the beginning of a file that say how it is written."""


def decoded(content: bytes) -> str:
    """Return the text of a file: what its mark says, else UTF-8, else Windows-1252 as an old Excel saves."""
    for mark, encoding in MARKED:
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def delimiter_of(text: str, kind: str = "workers") -> str:
    """Return what stands between the cells: the sign with which most headings are recognised."""
    first = text.partition("\n")[0].strip()
    if first.lower().startswith("sep=") and len(first) == 5:
        return first[4]
    return max(DELIMITERS, key=lambda sign: _headings_with(sign, text, kind))


def _headings_with(sign: str, text: str, kind: str) -> int:
    lines = io.StringIO(text[: 64 * 1024])
    try:
        rows = list(islice(csv.reader(lines, delimiter=sign), limits.HEADING_ROWS))
    except csv.Error:
        return 0
    return max((len(headings.recognised([row], kind)) for row in rows), default=0)


def rows(text: str, delimiter: str) -> Iterator[tuple[str, ...]]:
    """Yield the rows of a CSV; Refused where a quotation mark that is never closed swallows them."""
    csv.field_size_limit(8 * limits.TEXT)
    lines = io.StringIO(text.replace("\x00", ""), newline="")
    try:
        for row in csv.reader(lines, delimiter=delimiter):
            yield tuple(_unmarked(cell) for cell in row[: limits.COLUMNS])
    except csv.Error as error:
        raise Refused("sheets.file.quotes") from error


def _unmarked(cell: str) -> str:
    """Take off the apostrophe that keeps a spreadsheet from running a text."""
    return cell[1:] if cell.startswith("'") else cell
