"""Files made to hurt whoever opens them."""

import io
import random
import struct
import zipfile
from collections.abc import Callable
from typing import Final

from tests.sheets.lists import HEADINGS, csv_of, people, xlsx_of

MB: Final = 1024 * 1024
SHEET: Final = "xl/worksheets/sheet1.xml"
TEXTS: Final = "xl/sharedStrings.xml"


def with_parts(**parts: bytes) -> bytes:
    """Return a workbook some parts of which are others; `__` stands for a slash, `_0` for a dot."""
    named = {name.replace("__", "/").replace("_0", "."): data for name, data in parts.items()}
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx_of([HEADINGS, *people(2)]))) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            if part.filename not in named:
                new.writestr(part.filename, old.read(part))
        for name, data in named.items():
            new.writestr(name, data)
    return out.getvalue()


def huge_sheet() -> bytes:
    """Return 300 KB that unpack to 300 MB of cells."""
    return with_parts(xl__worksheets__sheet1_0xml=b"<worksheet><sheetData>" + b"<row><c/></row>" * (20 * MB))


def tight_sheet() -> bytes:
    """Return a sheet of an allowed size that is packed far too tightly."""
    return with_parts(xl__worksheets__sheet1_0xml=b"<worksheet><sheetData>" + b" " * (20 * MB))


def many_entries() -> bytes:
    """Return a workbook of ten thousand parts."""
    return with_parts(**{f"xl__x{number}": b"" for number in range(10_000)})


def huge_styles() -> bytes:
    """Return a workbook whose styles are larger than its list may be."""
    noise = b"".join(b"<xf a='%d'/>" % (number * 7919 % 10**9) for number in range(400_000))
    return with_parts(xl__styles_0xml=b"<styleSheet>" + noise + b"</styleSheet>")


def many_texts() -> bytes:
    """Return a workbook of more shared texts than its list has cells."""
    noise = b"".join(b"<si><t>%d</t></si>" % (number * 7919 % 10**9) for number in range(600_000))
    return with_parts(xl__sharedStrings_0xml=b"<sst>" + noise + b"</sst>")


def many_cells() -> bytes:
    """Return a workbook of two million cells."""
    noise = b"".join(b'<c r="A%d"/>' % (number * 7919 % 10**6) for number in range(2_000_000))
    return with_parts(xl__worksheets__sheet1_0xml=b"<worksheet><sheetData><row>" + noise)


def one_broad_row() -> bytes:
    """Return a workbook of no more cells than a list may have, all of them in one row."""
    noise = b"".join(b'<c r="A1"><v>%d</v></c>' % (number * 7919 % 10**6) for number in range(1_000_000))
    return with_parts(xl__worksheets__sheet1_0xml=b'<worksheet><sheetData><row r="1">' + noise)


def laughs() -> bytes:
    """Return a workbook with entities that grow a billion-fold."""
    grown = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    head = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY l0 "ha">' + grown + b"]>"
    return with_parts(xl__sharedStrings_0xml=head + b"<sst><si><t>&l9;</t></si></sst>")


def outside() -> bytes:
    """Return a workbook that asks for a file of the machine."""
    head = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    return with_parts(xl__workbook_0xml=head + b"<workbook>&x;</workbook>")


def utf16_entities() -> bytes:
    """Return entities written so that a search for their sign finds nothing."""
    head = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE l [<!ENTITY l0 "ha">]>'
    xml = f"{head}<sst><si><t>&l0;</t></si></sst>"
    return with_parts(xl__sharedStrings_0xml=xml.encode("utf-16"))


def lying_size() -> bytes:
    """Return a huge sheet whose directory says that it is small."""
    content = bytearray(huge_sheet())
    true = struct.pack("<I", len(b"<worksheet><sheetData>") + 15 * 20 * MB)
    at = content.rfind(true)
    assert at > 0
    content[at : at + 4] = struct.pack("<I", 1000)
    return bytes(content)


def one_endless_row() -> bytes:
    """Return a CSV that is a single line of eight megabytes."""
    return csv_of([HEADINGS]) + b"x" * (7 * MB)


def all_delimiters() -> bytes:
    """Return a CSV that is nothing but empty cells."""
    return csv_of([HEADINGS]) + b";" * (7 * MB)


def random_zip() -> bytes:
    """Return what begins like a workbook and goes on like nothing."""
    return b"PK\x03\x04" + bytes(range(256)) * 4096


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Return a workbook some bytes of whose parts are others, or which is cut, or both."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            data = bytearray(old.read(part))
            for _ in range(chance.choice((0, 0, 1, 3, 20))):
                data[chance.randrange(len(data))] = chance.choice(b'<>/"=&09azAZ \x00\xff')
            new.writestr(part.filename, bytes(data[: chance.choice((len(data), len(data), len(data) // 2))]))
    whole = bytearray(out.getvalue())
    for _ in range(chance.choice((0, 0, 0, 2))):
        whole[chance.randrange(4, len(whole))] = chance.randrange(256)
    return bytes(whole)


BOMBS: Final[dict[str, tuple[Callable[[], bytes], str]]] = {
    "a sheet of 300 MB": (huge_sheet, "sheets.file.too_heavy"),
    "a sheet packed too tightly": (tight_sheet, "sheets.file.too_heavy"),
    "ten thousand parts": (many_entries, "sheets.file.too_heavy"),
    "huge styles": (huge_styles, "sheets.file.too_heavy"),
    "too many texts": (many_texts, "sheets.file.too_heavy"),
    "too many cells": (many_cells, "sheets.file.too_heavy"),
    "one broad row": (one_broad_row, "sheets.file.too_heavy"),
    "a billion laughs": (laughs, "sheets.file.too_heavy"),
    "an entity of the machine": (outside, "sheets.file.too_heavy"),
    "entities in UTF-16": (utf16_entities, "sheets.file.too_heavy"),
    "a size that is a lie": (lying_size, "sheets.file.broken"),
    "one endless cell": (one_endless_row, "sheets.file.quotes"),
    "what only begins like a workbook": (random_zip, "sheets.file.broken"),
    "nine megabytes": (lambda: b"NIK;Nama" + b"\n" * (9 * MB), "sheets.file.too_big"),
}
"""Each bomb, and the refusal it must meet."""
