"""How far counting is: who holds it, when nothing was left to count, and how far the daily check is."""

from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import or_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.storage.base import Base, Id, table_of
from models.storage.clock import from_now
from models.storage.conflicts import insert_new

ONE: Final = 1
LEASE: Final = timedelta(seconds=120)
"""Much longer than counting one batch takes."""


class CoverageState(Base):
    """The one row of it; `checked_code` is the village a check under way has reached, `checked_on` the day
    on which the last one ended, None while one is under way."""

    __tablename__ = "coverage_counts"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    held_until: Mapped[datetime | None]
    counted_at: Mapped[datetime | None]
    checked_code: Mapped[str]
    checked_on: Mapped[date | None]


async def take(db: AsyncSession) -> CoverageState | None:
    """Take the counting for a while; None when another process has it."""
    await insert_new(db, CoverageState, [{"id": ONE, "checked_code": ""}])
    free = or_(CoverageState.held_until.is_(None), CoverageState.held_until < from_now())
    taken = update(table_of(CoverageState)).where(CoverageState.id == ONE, free)
    done = await db.execute(taken.values(held_until=from_now(LEASE)).returning(CoverageState.id))
    return None if done.first() is None else await db.get(CoverageState, ONE, populate_existing=True)


async def hold_on(db: AsyncSession) -> None:
    """Hold on to the counting for another while."""
    await _set(db, held_until=from_now(LEASE))


async def let_go(db: AsyncSession, *, counted_at: datetime | None = None) -> None:
    """Let another process count; `counted_at` when nothing was left."""
    more = {} if counted_at is None else {"counted_at": counted_at}
    await _set(db, held_until=None, **more)


async def checked(db: AsyncSession, code: str, on: date | None) -> None:
    """Note how far the check is, and the day on which it came to its end."""
    await _set(db, checked_code=code, checked_on=on)


async def counted_at(db: AsyncSession) -> datetime | None:
    """Return when nothing was left to count the last time."""
    row = await db.get(CoverageState, ONE, populate_existing=True)
    return None if row is None else row.counted_at


async def _set(db: AsyncSession, **values: object) -> None:
    await db.execute(update(table_of(CoverageState)).where(CoverageState.id == ONE).values(**values))
