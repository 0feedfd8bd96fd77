"""Works broadcasts off: counts, makes a delivery a recipient, lets them go little by little, stops, reports.

Every step is one transaction that holds the broadcast, so that whoever is killed is followed by whoever comes
next. The sending itself is that of every delivery (jobs/deliveries.py).
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from jobs.broadcast_bar import Bars
from jobs.clock import Tick
from models.accounts import roles_of
from models.broadcasting import broadcast_news, broadcasts, recipients
from models.broadcasting.broadcasts import MAY_BROADCAST, Broadcast, Stage
from models.broadcasting.segments import Condition, matching
from models.storage.database import Database
from models.trust import audit
from models.trust.audit import Act, Entry
from post.sayings import Saying
from post.speak import Send
from rules import broadcasts as rules
from rules.calendar import ZONES, local_day

PORTION: Final = 2_000
"""Accounts in one transaction: a reply waits for no more than that."""

AHEAD: Final = 3.0
"""Seconds of the pace that are let go ahead of time; ticks come every second."""

COUNTED: Final = 5
"""How many portions are counted at once: that is faster than making recipients of them."""

FIRST: Final = 20
"""So many go first of all: a message that cannot be sent at all is noticed by them."""

BULK_PER_SECOND: Final = 25.0
IN_PORTIONS: Final = (Stage.COUNTING, Stage.PLANNING, Stage.CANCELLING)
"""The stages in which one step is a portion, and the next may follow at once."""

Step = Callable[[AsyncSession, Broadcast], Awaitable[bool]]
log = structlog.get_logger()


class Broadcasts:
    """Sees to broadcasts under way; `per_second` is what the pace lets out of bulk."""

    def __init__(
        self,
        database: Database,
        send: Send[Saying],
        now: Callable[[], datetime],
        *,
        per_second: float = BULK_PER_SECOND,
        portion: int = PORTION,
    ) -> None:
        self._database = database
        self._now = now
        self._ahead = max(1, round(per_second * AHEAD))
        self._portion = portion
        self._counted = portion * COUNTED
        self._bars = Bars(database, send, now)
        self._stopping = False

    @property
    def tick(self) -> Tick:
        """Every second."""
        return Tick("broadcasts", 1.0, self.work, self.stop)

    def stop(self) -> None:
        """Begin no further portion."""
        self._stopping = True

    async def work(self) -> None:
        """See to every broadcast once."""
        await self.step()

    async def go_through(self, deliver: Callable[[], Awaitable[None]]) -> None:
        """See to everything that can be done now, delivering in between: for a clock moved by hand."""
        while await self.step():
            await deliver()

    async def next_moment(self) -> datetime | None:
        """Return when something is to be done next, None while no broadcast waits for any moment."""
        now = self._now()
        async with self._database.begin() as db:
            under_way = await broadcasts.are_sent(db, await broadcasts.worked_on(db))
            start = await broadcasts.next_start(db, now)
        running = [one for one in under_way.values() if one.stage is Stage.RUNNING]
        moments = [start, rules.next_opening(now) if running else None]
        return min((moment for moment in moments if moment is not None), default=None)

    async def step(self) -> bool:
        """Take every broadcast one step on; return whether anything has changed."""
        async with self._database.begin() as db:
            numbers = await broadcasts.worked_on(db)
        changed = [await self._see_to(number) for number in numbers if not self._stopping]
        return any(changed)

    async def _see_to(self, number: int) -> bool:
        """Take one broadcast a step on, or as many portions as there are; then move its bar."""
        changed = False
        while not self._stopping:
            async with self._database.begin() as db:
                held = await broadcasts.take(db, number)
                step = held is not None and await self._step(db, held)
            changed = changed or step
            await self._bars.show(number)
            if not step or held is None or held.stage not in IN_PORTIONS:
                break
        return changed

    async def _step(self, db: AsyncSession, held: Broadcast) -> bool:
        """Do what is next for a broadcast that is held; return whether anything has changed."""
        if held.account_id is None and held.stage is not Stage.CANCELLING:
            held.stage = Stage.CANCELLING
            return True
        steps: Mapping[Stage, Step] = {
            Stage.COUNTING: self._count,
            Stage.HELD: self._begin,
            Stage.PLANNING: self._plan,
            Stage.RUNNING: self._run,
            Stage.PAUSED: self._rest,
            Stage.CANCELLING: self._cancel,
        }
        return held.stage in steps and await steps[held.stage](db, held)

    def _condition(self, held: Broadcast) -> Condition:
        return matching(held.terms, held.territories, local_day(self._now(), ZONES[-1]))

    async def _count(self, db: AsyncSession, held: Broadcast) -> bool:
        """Count a portion of accounts; behind the last one a draft is shown, others go their way."""
        after, most = held.planned_after, rules.limits()["sample"]
        upto, condition = await recipients.portion(db, after, self._counted), self._condition(held)
        if upto is not None:
            held.counted = (held.counted or 0) + await recipients.count(db, condition, after, upto)
            some = await recipients.sample(db, condition, after, upto, held.id, most)
            held.sample = sorted({*held.sample, *some}, key=lambda one: recipients.mixed(one, held.id))[:most]
            held.planned_after = upto
            return True
        held.planned_after, held.counted = 0, held.counted or 0
        if held.straight:
            await self._let_go(db, held, held.counted)
        else:
            held.stage = Stage.DRAFT
            await self._tell(db, held, "counted")
        return True

    async def _let_go(self, db: AsyncSession, held: Broadcast, count: int) -> None:
        """Let a broadcast go, or ask a second person first."""
        if held.let_go(count, self._now()) is Stage.ASKED:
            found = await broadcast_news.ask_seconds(db, self._database.keys, held, self._now())
            await self._tell(db, held, "waits" if found else "nobody")

    async def _begin(self, db: AsyncSession, held: Broadcast) -> bool:
        """Begin at its moment, if its author still may."""
        now = self._now()
        if held.starts_at is None or held.starts_at > now or held.account_id is None:
            return False
        roles = await roles_of(db, [held.account_id], now)
        if not roles[held.account_id] & set(MAY_BROADCAST):
            held.stage, held.reason = Stage.CANCELLING, "role"
            return True
        held.stage = Stage.PLANNING if held.planned_at is None else Stage.RUNNING
        held.window_at = now
        return True

    async def _plan(self, db: AsyncSession, held: Broadcast) -> bool:
        """Make the recipients of the next portion of accounts; behind the last one the sending begins."""
        upto, now = await recipients.portion(db, held.planned_after, self._portion), self._now()
        assert held.expires_at is not None  # noqa: S101 - noted when it was let go
        if upto is not None:
            held.recipients += await recipients.plan(
                db, held, self._condition(held), upto, held.expires_at, now
            )
            held.planned_after = upto
            return True
        held.planned_at = held.window_at = now
        held.stage = Stage.RUNNING
        log.info("broadcasts.planned", job=str(held.id), count=held.recipients)
        if not rules.may_start(held.recipients, held.approved_for):
            held.counted = held.recipients
            await self._let_go(db, held, held.recipients)
        return True

    async def _run(self, db: AsyncSession, held: Broadcast) -> bool:
        """Let some more go, unless too many fail; end when every recipient has a final state."""
        now = self._now()
        going, since = await recipients.on_the_way(db, held)
        if await self._stops(db, held, since or now):
            return True
        most = self._ahead - going if held.released else FIRST
        more = await recipients.release(db, held, rules.open_zones(now), most, now)
        held.released += more
        return more > 0 or (not going and await self._perhaps_end(db, held))

    async def _stops(self, db: AsyncSession, held: Broadcast, since: datetime) -> bool:
        """Pause by itself when too many of the last sends failed; tell the author why."""
        ended, failed = await recipients.window(db, held, held.window_at or since)
        if rules.stops(failed.total(), ended):
            held.stage, held.reason = Stage.PAUSED, "failed"
            why = [[reason, count] for reason, count in failed.most_common(3)]
            log.error("broadcasts.stopped_by_itself", job=str(held.id), count=failed.total(), reason=str(why))
            await self._tell(db, held, "stopped", failed=failed.total(), ended=ended, why=why)
            await self._note(db, held, "failed")
            return True
        if ended >= rules.limits()["errors_of"]:
            held.window_at = since
        return False

    async def _rest(self, db: AsyncSession, held: Broadcast) -> bool:
        """Lay back what was let go before the pause; a pause may outlast the broadcast."""
        back = await recipients.lay_back(db, held)
        held.released -= back
        return back > 0 or await self._perhaps_end(db, held)

    async def _cancel(self, db: AsyncSession, held: Broadcast) -> bool:
        """Cancel a portion of what is not sent; what is on its way comes to its end."""
        if await recipients.cancel(db, held, self._portion):
            return True
        return await self._perhaps_end(db, held)

    async def _perhaps_end(self, db: AsyncSession, held: Broadcast) -> bool:
        """End a broadcast of which nothing is open, and owe its author the report."""
        if not await recipients.is_over(db, held):
            return False
        held.stage, held.finished_at = Stage.DONE, self._now()
        if held.reason == "role":
            await self._note(db, held, "role")
        await self._tell(db, held, "report")
        log.info("broadcasts.done", job=str(held.id), count=held.recipients)
        return True

    async def _tell(self, db: AsyncSession, held: Broadcast, news: str, **more: Any) -> None:
        await broadcast_news.tell_author(db, self._database.keys, held, news, self._now(), **more)

    async def _note(self, db: AsyncSession, held: Broadcast, why: str) -> None:
        entry = Entry(Act.STOPPED, None, subject=f"broadcasts:{held.id}", details={"why": why})
        await audit.note(db, self._database.keys, [entry], self._now())
