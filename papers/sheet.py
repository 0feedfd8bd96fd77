"""The sheet: a list of registrations on A4, for whoever looks after many; each row has a code of its own."""

from collections.abc import Iterator, Sequence
from typing import Final

from locales import say
from papers.drawing import A4, Box, Drawing, Style
from papers.slip import Slip
from papers.words import months_of, payer_of

MARGIN: Final = 12.0
WIDTH: Final = A4[0] - 2 * MARGIN
TOP: Final = 29.0
ROW: Final = 18.5
ROWS: Final = 12
"""How many registrations a page holds."""

TITLE: Final = Style((15, 13, 11), bold=True)
NOTE: Final = Style((8, 7.5, 7))
LABEL: Final = Style((7, 6.5, 6), bold=True)
NAME: Final = Style((9.5, 8.5, 7.5, 6.5), bold=True)
NUMBER: Final = Style((8, 7.5, 7), bold=True)
VALUE: Final = Style((8, 7.5, 7, 6.5, 6))

COLUMNS: Final = (("no", 0.0, 9.0), ("name", 10.0, 66.0), ("numbers", 78.0, 44.0), ("paid", 124.0, 42.0))
"""The columns of words: name, how far from the margin each begins, and how wide it is."""

CODE: Final = 17.5
"""The side of each QR code, in millimetres; it stands at the right margin."""

ADVICE: Final = ("ask", "accident", "heirs")


def sheet(each: Sequence[Slip], language: str) -> bytes:
    """Return a PDF that lists these registrations, twelve a page."""
    drawing = Drawing(say(language, "papers.sheet.title"), language, A4)
    pages = list(_pages(each))
    for number, (first, rows) in enumerate(pages, start=1):
        drawing.page()
        _heading(drawing, language, len(each), number, len(pages))
        for place, one in enumerate(rows):
            _row(drawing, TOP + place * ROW, first + place, one, language)
        _foot(drawing, language)
    return drawing.pdf()


def _pages(each: Sequence[Slip]) -> Iterator[tuple[int, Sequence[Slip]]]:
    """Yield each page: the number of its first row, and its rows."""
    for start in range(0, max(1, len(each)), ROWS):
        yield start + 1, each[start : start + ROWS]


def _heading(drawing: Drawing, language: str, count: int, number: int, pages: int) -> None:
    drawing.text(Box(MARGIN, 10, WIDTH, 7), say(language, "papers.sheet.title"), TITLE)
    note = say(language, "papers.sheet.note", count=count, page=number, pages=pages)
    drawing.text(Box(MARGIN, 17, WIDTH, 4), note, NOTE)
    for name, x, width in COLUMNS:
        drawing.text(Box(MARGIN + x, 23, width, 4), say(language, f"papers.column.{name}"), LABEL)
    drawing.text(Box(MARGIN + WIDTH - CODE + 1, 23, CODE, 4), say(language, "papers.column.status"), LABEL)
    drawing.rule(MARGIN, TOP - 1.5, WIDTH, 0.5)


def _row(drawing: Drawing, top: float, number: int, one: Slip, language: str) -> None:
    boxes = {name: Box(MARGIN + x, top + 0.5, width, ROW - 2) for name, x, width in COLUMNS}
    paid = months_of(language, one.first_month, one.months)
    drawing.text(boxes["no"], str(number), VALUE)
    _two(drawing, boxes["name"], (one.name, NAME, 8.5), (one.village, VALUE))
    _two(drawing, boxes["numbers"], (one.reference, NUMBER, 5.0), (one.nik, VALUE))
    _two(drawing, boxes["paid"], (payer_of(language, one.payer), VALUE, 7.5), (paid, VALUE))
    drawing.qr(MARGIN + WIDTH - CODE, top - 0.2, CODE, one.link)
    drawing.rule(MARGIN, top + ROW - 0.9, WIDTH)


def _two(drawing: Drawing, box: Box, first: tuple[str, Style, float], second: tuple[str, Style]) -> None:
    """Write two texts one under the other; the first may take so much of the box, the second has the rest."""
    text, style, height = first
    used = drawing.text(Box(box.x, box.y, box.width, height), text, style) + 0.6
    drawing.text(Box(box.x, box.y + used, box.width, box.height - used), *second)


def _foot(drawing: Drawing, language: str) -> None:
    """Write what everybody should know under the list, in three columns."""
    width = (WIDTH - 8) / 3
    for place, name in enumerate(ADVICE):
        x = MARGIN + place * (width + 4)
        drawing.text(Box(x, 254, width, 4), say(language, f"papers.{name}.title"), LABEL)
        drawing.text(Box(x, 258, width, 28), say(language, f"papers.{name}.text"), NOTE)
