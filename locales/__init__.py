"""What we say, by message name: one folder a language, Indonesian the source."""

import functools
from pathlib import Path

from locales.reading import messages

SOURCE = "id"
"""The language every message exists in first."""

HERE = Path(__file__).parent


@functools.cache
def languages() -> tuple[str, ...]:
    """Return the languages there are, the source first: a folder with catalogues is a language."""
    found = sorted(folder.name for folder in HERE.iterdir() if any(folder.glob("*.po")))
    return (SOURCE, *(language for language in found if language != SOURCE))


@functools.cache
def catalogue(language: str) -> dict[str, str]:
    """Return all messages of one language that have words, from every `.po` file of its folder."""
    found: dict[str, str] = {}
    for path in sorted((HERE / language).glob("*.po")):
        with path.open(encoding="utf-8") as file:
            found.update((name, words) for name, words in messages(file) if name and words)
    return found


def nearest(language_code: str | None) -> str:
    """Return the language we speak that is nearest to a Telegram language code (a first guess only)."""
    wanted = (language_code or SOURCE).split("-")[0].lower()
    return wanted if wanted in languages() else SOURCE


def say(language: str, name: str, /, **values: object) -> str:
    """Return the message called `name`, its blanks filled; the source language where one is missing."""
    pattern = catalogue(language).get(name) or catalogue(SOURCE)[name]
    return pattern.format(**values) if values else pattern
