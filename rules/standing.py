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
    paid = max(covered, default=None)
    told = protection_until if wins(protection_until, paid) else None
    unpaid, due = next_unpaid(first_month, paid, protection_until)
    paid = _reached(paid, unpaid, protection_until)
    unpaid, due = _after_sponsor(unpaid, due, sponsor_until)
    lapse_on = lapse_date(unpaid)
    over = today >= lapse_on
    run = _run(covered)
    return Standing(
        paid_through=paid,
        next_unpaid=month_of(today) if over else unpaid,
        due=due_date(month_of(today)) if over else due,
        arrears=_arrears(unpaid, due, today),
        lapse_on=lapse_on,
        lapsed=over and paid is not None,
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


def _reached(paid: date | None, unpaid: date, protection_until: date | None) -> date | None:
    return month_after(unpaid, -1) if protection_until is not None else paid


def _arrears(unpaid: date, due: date, today: date) -> int:
    days = (due, *(due_date(month_after(unpaid, number)) for number in range(1, GRACE)))
    return sum(day < today for day in days)


def _run(covered: Set[date]) -> int:
    run, month = 0, max(covered, default=None)
    while month is not None and month in covered:
        run, month = run + 1, month_after(month, -1)
    return run
