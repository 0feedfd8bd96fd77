"""The quota of lists: how many workers of an account may be filed in a day; the rest waits for tomorrow."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from jobs import orders
from models.agency import quotas
from models.agency.alarms import Alarm, Why, sound
from models.agency.imports import Import
from models.owing import deliveries
from models.storage.keys import Keys
from rules.quotas import Who, listed_a_day, often_reached


@dataclass(slots=True)
class Quota:
    """What of the day's quota a part of a list may use; `local` is the moment in the office's zone."""

    keys: Keys
    account_id: int
    whose: Who
    local: datetime
    used_up: bool = False

    @property
    def _today(self) -> date:
        return self.local.date()

    @property
    def until_tomorrow(self) -> timedelta:
        """How long it is until the office's next day begins."""
        midnight = datetime.combine(self._today + timedelta(days=1), time(), self.local.tzinfo)
        return midnight - self.local

    async def takes(self, db: AsyncSession, count: int) -> bool:
        """Count so many new workers, if they still fit into the day; a first part always does."""
        sender = self.keys.sender_index(self.account_id)
        before = await quotas.listed(db, sender, self._today) if count else 0
        if before and before + count > listed_a_day(self.whose):
            self.used_up = True
        elif count:
            await quotas.note_listed(db, sender, self._today, count)
        return not self.used_up

    async def reached(self, db: AsyncSession, held: Import) -> None:
        """Owe the sender the news that the list goes on tomorrow; officers hear of it when it is often so."""
        sender = self.keys.sender_index(self.account_id)
        days = await quotas.note_reached(db, sender, self._today, self.local)
        if days >= often_reached():
            alarm = Alarm(self.account_id, Why.REACHED, days)
            await sound(db, self.keys, alarm, self._today, self.local)
        tomorrow = self._today + timedelta(days=1)
        await deliveries.owe(db, self.keys, [orders.rest(held, tomorrow, self.local)], self.local)
