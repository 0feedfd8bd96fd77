"""Text that stays within its box: wrapped, then made smaller, and cut at last."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from papers.typeface import drawable, width_of

LEADING: Final = 1.2
"""From one line to the next, in sizes of the typeface."""

CUT: Final = "…"


@dataclass(frozen=True, slots=True)
class Fitted:
    """A text as it stands in its box: its size, and its lines from the top."""

    size: float
    lines: tuple[str, ...]

    @property
    def height(self) -> float:
        """How much of the box it takes, in the unit of the size."""
        return len(self.lines) * self.size * LEADING


def fitted(text: str, face: str, sizes: Sequence[float], width: float, height: float) -> Fitted:
    """Return a text at the first of these sizes at which it fits; at the last one it is cut.

    Width, height and sizes are in one unit.
    """
    shown = drawable(text)
    for size in sizes:
        found = Fitted(size, wrapped(shown, face, size, width))
        if found.height <= height and all(width_of(line, face, size) <= width for line in found.lines):
            return found
    size = sizes[-1]
    most = max(1, int(height / (size * LEADING)))
    return Fitted(size, _cut(wrapped(shown, face, size, width), most, face, size, width))


def wrapped(text: str, face: str, size: float, width: float) -> tuple[str, ...]:
    """Return the lines of a text: broken between words, and within a word only where it is too wide alone."""
    return tuple(line for part in text.split("\n") for line in _wrapped(part, face, size, width))


def _wrapped(text: str, face: str, size: float, width: float) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(joined, face, size) <= width:
            lines[-1] = joined
        else:
            lines += _pieces(word, face, size, width)
    return lines or [""]


def _pieces(word: str, face: str, size: float, width: float) -> list[str]:
    """Return a word in pieces that are not wider than the box."""
    pieces = [""]
    for char in word:
        if pieces[-1] and width_of(pieces[-1] + char, face, size) > width:
            pieces.append("")
        pieces[-1] += char
    return pieces


def _cut(lines: tuple[str, ...], most: int, face: str, size: float, width: float) -> tuple[str, ...]:
    last = lines[most - 1]
    while last and width_of(last + CUT, face, size) > width:
        last = last[:-1]
    return (*lines[: most - 1], last + CUT)
