"""The poster: an A4 page by which an association invites its members, good in black and white.

It says who invites, what this is and what to do, and that the bot is no official service and takes no money.
"""

from typing import Final

from locales import say
from papers.drawing import A4, Box, Drawing, Style

MARGIN: Final = 18.0
WIDTH: Final = A4[0] - 2 * MARGIN
CODE: Final = 96.0
"""The side of the QR code, in millimetres: it is scanned from an arm's length and more."""

TITLE: Final = Style((30, 27, 24, 21), bold=True)
NAME: Final = Style((26, 23, 20, 17, 14, 12), bold=True)
BODY: Final = Style((14, 13, 12, 11))
STEP: Final = Style((16, 15, 14, 13, 12), bold=True)
LINK: Final = Style((10, 9, 8))
NOTE: Final = Style((12, 11, 10, 9))

STEPS: Final = ("1", "2", "3")


def poster(association: str, link: str, language: str) -> bytes:
    """Return a PDF of one A4 page that invites to a link in the name of an association."""
    drawing = Drawing(say(language, "papers.poster.title"), language, A4)
    drawing.page()
    drawing.text(Box(MARGIN, 16, WIDTH, 26), say(language, "papers.poster.title"), TITLE)
    drawing.text(Box(MARGIN, 44, WIDTH, 6), say(language, "papers.poster.invites"), BODY)
    drawing.text(Box(MARGIN, 51, WIDTH, 22), association, NAME)
    drawing.rule(MARGIN, 75, WIDTH, 0.7)
    drawing.text(Box(MARGIN, 79, WIDTH, 26), say(language, "papers.poster.what"), BODY)
    drawing.qr((A4[0] - CODE) / 2, 106, CODE, link)
    drawing.text(Box(MARGIN, 203, WIDTH, 5), link, LINK)
    for place, step in enumerate(STEPS):
        drawing.text(
            Box(MARGIN, 212 + place * 13, WIDTH, 12), say(language, f"papers.poster.step.{step}"), STEP
        )
    drawing.frame(Box(MARGIN, 253, WIDTH, 30))
    drawing.text(Box(MARGIN + 4, 256, WIDTH - 8, 25), say(language, "papers.poster.note"), NOTE)
    return drawing.pdf()
