"""Text on its way into a file: nothing a program would run, nothing a file cannot hold."""

import re
from datetime import datetime
from typing import Final

OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
"""Everything is text: what a stranger wrote is never run, followed or counted."""

MADE: Final = {"created": datetime(2026, 1, 1)}  # noqa: DTZ001 - what a file says of itself, not a moment

LONGEST: Final = 32_767
"""Letters that one cell of a workbook holds."""

FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 cannot say, and half characters that UTF-8 cannot."""

BLANKS: Final = re.compile("[\t\r\n]+")
RUNS: Final = ("=", "+", "-", "@", "\t", "\r", "'")
"""With one of these in front a spreadsheet takes a text for a formula; the apostrophe itself is our mark."""


def cell_text(text: str) -> str:
    """Return a text that a cell can hold."""
    return BLANKS.sub(" ", FORBIDDEN.sub("", text))[:LONGEST]


def csv_text(text: str) -> str:
    """Return a text that no spreadsheet runs when it opens a CSV; reading takes the mark off again."""
    safe = cell_text(text)
    return f"'{safe}" if safe.startswith(RUNS) else safe
