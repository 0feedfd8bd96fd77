"""Reminds treasurers that the months of a list run out: 90, 30 and 7 days before, each once.

A reminder is a row with a name of its own, so that any number of processes may look, as often as they like.
The workers hear of it by their own reminders: their membership knows until when somebody else pays.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from jobs.clock import Tick
from models import deliveries, programmes
from models.database import Database
from models.deliveries import Lane, Owed, Promise
from models.programmes import PROGRAMME_NEWS, Programme
from rules.calendar import hours_left, local_day, zone_of
from rules.programmes import REMINDED, reminder_due

AHEAD: Final = timedelta(days=max(REMINDED) + 1)
"""How far ahead ends are looked for; a day more, since it is not the same day everywhere."""

log = structlog.get_logger()


class Treasurers:
    """Owes the makers of lists the news that money runs out."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now
        self._one = asyncio.Lock()

    @property
    def tick(self) -> Tick:
        """Every hour."""
        return Tick("programmes", 3600.0, self.remind)

    async def remind(self) -> None:
        """Owe what is due now."""
        now = self._now()
        async with self._one, self._database.begin() as db:
            new = await self._owe(db, now)
        if new:
            log.info("programmes.reminded", count=new)

    async def _owe(self, db: AsyncSession, now: datetime) -> int:
        today = now.date()
        ending = await programmes.ending(db, today - timedelta(days=1), today + AHEAD)
        owed = [reminder for one in ending if (reminder := _reminder(one, now)) is not None]
        return await deliveries.owe(db, self._database.keys, owed, now)


def _reminder(one: Programme, now: datetime) -> Owed | None:
    """Return the reminder of a list that is due, or None: within the hours in which reminders are sent."""
    zone = zone_of(one.village_code)
    today, since = local_day(now, zone), local_day(one.made_at, zone)
    days = reminder_due(one.last_day, today, since)
    opens, closes = hours_left(today, zone, now)
    if days is None or one.account_id is None or opens >= closes:
        return None
    return Owed(
        lane=Lane.REMINDER,
        promise=Promise.AT_LEAST_ONCE,
        dedupe=f"programme:ending:{one.id}:{days}",
        chat_id=one.account_id,
        kind=PROGRAMME_NEWS,
        payload={"news": "ending", "programme": one.id},
        not_before=opens,
        account_id=one.account_id,
    )
