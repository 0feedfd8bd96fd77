"""The message with the bar: one for each list, edited now and then; nobody waits for it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from locales import say
from models.agency import imports
from models.agency.imports import Import
from models.storage.database import Database
from post.outcome import Later, Sent
from post.sayings import Edit, Message, Saying
from post.speak import Send

EVERY: Final = timedelta(seconds=2)
"""How often the bar may move: a chat takes about one message a second."""

WIDTH: Final = 12
FULL, EMPTY = "▓", "░"


def bar(done: int, whole: int) -> str:
    """Return how much of a whole is done, as a bar; full only when all is."""
    filled = WIDTH * min(done, whole) // whole if whole else 0
    return FULL * filled + EMPTY * (WIDTH - filled)


def words(held: Import) -> str:
    """Return what the message with the bar says."""
    whole = max(held.expected, held.judged)
    return say(held.language, "files.progress", bar=bar(held.judged, whole), done=held.judged, whole=whole)


class Progresses:
    """Shows how far lists are."""

    def __init__(self, database: Database, send: Send[Saying], now: Callable[[], datetime]) -> None:
        self._database = database
        self._send = send
        self._now = now
        self._next: dict[int, datetime] = {}

    async def show(self, held: Import) -> None:
        """Move the bar, unless it moved just now."""
        now = self._now()
        if now < self._next.get(held.id, now):
            return
        self._next[held.id] = now + EVERY
        if held.progress_message is None:
            await self._begin(held)
            return
        outcome = await self._send(Edit(held.account_id, held.progress_message, words(held)))
        if isinstance(outcome, Later):
            self._next[held.id] = now + max(EVERY, timedelta(seconds=outcome.seconds))

    async def _begin(self, held: Import) -> None:
        outcome = await self._send(Message(held.account_id, words(held), silent=True))
        if isinstance(outcome, Sent) and outcome.message_id is not None:
            async with self._database.begin() as db:
                await imports.note_progress_message(db, held.id, outcome.message_id)
            held.progress_message = outcome.message_id

    async def end(self, held: Import) -> None:
        """Fill the bar: every row has its verdict."""
        self._next.pop(held.id, None)
        if held.progress_message is not None:
            held.expected = held.judged
            await self._send(Edit(held.account_id, held.progress_message, words(held)))
