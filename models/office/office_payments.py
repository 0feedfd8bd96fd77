"""Payments that stand in a file of the office: added to the ledger of many memberships at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.contributions import Contribution, KnownBy, line_of
from models.memberships import Membership
from models.storage.among import among
from models.storage.sealed import PersonKey
from rules import tariff
from rules.money import rupiah
from rules.programmes import money_in

Reason = tuple[str, str, dict[str, Any]]
"""Why a row comes back: its column, a message name, and the values for its blanks."""

STANDS: Final = (KnownBy.OFFICE_FILE, KnownBy.CONFIRMED_OFFICER)
"""A month known in one of these ways gets no second line from a file."""


@dataclass(frozen=True, slots=True)
class Paid:
    """Months of one membership that the office has received; `amount` is what was paid for all of them."""

    membership: Membership
    key: PersonKey = field(repr=False)
    months: tuple[date, ...]
    amount: int | None = None
    receipt: str | None = field(repr=False, default=None)
    channel: str | None = None


def sums(paid: Paid) -> tuple[int, int]:
    """Return what these months cost by the tariff: with the relief in force, and without any."""
    lines = _priced(paid)
    return sum(cut for _, cut, _ in lines), sum(full for _, _, full in lines)


def fits(paid: Paid) -> bool:
    """Say whether the amount is one of these two; the office may or may not have granted the relief."""
    return paid.amount is None or paid.amount in sums(paid)


async def record(
    db: AsyncSession, paid: Sequence[Paid], by: int | None, now: datetime
) -> dict[int, list[Contribution]]:
    """Add a line for each month that is not known yet; return the lines by their membership.

    The caller holds the memberships, and has asked whether each amount fits.
    """
    known = await _known(db, [each.membership.id for each in paid])
    added: dict[int, list[Contribution]] = defaultdict(list)
    for each in paid:
        number = each.membership.id
        fresh = sorted({month.replace(day=1) for month in each.months} - known[number])
        known[number].update(fresh)
        added[number] += _lines(replace(each, months=tuple(fresh)), _is_full(each), by, now)
    db.add_all(line for lines in added.values() for line in lines)
    await db.flush()
    return {number: lines for number, lines in added.items() if lines}


def amount_reason(paid: Paid) -> Reason:
    """Return why an amount cannot be taken: what these months cost, with the relief and without."""
    cut, full = sums(paid)
    return "amount", "office.reason.amount", {"cut": rupiah(cut), "full": rupiah(full)}


def _is_full(paid: Paid) -> bool:
    """Say whether the office took the price without the relief."""
    cut, full = sums(paid)
    return paid.amount is not None and paid.amount == full and full != cut


def _priced(paid: Paid) -> list[tuple[date, int, int]]:
    """Return each month with its price, and its price without any relief."""
    one = paid.membership
    income = one.monthly_income(paid.key)
    row = tariff.bracket(income)
    full = tariff.Price(date.min, row.jkk, row.jkm, row.jht, relief=False, unsettled=False)
    return [
        (
            month,
            tariff.price(
                income, sector=one.sector, money=money_in(month, one.money, one.sponsor_until), month=month
            ).total(one.programmes),
            full.total(one.programmes),
        )
        for month in paid.months
    ]


def _lines(paid: Paid, full: bool, by: int | None, now: datetime) -> Iterable[Contribution]:
    income = paid.membership.monthly_income(paid.key)
    prices = {month: price for month, _, price in _priced(paid)}
    for month in paid.months:
        line = line_of(paid.membership, income, month, KnownBy.OFFICE_FILE, by, now, paid.channel)
        if full:
            line.amount, line.relief = prices[month], False
        if paid.receipt is not None:
            line.receipt = paid.key.seal_text("contributions", line.id, "receipt", paid.receipt)
        yield line


async def _known(db: AsyncSession, memberships: Sequence[int]) -> defaultdict[int, set[date]]:
    corrected = select(Contribution.corrects).where(
        among(Contribution.membership_id, memberships), Contribution.corrects.is_not(None)
    )
    standing = (
        select(Contribution.membership_id, Contribution.month)
        .where(among(Contribution.membership_id, memberships), Contribution.sign > 0)
        .where(Contribution.known_by.in_(STANDS), Contribution.id.not_in(corrected))
    )
    known: defaultdict[int, set[date]] = defaultdict(set)
    for row in await db.execute(standing):
        known[row.membership_id].add(row.month)
    return known


async def held(db: AsyncSession, application_ids: Iterable[int]) -> Mapping[int, Membership]:
    """Return the memberships that began with these applications, held until the transaction ends."""
    query = select(Membership).where(among(Membership.application_id, application_ids))
    found = await db.scalars(
        query.order_by(Membership.id).with_for_update(), execution_options={"populate_existing": True}
    )
    return {each.application_id: each for each in found if each.application_id is not None}
