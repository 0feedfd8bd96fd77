"""Plans the reminders of each day, and says which of them are still wanted when their turn comes.

A tick asks each zone whether its day has begun. What is planned is planned once for ever, whoever plans and
however often; after a pause only the present day is planned, never the days gone by.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from jobs.clock import Tick
from jobs.planning import BATCHES, Planning, Stopped
from models.owing import wanted as still
from models.owing.deliveries import Claimed
from models.reminding import plans, reminders
from models.reminding.plans import Held
from models.reminding.reminders import DROPPED
from models.storage.database import Database
from rules.calendar import ZONES, local_day

BULK_PER_SECOND: Final = 25.0
"""How many reminders a second the pace lets out unless told otherwise."""

log = structlog.get_logger()


class Reminders:
    """Plans reminders; `per_second` is what the pace lets out for all zones together."""

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime],
        *,
        per_second: float = BULK_PER_SECOND,
        batch: int | None = None,
    ) -> None:
        self._database = database
        self._now = now
        self._per_second = per_second
        self._batch = batch or BATCHES[database.engine.dialect.name]
        self._one = asyncio.Lock()
        self._stopping = asyncio.Event()

    @property
    def tick(self) -> Tick:
        """Every minute: a zone whose day has begun is planned."""
        return Tick("reminders", 60.0, self.plan_now, self._stopping.set)

    async def plan_now(self) -> None:
        """Plan what is to be planned now; who comes meanwhile waits until it is planned.

        A stop ends it with the batch in hand; the next process goes on where it stopped.
        """
        async with self._one:
            with contextlib.suppress(Stopped):
                await self.plan(self._now())

    async def plan(self, now: datetime) -> Counter[str]:
        """Plan the present day of every zone that nobody has planned; return what is new, by step."""
        total: Counter[str] = Counter()
        for zone in await self._unplanned(now):
            total += await self._plan_zone(zone, now)
        return total

    async def _unplanned(self, now: datetime) -> list[str]:
        """Return the zones whose present day is to be planned; where nobody is insured, it is as it is."""
        days = {zone: local_day(now, zone) for zone in ZONES}
        async with self._database.begin() as db:
            finished = await plans.finished(db, days)
            waiting = {zone: day for zone, day in days.items() if zone not in finished}
            if not waiting:
                return []
            active = await reminders.count_active(db)
            empty = {zone: day for zone, day in waiting.items() if zone not in active}
            await plans.finish_empty(db, empty, now)
        return [zone for zone in waiting if zone in active]

    async def _plan_zone(self, zone: str, now: datetime) -> Counter[str]:
        day = local_day(now, zone)
        held = await self._take(day, zone)
        if held is None:
            return Counter()
        planning = Planning(
            self._database, zone, day, now, self._per_second, self._batch, self._stopping.is_set
        )
        new = await planning.go(held)
        _tell(day, zone, new)
        return new

    async def _take(self, day: date, zone: str) -> Held | None:
        async with self._database.begin() as db:
            before = await plans.last_before(db, day, zone)
            held = await plans.take(db, day, zone)
        if held is not None and before is not None and (missed := (day - before).days - 1):
            log.warning("reminders.days_missed", job=f"{day} {zone}", count=missed)
        return held


async def wanted(db: AsyncSession, wave: Sequence[Claimed], now: datetime) -> set[int]:
    """Return which reminders and digests of a wave are still wanted, by their ids."""
    today = local_day(now, ZONES[-1])  # while reminders are sent it is the same date in every zone
    return await still.wanted(db, [each.id for each in wave], today)


def _tell(day: date, zone: str, new: Counter[str]) -> None:
    log.info("reminders.planned", job=f"{day} {zone}", count=new.total() - new[DROPPED])
    if new[DROPPED]:
        log.warning("reminders.dropped", job=f"{day} {zone}", count=new[DROPPED])
