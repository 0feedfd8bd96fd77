"""XLSX: a look at the packing before anything is unpacked, then its rows one after the other."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Any, Final

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.xml import DEFUSEDXML

from rules.refusal import Refused
from sheets import limits
from sheets.cells import Cell

SHEETS: Final = re.compile(r"xl/worksheets/[^/]*\.xml")
TEXTS: Final = "xl/sharedstrings.xml"
METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ENTITIES: Final = (b"<!DOCTYPE", b"<!ENTITY")
PIECE: Final = 256 * 1024
BROKEN: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    InvalidFileException,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
)
"""What reading raises for a file that is no workbook in some way or other."""

NUMBERED: Final = re.compile(rb"<row[ >]")


class NotDefused(Exception):
    """The XML reader would follow entities: nothing is read."""


def checked(content: bytes) -> int:
    """Return how many rows a workbook seems to have; Refused where it is none, or a bomb."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = _within_limits(packed)
            return sum(
                _looked_through(packed, part) for part in parts if part.filename.lower().endswith(".xml")
            )
    except BROKEN as error:
        raise Refused("sheets.file.broken") from error


def _within_limits(packed: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Return the parts of a workbook, if their sizes as declared are those of a list."""
    parts = packed.infolist()
    if len(parts) > limits.ENTRIES or sum(part.file_size for part in parts) > limits.UNPACKED:
        raise Refused("sheets.file.too_heavy")
    if "xl/workbook.xml" not in {part.filename.lower() for part in parts}:
        raise Refused("sheets.file.not_a_list")
    for part in parts:
        if part.flag_bits & 1:
            raise Refused("sheets.file.locked")
        if part.compress_type not in METHODS or _is_too_tight(part) or _is_out_of_place(part):
            raise Refused("sheets.file.too_heavy")
    return parts


def _is_too_tight(part: zipfile.ZipInfo) -> bool:
    return part.file_size > limits.SMALL and part.file_size > limits.RATIO * part.compress_size


def _is_out_of_place(part: zipfile.ZipInfo) -> bool:
    name = part.filename.lower()
    return part.file_size > limits.BESIDE and not (SHEETS.fullmatch(name) or name == TEXTS)


def _looked_through(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> int:
    """Return the rows of one part; Refused for entities, other encodings, and more cells than lists have."""
    rows = cells = texts = 0
    with packed.open(part) as stream:
        for piece in _pieces(stream):
            rows += len(NUMBERED.findall(piece))
            cells += piece.count(b"<c ") + piece.count(b"<c>")
            texts += piece.count(b"<si")
            if any(mark in piece for mark in ENTITIES) or piece.startswith((b"\xff\xfe", b"\xfe\xff")):
                raise Refused("sheets.file.too_heavy")
            if cells > limits.CELLS or texts > limits.TEXTS:
                raise Refused("sheets.file.too_heavy")
    if cells > limits.BROAD + limits.ACROSS * rows:
        raise Refused("sheets.file.too_heavy")
    return rows


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield a part in pieces; what lies across the border of two is seen once."""
    rest = b""
    while piece := stream.read(PIECE):
        whole = rest + piece
        border = whole.rfind(b"<") if len(piece) == PIECE else len(whole)
        border = border if border > 0 else len(whole)
        yield whole[:border]
        rest = whole[border:]
    if rest:
        yield rest


def sheets(content: bytes) -> Iterator[tuple[str, Iterator[tuple[Cell, ...]]]]:
    """Yield each sheet's name and rows; Refused where the workbook turns out to be none."""
    if not DEFUSEDXML:
        raise NotDefused
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets:
            yield sheet.title, _rows(sheet)
    except BROKEN as error:
        raise Refused("sheets.file.broken") from error


def _rows(sheet: Any) -> Iterator[tuple[Cell, ...]]:
    sheet.reset_dimensions()  # what a file says of its own size is not to be trusted
    try:
        yield from sheet.iter_rows(max_col=limits.COLUMNS, values_only=True)
    except BROKEN as error:
        raise Refused("sheets.file.broken") from error
