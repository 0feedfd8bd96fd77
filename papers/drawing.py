"""A PDF as it is drawn: black on white, in millimetres from the top left corner of each page.

Nothing of what describes the file is personal, and the same drawing gives the same bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from papers.fitting import LEADING, fitted
from papers.qr import QUIET, runs
from papers.typeface import BOLD, PLAIN, face

MM: Final = 72 / 25.4
"""Points in a millimetre: a PDF is measured in points, from the bottom left corner."""

ASCENT: Final = 0.95
"""From the top of a line to what its letters stand on, in sizes."""

A4: Final = (210.0, 297.0)
A6: Final = (105.0, 148.0)


@dataclass(frozen=True, slots=True)
class Box:
    """A place on a page, in millimetres."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Style:
    """How a text is written: in bold or not, in the first of these sizes (points) at which it fits."""

    sizes: Sequence[float]
    bold: bool = False


class Drawing:
    """Pages of one size; `page` begins each, `pdf` ends the last."""

    def __init__(self, title: str, language: str, size: tuple[float, float]) -> None:
        from reportlab import rl_config  # with the first paper, not with every start of the bot
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfgen.canvas import Canvas

        rl_config.useA85 = 0  # streams as they are: a fifth smaller, and not rewritten byte by byte
        for name in (PLAIN, BOLD):
            pdfmetrics.registerFont(face(name))
        self._height = size[1]
        self._file = BytesIO()
        points = (size[0] * MM, size[1] * MM)
        self._canvas = Canvas(self._file, pagesize=points, invariant=1, pageCompression=1, lang=language)
        self._canvas.setTitle(title)
        self._canvas.setAuthor("")
        self._begun = False

    def page(self) -> None:
        """Begin a page."""
        if self._begun:
            self._canvas.showPage()
        self._begun = True

    def pdf(self) -> bytes:
        """Return the file."""
        self._canvas.save()
        return self._file.getvalue()

    def text(self, box: Box, text: str, style: Style) -> float:
        """Write a text at the top of a box, and return how high it stands there in millimetres."""
        name = BOLD if style.bold else PLAIN
        shown = fitted(text, name, style.sizes, box.width * MM, box.height * MM)
        self._canvas.setFont(name, shown.size)
        for number, line in enumerate(shown.lines):
            down = (number * LEADING + ASCENT) * shown.size
            self._canvas.drawString(box.x * MM, self._from_bottom(box.y) - down, line)
        return shown.height / MM

    def rule(self, x: float, y: float, width: float, thickness: float = 0.2) -> None:
        """Draw a line from left to right."""
        self._canvas.setLineWidth(thickness * MM)
        self._canvas.line(x * MM, self._from_bottom(y), (x + width) * MM, self._from_bottom(y))

    def frame(self, box: Box, thickness: float = 0.3) -> None:
        """Draw the edge of a box."""
        self._canvas.setLineWidth(thickness * MM)
        bottom = self._from_bottom(box.y + box.height)
        self._canvas.rect(box.x * MM, bottom, box.width * MM, box.height * MM)

    def qr(self, x: float, y: float, side: float, link: str) -> None:
        """Draw a link as a QR code with its quiet edge, all of it within a square."""
        found, modules = runs(link)
        step = side * MM / (modules + 2 * QUIET)
        path = self._canvas.beginPath()
        for row, first, length in found:
            bottom = self._from_bottom(y) - (row + QUIET + 1) * step
            path.rect(x * MM + (first + QUIET) * step, bottom, length * step, step)
        self._canvas.drawPath(path, stroke=0, fill=1)

    def _from_bottom(self, y: float) -> float:
        return (self._height - y) * MM
