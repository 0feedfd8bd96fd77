"""QR codes: a link as dark modules for a page to draw, or as a picture."""

import io
from itertools import groupby
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from segno import QRCode

QUIET: Final = 4
"""Modules of white around a code, as ISO/IEC 18004 asks."""

CORRECTION: Final = "m"
"""A sixth of the code may be dirty or creased."""

MASK: Final = 3
"""One of the eight masks, any of which a decoder reads: to try all of them takes five times as long."""

Run = tuple[int, int, int]
"""Dark modules side by side: their row, the first column, how many."""


def picture(link: str) -> bytes:
    """Return a link's code as a PNG, for a chat."""
    file = io.BytesIO()
    _code(link).save(file, kind="png", scale=8, border=QUIET)
    return file.getvalue()


def runs(link: str) -> tuple[list[Run], int]:
    """Return the dark modules of a link's code, row by row, and how many modules a side has."""
    matrix = _code(link).matrix
    found: list[Run] = []
    for row, modules in enumerate(matrix):
        column = 0
        for dark, same in groupby(modules):
            length = len(list(same))
            if dark:
                found.append((row, column, length))
            column += length
    return found, len(matrix)


def _code(link: str) -> "QRCode":
    import segno  # with the first code, not with every start of the bot

    return segno.make_qr(link, error=CORRECTION, mask=MASK)
