"""Takes out of chats what must not stay there: files with people's data, within a day."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog

from jobs.clock import Tick
from models.owing import fleeting
from models.owing.fleeting import LOST
from models.storage.database import Database
from post.outcome import Broken, Gone, Outcome, Sent, Unreachable
from post.sayings import Delete, Saying
from post.speak import Send

AT_ONCE: Final = 20
"""How many messages are deleted side by side, which takes about a second of the free rate."""

A_TICK: Final = 1000
"""At most so many a minute: a village's day of dialogues within a quarter of an hour."""

log = structlog.get_logger()


class Tidying:
    """Deletes messages whose time in the chat is over."""

    def __init__(self, database: Database, send: Send[Saying], now: Callable[[], datetime]) -> None:
        self._database = database
        self._send = send
        self._now = now

    @property
    def tick(self) -> Tick:
        """Every minute."""
        return Tick("fleeting", 60.0, self.tidy)

    async def tidy(self) -> None:
        """Delete what is due; what Telegram does not delete just now is tried again."""
        for _ in range(A_TICK // AT_ONCE):
            if await self._some() < AT_ONCE:
                break
        async with self._database.begin() as db:
            late = await fleeting.count_late(db, self._now())
        if late:
            log.error("fleeting.late", count=late)

    async def _some(self) -> int:
        """Delete some that are due, side by side; return how many there were."""
        now = self._now()
        async with self._database.begin() as db:
            due = await fleeting.due(db, now, AT_ONCE)
        outcomes = await asyncio.gather(*(self._send(Delete(each.chat_id, each.message_id)) for each in due))
        gone: list[tuple[int, int]] = []
        for each, outcome in zip(due, outcomes, strict=True):
            lost = now - each.sent_at >= LOST
            if lost and not isinstance(outcome, Sent):
                log.error("fleeting.not_deleted", kind=type(outcome).__name__)
            if lost or is_over(outcome):
                gone.append((each.chat_id, each.message_id))
        if gone:
            async with self._database.begin() as db:
                for chat_id, message_id in gone:
                    await fleeting.left(db, chat_id, message_id)
        return len(due)


def is_over(outcome: Outcome) -> bool:
    """Say whether trying again is of no use: it is deleted, or was before, or Telegram will never do it."""
    return isinstance(outcome, Sent | Gone | Broken | Unreachable)
