"""Standing: where a worker is with the contributions, derived from the ledger and never stored."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import date

from rules.calendar import DAY, GRACE, due_date, first_unprotected_month, lapse_date, month_after, month_of

WAIT = 3
"""Consecutive months before JKM pays in full (BPU brochure 2026; Meulaboh branch, August 2025)."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the ledger says today. It never says that an unpaid month is protected.

    `paid_through` is the last covered month, `next_unpaid` the month to pay next, `due` its last day in time.
    `arrears` counts months due and unpaid, three at most: then the membership has ended. `lapse_on` is the
    first day without membership by the earlier reading. `run` counts the covered months without a gap up to
    the last, and `jkm_full_from` is the day the full JKM begins if the months until then are paid too; None
    when nothing is paid or the membership has lapsed. `told` is the last protected day somebody told, as
    long as it wins.
    """

    paid_through: date | None
    next_unpaid: date
    due: date
    arrears: int
    lapse_on: date
    lapsed: bool
    jkm_full_from: date | None
    run: int
    told: date | None = None


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a ledger reaches, whatever day it is: the last paid month, the month to pay next, its last day.

    What a day makes of it, for one member or for all who have reached as far, is asked here alone.
    """

    paid_through: date | None
    unpaid: date
    due: date

    @property
    def lapse_on(self) -> date:
        """The first day without membership if nothing more is paid, by the earlier reading."""
        return lapse_date(self.unpaid)

    def over(self, today: date) -> bool:
        """Return whether three months in a row stayed unpaid."""
        return today >= self.lapse_on

    def lapsed(self, today: date) -> bool:
        """Return whether a membership has ended so; who never paid has none to lose."""
        return self.over(today) and self.paid_through is not None

    def arrears(self, today: date) -> int:
        """Return how many months are due and unpaid, three at most."""
        later = (due_date(month_after(self.unpaid, number)) for number in range(1, GRACE))
        return sum(day < today for day in (self.due, *later))


def reached_by(
    first_month: date, last: date | None, protection_until: date | None, sponsor_until: date | None
) -> Reached:
    """Return how far a membership reaches whose last covered month is `last`; the others mean as below."""
    unpaid, due = next_unpaid(first_month, last, protection_until)
    paid = _paid_through(last, unpaid, protection_until)
    return Reached(paid, *_after_sponsor(unpaid, due, sponsor_until))


def standing(
    first_month: date,
    covered: Set[date],
    today: date,
    protection_until: date | None = None,
    sponsor_until: date | None = None,
) -> Standing:
    """Return the standing of a membership that begins with a month and has these months covered.

    `protection_until`, as told by the person or the office, wins over the computed date until a later
    month is covered. Who has lapsed, or never paid, goes on with the present month. Months that a sponsor
    pays for (`sponsor_until`) are never the worker's to pay, and count as covered only once recorded.
    """
    last = max(covered, default=None)
    told = protection_until if wins(protection_until, last) else None
    reached = reached_by(first_month, last, protection_until, sponsor_until)
    over = reached.over(today)
    run = _run(covered)
    return Standing(
        paid_through=reached.paid_through,
        next_unpaid=month_of(today) if over else reached.unpaid,
        due=due_date(month_of(today)) if over else reached.due,
        arrears=reached.arrears(today),
        lapse_on=reached.lapse_on,
        lapsed=reached.lapsed(today),
        jkm_full_from=month_after(max(covered), WAIT + 1 - run) if covered and not over else None,
        run=run,
        told=told,
    )


def wins(protection_until: date | None, paid: date | None) -> bool:
    """Return whether a told last protected day counts: until a month it does not protect is covered."""
    if protection_until is None:
        return False
    return paid is None or paid < first_unprotected_month(protection_until)


def next_unpaid(first_month: date, paid: date | None, protection_until: date | None) -> tuple[date, date]:
    """Return the month to pay next after the last covered one, and the last day to pay it in time."""
    if protection_until is not None and wins(protection_until, paid):
        return first_unprotected_month(protection_until), protection_until
    month = first_month if paid is None else month_after(paid)
    return month, due_date(month)


def _after_sponsor(unpaid: date, due: date, sponsor_until: date | None) -> tuple[date, date]:
    first = unpaid if sponsor_until is None else month_of(sponsor_until + DAY)
    return (first, due_date(first)) if first > unpaid else (unpaid, due)


def _paid_through(paid: date | None, unpaid: date, protection_until: date | None) -> date | None:
    return month_after(unpaid, -1) if protection_until is not None else paid


def _run(covered: Set[date]) -> int:
    run, month = 0, max(covered, default=None)
    while month is not None and month in covered:
        run, month = run + 1, month_after(month, -1)
    return run
