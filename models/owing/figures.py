"""Figures: how the sending goes, for the officers. What waits, what came of it, and what nobody knows of."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.applications import Application
from models.memberships import Membership
from models.owing.deliveries import Delivery, Fate, Lane, in_state
from models.storage.ids import first_id

A_DAY: Final = timedelta(days=1)
A_WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many messages of a lane are due and wait, since when the oldest, and how many have their time yet
    to come, the first of them at `next_at`.
    """

    lane: Lane
    due: int = 0
    oldest: datetime | None = None
    later: int = 0
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A message that may have arrived; `reference` is that of its worker's application, if it has one."""

    lane: Lane
    at: datetime
    reference: str | None


@dataclass(frozen=True, slots=True)
class Figures:
    """What waits in each lane, what the messages of the last day came to, and the doubtful ones of a week."""

    waiting: tuple[Waiting, ...]
    fates: tuple[tuple[Fate, int], ...]
    doubtful: int
    newest_doubtful: tuple[Doubtful, ...]


async def figures(db: AsyncSession, now: datetime, shown: int = 5) -> Figures:
    """Return how the sending goes, with the newest `shown` of the doubtful messages."""
    return Figures(await waiting(db, now), await _fates(db, now), *await _doubtful(db, now - A_WEEK, shown))


async def waiting(db: AsyncSession, now: datetime) -> tuple[Waiting, ...]:
    """Return what waits in each lane, asked by the index of what is queued."""
    late = Delivery.not_before <= now
    counted = (
        select(
            Delivery.lane,
            func.count().filter(late),
            func.min(Delivery.not_before).filter(late),
            func.count().filter(~late),
            func.min(Delivery.not_before).filter(~late),
        )
        .where(in_state(Fate.QUEUED))
        .group_by(Delivery.lane)
        .order_by(Delivery.lane)
    )
    rows = await db.execute(counted)
    return tuple(Waiting(Lane(lane), due, since, later, first) for lane, due, since, later, first in rows)


async def _fates(db: AsyncSession, now: datetime) -> tuple[tuple[Fate, int], ...]:
    counted = (
        select(Delivery.state, func.count())
        .where(Delivery.id >= first_id(now - A_DAY))
        .group_by(Delivery.state)
        .order_by(Delivery.state)
    )
    rows = await db.execute(counted)
    return tuple((fate, count) for fate, count in rows if fate not in (Fate.QUEUED, Fate.SENDING))


async def _doubtful(db: AsyncSession, since: datetime, shown: int) -> tuple[int, tuple[Doubtful, ...]]:
    uncertain = (in_state(Fate.UNCERTAIN), Delivery.not_before >= since)
    count = await db.scalar(select(func.count()).select_from(Delivery).where(*uncertain)) or 0
    newest = (
        select(Delivery.lane, Delivery.not_before, Application.reference)
        .join(Membership, Membership.id == Delivery.subject_id, isouter=True)
        .join(Application, Application.id == Membership.application_id, isouter=True)
        .where(*uncertain)
        .order_by(Delivery.not_before.desc())
        .limit(shown)
    )
    rows = (await db.execute(newest)).all()
    return count, tuple(Doubtful(Lane(row.lane), row.not_before, row.reference) for row in rows)
