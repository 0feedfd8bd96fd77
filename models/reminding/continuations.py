"""Continuations: who said that they go on alone when the months a sponsor pays for are over.

The wish holds for one end: where a sponsor pays longer after all, it is offered again before the new one.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, delete, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.agency.programmes import Place
from models.memberships import Membership
from models.storage.among import among
from models.storage.base import Base, Id, table_of
from models.storage.conflicts import insertion


class Continuation(Base):
    """The wish to go on alone after the last day a sponsor pays for, by whose word and when."""

    __tablename__ = "continuations"

    membership_id: Mapped[int] = mapped_column(
        Id, ForeignKey("memberships.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    after: Mapped[date]
    by_account: Mapped[int | None] = mapped_column(Id)
    at: Mapped[datetime]


async def wish(db: AsyncSession, membership_id: int, after: date, by: int, now: datetime) -> None:
    """Note the wish to go on alone after a day; what was said last counts."""
    row = {"membership_id": membership_id, "after": after, "by_account": by, "at": now}
    new = insertion(db, Continuation)
    told = {name: new.excluded[name] for name in ("after", "by_account", "at")}
    await db.execute(new.on_conflict_do_update(index_elements=["membership_id"], set_=told), [row])


async def take_back(db: AsyncSession, membership_id: int) -> None:
    """Forget the wish: the offer is made again."""
    await db.execute(delete(table_of(Continuation)).where(Continuation.membership_id == membership_id))


async def wished(db: AsyncSession, membership_ids: Iterable[int]) -> set[int]:
    """Return those of these memberships that go on alone after the present end of their sponsor."""
    query = (
        select(Membership.id)
        .join(Continuation, Continuation.membership_id == Membership.id)
        .where(among(Membership.id, membership_ids), Continuation.after == Membership.sponsor_until)
    )
    return set(await db.scalars(query))


async def count(db: AsyncSession, programme_id: int) -> int:
    """Return how many in the numbered places of a list go on alone when its money ends."""
    query = (
        select(func.count())
        .select_from(Place)
        .join(Membership, Membership.application_id == Place.application_id)
        .join(Continuation, Continuation.membership_id == Membership.id)
        .where(Place.programme_id == programme_id, Place.number.is_not(None))
        .where(Continuation.after == Membership.sponsor_until)
    )
    return await db.scalar(query) or 0


def goes_on(membership_id: Any, after: Any) -> ColumnElement[bool]:
    """Return the condition that somebody goes on alone after a day."""
    said = exists().where(Continuation.membership_id == membership_id, Continuation.after == after)
    return said.correlate_except(Continuation)
