"""Takes out of chats what must not stay there: files with people's data, within a day."""

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
"""How many messages are deleted at a time."""

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
        now = self._now()
        async with self._database.begin() as db:
            due = await fleeting.due(db, now, AT_ONCE)
        for each in due:
            outcome = await self._send(Delete(each.chat_id, each.message_id))
            lost = now - each.sent_at >= LOST
            if lost and not isinstance(outcome, Sent):
                log.error("fleeting.not_deleted", kind=type(outcome).__name__)
            if lost or is_over(outcome):
                async with self._database.begin() as db:
                    await fleeting.left(db, each.chat_id, each.message_id)


def is_over(outcome: Outcome) -> bool:
    """Say whether trying again is of no use: it is deleted, or was before, or Telegram will never do it."""
    return isinstance(outcome, Sent | Gone | Broken | Unreachable)
