"""The slip: an A6 page for a worker without a phone, to be folded, kept, and shown to the family."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from locales import say
from papers.drawing import A6, Box, Drawing, Style
from papers.words import months_of, payer_of

MARGIN: Final = 7.0
WIDTH: Final = A6[0] - 2 * MARGIN
CODE: Final = 31.0
"""The side of the QR code, in millimetres."""

BESIDE: Final = WIDTH - CODE - 3
"""The width that is left beside the code."""

TITLE: Final = Style((12, 11, 10), bold=True)
NOTE: Final = Style((7, 6.5, 6))
LABEL: Final = Style((6, 5.5))
NAME: Final = Style((11, 10, 9, 8, 7, 6), bold=True)
NUMBER: Final = Style((9, 8, 7), bold=True)
VALUE: Final = Style((8, 7.5, 7, 6.5, 6))
HEADING: Final = Style((8, 7.5, 7), bold=True)
BODY: Final = Style((7.5, 7, 6.5, 6))

ADVICE: Final = (("ask", 72.0, 17.0), ("accident", 89.5, 22.5), ("heirs", 112.5, 22.0))
"""What everybody should know: the words, where each block begins and how high it may be."""


@dataclass(frozen=True, slots=True)
class Slip:
    """What a slip tells of one registration; `nik` is masked already, `link` opens the status and no more."""

    reference: str
    name: str = field(repr=False)
    nik: str = field(repr=False)
    village: str = field(repr=False)
    payer: str
    first_month: date
    months: int
    link: str = field(repr=False)


def slips(each: Sequence[Slip], language: str) -> bytes:
    """Return a PDF with an A6 page for each of these registrations."""
    drawing = Drawing(say(language, "papers.slip.title"), language, A6)
    for one in each:
        drawing.page()
        _heading(drawing, language)
        _registration(drawing, one, language)
        _advice(drawing, language)
        _by_hand(drawing, language)
    return drawing.pdf()


def _heading(drawing: Drawing, language: str) -> None:
    drawing.text(Box(MARGIN, 6.5, WIDTH, 5.5), say(language, "papers.slip.title"), TITLE)
    drawing.text(Box(MARGIN, 12, WIDTH, 6.5), say(language, "papers.slip.note"), NOTE)
    drawing.rule(MARGIN, 19, WIDTH, 0.5)


def _registration(drawing: Drawing, slip: Slip, language: str) -> None:
    drawing.qr(MARGIN + WIDTH - CODE, 20, CODE, slip.link)
    drawing.text(Box(MARGIN + WIDTH - CODE + 1, 51.5, CODE - 1, 9), say(language, "papers.scan"), LABEL)
    half = (WIDTH - 3) / 2
    fields = (
        ("name", slip.name, NAME, Box(MARGIN, 20.5, BESIDE, 12)),
        ("nik", slip.nik, NUMBER, Box(MARGIN, 33, BESIDE, 6.8)),
        ("reference", slip.reference, NUMBER, Box(MARGIN, 40, BESIDE, 6.8)),
        ("village", slip.village, VALUE, Box(MARGIN, 47, BESIDE, 14)),
        ("payer", payer_of(language, slip.payer), VALUE, Box(MARGIN, 61.5, half, 9)),
        (
            "months",
            months_of(language, slip.first_month, slip.months),
            VALUE,
            Box(MARGIN + half + 3, 61.5, half, 9),
        ),
    )
    for name, value, style, box in fields:
        _field(drawing, say(language, f"papers.field.{name}"), value, style, box)
    drawing.rule(MARGIN, 71, WIDTH)


def _field(drawing: Drawing, label: str, value: str, style: Style, box: Box) -> None:
    drawing.text(Box(box.x, box.y, box.width, 2.6), label, LABEL)
    drawing.text(Box(box.x, box.y + 2.6, box.width, box.height - 2.6), value, style)


def _advice(drawing: Drawing, language: str) -> None:
    for name, top, height in ADVICE:
        drawing.text(Box(MARGIN, top, WIDTH, 3.5), say(language, f"papers.{name}.title"), HEADING)
        drawing.text(Box(MARGIN, top + 3.6, WIDTH, height - 3.6), say(language, f"papers.{name}.text"), BODY)


def _by_hand(drawing: Drawing, language: str) -> None:
    """Leave room to write down who registered the worker: the bot knows no name of theirs."""
    drawing.text(Box(MARGIN, 136, WIDTH, 3.2), say(language, "papers.by_hand"), LABEL)
    drawing.rule(MARGIN, 141, WIDTH)
