"""Contributions: the ledger. A row is one month that somebody says is paid; rows are only ever added."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    ScalarSelect,
    Select,
    func,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.applications import key_of
from models.memberships import Membership
from models.storage.among import among
from models.storage.base import Base, Id, one_of
from models.storage.ids import new_id
from models.storage.keys import Keys
from rules import tariff
from rules.programmes import money_in
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
    opposite sign, and `corrects` names the line it takes back; a line is taken back once. `receipt` is the
    number of the receipt, sealed with the worker's key.
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
    receipt: Mapped[bytes | None] = mapped_column(LargeBinary)
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
    lines = [line_of(membership, income, month, known_by, by, now, channel) for month in fresh]
    db.add_all(lines)
    await db.flush()
    return lines


async def correct(
    db: AsyncSession, line: Contribution, known_by: KnownBy, *, by: int | None, now: datetime
) -> Contribution:
    """Take a line back with its opposite, or raise Refused when that was done before."""
    taken = await take_back(db, [line], known_by, by=by, now=now)
    if not taken:
        raise Refused("contribution.corrected")
    return taken[0]


async def take_back(
    db: AsyncSession, lines: Sequence[Contribution], known_by: KnownBy, *, by: int | None, now: datetime
) -> list[Contribution]:
    """Take lines of one membership back, each with its opposite; return these.

    A line that was taken back before is left alone, so a tap that comes twice changes nothing.
    """
    if any(line.sign < 0 for line in lines):
        raise ValueError("a correction is not corrected: record the month again")
    for membership_id in {line.membership_id for line in lines}:
        await _hold(db, membership_id)
    before = select(Contribution.corrects).where(among(Contribution.corrects, [line.id for line in lines]))
    done = set(await db.scalars(before))
    opposites = [_opposite(line, known_by, by, now) for line in lines if line.id not in done]
    db.add_all(opposites)
    await db.flush()
    return opposites


async def standing_lines(
    db: AsyncSession, membership_id: int, first: date, last: date = date.max
) -> list[Contribution]:
    """Return the lines of these months that nobody took back, the first month first."""
    query = (
        select(Contribution)
        .where(Contribution.membership_id == membership_id, Contribution.sign > 0)
        .where(Contribution.month.between(first, last), Contribution.id.not_in(_taken_back(membership_id)))
        .order_by(Contribution.month, Contribution.id)
    )
    return list(await db.scalars(query))


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
    standing = (
        select(Contribution.month)
        .where(Contribution.membership_id == membership_id, Contribution.sign > 0)
        .where(Contribution.known_by == known_by, Contribution.id.not_in(_taken_back(membership_id)))
    )
    return set(await db.scalars(standing))


def _taken_back(membership_id: int) -> Select[int | None]:
    """The ids of the lines of a membership that have their opposite."""
    return select(Contribution.corrects).where(
        Contribution.membership_id == membership_id, Contribution.corrects.is_not(None)
    )


def _opposite(line: Contribution, known_by: KnownBy, by: int | None, now: datetime) -> Contribution:
    kept = ("membership_id", "month", "amount", "money", "programmes", "relief", "channel")
    values = {name: getattr(line, name) for name in kept}
    return Contribution(
        id=new_id(now), sign=-1, known_by=known_by, by_account=by, at=now, corrects=line.id, **values
    )


def line_of(
    membership: Membership,
    income: int,
    month: date,
    known_by: KnownBy,
    by: int | None,
    now: datetime,
    channel: str | None,
) -> Contribution:
    """Return the line of one month, by the tariff and the relief of that month; it is added by the caller."""
    money = money_in(month, membership.money, membership.sponsor_until)
    price = tariff.price(income, sector=membership.sector, money=money, month=month)
    return Contribution(
        id=new_id(now),
        membership_id=membership.id,
        month=month,
        amount=price.total(membership.programmes),
        money=money,
        programmes=membership.programmes,
        relief=price.relief,
        sign=1,
        known_by=known_by,
        by_account=by,
        channel=channel,
        at=now,
    )
