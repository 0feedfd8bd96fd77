"""Plans: how far the reminders of one day have been planned in one zone, and by whom just now.

Any number of processes may plan. One holds a plan for a short lease, by the database's clock; whoever comes
after its death goes on where it stopped. The reminders themselves are unique, so a plan may run twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import func, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.storage.base import Base, Id, table_of
from models.storage.clock import from_now
from models.storage.conflicts import insert_new

LEASE: Final = timedelta(seconds=60)
"""Much longer than one batch takes."""


class Plan(Base):
    """The plan of one day in one zone: memberships up to `after_id` are done; `reminders` counts the rows."""

    __tablename__ = "plans"

    day: Mapped[date] = mapped_column(primary_key=True)
    zone: Mapped[str] = mapped_column(primary_key=True)
    after_id: Mapped[int] = mapped_column(Id)
    reminders: Mapped[int]
    held_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Held:
    """A plan in the hand of one process: where it stands."""

    after_id: int
    reminders: int


async def take(db: AsyncSession, day: date, zone: str) -> Held | None:
    """Take the plan of a day for a while; None when it is finished or in somebody else's hand."""
    await insert_new(db, Plan, [{"day": day, "zone": zone, "after_id": 0, "reminders": 0}])
    taken = (
        update(table_of(Plan))
        .where(Plan.day == day, Plan.zone == zone, Plan.finished_at.is_(None))
        .where(or_(Plan.held_until.is_(None), Plan.held_until < from_now()))
        .values(held_until=from_now(LEASE))
        .returning(Plan.after_id, Plan.reminders)
    )
    row = (await db.execute(taken)).first()
    return row and Held(row.after_id, row.reminders)


async def advance(db: AsyncSession, day: date, zone: str, more: int, *, after_id: int | None = None) -> None:
    """Note so many more reminders, and the membership they now reach to; hold on to the plan."""
    reached = Plan.after_id if after_id is None else after_id
    await db.execute(
        update(table_of(Plan))
        .where(Plan.day == day, Plan.zone == zone)
        .values(after_id=reached, reminders=Plan.reminders + more, held_until=from_now(LEASE))
    )


async def finish(db: AsyncSession, day: date, zone: str, now: datetime) -> None:
    """Note that everything of this day is planned."""
    await db.execute(
        update(table_of(Plan))
        .where(Plan.day == day, Plan.zone == zone)
        .values(held_until=None, finished_at=now)
    )


async def finish_empty(db: AsyncSession, days: Mapping[str, date], now: datetime) -> None:
    """Note of these zones that there is nobody to plan their day for."""
    rows = [
        {"day": day, "zone": zone, "after_id": 0, "reminders": 0, "finished_at": now}
        for zone, day in sorted(days.items())
    ]
    await insert_new(db, Plan, rows)


async def finished(db: AsyncSession, days: Mapping[str, date]) -> set[str]:
    """Return the zones of which everything of their day is planned."""
    query = select(Plan.zone).where(
        tuple_(Plan.day, Plan.zone).in_([(day, zone) for zone, day in sorted(days.items())]),
        Plan.finished_at.is_not(None),
    )
    return set(await db.scalars(query))


async def last_before(db: AsyncSession, day: date, zone: str) -> date | None:
    """Return the last day before this one that was planned in a zone, or None."""
    found: date | None = await db.scalar(select(func.max(Plan.day)).where(Plan.zone == zone, Plan.day < day))
    return found
