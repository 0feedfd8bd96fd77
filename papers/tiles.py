"""The map of tiles: every village of a kecamatan or kabupaten, each a tile with how far it is to its goal.

From red to green, and told apart without colours too: by the number in each tile and the pattern below it.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from locales import say
from papers import pillow
from papers.canvas import BLACK, EDGE, FINER, GREY, WHITE, WIDTH, blank, font, png, write
from papers.typeface import BOLD, PLAIN
from rules.quantities import grouped

NAMED_UP_TO: Final = 48
"""So many villages have their names in their tiles; more are small tiles in the rows of their kecamatan."""

LEGEND: Final = 104

BAND: Final = 0.26
"""The share of a tile, at its foot, that its pattern takes."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A village: its name, that of its kecamatan, active members, and its goal (None: it has none)."""

    name: str
    district: str
    active: int
    goal: int | None

    @property
    def percent(self) -> int | None:
        """How far it is to the goal in whole percent, never more than is true; None without a goal."""
        return self.active * 100 // self.goal if self.goal else None


@dataclass(frozen=True, slots=True)
class Class:
    """Tiles from a percentage on: their colour, that of what is written on it, and the pattern below."""

    least: int
    colour: str
    ink: str
    pattern: str


CLASSES: Final = (
    Class(100, "#0b5d34", WHITE, "full"),
    Class(75, "#7cc79a", BLACK, "dots"),
    Class(50, "#f4e7a1", BLACK, "plain"),
    Class(25, "#f2a541", BLACK, "rising"),
    Class(1, "#b83224", WHITE, "crossed"),
    Class(0, "#ffffff", BLACK, "falling"),
)
"""The first class whose `least` is reached; a village without a goal is white and empty."""


def class_of(percent: int | None) -> Class | None:
    """Return the class of a tile, None without a goal."""
    return None if percent is None else next(each for each in CLASSES if percent >= each.least)


def tile_map(tiles: Sequence[Tile], title: str, as_of: str, language: str) -> tuple[bytes, int]:
    """Return a PNG of the villages in their order, and its height in pixels.

    Above them stand a title of one line and what the patterns mean.
    """
    named = len(tiles) <= NAMED_UP_TO
    top = EDGE + 112 + LEGEND + 24
    height = _named_height(tiles) if named else _rows_height(tiles)
    image, draw = blank(top + height + EDGE)
    write(draw, (EDGE, EDGE), title, BOLD, 44)
    write(draw, (EDGE, EDGE + 60), as_of, PLAIN, 28, fill=GREY)
    _legend(image, EDGE + 112, language)
    (_named if named else _rows)(image, top, tiles, language)
    return png(image), image.height


def _legend(image: "pillow.Image.Image", y: int, language: str) -> None:
    draw = pillow.ImageDraw.Draw(image)
    words = [(each, f"{each.least}%+" if each.least > 1 else f"{each.least}%") for each in CLASSES]
    words = [(each, ">0%" if each.least == 1 else text) for each, text in words]
    shown = [*reversed(words), (None, say(language, "papers.tiles.no_goal"))]
    step = (WIDTH - 2 * EDGE) / len(shown)
    for number, (each, text) in enumerate(shown):
        x = round(EDGE + number * step)
        image.paste(_ground(each, 96, 52), (x, y))
        write(draw, (x + 48, y + 60), text, PLAIN, 24, room=step - 6, anchor="ma")


COLUMNS: Final = 4
NAMED_HEIGHT: Final = 148
GAP: Final = 10


def _named_height(tiles: Sequence[Tile]) -> int:
    return -(-len(tiles) // COLUMNS) * (NAMED_HEIGHT + GAP)


def _named(image: "pillow.Image.Image", top: int, tiles: Sequence[Tile], language: str) -> None:
    draw = pillow.ImageDraw.Draw(image)
    wide = (WIDTH - 2 * EDGE - (COLUMNS - 1) * GAP) // COLUMNS
    for number, tile in enumerate(tiles):
        x = EDGE + number % COLUMNS * (wide + GAP)
        y = top + number // COLUMNS * (NAMED_HEIGHT + GAP)
        image.paste(_ground(class_of(tile.percent), wide, NAMED_HEIGHT), (x, y))
        shown = "–" if tile.percent is None else f"{tile.percent}%"
        counts = grouped(tile.active, language)
        counts = counts if tile.goal is None else f"{counts} / {grouped(tile.goal, language)}"
        for down, text, size in ((22, tile.name, 26), (58, shown, 36), (92, counts, 22)):
            ink = _ink(tile)
            write(draw, (x + wide / 2, y + down), text, BOLD, size, room=wide - 24, fill=ink, anchor="mm")


NAMES: Final = 250
ACROSS: Final = 15
SMALL_HEIGHT: Final = 46


def _by_district(tiles: Sequence[Tile]) -> list[tuple[str, list[Tile]]]:
    return [(name, list(found)) for name, found in groupby(tiles, key=lambda tile: tile.district)]


def _rows_height(tiles: Sequence[Tile]) -> int:
    return sum(-(-len(found) // ACROSS) * SMALL_HEIGHT + GAP for _, found in _by_district(tiles))


def _rows(image: "pillow.Image.Image", y: int, tiles: Sequence[Tile], language: str) -> None:
    draw = pillow.ImageDraw.Draw(image)
    wide = (WIDTH - 2 * EDGE - NAMES) // ACROSS
    for name, found in _by_district(tiles):
        write(draw, (EDGE, y + 8), name, PLAIN, 26, room=NAMES - 12)
        for number, tile in enumerate(found):
            at = EDGE + NAMES + number % ACROSS * wide, y + number // ACROSS * SMALL_HEIGHT
            image.paste(_ground(class_of(tile.percent), wide - 2, SMALL_HEIGHT - 2), at)
            shown = "–" if tile.percent is None else str(min(tile.percent, 999))
            middle = (at[0] + wide / 2 - 1, at[1] + (SMALL_HEIGHT - 2) * (1 - BAND) / 2 + 1)
            draw.text(middle, shown, fill=_ink(tile), font=font(BOLD, 22), anchor="mm")
        y += -(-len(found) // ACROSS) * SMALL_HEIGHT + GAP


def _ink(tile: Tile) -> str:
    of = class_of(tile.percent)
    return BLACK if of is None else of.ink


@functools.lru_cache(maxsize=64)
def _ground(of: Class | None, wide: int, high: int) -> "pillow.Image.Image":
    """Return an empty tile, drawn larger and brought down so that its lines are smooth."""
    large = (wide * FINER, high * FINER)
    image = pillow.Image.new("RGB", large, WHITE if of is None else of.colour)
    draw = pillow.ImageDraw.Draw(image)
    if of is not None:
        _pattern(draw, of.pattern, round(large[1] * (1 - BAND)), *large)
    draw.rectangle((0, 0, large[0] - 1, large[1] - 1), outline=BLACK if of else GREY, width=2 * FINER)
    return image.resize((wide, high), pillow.Image.Resampling.BOX)


def _pattern(draw: "pillow.ImageDraw.ImageDraw", name: str, top: int, wide: int, high: int) -> None:
    """Draw the band at the foot of a tile: empty, with dots or lines across, or full."""
    step, thick, middle = 12 * FINER, 2 * FINER, (top + high) // 2
    draw.rectangle((0, top, wide, high), fill=BLACK if name == "full" else WHITE)
    for x in range(step // 2, wide, step) if name == "dots" else ():
        draw.ellipse((x - 3 * FINER, middle - 3 * FINER, x + 3 * FINER, middle + 3 * FINER), fill=BLACK)
    for start in range(-(high - top), wide, step):
        if name in ("rising", "crossed"):
            draw.line((start, high, start + high - top, top), fill=BLACK, width=thick)
        if name in ("falling", "crossed"):
            draw.line((start, top, start + high - top, high), fill=BLACK, width=thick)
    draw.line((0, top, wide, top), fill=BLACK, width=thick)
