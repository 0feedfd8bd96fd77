"""The picture of how far a list is: a square for each place, told apart by shape as well as by colour.

Filled with a tick, hatched, crossed out, or empty: so it is read in grey too, and by who sees no red.
"""

import functools
from collections import Counter
from collections.abc import Sequence
from typing import Final

from locales import say
from papers import pillow
from papers.canvas import BLACK, EDGE, FAINT, FINER, WHITE, WIDTH, font, png, write
from papers.typeface import BOLD, PLAIN
from rules.programmes import Mark

LINE: Final = 62
TITLE_SIZE, COUNT_SIZE, NUMBER_SIZE = 40, 38, 20


def picture(marks: Sequence[Mark], title: str, language: str) -> bytes:
    """Return a PNG of the places in their order, with a title of one line and the counts."""
    columns = 10 if len(marks) <= 120 else 20
    cell = (WIDTH - 2 * EDGE) // columns
    rows = max(1, -(-len(marks) // columns))
    top = EDGE + LINE * (1 + len(Mark)) + EDGE // 2
    image = pillow.Image.new("RGB", (WIDTH, top + rows * cell + EDGE), WHITE)
    draw = pillow.ImageDraw.Draw(image)
    write(draw, (EDGE, EDGE), title, BOLD, TITLE_SIZE)
    _counts(image, draw, Counter(marks), len(marks), language)
    for number, mark in enumerate(marks):
        x, y = EDGE + number % columns * cell, top + number // columns * cell
        _place(image, draw, (x, y), cell, mark, number + 1)
    return png(image)


def _counts(
    image: "pillow.Image.Image",
    draw: "pillow.ImageDraw.ImageDraw",
    found: Counter[Mark],
    whole: int,
    language: str,
) -> None:
    for line, mark in enumerate(Mark, start=1):
        y = EDGE + line * LINE
        image.paste(_tile(mark, LINE - 14), (EDGE, y))
        words = say(language, f"papers.mark.{mark.value}", count=found[mark], whole=whole)
        write(draw, (EDGE + LINE + 6, y), words, PLAIN, COUNT_SIZE)


def _place(
    image: "pillow.Image.Image",
    draw: "pillow.ImageDraw.ImageDraw",
    at: tuple[int, int],
    cell: int,
    mark: Mark,
    number: int,
) -> None:
    """Draw one square; where there is room, its number stands under it."""
    numbered = cell >= 80
    side = cell - (28 if numbered else 6)
    left = at[0] + (cell - side) // 2
    image.paste(_tile(mark, side), (left, at[1]))
    if numbered:
        below = (at[0] + cell / 2, at[1] + side + 1)
        draw.text(below, str(number), fill=BLACK, font=font(PLAIN, NUMBER_SIZE), anchor="ma")


@functools.cache
def _tile(mark: Mark, side: int) -> "pillow.Image.Image":
    """Return the square of a mark, drawn larger and brought down so that its edges are smooth."""
    return _drawn(mark, side * FINER).resize((side, side), pillow.Image.Resampling.BOX)


def _drawn(mark: Mark, side: int) -> "pillow.Image.Image":
    tile = pillow.Image.new("RGB", (side, side), WHITE)
    draw, edge = pillow.ImageDraw.Draw(tile), max(2, side // 18)
    corner = side - 1
    match mark:
        case Mark.VALID:
            draw.rectangle((0, 0, corner, corner), fill="#146c43")
            tick = [(side * 0.22, side * 0.52), (side * 0.43, side * 0.74), (side * 0.80, side * 0.28)]
            draw.line(tick, fill=WHITE, width=max(3, side // 9), joint="curve")
        case Mark.REPAIR:
            draw.rectangle((0, 0, corner, corner), fill="#ffd76a")
            for start in range(-side, side, max(6, side // 6)):
                draw.line((start, side, start + side, 0), fill=BLACK, width=max(2, side // 22))
            draw.rectangle((0, 0, corner, corner), outline=BLACK, width=edge)
        case Mark.REPLACE:
            draw.rectangle((0, 0, corner, corner), outline="#a3123a", width=edge)
            for ends in ((0.2, 0.2, 0.8, 0.8), (0.2, 0.8, 0.8, 0.2)):
                draw.line([side * end for end in ends], fill="#a3123a", width=max(3, side // 10))
        case Mark.EMPTY:
            draw.rectangle((0, 0, corner, corner), outline=FAINT, width=max(1, edge // 2))
    return tile
