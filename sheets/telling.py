"""Reasons in words, as a cell shows them: one line, no markup, with the name of its column in front."""

import html
import re
from collections.abc import Mapping
from typing import Any

from locales import say

Reason = tuple[str, str, Mapping[str, Any]]


def title(language: str, column: str) -> str:
    """Return what a column is called."""
    return say(language, f"sheets.column.{column}")


def reason(language: str, name: str, values: Mapping[str, Any]) -> str:
    """Return why a cell cannot be taken, as plain text."""
    return plain(say(language, name, **values))


def plain(text: str) -> str:
    """Return one of our messages without its markup, on one line."""
    return " ".join(html.unescape(re.sub("</?[a-z]+>", "", text)).split())


def whole(language: str, reasons: list[Reason]) -> str:
    """Return all that is wrong with a row."""
    told = (
        f"{title(language, column)}: {reason(language, name, values)}" for column, name, values in reasons
    )
    return " • ".join(dict.fromkeys(told))
