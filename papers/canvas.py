"""What all our pictures share: as wide as a phone, black on white, few colours, texts that stay inside."""

import functools
from io import BytesIO
from typing import Final

from papers import pillow
from papers.typeface import PLAIN, file_of, line_of

WIDTH: Final = 1080
EDGE: Final = 40
SMALLEST: Final = 20
WHITE, BLACK, FAINT, GREY = "#ffffff", "#111111", "#9a9a9a", "#555555"
FINER: Final = 4
"""How much larger a shape is drawn before it is brought down, so that its edges are smooth."""

COLOURS: Final = 32
"""A palette of so many colours is enough, and keeps the picture small."""


def blank(height: int) -> "tuple[pillow.Image.Image, pillow.ImageDraw.ImageDraw]":
    """Return a white picture of a height in pixels, and what draws on it."""
    image = pillow.Image.new("RGB", (WIDTH, height), WHITE)
    return image, pillow.ImageDraw.Draw(image)


@functools.cache
def font(face: str, size: int) -> "pillow.ImageFont.FreeTypeFont":
    """Return a typeface at a size in pixels."""
    return pillow.ImageFont.truetype(str(file_of(face)), size)


def write(
    draw: "pillow.ImageDraw.ImageDraw",
    at: tuple[float, float],
    text: str,
    face: str = PLAIN,
    size: int = 32,
    *,
    room: float | None = None,
    fill: str = BLACK,
    anchor: str = "la",
) -> None:
    """Write a line, smaller and then cut where it would leave its room (the picture, unless told)."""
    shown, wide = line_of(text), WIDTH - EDGE - at[0] if room is None else room
    while size > SMALLEST and draw.textlength(shown, font=font(face, size)) > wide:
        size -= 2
    while shown and draw.textlength(shown, font=font(face, size)) > wide:
        shown = shown[:-1]
    draw.text(at, shown, fill=fill, font=font(face, size), anchor=anchor)


def png(image: "pillow.Image.Image") -> bytes:
    """Return a picture as a small PNG."""
    file = BytesIO()
    image.quantize(COLOURS, pillow.Image.Quantize.FASTOCTREE).save(file, format="PNG")
    return file.getvalue()
