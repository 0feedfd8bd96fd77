"""A street to deliver in: a clock that moves when somebody sleeps, chats that answer as they are told to."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from jobs.deliveries import Deliveries
from models.owing.deliveries import Claimed, Delivery, Fate, Lane, Owed, Promise, owe
from models.storage.database import Database
from post.outcome import Later, Outcome, Sent
from post.sayings import Message, Saying
from simulator.clock import Clock
from simulator.limits import Limits

MORNING = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
SITI, BUDI, WULAN = 86_001, 86_002, 86_003


async def compose(
    _db: AsyncSession, owed: Sequence[Claimed], _now: datetime
) -> Mapping[int, tuple[Saying, ...]]:
    """Say what the payload says, each line as a message of its own."""
    return {
        each.id: tuple(Message(each.chat_id, text) for text in each.payload["says"].splitlines())
        for each in owed
    }


@dataclass
class Street:
    """What was said, when and to whom; `answers` are given first, then Sent, or what `limits` say."""

    database: Database
    clock: Clock = field(default_factory=lambda: Clock(frozen_at=MORNING))
    limits: Limits | None = None
    answers: dict[int, list[Outcome]] = field(default_factory=dict)
    heard: list[tuple[float, int, str]] = field(default_factory=list)
    refused: int = 0

    @property
    def began(self) -> float:
        return MORNING.timestamp()

    @property
    def texts(self) -> list[str]:
        return [text for _, _, text in self.heard]

    async def send(self, saying: Saying) -> Outcome:
        assert isinstance(saying, Message)
        told = self.answers.get(saying.chat_id)
        if told:
            outcome = told.pop(0)
            if isinstance(outcome, Sent):
                self._hear(saying)
            return outcome
        wait = self._wait(saying)
        if wait:
            self.refused += 1
            return Later(wait, flood=True)
        self._hear(saying)
        return Sent(len(self.heard))

    def _wait(self, saying: Message) -> int:
        if self.limits is None:
            return 0
        return self.limits.retry_after(saying.chat_id, self.clock.time(), paid=saying.paid)

    def _hear(self, saying: Message) -> None:
        self.heard.append((self.clock.time() - self.began, saying.chat_id, saying.text))

    async def sleep(self, seconds: float) -> None:
        for _ in range(3):  # whoever is on the way arrives before time goes on
            await asyncio.sleep(0)
        self.clock.advance(timedelta(seconds=seconds))

    def worker(self, **given: Any) -> Deliveries:
        """Return a sender of kind "note"."""
        usual: dict[str, Any] = {"sleep": self.sleep, "by_database_clock": False}
        return Deliveries(
            self.database, self.send, given.pop("compose", {"note": compose}), self.clock.now, **usual | given
        )

    async def deliver(self, seconds: float = 0.0, every: float = 1.0, **given: Any) -> None:
        """Send what is due, and what becomes due within so many seconds, looking every so often."""
        worker = given.pop("worker", None) or self.worker(**given)
        await worker.drain()
        until = self.clock.time() + seconds
        while self.clock.time() < until:
            self.clock.advance(timedelta(seconds=every))
            await worker.drain()

    async def owe(self, *owed: Owed) -> None:
        """Owe these, in this order."""
        async with self.database.begin() as db:
            for each in owed:
                await owe(db, self.database.keys, [each], self.clock.now())

    async def rows(self) -> dict[str, Delivery]:
        """Return what stands in the table, by its dedupe name."""
        async with self.database.begin() as db:
            return {row.dedupe: row for row in await db.scalars(select(Delivery))}

    async def fates(self) -> dict[str, Fate]:
        """Return how each delivery stands, by its dedupe name."""
        return {name: row.state for name, row in (await self.rows()).items()}


def note(name: str, chat_id: int = SITI, **told: Any) -> Owed:
    """Return a note of class A in the reminder lane, which says its own name, unless told otherwise."""
    usual: dict[str, Any] = {
        "lane": Lane.REMINDER,
        "promise": Promise.AT_LEAST_ONCE,
        "dedupe": name,
        "chat_id": chat_id,
        "account_id": chat_id,
        "kind": "note",
        "payload": {"says": told.pop("says", name)},
        "not_before": MORNING,
    }
    return Owed(**usual | told)
