"""Sends what is owed: claim a few, commit, send, close, commit. Whoever dies in between is swept up."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from jobs.clock import Tick
from models import deliveries
from models.database import Database
from models.deliveries import Claimed, Fate, Promise
from post.outcome import Broken, Gone, Halted, Later, Moved, Outcome, Sent, Uncertain, Unreachable
from post.sayings import Saying
from post.speak import Send

WAVE: Final = 25
"""How many are claimed at once: about what Telegram lets out in a second."""

LEASE: Final = timedelta(seconds=60)
"""Longer than the longest call; a claimed row whose lease ended was left by somebody who died."""

PATIENCE: Final = timedelta(seconds=30)
"""How long a message in doubt waits before it is sent again, if its kind may be."""

Compose = Callable[[int, datetime], Awaitable[tuple[Saying, ...]]]
log = structlog.get_logger()


class Deliveries:
    """Sends owed messages, each put into words by its kind at the moment it is sent."""

    def __init__(
        self,
        database: Database,
        send: Send[Saying],
        compose: Mapping[str, Compose],
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._send = send
        self._compose = compose
        self._now = now

    @property
    def tick(self) -> Tick:
        """Every second, whatever is due."""
        return Tick("deliveries", 1.0, self.drain)

    async def drain(self) -> None:
        """Sweep what was left behind, then send until nothing is due."""
        async with self._database.begin() as db:
            await deliveries.sweep(db)
            await deliveries.expire(db, self._now())
        while await self.send_wave():
            continue

    async def send_wave(self) -> bool:
        """Send the messages that are due, at most one wave. Return False when none was."""
        async with self._database.begin() as db:
            wave = await deliveries.claim(db, self._database.keys, self._now(), WAVE, LEASE)
        for claimed in wave:
            outcome = await self._sent(claimed)
            async with self._database.begin() as db:
                await self._close(db, claimed, outcome)
        return bool(wave)

    async def _sent(self, claimed: Claimed) -> Outcome:
        outcome: Outcome = Broken("nothing to say")
        for saying in await self._compose[claimed.kind](claimed.chat_id, self._now()):
            outcome = await self._send(saying)
            if not isinstance(outcome, Sent):
                return outcome
        return outcome

    async def _close(self, db: AsyncSession, claimed: Claimed, outcome: Outcome) -> None:
        match outcome:
            case Sent(message_id):
                await deliveries.close(db, claimed.id, Fate.SENT, message_id=message_id)
            case Later(seconds):
                await deliveries.later(db, claimed.id, self._now() + timedelta(seconds=seconds))
            case Uncertain(reason) if claimed.promise is Promise.AT_LEAST_ONCE:
                await deliveries.later(db, claimed.id, self._now() + PATIENCE, reason)
            case Uncertain(reason):
                await deliveries.close(db, claimed.id, Fate.UNCERTAIN, error=reason)
            case Halted(reason):
                await deliveries.later(db, claimed.id, self._now() + PATIENCE, reason)
            case Unreachable(reason):
                await deliveries.close(db, claimed.id, Fate.DEAD, error=reason)
            case Broken(reason) | Gone(reason):
                log.error("deliveries.broken", kind=claimed.kind, reason=reason)
                await deliveries.close(db, claimed.id, Fate.BROKEN, error=reason)
            case Moved():
                await deliveries.close(db, claimed.id, Fate.DEAD, error="moved")
