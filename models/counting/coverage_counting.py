"""Counting villages from the rows themselves: registrations, members by how far they have paid, lists.

How far somebody has paid is the ledger's last covered month (`contributions.paid_through`, the planner's own
words) put through `rules/standing.py`: there is no second definition of arrears or lapse.
"""

import functools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Select, case, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.agency.programmes import Place, Programme
from models.applications import Application
from models.contributions import Contribution, paid_through
from models.memberships import Life, Membership
from models.states import ACTIVE
from models.storage.base import Moment
from rules.calendar import month_after
from rules.coverage import FACETS, UNKNOWN, is_desa, member_name
from rules.standing import reached_by

BEGINNING: Final = date(2026, 1, 1)
"""The first month a trend may tell of: this bot did not exist before."""

LONG: Final = 20 * 12
"""How many months from then on are told apart."""

EARLIER: Final = "0000-00"
ZONE: Final = ZoneInfo("Asia/Jakarta")
"""By whose clock a registration belongs to a month."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What is counted of a place: what is now, what was in each month, and shares of the members."""

    present: Counter[str] = field(default_factory=Counter)
    history: Counter[str] = field(default_factory=Counter)
    shares: Counter[str] = field(default_factory=Counter)

    def __bool__(self) -> bool:
        """Return whether anything is counted."""
        return any(self.present.values()) or any(self.history.values())


async def counted(db: AsyncSession, codes: Sequence[str]) -> Mapping[str, Counts]:
    """Return the counts of villages."""
    found = {code: Counts() for code in codes}
    for row in await db.execute(_registrations(codes)):
        found[row.village_code].present["registered"] += row.number
        found[row.village_code].history[f"sent:{row.month}"] += row.number
    for row in await db.execute(_members(codes)):
        _add_member(found[row.village_code], row)
    for row in await db.execute(_covered(codes)):
        found[row.village_code].history[f"covered:{row.month:%Y-%m}"] += row.number
    for row in await db.execute(_lists(codes)):
        _add_lists(found[row.village_code].present, row)
    return found


def _add_member(counts: Counts, row: Any) -> None:
    if row.state is not Life.ACTIVE:
        counts.present["ended"] += 1
        return
    name = _name(row.first_month, row.paid, row.protection_until, row.sponsor_until)
    counts.present[name] += 1
    if row.sponsor_until is not None:
        counts.present[f"sponsor:{row.sponsor_until}"] += 1
    for facet, value in zip(FACETS, (row.payer, row.sector, row.sex, row.birth_year), strict=True):
        counts.shares[f"{facet}:{value or UNKNOWN}:{name}"] += 1


@functools.lru_cache(maxsize=65536)
def _name(first: date, paid: date | None, until: date | None, sponsor: date | None) -> str:
    return member_name(reached_by(first, paid, until, sponsor))


def _add_lists(present: Counter[str], row: Any) -> None:
    present[f"quota:{row.year}"] += row.quota
    present[f"lists:{row.year}"] += 1
    if is_desa(row.village_code):
        present[f"desa_lists:{row.year}"] += 1


def _registrations(codes: Sequence[str]) -> Select[Any]:
    month = _month_sent().label("month")
    return (
        select(Application.village_code, month, func.count().label("number"))
        .where(Application.village_code.in_(codes), Application.state.in_(ACTIVE), ~Application.duplicate)
        .group_by(Application.village_code, month)
    )


@functools.cache
def _month_sent() -> Any:
    """Return the month a registration was sent in, "2026-11", in words both engines know."""
    months = [month_after(BEGINNING, number) for number in range(LONG)]
    begins = [(datetime.combine(month, time(), ZONE), month) for month in reversed(months)]
    return case(
        *(
            (Application.submitted_at >= literal(moment, Moment), literal(f"{month:%Y-%m}"))
            for moment, month in begins
        ),
        else_=literal(EARLIER),
    )


def _members(codes: Sequence[str]) -> Select[*tuple[Any, ...]]:
    listed = (
        select(func.min(Programme.funding))
        .join(Place, Place.programme_id == Programme.id)
        .where(Place.application_id == Membership.application_id, Place.number.is_not(None))
        .correlate(Membership)
        .scalar_subquery()
    )
    return (
        select(
            Membership.village_code,
            Membership.state,
            Membership.first_month,
            Membership.protection_until,
            Membership.sponsor_until,
            paid_through(Membership.id).label("paid"),
            func.coalesce(listed, Application.payer, Membership.money).label("payer"),
            Membership.sector,
            Membership.sex,
            Membership.birth_year,
        )
        .join(Application, Application.id == Membership.application_id, isouter=True)
        .where(Membership.village_code.in_(codes))
    )


def _covered(codes: Sequence[str]) -> Select[Any]:
    paid = (
        select(Membership.village_code, Contribution.month)
        .join(Contribution, Contribution.membership_id == Membership.id)
        .where(Membership.village_code.in_(codes), Contribution.month >= BEGINNING)
        .group_by(Membership.id, Membership.village_code, Contribution.month)
        .having(func.sum(Contribution.sign) > 0)
        .subquery()
    )
    number = func.count().label("number")
    return select(paid.c.village_code, paid.c.month, number).group_by(paid.c.village_code, paid.c.month)


def _lists(codes: Sequence[str]) -> Select[*tuple[Any, ...]]:
    return (
        select(Programme.village_code, Programme.year, func.sum(Programme.quota).label("quota"))
        .where(Programme.village_code.in_(codes))
        .group_by(Programme.village_code, Programme.year)
    )
