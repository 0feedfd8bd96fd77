"""Numbers for reading: grouped as a language groups them, and shares in percent."""

from typing import Final

MARKS: Final = {"id": (".", ","), "en": (",", ".")}
"""What groups thousands and what begins a fraction, by language."""


def grouped(number: int, language: str) -> str:
    """Return a whole number for reading: `1.234` in Indonesian."""
    return f"{number:,}".replace(",", MARKS.get(language, MARKS["id"])[0])


def percent(share: float, language: str) -> str:
    """Return a share (0.25 is a quarter) for reading, finer where it is small: `25%`, `2,4%`, `0,03%`.

    Nothing is rounded up to a whole hundred, and nothing that is there down to nothing.
    """
    value = share * 100
    if value >= 10 or value == 0:
        shown = f"{int(value)}"
    else:
        shown = f"{max(value, 0.01):.2f}" if value < 1 else f"{value:.1f}"
    return shown.replace(".", MARKS.get(language, MARKS["id"])[1]) + "%"
