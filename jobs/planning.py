"""Planning: one day in one zone, batch by batch, each in a transaction of its own."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeVar

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from jobs.spreading import Early, early_reminders, offsets
from models.reminding import plans, reminders
from models.reminding.plans import Held
from models.reminding.reasons import Reason, parameters, reasons_on
from models.reminding.reminders import Batch, Slot
from models.storage.database import Database
from rules.calendar import LATE, hours_left

BATCHES: Final = {"sqlite": 2_000, "postgresql": 10_000}
"""Memberships in one transaction: fewer where it keeps the only writer, and so a reply, waiting."""

SAMPLE: Final = 10
"""One in so many is counted to know what the coming days bring: the pace decides to the message."""

log = structlog.get_logger()
Key = TypeVar("Key")
Work = Callable[[AsyncSession, Batch], Awaitable[bool]]
"""What is done with a batch in its transaction; False when no further batch is needed."""


class Stopped(Exception):
    """The process is to end: what is planned is planned, somebody else goes on with the rest."""


def never() -> bool:
    """Say that nobody asks to stop."""
    return False


@dataclass(slots=True)
class Planning:
    """The planning of one day in one zone, in the hand of one process; `per_second` is for all zones.

    Between two batches `stopping` is asked; Stopped is raised when it says so.
    """

    database: Database
    zone: str
    day: date
    now: datetime
    per_second: float
    size: int
    stopping: Callable[[], bool] = never
    crowded: bool = False

    async def go(self, held: Held) -> Counter[str]:
        """Plan what is left of the day and, when the coming days have too many, part of them too."""
        new: Counter[str] = Counter()
        reasons = reasons_on(self.day)
        if reasons:
            await self._take_share()
            paid, loads = await self._counted(reasons)
            new = await self._plan_day(reasons, loads, held.after_id)
            new += await self._plan_early(paid, held.reminders + new.total())
        async with self.database.begin() as db:
            await reminders.open_digests_later(db, self.zone, self._slot(0))
            await plans.finish(db, self.day, self.zone, self.now)
        return new

    async def _take_share(self) -> None:
        """Take the zone's share of the pace, and see whether more than six hours' sending may lie ahead."""
        async with self.database.begin() as db:
            active = await reminders.count_active(db)
        everybody = sum(active.values())
        self.crowded = everybody > LATE.total_seconds() * self.per_second
        self.per_second *= active.get(self.zone, 0) / max(1, everybody)

    async def _counted(self, reasons: Sequence[Reason]) -> tuple[Counter[date], Counter[int]]:
        """Estimate how many have each last covered month, and how many each reason of today falls on.

        Where all can go out at once, nobody needs to know.
        """
        paid: Counter[date] = Counter()
        loads: Counter[int] = Counter()

        async def count(db: AsyncSession, batch: Batch) -> bool:
            some = await reminders.next_batch(db, self.zone, batch.after, self.size // SAMPLE) or batch
            paid.update(await reminders.count_paid_through(db, some, self._known))
            loads.update(await reminders.count_by_reason(db, some, reasons, self._known))
            return True

        if self.crowded:
            await self._through(0, count)
        return _scaled(paid), _scaled(loads)

    async def _plan_day(self, reasons: Sequence[Reason], loads: Counter[int], after: int) -> Counter[str]:
        """Plan the day; the slot of a reason moves on by what the pace lets out."""
        new: Counter[str] = Counter()
        begins = offsets(reasons, loads, self.per_second)

        async def plan(db: AsyncSession, batch: Batch) -> bool:
            slots = [
                self._slot(begin + new[reason.step] / self.per_second)
                for reason, begin in zip(reasons, begins, strict=True)
            ]
            fresh = await self._plan_batch(db, reasons, slots, batch)
            await plans.advance(db, self.day, self.zone, fresh.total(), after_id=batch.upto)
            new.update(fresh)
            return True

        await self._through(after, plan)
        return new

    async def _plan_early(self, paid: Counter[date], already: int) -> Counter[str]:
        """Plan what the coming days cannot send, as far as there is room today."""
        if not paid:
            return Counter()
        opens, closes = hours_left(self.day, self.zone, self.now)
        room = int((closes - opens).total_seconds() * self.per_second) - already
        new: Counter[str] = Counter()
        for early in early_reminders(self.day, self.zone, paid, self.per_second, room):
            new += await self._plan_some(early, already + new.total())
        if new:
            log.warning("reminders.spread", job=f"{self.day} {self.zone}", count=new.total())
        return new

    async def _plan_some(self, early: Early, already: int) -> Counter[str]:
        new: Counter[str] = Counter()

        async def plan(db: AsyncSession, batch: Batch) -> bool:
            slot = self._slot((already + new.total()) / self.per_second)
            left = early.count - new.total()
            fresh = await self._plan_batch(db, [early.reason], [slot], batch, limit=left)
            await plans.advance(db, self.day, self.zone, fresh.total())
            new.update(fresh)
            return new.total() < early.count

        await self._through(0, plan)
        return new

    async def _plan_batch(
        self,
        db: AsyncSession,
        reasons: Sequence[Reason],
        slots: Sequence[Slot],
        batch: Batch,
        limit: int | None = None,
    ) -> Counter[str]:
        return await reminders.plan_batch(db, self.day, reasons, slots, batch, self._known, self.now, limit)

    async def _through(self, after: int, work: Work) -> None:
        """Go through the active memberships of the zone."""
        while not self.stopping():
            async with self.database.begin() as db:
                await reminders.prepare(db)
                batch = await reminders.next_batch(db, self.zone, after, self.size)
                if batch is None or not await work(db, batch):
                    return
            after = batch.upto
        raise Stopped

    def _slot(self, seconds: float) -> Slot:
        return Slot.on(self.day, self.zone, self.now, seconds)

    @property
    def _known(self) -> dict[str, Any]:
        return parameters(self.day, self.zone)


def _scaled(sample: Counter[Key]) -> Counter[Key]:
    return Counter({key: number * SAMPLE for key, number in sample.items()})
