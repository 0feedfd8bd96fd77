"""Workforces: how many workers a place has, as its administration says, each with its source and its day.

No open data say it for a village. Rows are only added; the newest day counts, and of one day what came last.
"""

from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.storage.base import Base, Id, table_of
from models.storage.ids import new_id
from rules import coverage


class Workforce(Base):
    """A number of workers, by whom it was typed in, and from which document."""

    __tablename__ = "workforces"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(index=True)
    workers: Mapped[int]
    source: Mapped[str]
    as_of: Mapped[date]
    noted_at: Mapped[datetime]
    by_account: Mapped[int | None] = mapped_column(Id)


async def note(db: AsyncSession, code: str, told: coverage.Workforce, now: datetime, by: int | None) -> None:
    """Note a number for a place."""
    row = Workforce(id=new_id(now), code=code, noted_at=now, by_account=by)
    row.workers, row.source, row.as_of = told.workers, told.source, told.as_of
    db.add(row)
    await db.flush()


async def of_places(db: AsyncSession, codes: list[str]) -> dict[str, coverage.Workforce]:
    """Return the newest number of each place that has one."""
    query = select(Workforce).where(Workforce.code.in_(codes)).order_by(Workforce.as_of, Workforce.id)
    return {
        row.code: coverage.Workforce(row.workers, row.source, row.as_of) for row in await db.scalars(query)
    }


async def forget(db: AsyncSession, account_id: int) -> None:
    """Forget who told numbers of workers; the numbers stay."""
    theirs = update(table_of(Workforce)).where(Workforce.by_account == account_id)
    await db.execute(theirs.values(by_account=None))
