"""Lets days go by on a clock moved by hand: every midnight is planned, every message sent at its time.

Nothing that would have happened on the way is left out, and it happens in order. This is for demonstrations
and tests; in production time passes by itself.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from jobs.broadcasts import Broadcasts
from jobs.coverage import Coverage
from jobs.deliveries import Deliveries
from jobs.housekeeping import Housekeeping
from jobs.programmes import Treasurers
from jobs.reminders import Reminders
from models.owing import sending
from models.storage.database import Database
from rules.calendar import ZONES

WEST: Final = ZoneInfo(ZONES[-1])
"""Where a day begins last: at its midnight it is the same date in every zone, and no reminder is due yet."""


class Days:
    """Moves a clock from stop to stop; `advance` moves it ahead by a span."""

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime],
        reminders: Reminders,
        deliveries: Deliveries,
        housekeeping: Housekeeping,
        treasurers: Treasurers,
        broadcasts: Broadcasts,
        coverage: Coverage,
    ) -> None:
        self._database = database
        self._now = now
        self._reminders = reminders
        self._deliveries = deliveries
        self._housekeeping = housekeeping
        self._treasurers = treasurers
        self._broadcasts = broadcasts
        self._coverage = coverage
        self._one = asyncio.Lock()
        self._stopped = False

    async def go_by(self, until: datetime, advance: Callable[[timedelta], object]) -> None:
        """Let time pass until a moment; one who comes meanwhile waits until that is reached."""
        async with self._one:
            await self._see_to(midnight=False)
            while (now := self._now()) < until and not self._stopped:
                midnight = _midnight_after(now)
                stop = min(until, midnight, await self._due_after(now, midnight))
                advance(max(timedelta(0), stop - self._now()))
                await self._see_to(midnight=stop == midnight)

    async def stop(self) -> None:
        """Stop where the clock stands, and begin nothing further."""
        self._stopped = True
        async with self._one:
            return

    async def _see_to(self, *, midnight: bool) -> None:
        """Do what is due now."""
        await self._reminders.plan_now()
        await self._treasurers.remind()
        await self._coverage.see_to()
        if midnight:
            await self._housekeeping.forget()
        await self._deliveries.drain()
        await self._broadcasts.go_through(self._deliveries.drain)

    async def _due_after(self, now: datetime, otherwise: datetime) -> datetime:
        begins = await self._broadcasts.next_moment()
        async with self._database.begin() as db:
            due = await sending.next_due(db, now)
        return min((moment for moment in (begins, due) if moment is not None), default=otherwise)


def _midnight_after(now: datetime) -> datetime:
    tomorrow = now.astimezone(WEST).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), WEST)
