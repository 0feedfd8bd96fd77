"""Reviews: an officer takes the oldest application of a territory for a while; no two work on one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, ForeignKey, Select, and_, case, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.applications import Application, move
from models.states import State
from models.storage.base import Base, Id
from models.storage.clock import from_now
from models.storage.conflicts import insertion
from models.storage.keys import Keys
from models.storage.territories import within

LEASE: Final = timedelta(minutes=30)
"""How long an application is one officer's own, counted again from each look at it."""

WAITING: Final = (State.SUBMITTED, State.IN_REVIEW)
"""The states in which the office has to decide."""

TRIES: Final = 3
"""How often another application is looked for when somebody else was quicker."""


class Review(Base):
    """An application in an officer's hands, until the database's clock says that the lease is over."""

    __tablename__ = "reviews"

    application_id: Mapped[int] = mapped_column(
        Id, ForeignKey("applications.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    account_id: Mapped[int] = mapped_column(Id, index=True)
    taken_at: Mapped[datetime]
    lease_until: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Queue:
    """How many applications wait for a decision, since when the oldest does, and how many are one's own."""

    waiting: int
    oldest: datetime | None
    own: int


async def queue(db: AsyncSession, account_id: int, territories: Iterable[str]) -> Queue:
    """Return what waits in these territories, others' leases left out."""
    count = select(func.count(), func.min(Application.submitted_at)).select_from(Application)
    free = count.outerjoin(Review).where(_waits(territories, account_id), _free(account_id))
    waiting, oldest = (await db.execute(free)).one()
    held = select(func.count()).where(Review.account_id == account_id, ~is_over())
    return Queue(waiting, oldest, await db.scalar(held) or 0)


async def take(
    db: AsyncSession, keys: Keys, account_id: int, territories: Iterable[str], now: datetime
) -> Application | None:
    """Return the application an officer works on next: the one in hand, else the oldest that is free."""
    wanted = set(territories)
    for _ in range(TRIES):
        found = await db.scalar(_next(account_id, wanted))
        if found is None:
            return None
        if await _lease(db, found, account_id, now):
            return await _begun(db, keys, found, account_id, now)
    return None


async def take_named(
    db: AsyncSession,
    keys: Keys,
    reference: str,
    account_id: int,
    territories: Iterable[str],
    now: datetime,
) -> Application | None:
    """Return the application with this receipt number, in an officer's hands; None if not for them."""
    query = (
        select(Application.id)
        .outerjoin(Review)
        .where(Application.reference == reference, _waits(territories, account_id), _free(account_id))
        .with_for_update(skip_locked=True, of=Application)
    )
    found = await db.scalar(query)
    if found is None or not await _lease(db, found, account_id, now):
        return None
    return await _begun(db, keys, found, account_id, now)


async def waiting(
    db: AsyncSession, account_id: int, territories: Iterable[str], most: int
) -> Sequence[Application]:
    """Return what waits in these territories and is in nobody else's hands, the oldest first."""
    query = (
        select(Application)
        .outerjoin(Review)
        .where(_waits(territories, account_id), _free(account_id))
        .order_by(Application.submitted_at, Application.id)
        .limit(most)
    )
    return (await db.scalars(query)).all()


async def hold(
    db: AsyncSession, application_id: int, account_id: int, territories: Iterable[str], now: datetime
) -> Application | None:
    """Return an application in this officer's hands, locked, its lease renewed; None when it is not."""
    query = (
        select(Application)
        .join(Review)
        .where(Application.id == application_id, Review.account_id == account_id, ~is_over())
        .where(_waits(territories, account_id))
        .with_for_update(of=Application)
    )
    found: Application | None = await db.scalar(query, execution_options={"populate_existing": True})
    if found is None or not await _lease(db, found.id, account_id, now):
        return None
    return found


async def in_hand(db: AsyncSession, application_id: int, account_id: int) -> Application | None:
    """Return an application if this officer has it in hand now."""
    mine = (Application.id == application_id, Review.account_id == account_id, ~is_over())
    found: Application | None = await db.scalar(select(Application).join(Review).where(*mine))
    return found


async def let_go(db: AsyncSession, application_id: int, account_id: int) -> None:
    """Give an application back to the queue, or be done with it."""
    held = (Review.application_id == application_id, Review.account_id == account_id)
    await db.execute(delete(Review).where(*held))


def _waits(territories: Iterable[str], account_id: int) -> ColumnElement[bool]:
    """What this officer may decide: nobody does about what they filed themselves."""
    here = within(Application.village_code, territories)
    others = Application.account_id != account_id
    return and_(Application.state.in_(WAITING), Application.frozen_at.is_(None), others, here)


def is_over() -> ColumnElement[bool]:
    """Return the condition that a lease is over, by the clock of the database."""
    return Review.lease_until < from_now()


def _free(account_id: int) -> ColumnElement[bool]:
    return or_(Review.application_id.is_(None), Review.account_id == account_id, is_over())


def _next(account_id: int, territories: Iterable[str]) -> Select[int]:
    own_first = case((Review.account_id == account_id, 0), else_=1)
    return (
        select(Application.id)
        .outerjoin(Review)
        .where(_waits(territories, account_id), _free(account_id))
        .order_by(own_first, Application.submitted_at, Application.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=Application)
    )


async def _lease(db: AsyncSession, application_id: int, account_id: int, now: datetime) -> bool:
    """Take or renew a lease; False when somebody else has it."""
    until = from_now(LEASE)
    row = insertion(db, Review).values(
        application_id=application_id, account_id=account_id, taken_at=now, lease_until=until
    )
    mine = or_(Review.account_id == account_id, is_over())
    again = row.on_conflict_do_update(
        index_elements=["application_id"], set_={"account_id": account_id, "lease_until": until}, where=mine
    )
    return (await db.execute(again.returning(Review.application_id))).first() is not None


async def _begun(
    db: AsyncSession, keys: Keys, application_id: int, account_id: int, now: datetime
) -> Application:
    application = await db.get_one(Application, application_id)
    if application.state is State.SUBMITTED:
        return await move(db, keys, application_id, State.IN_REVIEW, by=account_id, now=now)
    return application


async def forget(db: AsyncSession, account_id: int) -> None:
    """Give back everything an account has in hand: it is to be erased."""
    await db.execute(delete(Review).where(Review.account_id == account_id))
