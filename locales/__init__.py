"""What we say, by message name: one folder a language, Indonesian the source."""

import functools
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

SOURCE = "id"
"""The language every message exists in first."""

HERE = Path(__file__).parent


@functools.cache
def languages() -> tuple[str, ...]:
    """Return the languages there are, the source first: a folder with catalogues is a language."""
    found = sorted(folder.name for folder in HERE.iterdir() if any(folder.glob("*.po")))
    return (SOURCE, *(language for language in found if language != SOURCE))


@functools.cache
def catalogue(language: str) -> Catalog:
    """Return all messages of one language, read from every `.po` file of its folder."""
    whole = Catalog(locale=language)
    for path in sorted((HERE / language).glob("*.po")):
        with path.open("rb") as file:
            part = read_po(file, locale=language, abort_invalid=True)
        for message in part:
            if message.id:
                whole[message.id if isinstance(message.id, str) else message.id[0]] = message
    return whole


@functools.cache
def _messages(language: str) -> dict[str, str]:
    return {
        message.id: message.string
        for message in catalogue(language)
        if isinstance(message.id, str) and isinstance(message.string, str) and message.string
    }


def nearest(language_code: str | None) -> str:
    """Return the language we speak that is nearest to a Telegram language code (a first guess only)."""
    wanted = (language_code or SOURCE).split("-")[0].lower()
    return wanted if wanted in languages() else SOURCE


def say(language: str, name: str, /, **values: object) -> str:
    """Return the message called `name`, its blanks filled; the source language where one is missing."""
    pattern = _messages(language).get(name) or _messages(SOURCE)[name]
    return pattern.format(**values) if values else pattern
