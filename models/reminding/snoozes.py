"""Snoozes: "tomorrow" and "on market day". One period waits until a day the person chose."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.storage.among import among
from models.storage.base import Base, Id
from models.storage.conflicts import insertion


class Snooze(Base):
    """Until which day nobody is reminded of one month of a membership; on that day they are, once."""

    __tablename__ = "snoozes"

    membership_id: Mapped[int] = mapped_column(
        Id, ForeignKey("memberships.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    month: Mapped[date] = mapped_column(primary_key=True)
    until: Mapped[date] = mapped_column(index=True)


async def snooze(db: AsyncSession, membership_id: int, month: date, until: date) -> None:
    """Put the reminders of one month off; the day chosen last counts."""
    row = {"membership_id": membership_id, "month": month.replace(day=1), "until": until}
    put = insertion(db, Snooze)
    again = put.on_conflict_do_update(
        index_elements=["membership_id", "month"], set_={"until": put.excluded.until}
    )
    await db.execute(again, [row])


async def until(db: AsyncSession, membership_id: int, month: date) -> date | None:
    """Return the day a month was put off to, or None."""
    query = select(Snooze.until).where(Snooze.membership_id == membership_id, Snooze.month == month)
    found: date | None = await db.scalar(query)
    return found


async def put_off(db: AsyncSession, membership_ids: Iterable[int], beyond: date) -> set[tuple[int, date]]:
    """Return which months of these memberships were put off to a day later than this one."""
    query = select(Snooze.membership_id, Snooze.month).where(
        among(Snooze.membership_id, membership_ids), Snooze.until > beyond
    )
    return {(row.membership_id, row.month) for row in await db.execute(query)}


def puts_off(membership_id: Any, month: Any, beyond: date) -> ColumnElement[bool]:
    """Return the condition that a month was put off to a day later than this one."""
    held = exists().where(Snooze.membership_id == membership_id, Snooze.month == month, Snooze.until > beyond)
    return held.correlate_except(Snooze)
