"""A broadcast that is written on the command line: its terms are read, and the running bot does the rest."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from models.accounts import Account, territories_of
from models.broadcasting import broadcasts
from models.broadcasting.broadcasts import COMMAND_LINE, MAY_BROADCAST, Broadcast, Stage
from models.broadcasting.segments import SEGMENTS, Term
from models.storage.keys import Keys
from models.trust import audit
from models.trust.audit import Act, Entry

LONGEST: Final = 4096
"""Letters in one message of Telegram's."""


class CannotBroadcast(Exception):
    """One plain sentence that says why."""


def read_terms(only: Iterable[str], besides: Iterable[str], today: date) -> list[Term]:
    """Return the terms written as `region=3205` or `drafts`; CannotBroadcast for what is none."""
    written = [(text, False) for text in only] + [(text, True) for text in besides]
    return [_term(text, excepted, today) for text, excepted in written]


def _term(text: str, excepted: bool, today: date) -> Term:
    name, _, value = text.partition("=")
    try:
        SEGMENTS[name](value, today)
    except (KeyError, ValueError):
        known = ", ".join(SEGMENTS)
        raise CannotBroadcast(f"{text!r} is no segment; those there are: {known}, as NAME=VALUE") from None
    return Term(name, value, excepted, value)


async def announce(
    db: AsyncSession,
    keys: Keys,
    by: int,
    text: str,
    terms: Iterable[Term],
    wanted_at: datetime | None,
    now: datetime,
) -> Broadcast:
    """Note a text to be sent to many in the name of an officer or administrator, who follows it in the chat.

    It is counted by the running bot, and a second person agrees as to any other.
    """
    text = text.strip()
    if not 0 < len(text) <= LONGEST:
        raise CannotBroadcast(f"the text must have 1 to {LONGEST} letters")
    author = await db.get(Account, by)
    territories = await territories_of(db, by, MAY_BROADCAST, now)
    if author is None or not territories:
        raise CannotBroadcast(f"{by} is neither officer nor administrator")
    held = await broadcasts.begin(
        db, keys, by, (by, 0), COMMAND_LINE, territories, author.language, now, text=text
    )
    held.choose(terms)
    held.straight, held.stage, held.wanted_at = True, Stage.COUNTING, wanted_at
    names = [term.name for term in held.terms]
    entry = Entry(Act.BROADCAST, by, subject=f"broadcasts:{held.id}", details={"segments": names})
    await audit.note(db, keys, [entry], now)
    return held
