"""The typeface of all we print and draw: Bitstream Vera, which the PDF library brings along.

Its licence lets anybody embed it and pass it on, so nothing depends on what a machine has installed. It has
the letters of western and central Europe; others are written without their marks.
"""

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rules.text import without_accents

if TYPE_CHECKING:
    from reportlab.pdfbase.ttfonts import TTFont

PLAIN: Final = "Vera"
BOLD: Final = "VeraBd"
LONGEST_LINE: Final = 300
"""Letters of a line; what is wider than its room is made smaller, and cut then."""

UNKNOWN: Final = "?"
"""What stands for a letter the typeface has in no form."""


def file_of(name: str) -> Path:
    """Return where the file of a typeface is."""
    import reportlab  # with the first paper, not with every start of the bot

    return Path(reportlab.__file__).parent / "fonts" / f"{name}.ttf"


@functools.cache
def face(name: str) -> "TTFont":
    """Return a typeface: PLAIN or BOLD."""
    from reportlab.pdfbase.ttfonts import TTFont  # as above

    return TTFont(name, str(file_of(name)))


def width_of(text: str, name: str, size: float) -> float:
    """Return how wide a text is, in the unit of `size`."""
    return float(face(name).stringWidth(text, size))


def drawable(text: str) -> str:
    """Return a text in letters the typeface has; its line breaks stay."""
    return "".join(char if char == "\n" or _has(char) else _nearest(char) for char in text)


def line_of(text: str) -> str:
    """Return a text as one line that can be drawn: without breaks, and no longer than any line is."""
    return " ".join(drawable(text[:LONGEST_LINE]).split())


def _nearest(char: str) -> str:
    plain = without_accents(char)
    return plain if plain and all(_has(one) for one in plain) else UNKNOWN


def _has(char: str) -> bool:
    return ord(char) in face(PLAIN).face.charToGlyph
