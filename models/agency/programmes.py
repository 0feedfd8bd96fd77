"""Programmes: a village's list of numbered places that somebody pays for, and its reserve.

Whether somebody can keep a place is derived (models/agency/verdicts.py) and never stored; what an officer
or the second person said of it is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, ForeignKey, UniqueConstraint, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.accounts import Account
from models.applications import Application
from models.states import UNDECIDED, State
from models.storage.among import among
from models.storage.base import Base, Id, one_of, table_of
from models.storage.ids import new_id
from rules.programmes import Flaw, last_day

PROGRAMME_NEWS: Final = "programme_news"
"""The kind of news about a list: who vouched for it, what officers get, when its money runs out."""

LISTABLE: Final = (*UNDECIDED, State.ACCEPTED)
"""The states of registrations that can still be put on a list."""


class Programme(Base):
    """A list of one village for one year: who pays (a funding code; `payer_name` for one of
    the installation's own), for which months, how many places.

    The decree's number is public. `last_day` is the last day paid for, `changed_at` when the list itself last
    changed: who vouched before that vouched for another list.
    """

    __tablename__ = "programmes"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    account_id: Mapped[int | None] = mapped_column(
        Id, ForeignKey("accounts.id", ondelete="SET NULL"), index=True
    )
    village_code: Mapped[str] = mapped_column(index=True)
    year: Mapped[int]
    sk_number: Mapped[str | None]
    sk_date: Mapped[date | None]
    funding: Mapped[str]
    payer_name: Mapped[str | None]
    first_month: Mapped[date]
    months: Mapped[int]
    last_day: Mapped[date] = mapped_column(index=True)
    quota: Mapped[int]
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    handed_on_at: Mapped[datetime | None]


class Place(Base):
    """Somebody on a list: in a numbered place, or in the reserve by rank, or neither once replaced.

    `decision` is what an officer or the second person said against it. Whoever was replaced stays on record,
    with the reason and who came instead.
    """

    __tablename__ = "places"
    __table_args__ = (
        UniqueConstraint("programme_id", "number", name="uq_places_number"),
        UniqueConstraint("programme_id", "rank", name="uq_places_rank"),
        UniqueConstraint("programme_id", "application_id", name="uq_places_application"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    programme_id: Mapped[int] = mapped_column(Id, ForeignKey("programmes.id", ondelete="CASCADE"))
    application_id: Mapped[int] = mapped_column(
        Id, ForeignKey("applications.id", ondelete="CASCADE"), index=True
    )
    number: Mapped[int | None]
    rank: Mapped[int | None]
    decision: Mapped[Flaw | None] = mapped_column(one_of(Flaw))
    reason: Mapped[Flaw | None] = mapped_column(one_of(Flaw, "reason"))
    replaced_by: Mapped[int | None] = mapped_column(
        Id, ForeignKey("places.id", ondelete="SET NULL"), index=True
    )
    replaced_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a list is made with."""

    village_code: str
    year: int
    sk_number: str | None
    sk_date: date | None
    funding: str
    first_month: date
    months: int
    quota: int
    payer_name: str | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """How many got a numbered place, and how many went to the reserve."""

    numbered: int
    reserve: int


async def begin(db: AsyncSession, account_id: int, plan: Plan, now: datetime) -> Programme:
    """Make a list without anybody on it."""
    programme = Programme(
        id=new_id(now),
        account_id=account_id,
        village_code=plan.village_code,
        year=plan.year,
        sk_number=plan.sk_number,
        sk_date=plan.sk_date,
        funding=plan.funding,
        payer_name=plan.payer_name,
        first_month=plan.first_month,
        months=plan.months,
        last_day=last_day(plan.first_month, plan.months),
        quota=plan.quota,
        made_at=now,
        changed_at=now,
    )
    db.add(programme)
    await db.flush()
    return programme


async def of_account(db: AsyncSession, account_id: int) -> list[Programme]:
    """Return the lists an account made, the newest first."""
    made = select(Programme).where(Programme.account_id == account_id).order_by(Programme.id.desc())
    return list(await db.scalars(made))


async def handed_on(db: AsyncSession, most: int) -> list[Programme]:
    """Return the lists that were handed on to the office, the newest first."""
    with_office = select(Programme).where(Programme.handed_on_at.is_not(None))
    return list(await db.scalars(with_office.order_by(Programme.handed_on_at.desc()).limit(most)))


async def hold(db: AsyncSession, programme_id: int) -> Programme | None:
    """Return a list that nobody else changes until the transaction ends; None where there is none."""
    return await db.get(Programme, programme_id, with_for_update=True, populate_existing=True)


async def listable(db: AsyncSession, programme: Programme, most: int) -> list[int]:
    """Return what the maker filed for people of this village and put on no list yet, the oldest first."""
    listed = select(Place.application_id)
    own = (
        Application.account_id == programme.account_id,
        Application.village_code == programme.village_code,
        Application.state.in_(LISTABLE),
        Application.frozen_at.is_(None),
        Application.id.not_in(listed),
    )
    return list(await db.scalars(select(Application.id).where(*own).order_by(Application.id).limit(most)))


async def add(db: AsyncSession, programme: Programme, ids: Sequence[int], now: datetime) -> Added:
    """Put people on a list that is held: on the free numbers, the reserve first, and then at its end."""
    waiting = await _reserve(db, programme.id)
    taken = set(await db.scalars(select(Place.number).where(_numbered(programme.id))))
    free = [number for number in range(1, programme.quota + 1) if number not in taken]
    for place, number in zip(waiting, free, strict=False):
        place.number, place.rank = number, None
    free = free[len(waiting) :]
    begins = max((place.rank for place in waiting if place.rank is not None), default=0) + 1
    numbered = [_place(programme.id, one, now, number=number) for one, number in zip(ids, free, strict=False)]
    reserve = [
        _place(programme.id, one, now, rank=rank) for rank, one in enumerate(ids[len(free) :], start=begins)
    ]
    db.add_all([*numbered, *reserve])
    programme.changed_at = now
    await db.flush()
    return Added(len(numbered), len(reserve))


async def replace(
    db: AsyncSession, programme: Programme, failed_id: int, reserve_id: int, reason: Flaw, now: datetime
) -> int | None:
    """Give a failed place of a held list to somebody of its reserve; return its number.

    None when that was done already, or the other one is in the reserve no more.
    """
    failed, reserve = await db.get(Place, failed_id), await db.get(Place, reserve_id)
    if failed is None or failed.programme_id != programme.id or failed.number is None:
        return None
    if reserve is None or reserve.programme_id != programme.id or reserve.rank is None:
        return None
    number = failed.number
    failed.number, failed.reason, failed.replaced_by, failed.replaced_at = None, reason, reserve.id, now
    await db.flush()
    reserve.number, reserve.rank = number, None
    programme.changed_at = now
    await db.flush()
    return number


async def decide(db: AsyncSession, programme: Programme, number: int, decision: Flaw) -> bool:
    """Note what was said against a numbered place; False where nobody has it."""
    against = (Place.programme_id == programme.id, Place.number == number)
    found = await db.execute(
        update(table_of(Place)).where(*against).values(decision=decision).returning(Place.id)
    )
    return found.first() is not None


async def paid_until(db: AsyncSession, application_id: int) -> date | None:
    """Return the last day a list pays for somebody in one of its numbered places, or None."""
    found: date | None = await db.scalar(
        select(Programme.last_day)
        .join(Place, Place.programme_id == Programme.id)
        .where(Place.application_id == application_id, Place.number.is_not(None))
        .order_by(Programme.last_day.desc())
        .limit(1)
    )
    return found


async def all_paid_until(db: AsyncSession, application_ids: Iterable[int]) -> dict[int, date]:
    """Return the last day a list pays for, of each of these that has one of its numbered places."""
    query = (
        select(Place.application_id, func.max(Programme.last_day).label("last_day"))
        .join(Programme, Programme.id == Place.programme_id)
        .where(among(Place.application_id, application_ids), Place.number.is_not(None))
        .group_by(Place.application_id)
    )
    return {row.application_id: row.last_day for row in await db.execute(query)}


async def ending(db: AsyncSession, first: date, last: date) -> list[Programme]:
    """Return the lists whose last paid day lies between two days, both included; no list of who is silent.

    Whoever made it may have told us to stop.
    """
    soon = (
        select(Programme)
        .join(Account, Account.id == Programme.account_id)
        .where(Programme.last_day.between(first, last), Account.stopped_at.is_(None))
    )
    return list(await db.scalars(soon.order_by(Programme.id)))


async def _reserve(db: AsyncSession, programme_id: int) -> list[Place]:
    waiting = select(Place).where(Place.programme_id == programme_id, Place.rank.is_not(None))
    return list(await db.scalars(waiting.order_by(Place.rank)))


def _numbered(programme_id: int) -> ColumnElement[bool]:
    return (Place.programme_id == programme_id) & Place.number.is_not(None)


def _place(
    programme_id: int,
    application_id: int,
    now: datetime,
    *,
    number: int | None = None,
    rank: int | None = None,
) -> Place:
    return Place(
        id=new_id(now), programme_id=programme_id, application_id=application_id, number=number, rank=rank
    )
