"""Quotas: which NIKs an account brought on which day, by blind index, and when it reached its limit.

An account stands here by a blind index of its own, so that its count outlives an erasure for the few days a
quota looks back. Nothing of it looks at what is on file: the answer is the same for every NIK.
"""

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import (
    Date,
    LargeBinary,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.applications import Application
from models.storage.base import Base, table_of
from models.storage.conflicts import insert_new
from models.storage.gone import count_of
from rules.quotas import WEEK

KEPT: Final = WEEK
"""How long what was typed is kept: as far back as a quota looks."""

INDEX_BYTES: Final = 32


class TypedNik(Base):
    """A NIK that an account typed on a day."""

    __tablename__ = "typed_niks"

    sender_index: Mapped[bytes] = mapped_column(LargeBinary(INDEX_BYTES), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    nik_index: Mapped[bytes] = mapped_column(LargeBinary(INDEX_BYTES), primary_key=True)


class QuotaDay(Base):
    """A day of an account: how many of its workers were filed from lists, when it first reached a limit,
    and when officers were alerted.
    """

    __tablename__ = "quota_days"

    sender_index: Mapped[bytes] = mapped_column(LargeBinary(INDEX_BYTES), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    listed: Mapped[int]
    reached_at: Mapped[datetime | None]
    alarmed_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Typed:
    """How many different NIKs were typed today and within a week, and whether this one was today."""

    today: int
    week: int
    again: bool


_today = TypedNik.day == bindparam("day")
_again = and_(_today, TypedNik.nik_index == bindparam("nik"))
TYPED: Final = select(
    func.coalesce(func.sum(case((_today, 1), else_=0)), 0).label("today"),
    func.count(TypedNik.nik_index.distinct()).label("week"),
    func.coalesce(func.max(case((_again, 1), else_=0)), 0).label("again"),
).where(
    TypedNik.sender_index == bindparam("sender"),
    TypedNik.day > bindparam("before"),
    TypedNik.day <= bindparam("day"),
)
"""Made once: it is asked whenever somebody types a NIK."""


async def typed(db: AsyncSession, sender: bytes, nik_index: bytes, today: date) -> Typed:
    """Return what an account has typed, beside one NIK; one statement, whatever is on file."""
    asked = {"sender": sender, "nik": nik_index, "day": today, "before": today - WEEK}
    row = (await db.execute(TYPED, asked)).one()
    return Typed(int(row.today), int(row.week), bool(row.again))


async def note_typed(db: AsyncSession, sender: bytes, nik_index: bytes, today: date) -> None:
    """Note that an account typed a NIK on a day; the caller holds the account."""
    await insert_new(db, TypedNik, [{"sender_index": sender, "day": today, "nik_index": nik_index}])


async def unfiled(db: AsyncSession, sender: bytes, account_id: int, today: date) -> int:
    """Return how many NIKs of a week an account typed and never filed itself.

    Each is looked up by its own index: an account may have filed thousands.
    """
    by_account = Application.account_id + literal(0) == account_id
    filed = select(Application.id).where(Application.nik_index == TypedNik.nik_index, by_account)
    query = select(func.count(TypedNik.nik_index.distinct())).where(
        TypedNik.sender_index == sender, TypedNik.day > today - WEEK, ~filed.exists()
    )
    return await db.scalar(query) or 0


async def listed(db: AsyncSession, sender: bytes, today: date) -> int:
    """Return how many workers were filed from an account's lists today."""
    query = select(QuotaDay.listed).where(QuotaDay.sender_index == sender, QuotaDay.day == today)
    return await db.scalar(query) or 0


async def note_listed(db: AsyncSession, sender: bytes, today: date, count: int) -> None:
    """Note that so many more were filed from an account's lists; the caller holds the account."""
    await _begin_day(db, sender, today)
    more = update(table_of(QuotaDay)).where(QuotaDay.sender_index == sender, QuotaDay.day == today)
    await db.execute(more.values(listed=QuotaDay.listed + count))


async def note_reached(db: AsyncSession, sender: bytes, today: date, now: datetime) -> int:
    """Note that an account reached its limit; return on how many days of a week it did."""
    await _begin_day(db, sender, today)
    first = (QuotaDay.sender_index == sender, QuotaDay.day == today, QuotaDay.reached_at.is_(None))
    await db.execute(update(table_of(QuotaDay)).where(*first).values(reached_at=now))
    query = select(func.count()).where(
        QuotaDay.sender_index == sender, QuotaDay.day > today - WEEK, QuotaDay.reached_at.is_not(None)
    )
    return await db.scalar(query) or 0


async def note_alarmed(db: AsyncSession, sender: bytes, today: date, now: datetime) -> bool:
    """Note that officers are alerted of an account today; return whether they were not before."""
    await _begin_day(db, sender, today)
    first = (QuotaDay.sender_index == sender, QuotaDay.day == today, QuotaDay.alarmed_at.is_(None))
    noted = update(table_of(QuotaDay)).where(*first).values(alarmed_at=now).returning(QuotaDay.day)
    return await db.scalar(noted) is not None


async def forget_numbers(db: AsyncSession, sender: bytes) -> None:
    """Put chance in the place of the NIKs an account typed: the count stays, and names nobody any more."""
    gone = delete(table_of(TypedNik)).where(TypedNik.sender_index == sender).returning(TypedNik.day)
    days = list(await db.scalars(gone))
    rows = [
        {"sender_index": sender, "day": day, "nik_index": secrets.token_bytes(INDEX_BYTES)} for day in days
    ]
    if rows:
        await db.execute(insert(table_of(TypedNik)), rows)


async def purge(db: AsyncSession, before: date) -> int:
    """Forget days before one; return how many."""
    gone = 0
    for table in (TypedNik, QuotaDay):
        old = delete(table_of(table)).where(table.day < literal(before, Date))
        gone += count_of(await db.execute(old))
    return gone


async def _begin_day(db: AsyncSession, sender: bytes, today: date) -> None:
    await insert_new(db, QuotaDay, [{"sender_index": sender, "day": today, "listed": 0}])
