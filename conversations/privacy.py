"""What people are told before they agree: the seven points of UU 27/2022, article 21, and two more.

The order and the names of the points come from secondary sources; a lawyer must confirm them.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

from conversations.engine import Draft, Words

POINTS: Final = ("basis", "purpose", "kinds", "documents", "details", "period", "rights")
"""Legality, purpose, kinds and relevance of the data, retention of documents, details of what is collected,
period of processing, rights of the subject."""

BESIDES: Final = ("abroad", "family")
"""Where the chat is kept (article 56), and who declares for family members and children (article 25)."""


def short() -> tuple[Words, ...]:
    """Return each point in one line, as it stands above the button."""
    return tuple(Words(f"privacy.short.{point}") for point in (*POINTS, *BESIDES))


def full() -> tuple[Words, ...]:
    """Return each point in full, as /privasi says it; it is part of what is agreed to."""
    return tuple(Words(f"privacy.full.{point}") for point in (*POINTS, *BESIDES))


def consent_values(_: Draft, __: date) -> Mapping[str, object]:
    """Return the blanks of the question for consent."""
    return {"points": short()}
