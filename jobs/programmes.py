"""Reminds treasurers that the months of a list run out: 90, 30 and 7 days before, each once.

A reminder is a row with a name of its own, so that any number of processes may look, as often as they like.
Where a list has no treasurer, or one who is out of reach, who made it is reminded as one.
The workers hear of it by their own reminders: their membership knows until when somebody else pays.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from jobs.clock import Tick
from models.agency import programmes, treasurers
from models.agency.programmes import PROGRAMME_NEWS, Programme
from models.owing import deliveries
from models.owing.deliveries import Lane, Owed, Promise
from models.storage.database import Database
from rules.calendar import hours_left, local_day, zone_of
from rules.programmes import REMINDED, reminder_due

AHEAD: Final = timedelta(days=max(REMINDED) + 1)
"""How far ahead ends are looked for; a day more, since it is not the same day everywhere."""

log = structlog.get_logger()


class Treasurers:
    """Owes the treasurers of lists, and their makers, the news that money runs out."""

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
        between = (today - timedelta(days=1), today + AHEAD)
        served = {one.id: (one, account) for one, account in await treasurers.ending(db, *between)}
        owed = [_reminder(one, account, "treasurer", now) for one, account in served.values()]
        for one in await programmes.ending(db, *between):
            owed.append(_reminder(one, one.account_id, "beside" if one.id in served else "maker", now))
        due = [reminder for reminder in owed if reminder is not None]
        return await deliveries.owe(db, self._database.keys, due, now)


def _reminder(one: Programme, account_id: int | None, to: str, now: datetime) -> Owed | None:
    """Return the reminder of a list that is due, or None: within the hours in which reminders are sent.

    `to` is whom it speaks to: the treasurer, the maker beside one, or the maker alone.
    """
    zone = zone_of(one.village_code)
    today, since = local_day(now, zone), local_day(one.made_at, zone)
    days = reminder_due(one.last_day, today, since)
    opens, closes = hours_left(today, zone, now)
    more = {"treasurer": (str(account_id),), "beside": (to,)}.get(to, ())
    if days is None or account_id is None or opens >= closes:
        return None
    return Owed(
        lane=Lane.REMINDER,
        promise=Promise.AT_LEAST_ONCE,
        dedupe=":".join(("programme:ending", str(one.id), str(days), *more)),
        chat_id=account_id,
        kind=PROGRAMME_NEWS,
        payload={"news": "ending", "to": to, "programme": one.id},
        not_before=opens,
        account_id=account_id,
    )
