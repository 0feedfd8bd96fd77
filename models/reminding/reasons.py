"""Reasons: on which memberships a day's reminders fall, each as one condition of SQL over the open ones.

The list is in the order of urgency, the soonest lapse first: of several reasons on one day the first counts.
"""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Date,
    and_,
    bindparam,
    exists,
    literal,
    or_,
    select,
)

from models.contributions import Contribution, paid_through
from models.memberships import Membership, is_active
from models.reminding.continuations import goes_on
from models.reminding.snoozes import Snooze
from models.storage.base import Id, Moment
from rules import tariff
from rules.calendar import (
    DAY,
    FIRST_PAYMENT_AFTER,
    GRACE,
    SPONSOR_ENDS,
    Step,
    due_date,
    first_unprotected_month,
    kept_for,
    month_after,
    month_of,
    protection_steps_to_send,
    relief_notice,
    steps_to_send,
)

LAPSING: Final = (Step.BEFORE_LAPSE, Step.LAPSED)
FAR: Final = (Step.SECOND_MONTH, Step.THIRD_MONTH, *LAPSING)
"""Steps that go by whole months, however exactly the last protected day is known."""

_asked = and_(
    Snooze.membership_id == Membership.id,
    Snooze.until.between(bindparam("asked_from", type_=Date), bindparam("asked_to", type_=Date)),
)

OPEN: Final = (
    select(
        Membership.id,
        Membership.nik_index,
        Membership.first_month,
        Membership.protection_until,
        Membership.sponsor_until,
        Membership.started_at,
        Membership.sector,
        Membership.money,
        paid_through(Membership.id).label("paid"),
        Snooze.month.label("asked"),
    )
    .join_from(Membership, Snooze, _asked, isouter=True)
    .where(Membership.zone == bindparam("zone"), is_active())
    .where(Membership.id > bindparam("after", type_=Id), Membership.id <= bindparam("upto", type_=Id))
    .cte("open_memberships")
    .prefix_with("MATERIALIZED")
)
"""The active memberships of one batch in one zone, each with its last covered month, read once."""

_of = OPEN.c


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody is reminded: the step, when it holds, and the unpaid month it is about.

    Where the month differs from one to the next, `month` is None and `column` says where it stands.
    `name` is the end of the reminder's name for ever.
    """

    step: Step
    when: ColumnElement[bool]
    month: date | None
    column: str = ""
    name: str = ""


@functools.lru_cache(maxsize=8)
def reasons_on(day: date) -> tuple[Reason, ...]:
    """Return the reasons to remind on a day, the most urgent first; none on a big feast."""
    if not kept_for(day):
        return ()
    return (_chosen(day), *sorted(_by_month(day), key=_month), _first_payment())


def ladder_on(day: date) -> list[Reason]:
    """Return those reasons of a day that follow from the unpaid month alone, the soonest lapse first."""
    return [_ladder(step, month) for step, month in steps_to_send(day) if step is not Step.PREPAID_END]


def parameters(day: date, zone: str) -> dict[str, Any]:
    """Return what the open memberships of a day in a zone need to know besides the batch."""
    first = kept_for(day)[-1] if kept_for(day) else day
    began = datetime.combine(day, time(), ZoneInfo(zone)) - FIRST_PAYMENT_AFTER
    return {
        "asked_from": first,
        "asked_to": day,
        "started_from": began - (day - first),
        "started_to": began + DAY,
    }


def _month(reason: Reason) -> date:
    return reason.month or date.max


def _by_month(day: date) -> Iterator[Reason]:
    for step, month in steps_to_send(day):
        yield _prepaid(month) if step is Step.PREPAID_END else _ladder(step, month)
    for step, until in protection_steps_to_send(day):
        yield _protected(step, until)
    for kept in kept_for(day):
        for step, ahead in SPONSOR_ENDS.items():
            yield _sponsored(step, kept + ahead)
    for relief in tariff.reliefs():
        if relief_notice(relief.valid_to) == day:
            yield _relief(relief)


def _dated(step: Step, month: date, when: ColumnElement[bool]) -> Reason:
    return Reason(step, when, month, name=step.value)


def _ladder(step: Step, month: date) -> Reason:
    return _dated(step, month, _unpaid_from(step, month))


def _unpaid_from(step: Step, month: date) -> ColumnElement[bool]:
    before = month_after(month, -1)
    paid = _of.paid == before
    if step not in LAPSING:  # who never paid has no membership to lose
        paid = or_(paid, and_(_of.paid.is_(None), _of.first_month == month))
    next_by_ledger = and_(
        _unprotected(month), or_(and_(paid, _unsponsored(month)), _sponsored_until(before, month))
    )
    if step not in FAR:
        return next_by_ledger
    ends = _of.protection_until.between(month - DAY, month_after(month) - 2 * DAY)
    return or_(next_by_ledger, and_(ends, _unpaid(month)))


def _unpaid(month: date) -> ColumnElement[bool]:
    return or_(_of.paid.is_(None), _of.paid < month)


def _unsponsored(month: date) -> ColumnElement[bool]:
    return or_(_of.sponsor_until.is_(None), _of.sponsor_until < month)


def _sponsored_until(before: date, month: date) -> ColumnElement[bool]:
    """The sponsor's last month was the one before: what came earlier was never the worker's to pay."""
    return and_(_of.sponsor_until >= before, _of.sponsor_until < month, _unpaid(month))


def _unprotected(month: date) -> ColumnElement[bool]:
    """No last protected day is known, or the ledger has gone beyond it since."""
    overtaken = and_(_of.paid == month_after(month, -1), _of.protection_until < month - DAY)
    return or_(_of.protection_until.is_(None), overtaken)


def _protected(step: Step, until: date) -> Reason:
    """A told last day has reminders of its own name: those of the computed date, sent before, are others."""
    month = first_unprotected_month(until)
    told = and_(_of.protection_until == until, _unpaid(month), _unsponsored(month))
    return Reason(step, told, month, name=f"{step.value}-{until}")


def _sponsored(step: Step, until: date) -> Reason:
    """A sponsor stops paying; whoever said already to go on alone hears of the own months only."""
    month = month_of(until + DAY)
    alone = goes_on(_of.id, until)
    return _dated(step, month, and_(_of.sponsor_until == until, _unpaid(month), ~alone))


def _prepaid(month: date) -> Reason:
    """The last month paid in advance begins: it was paid before the month before it was due."""
    last = month_after(month, -1)
    in_time = datetime.combine(due_date(month_after(last, -1)) + DAY, time(), UTC)
    ahead = exists().where(
        Contribution.membership_id == _of.id,
        Contribution.month == last,
        Contribution.sign == 1,
        Contribution.at < literal(in_time, Moment),
    )
    paid = and_(_of.paid == last, _unsponsored(month), _unprotected(month))
    return _dated(Step.PREPAID_END, month, and_(paid, ahead.correlate_except(Contribution)))


def _relief(relief: tariff.Relief) -> Reason:
    """The cut ends for who has it for certain, pays alone and has not lapsed."""
    month = month_after(relief.valid_to)
    held = and_(
        _of.sector == relief.sector,
        _of.money.not_in(sorted(relief.excluded | relief.unsettled)),
        _of.sponsor_until.is_(None),
        _of.paid.between(month_after(relief.valid_to, -3), relief.valid_to),
    )
    return _dated(Step.RELIEF_END, month, held)


def _chosen(day: date) -> Reason:
    unpaid = and_(
        _of.asked.is_not(None), or_(_of.paid.is_(None), _of.paid < _of.asked), ~_asked_protected(day)
    )
    return Reason(Step.ASKED, unpaid, None, "asked", f"{Step.ASKED}-{day}")


def _asked_protected(day: date) -> ColumnElement[bool]:
    """The month put off to this day is protected by what was told since."""
    months = (month_after(month_of(day), number) for number in range(-GRACE - 1, 3))
    protected = or_(
        *(and_(_of.asked == month, _of.protection_until >= month_after(month) - DAY) for month in months)
    )
    return and_(_of.protection_until.is_not(None), protected)


def _first_payment() -> Reason:
    new = _of.started_at.between(
        bindparam("started_from", type_=Moment), bindparam("started_to", type_=Moment)
    )
    unseen = and_(_of.paid.is_(None), _of.protection_until.is_(None), _of.sponsor_until.is_(None), new)
    return Reason(Step.FIRST_PAYMENT, unseen, None, "first_month", Step.FIRST_PAYMENT.value)
