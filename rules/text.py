"""The one sanitiser at the edge: what a person typed, made safe to keep, compare and show."""

import unicodedata

LIMIT = 4096
"""The longest text Telegram sends, in characters."""

BLANK_FILLERS = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0" + "".join(map(chr, range(0xFE00, 0xFE10)))
)
"""Characters that show nothing but are not of a C category: joiners, fillers, variation selectors."""


def clean(text: str, limit: int = LIMIT) -> str:
    """Return at most `limit` characters of NFKC text: nothing invisible, no blank but single spaces.

    Cut first, because NFKC can make a text 18 times longer; cut again after it. NUL, lone surrogates,
    text direction and zero-width characters are gone: PostgreSQL and SQLite then accept the same.
    """
    words = " ".join(text[:limit].split())
    if words.isascii() and words.isprintable():  # as nearly all are: nothing below would change them
        return words
    seen = "".join(char for char in words if not _is_invisible(char))
    folded = unicodedata.normalize("NFKC", seen)
    return " ".join(folded.split())[:limit].strip()


def ascii_digits(text: str) -> str:
    """Return the text with the digits of every script (Arabic, Javanese, full-width) as 0-9."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)


def without_accents(text: str) -> str:
    """Return the text with the marks above and below its letters taken away."""
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))


def _is_invisible(char: str) -> bool:
    return unicodedata.category(char).startswith("C") or char in BLANK_FILLERS
