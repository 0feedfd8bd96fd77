"""Everything we hold about somebody, as pages that are read on a phone without zooming."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from locales import say
from papers.drawing import A6, Box, Drawing, Style
from papers.fitting import wrapped
from papers.typeface import BOLD, PLAIN, drawable

MARGIN: Final = 8.0
WIDTH: Final = A6[0] - 2 * MARGIN
BOTTOM: Final = A6[1] - 11.0
MM: Final = 72 / 25.4

TITLE: Final = 13.0
HEAD: Final = 10.5
TEXT: Final = 8.5
LINE: Final = 1.35
"""From one line to the next, in sizes."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its entries; each entry is lines of a name and a value."""

    heading: str
    entries: Sequence[Sequence[tuple[str, str]]] = field(repr=False)


def booklet(sections: Sequence[Section], made: str, language: str) -> bytes:
    """Return a PDF of these sections; `made` says for whom and when."""
    drawing = Drawing(say(language, "own_data.title"), language, A6)
    place, page = BOTTOM + 1, 0
    for text, size, bold, indent in _lines(sections, made, language):
        height = size * LINE / MM
        if place + height > BOTTOM:
            page, place = page + 1, 9.0
            drawing.page()
            number = say(language, "own_data.page", page=page)
            drawing.text(Box(MARGIN, A6[1] - 8, WIDTH, 4), number, Style((6.5,)))
        box = Box(MARGIN + indent, place, WIDTH - indent, height)
        drawing.text(box, text, Style((size,), bold=bold))
        place += height
    return drawing.pdf()


def _lines(sections: Sequence[Section], made: str, language: str) -> Iterator[tuple[str, float, bool, float]]:
    """Yield each line as it stands: its text, size, whether it is bold, and how far from the margin."""
    yield from _wrapped(say(language, "own_data.title"), TITLE, bold=True)
    yield from _wrapped(made, TEXT)
    for section in sections:
        yield " ", TEXT, False, 0.0
        yield from _wrapped(section.heading, HEAD, bold=True)
        for number, entry in enumerate(section.entries):
            if number:
                yield " ", TEXT / 2, False, 0.0
            for name, value in entry:
                yield from _wrapped(f"{name}: {value}" if name else value, TEXT, indent=1.5)


def _wrapped(
    text: str, size: float, *, bold: bool = False, indent: float = 0.0
) -> Iterator[tuple[str, float, bool, float]]:
    face = BOLD if bold else PLAIN
    for line in wrapped(drawable(text), face, size, (WIDTH - indent) * MM * 0.995):
        yield line or " ", size, bold, indent
