"""The picture of a link that hands a record over: shown on one telephone, scanned by the worker's own."""

from datetime import date
from io import BytesIO
from typing import Final

from locales import say
from papers import pillow
from papers.qr import QUIET, runs
from papers.typeface import BOLD, PLAIN, file_of, line_of
from rules.dates import long

WIDTH: Final = 720
EDGE: Final = 40
TITLE_SIZE, LINE_SIZE, LEAST = 34, 26, 14
LINES: Final = 3
WHITE, BLACK = 255, 0


def picture(link: str, reference: str, until: date, language: str) -> bytes:
    """Return a PNG with a link as a code, the receipt number, and until when it works; it names nobody."""
    found, modules = runs(link)
    step = (WIDTH - 2 * EDGE) // (modules + 2 * QUIET)
    side = step * (modules + 2 * QUIET)
    top = EDGE + 2 * TITLE_SIZE
    image = pillow.Image.new("L", (WIDTH, top + side + LINES * 2 * LINE_SIZE), WHITE)
    draw = pillow.ImageDraw.Draw(image)
    left = (WIDTH - side) // 2
    for row, first, length in found:
        x, y = left + (first + QUIET) * step, top + (row + QUIET) * step
        draw.rectangle((x, y, x + length * step - 1, y + step - 1), fill=BLACK)
    _write(draw, EDGE, say(language, "papers.hand_over.title"), BOLD, TITLE_SIZE)
    _write(draw, top + side, reference, BOLD, LINE_SIZE)
    last = say(language, "papers.hand_over.until", day=long(until, language))
    _write(draw, top + side + 2 * LINE_SIZE, last, PLAIN, LINE_SIZE)
    return _png(image)


def _write(draw: "pillow.ImageDraw.ImageDraw", top: int, text: str, face: str, size: int) -> None:
    """Write a line in the middle, smaller where it would leave the picture."""
    shown = line_of(text)
    while size > LEAST and draw.textlength(shown, font=_font(face, size)) > WIDTH - 2 * EDGE:
        size -= 2
    draw.text((WIDTH / 2, top), shown, fill=BLACK, font=_font(face, size), anchor="ma")


def _font(face: str, size: int) -> "pillow.ImageFont.FreeTypeFont":
    return pillow.ImageFont.truetype(str(file_of(face)), size)


def _png(image: "pillow.Image.Image") -> bytes:
    file = BytesIO()
    image.convert("1").save(file, format="PNG")
    return file.getvalue()
