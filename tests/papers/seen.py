"""What an eye, a phone and a PDF reader see of a paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any, Final

import pypdfium2
import zxingcpp
from PIL import Image

from papers.slip import Slip

LINK: Final = "https://t.me/daftar_bpu_bot?start=s0123456789ABCDEFabcd_-"
DOTS: Final = 300
"""Dots in an inch, as a plain office printer has."""


def siti(**told: Any) -> Slip:
    """Return what stands on Siti's slip, unless told otherwise."""
    usual: dict[str, Any] = {
        "reference": "BPU-7K3M-92QX",
        "name": "Siti Aminah",
        "nik": "************9001",
        "village": "Desa Cibiuk Kaler, Kec. Cibiuk, Kab. Garut",
        "payer": "apbdes",
        "first_month": date(2026, 12, 1),
        "months": 6,
        "link": LINK,
    }
    return Slip(**usual | told)


@dataclass(frozen=True)
class Letter:
    """A letter on a page and its box, in points from the bottom left corner."""

    char: str
    left: float
    bottom: float
    right: float
    top: float

    def covers(self, other: "Letter") -> float:
        """Return how much of the smaller of two letters the other one covers."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.top, other.top) - max(self.bottom, other.bottom)
        return max(0.0, wide) * max(0.0, high) / max(1e-9, min(self.area, other.area))

    @property
    def area(self) -> float:
        """The area of the box."""
        return (self.right - self.left) * (self.top - self.bottom)


def rendered(pdf: bytes, dots: int = DOTS) -> list[Image.Image]:
    """Return each page as it is printed."""
    document = pypdfium2.PdfDocument(pdf)
    return [page.render(scale=dots / 72).to_pil() for page in document]


def letters(pdf: bytes, page: int = 0) -> list[Letter]:
    """Return every letter of a page that can be seen."""
    text = pypdfium2.PdfDocument(pdf)[page].get_textpage()
    count = text.count_chars()
    found = [Letter(text.get_text_range(at, 1), *text.get_charbox(at)) for at in range(count)]
    return [letter for letter in found if letter.char.strip()]


def words(pdf: bytes, page: int = 0) -> str:
    """Return the text of a page, as a PDF reader copies it, in one line."""
    return " ".join(pypdfium2.PdfDocument(pdf)[page].get_textpage().get_text_bounded().split())


def links(image: Image.Image) -> list[str]:
    """Return what a decoder reads from the codes on a page, the topmost first."""
    found = zxingcpp.read_barcodes(image)
    return [one.text for one in sorted(found, key=lambda one: one.position.top_left.y)]


def outside(found: Sequence[Letter], size: tuple[float, float], margin: float) -> list[Letter]:
    """Return the letters that are not within the margins; all in points."""
    width, height = size
    return [
        one
        for one in found
        if one.left < margin - 1
        or one.right > width - margin + 1
        or one.bottom < margin - 1
        or one.top > height - margin + 1
    ]


def on_each_other(found: Sequence[Letter]) -> list[tuple[str, str]]:
    """Return the pairs of letters of which one covers a good part of the other."""
    return [(a.char, b.char) for a, b in combinations(found, 2) if a.covers(b) > 0.3]
