"""Keeps the counts of every place current, checks them once a day, and owes groups their weekly card.

Any number of processes may knock: one counts, for a short lease. What was touched is a row, so a kill on the
way loses nothing, and a count that is behind says so (`models/coverage_state.counted_at`).
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from jobs.clock import Tick
from models.counting import coverage, coverage_state, describing, group_cards
from models.counting.group_cards import CARD, GROUP_LEFT, GroupCard
from models.owing import deliveries
from models.owing.deliveries import Lane, Owed, Promise
from models.storage.database import Database
from rules.calendar import hours_left, local_day, zone_of

MONDAY: Final = 0
CHECKED_AT_ONCE: Final = 10
"""How many batches of villages are counted again with one knock, to see whether they are as they were."""

log = structlog.get_logger()


class Coverage:
    """Counts what was touched, and what else follows from time."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now
        self._one = asyncio.Lock()
        self._stopped = False

    @property
    def tick(self) -> Tick:
        """Every minute."""
        return Tick("coverage", 60.0, self.see_to, self._stop)

    def _stop(self) -> None:
        self._stopped = True

    async def see_to(self) -> None:
        """Owe what groups get, count what waits, then look after the rest."""
        await self._cards()
        await self.count()

    async def count(self) -> None:
        """Count what waits, fill in what a former release left, and check a part of what is there."""
        async with self._one:
            async with self._database.begin() as db:
                state = await coverage_state.take(db)
            if state is None:
                return
            finished = await self._until_none(self._count) and await self._until_none(self._describe)
            if finished and state.checked_on != self._now().date():
                await self._check(state.checked_code)
            finished = await self._until_none(self._count)
            async with self._database.begin() as db:
                await coverage_state.let_go(db, counted_at=self._now() if finished else None)

    async def _until_none(self, do: Callable[[AsyncSession], Awaitable[int]]) -> bool:
        """Do some, each in a transaction of its own, until nothing is left; False when it is to stop."""
        while not self._stopped:
            async with self._database.begin() as db:
                if not await do(db):
                    return True
                await coverage_state.hold_on(db)
            await asyncio.sleep(0)
        return False

    async def _count(self, db: AsyncSession) -> int:
        return await coverage.count_some(db)

    async def _describe(self, db: AsyncSession) -> int:
        return await describing.describe_some(db, self._database.keys)

    async def _check(self, after: str) -> None:
        """Count some villages again that nobody touched; what differs is noted, told, and counted."""
        today, wrong = self._now().date(), 0
        for _ in range(CHECKED_AT_ONCE):
            async with self._database.begin() as db:
                last, differed = await coverage.recheck(db, after)
                wrong += differed
                await coverage_state.checked(db, last or "", today if last is None else None)
                await coverage_state.hold_on(db)
            if last is None or self._stopped:
                break
            after = last
        if wrong:
            log.warning("coverage.mended", count=wrong)

    async def _cards(self) -> None:
        """Owe each group its card of the week, and leave the groups that nobody confirmed."""
        now = self._now()
        async with self._database.begin() as db:
            owed = [card for each in await group_cards.confirmed(db) if (card := _card(each, now))]
            for late in await group_cards.given_up(db, now):
                owed += _leave(late, now)
                await group_cards.forget(db, late.id)
            await deliveries.owe(db, self._database.keys, owed, now)


def _card(card: GroupCard, now: datetime) -> Owed | None:
    """Return the card of a group if today is its day: Monday, in the village's zone."""
    zone = zone_of(card.code)
    today = local_day(now, zone)
    opens, closes = hours_left(today, zone, now)
    if today.weekday() != MONDAY or opens >= closes:
        return None
    return _owed(card, CARD, f"{CARD}:{card.id}:{today}", opens, {"card": card.id})


def _leave(card: GroupCard, now: datetime) -> list[Owed]:
    if card.chat_id is None:
        return []
    return [_owed(card, GROUP_LEFT, f"{GROUP_LEFT}:{card.id}", now, {})]


def _owed(card: GroupCard, kind: str, dedupe: str, not_before: datetime, payload: dict[str, object]) -> Owed:
    assert card.chat_id is not None  # noqa: S101 - asked by both who come here
    return Owed(
        lane=Lane.REMINDER,
        promise=Promise.AT_MOST_ONCE,
        dedupe=dedupe,
        chat_id=card.chat_id,
        kind=kind,
        payload=payload,
        not_before=not_before,
        expires_at=not_before + timedelta(days=1),
    )
