"""Contributions: the ledger. A row is one month that somebody says is paid; rows are only ever added."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, ScalarSelect, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.among import among
from models.applications import key_of
from models.base import Base, Id, one_of
from models.ids import new_id
from models.keys import Keys
from models.memberships import Membership
from rules import tariff
from rules.refusal import Refused


class KnownBy(StrEnum):
    """How we know of a payment.

    reported_worker  the worker says so, or somebody of the family
    reported_agent   whoever acts for the worker says so
    confirmed        an officer saw the proof
    office_file      it stands in a file of the office
    """

    REPORTED_WORKER = "reported_worker"
    REPORTED_AGENT = "reported_agent"
    CONFIRMED_OFFICER = "confirmed"
    OFFICE_FILE = "office_file"


class Contribution(Base):
    """One line of the ledger: a month counts as covered while the signs of its lines sum above zero.

    `amount` is in rupiah, by the tariff and the relief of that month. A correction is a new line with the
    opposite sign, and `corrects` names the line it takes back; a line is taken back once.
    """

    __tablename__ = "contributions"
    __table_args__ = (
        CheckConstraint("sign IN (-1, 1)", name="sign"),
        Index("ix_contributions_months", "membership_id", "month", "sign"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    membership_id: Mapped[int] = mapped_column(Id, ForeignKey("memberships.id", ondelete="CASCADE"))
    month: Mapped[date]
    amount: Mapped[int]
    money: Mapped[str]
    programmes: Mapped[int]
    relief: Mapped[bool]
    sign: Mapped[int]
    known_by: Mapped[KnownBy] = mapped_column(one_of(KnownBy))
    by_account: Mapped[int | None] = mapped_column(Id)
    channel: Mapped[str | None]
    at: Mapped[datetime]
    corrects: Mapped[int | None] = mapped_column(
        Id, ForeignKey("contributions.id", ondelete="CASCADE"), unique=True
    )


async def record(
    db: AsyncSession,
    keys: Keys,
    membership: Membership,
    months: Iterable[date],
    known_by: KnownBy,
    *,
    by: int | None,
    now: datetime,
    channel: str | None = None,
) -> list[Contribution]:
    """Add a line for each month, and return the lines added.

    A month that is known in the same way already gets no second line, so a tap that comes twice changes
    nothing; an officer's confirmation stands beside what the worker reported.
    """
    await _hold(db, membership.id)
    known = await _known(db, membership.id, known_by)
    fresh = sorted({month.replace(day=1) for month in months} - known)
    income = membership.monthly_income(await key_of(db, keys, membership.worker_id))
    lines = [_line(membership, income, month, known_by, by, now, channel) for month in fresh]
    db.add_all(lines)
    await db.flush()
    return lines


async def correct(
    db: AsyncSession, line: Contribution, known_by: KnownBy, *, by: int | None, now: datetime
) -> Contribution:
    """Take a line back with its opposite, or raise Refused when that was done before."""
    if line.sign < 0:
        raise ValueError("a correction is not corrected: record the month again")
    await _hold(db, line.membership_id)
    if await db.scalar(select(Contribution.id).where(Contribution.corrects == line.id)):
        raise Refused("contribution.corrected")
    kept = ("membership_id", "month", "amount", "money", "programmes", "relief", "channel")
    values = {name: getattr(line, name) for name in kept}
    opposite = Contribution(
        id=new_id(now), sign=-1, known_by=known_by, by_account=by, at=now, corrects=line.id, **values
    )
    db.add(opposite)
    await db.flush()
    return opposite


async def covered(db: AsyncSession, membership_ids: Iterable[int]) -> dict[int, set[date]]:
    """Return for each membership the months that are covered."""
    months: dict[int, set[date]] = {each: set() for each in membership_ids}
    query = (
        select(Contribution.membership_id, Contribution.month)
        .where(among(Contribution.membership_id, months))
        .group_by(Contribution.membership_id, Contribution.month)
        .having(func.sum(Contribution.sign) > 0)
    )
    for membership_id, month in await db.execute(query):
        months[membership_id].add(month)
    return months


async def ledger(db: AsyncSession, membership_id: int) -> Sequence[Contribution]:
    """Return every line of a membership, the newest first."""
    query = select(Contribution).where(Contribution.membership_id == membership_id)
    return (await db.scalars(query.order_by(Contribution.id.desc()))).all()


def paid_through(membership_id: Any) -> ScalarSelect[date]:
    """Return the last covered month of a membership, as SQL that reads the index from its end."""
    last = (
        select(Contribution.month)
        .where(Contribution.membership_id == membership_id)
        .group_by(Contribution.month)
        .having(func.sum(Contribution.sign) > 0)
        .order_by(Contribution.month.desc())
        .limit(1)
    )
    return last.correlate_except(Contribution).scalar_subquery()


def is_covered(membership_id: Any, month: Any) -> ColumnElement[bool]:
    """Return the condition that a month of a membership is covered."""
    signs = select(func.sum(Contribution.sign)).where(
        Contribution.membership_id == membership_id, Contribution.month == month
    )
    return func.coalesce(signs.correlate_except(Contribution).scalar_subquery(), 0) > 0


async def _hold(db: AsyncSession, membership_id: int) -> None:
    """Hold the membership, so that two who report at once are taken one after the other."""
    await db.execute(select(Membership.id).where(Membership.id == membership_id).with_for_update())


async def _known(db: AsyncSession, membership_id: int, known_by: KnownBy) -> set[date]:
    taken_back = select(Contribution.corrects).where(
        Contribution.membership_id == membership_id, Contribution.corrects.is_not(None)
    )
    standing = (
        select(Contribution.month)
        .where(Contribution.membership_id == membership_id, Contribution.sign > 0)
        .where(Contribution.known_by == known_by, Contribution.id.not_in(taken_back))
    )
    return set(await db.scalars(standing))


def _line(
    membership: Membership,
    income: int,
    month: date,
    known_by: KnownBy,
    by: int | None,
    now: datetime,
    channel: str | None,
) -> Contribution:
    price = tariff.price(income, sector=membership.sector, money=membership.money, month=month)
    return Contribution(
        id=new_id(now),
        membership_id=membership.id,
        month=month,
        amount=price.total(membership.programmes),
        money=membership.money,
        programmes=membership.programmes,
        relief=price.relief,
        sign=1,
        known_by=known_by,
        by_account=by,
        channel=channel,
        at=now,
    )
