"""The picture of a place's coverage: how far it is to its goal, who stands where, and the last twelve months.

Bars differ by pattern as well as by colour, and each has its number beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

from locales import say
from papers import pillow
from papers.canvas import BLACK, EDGE, FAINT, FINER, GREY, WHITE, WIDTH, blank, font, png, write
from papers.typeface import BOLD, PLAIN
from rules.coverage import BEHIND, Figures, State, Workforce
from rules.dates import month_short
from rules.quantities import grouped, percent

LABELS: Final = 400
"""Where the bars begin: their words stand left of it."""

BARS: Final = 440
NUMBERS: Final = 170
ROW: Final = 66
HEIGHT: Final = 40
GREEN, PALE, YELLOW, ORANGE, RED, BLUE = "#146c43", "#a9d8bf", "#ffd76a", "#e88a1a", "#a3123a", "#1b4f9c"

Bar = tuple[str, int, str, int]
"""A name of words, a count, a colour, and how far apart the lines across it are (0: none)."""


@dataclass(frozen=True, slots=True)
class Poster:
    """What stands on the picture: the place, until when it is counted, what was counted, the workers told."""

    title: str
    as_of: str
    figures: Figures
    workforce: Workforce | None = None


def overview(poster: Poster, language: str) -> bytes:
    """Return a PNG of the figures of a place."""
    bars = _bars(poster.figures)
    goals = 110 * (1 + (poster.workforce is not None))
    top = EDGE + 120
    image, draw = blank(top + goals + 30 + len(bars) * ROW + 90 + TREND + EDGE)
    write(draw, (EDGE, EDGE), poster.title, BOLD, 44)
    write(draw, (EDGE, EDGE + 60), poster.as_of, PLAIN, 28, fill=GREY)
    _goals(draw, top, poster, language)
    y = top + goals + 30
    longest = max((bar[1] for bar in bars), default=0) or 1
    for number, bar in enumerate(bars):
        _bar(image, draw, y + number * ROW, bar, longest, language)
    y += len(bars) * ROW + 20
    write(draw, (EDGE, y), say(language, "papers.coverage.trend"), BOLD, 32)
    _trend(image, y + 84, poster.figures.trend, language)
    return png(image)


def _bars(figures: Figures) -> list[Bar]:
    states = figures.states
    return [
        ("papers.coverage.registered", figures.registered, BLUE, 0),
        ("papers.coverage.active", figures.active, GREEN, 0),
        ("papers.coverage.paid", figures.paid_this_month, PALE, 0),
        *(
            (f"papers.coverage.{state.value}", states[state], colour, apart)
            for state, colour, apart in zip(BEHIND, (YELLOW, ORANGE, RED), (24, 16, 10), strict=True)
        ),
        ("papers.coverage.unseen", states[State.UNSEEN], FAINT, 0),
        ("papers.coverage.lapsed", states[State.LAPSED], GREY, 12),
        ("papers.coverage.expiring", figures.expiring, WHITE, 16),
    ]


def _goals(draw: "pillow.ImageDraw.ImageDraw", y: int, poster: Poster, language: str) -> None:
    figures, told = poster.figures, poster.workforce
    lines = [("papers.coverage.goal", figures.goal), ("papers.coverage.workers", told and told.workers)]
    for name, whole in lines if told else lines[:1]:
        if not whole:
            write(draw, (EDGE, y), say(language, "papers.coverage.no_goal"), PLAIN, 32)
            y += 110
            continue
        share = figures.active / whole
        values = {"count": grouped(figures.active, language), "whole": grouped(whole, language)}
        words = say(language, name, **values, share=percent(share, language))
        write(draw, (EDGE, y), words, BOLD, 34)
        right = WIDTH - EDGE
        draw.rectangle((EDGE, y + 52, right, y + 84), outline=BLACK, width=2)
        filled = EDGE + round((right - EDGE) * min(1.0, share))
        if filled > EDGE:
            draw.rectangle((EDGE, y + 52, filled, y + 84), fill=GREEN)
        y += 110


def _bar(
    image: "pillow.Image.Image",
    draw: "pillow.ImageDraw.ImageDraw",
    y: int,
    bar: Bar,
    longest: int,
    language: str,
) -> None:
    name, count, colour, apart = bar
    write(draw, (EDGE, y), say(language, name), PLAIN, 28, room=LABELS - EDGE - 16)
    width = round(BARS * count / longest)
    if count:
        image.paste(_filled(max(width, 6), HEIGHT, colour, apart), (LABELS, y - 2))
    write(draw, (LABELS + width + 18, y), grouped(count, language), BOLD, 30, room=NUMBERS)


def _filled(width: int, height: int, colour: str, apart: int) -> "pillow.Image.Image":
    """Return a bar with its edge, and with lines across it so far apart."""
    image = pillow.Image.new("RGB", (width * FINER, height * FINER), colour)
    draw = pillow.ImageDraw.Draw(image)
    step = apart * FINER
    for start in range(-height * FINER, width * FINER, step) if apart else ():
        draw.line((start, height * FINER, start + height * FINER, 0), fill=BLACK, width=3 * FINER)
    draw.rectangle((0, 0, width * FINER - 1, height * FINER - 1), outline=BLACK, width=2 * FINER)
    return image.resize((width, height), pillow.Image.Resampling.BOX)


TREND: Final = 444
"""How high the picture of the months is."""

PLOT: Final = 280


def _trend(
    image: "pillow.Image.Image", y: int, trend: Sequence[tuple[date, int, int]], language: str
) -> None:
    """Draw two lines over the months: registrations, solid with dots; paid months, dashed with squares."""
    draw = pillow.ImageDraw.Draw(image)
    most = max([1, *(max(sent, paid) for _, sent, paid in trend)])
    left, right, low = EDGE + 24, WIDTH - EDGE - 24, y + PLOT
    for share in (0, 0.5, 1):
        draw.line((EDGE, low - PLOT * share, WIDTH - EDGE, low - PLOT * share), fill="#d5d5d5", width=2)
    write(draw, (EDGE, y - 4), grouped(most, language), PLAIN, 22, fill=GREY, anchor="ld")
    step = (right - left) / max(1, len(trend) - 1)
    for counts, colour, dashed in (
        ([sent for _, sent, _ in trend], BLUE, False),
        ([paid for _, _, paid in trend], GREEN, True),
    ):
        points = [(left + at * step, low - PLOT * count / most) for at, count in enumerate(counts)]
        _line(image, points, colour, dashed=dashed)
    for number, (month, _, _) in enumerate(trend):
        name = month_short(month, language)
        draw.text((left + number * step, low + 8), name, BLACK, font(PLAIN, 22), anchor="ma")
        if month.month == 1 or number == 0:
            draw.text((left + number * step, low + 34), str(month.year), GREY, font(PLAIN, 20), anchor="ma")
    _legend(image, low + 76, language)


def _legend(image: "pillow.Image.Image", y: int, language: str) -> None:
    draw = pillow.ImageDraw.Draw(image)
    for x, name, colour, dashed in (
        (EDGE, "papers.coverage.line.sent", BLUE, False),
        (WIDTH // 2, "papers.coverage.line.paid", GREEN, True),
    ):
        _line(image, [(x + 8, y + 14), (x + 88, y + 14)], colour, dashed=dashed)
        write(draw, (x + 112, y), say(language, name), PLAIN, 26, room=WIDTH // 2 - 160)


def _line(
    image: "pillow.Image.Image", points: Sequence[tuple[float, float]], colour: str, *, dashed: bool
) -> None:
    draw = pillow.ImageDraw.Draw(image)
    for (x, y), (to_x, to_y) in pairwise(points):
        pieces = 6 if dashed else 1
        for piece in range(pieces):
            begin, end = piece / pieces, (piece + (0.55 if dashed else 1)) / pieces
            ends = (
                x + (to_x - x) * begin,
                y + (to_y - y) * begin,
                x + (to_x - x) * end,
                y + (to_y - y) * end,
            )
            draw.line(ends, fill=colour, width=6)
    for x, y in points:
        box = (x - 8, y - 8, x + 8, y + 8)
        (draw.rectangle if dashed else draw.ellipse)(
            box, fill=WHITE if dashed else colour, outline=colour, width=4
        )
