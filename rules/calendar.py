"""The calendar of a contribution: when it is due, when to speak of it, and at which hours where people live.

A month is its first day. Dates are dates of the worker's own zone. What the law leaves open is read to the
worker's advantage: reminders follow the earlier reading of a date, and no date of a lapse is called certain.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from rules.free_days import is_quiet, is_working, next_loud

__all__ = ["Step", "due_date", "is_quiet", "sending_window", "steps_from", "steps_on", "zone_of"]

WITA_PROVINCES = frozenset({"51", "52", "53", "63", "64", "65", "71", "72", "73", "74", "75", "76"})
WIT_PROVINCES = frozenset({"81", "82", "91", "92", "93", "94", "95", "96"})
ZONES: Final = ("Asia/Jayapura", "Asia/Makassar", "Asia/Jakarta")
"""WIT, WITA and WIB: in the order in which a day begins."""

OPENS, CLOSES = time(8), time(19)
"""Reminders are sent between these hours, local time."""

LATE: Final = timedelta(hours=6)
"""A reminder later than this is dropped and counted, never thrown out in bulk afterwards."""

GRACE: Final = 3
"""Unpaid months in a row after which a membership ends, as branches and the official answers say (2025)."""

DAY: Final = timedelta(days=1)
FIRST_PAYMENT_AFTER: Final = 3 * DAY
RELIEF_TOLD_ON: Final = 20


class Step(StrEnum):
    """What a reminder is about.

    first_payment   registered some days ago, and no contribution seen yet
    before_7 … due  7 and 3 days before the due date, and on it
    after_1         the day after it
    second_month    at the start of the second unpaid month; third_month likewise
    before_lapse    7 days before the third unpaid month ends
    lapsed          the day after that end: how to resume, once, and then silence
    prepaid_end     the last month paid in advance begins
    sponsor_end_*   so many days before a sponsor stops paying
    relief_end      the cut of the contribution ends with this month
    asked           the day the person chose
    """

    FIRST_PAYMENT = "first_payment"
    BEFORE_7 = "before_7"
    BEFORE_3 = "before_3"
    DUE = "due"
    AFTER_1 = "after_1"
    SECOND_MONTH = "second_month"
    THIRD_MONTH = "third_month"
    BEFORE_LAPSE = "before_lapse"
    LAPSED = "lapsed"
    PREPAID_END = "prepaid_end"
    SPONSOR_END_90 = "sponsor_end_90"
    SPONSOR_END_30 = "sponsor_end_30"
    SPONSOR_END_7 = "sponsor_end_7"
    RELIEF_END = "relief_end"
    ASKED = "asked"


UNTIL_DUE: Final = (Step.BEFORE_7, Step.BEFORE_3, Step.DUE)
"""Steps that say nothing new once the due date has passed."""

SPONSOR_ENDS: Final = {
    Step.SPONSOR_END_90: 90 * DAY,
    Step.SPONSOR_END_30: 30 * DAY,
    Step.SPONSOR_END_7: 7 * DAY,
}


def zone_of(code: str) -> str:
    """Return the zone of a region code: WIB, WITA or WIT by its province (Keppres 41/1987)."""
    if code[:2] in WIT_PROVINCES:
        return "Asia/Jayapura"
    return "Asia/Makassar" if code[:2] in WITA_PROVINCES else "Asia/Jakarta"


def local_day(now: datetime, zone: str) -> date:
    """Return the date it is in a zone."""
    return now.astimezone(ZoneInfo(zone)).date()


def sending_window(day: date, zone: str) -> tuple[datetime, datetime]:
    """Return the moments, in UTC, between which reminders may be sent on a day in a zone."""
    opens, closes = (datetime.combine(day, hour, ZoneInfo(zone)).astimezone(UTC) for hour in (OPENS, CLOSES))
    return opens, closes


def hours_left(day: date, zone: str, now: datetime) -> tuple[datetime, datetime]:
    """Return the moments between which reminders may still be sent on a day; over when the first is later."""
    opens, closes = sending_window(day, zone)
    return max(opens, now), closes


def month_of(day: date) -> date:
    """Return the month a day lies in."""
    return day.replace(day=1)


def month_after(month: date, count: int = 1) -> date:
    """Return the month so many months later, or earlier."""
    number = month.year * 12 + month.month - 1 + count
    return date(number // 12, number % 12 + 1, 1)


def due_date(month: date) -> date:
    """Return the last day a contribution month is paid in time: its 15th, or the next working day.

    As the institution told the press (Kontan); the law's own text was not read. Cuti bersama counts as
    free, which no source settles: see `remind_by`.
    """
    return _from_fifteenth(month, joint_leave=True)


def remind_by(month: date) -> date:
    """Return the due date if cuti bersama did not count: the earlier reading, which reminders follow."""
    return _from_fifteenth(month, joint_leave=False)


def lapse_date(month: date) -> date:
    """Return the first day without membership when this month and the two after it stay unpaid.

    The earlier reading: the end of the third unpaid month. The exact day is not settled.
    """
    return month_after(month, GRACE)


def first_unprotected_month(protection_until: date) -> date:
    """Return the month that is unpaid when protection ends on a day: the month of the day after."""
    return month_of(protection_until + DAY)


def steps_of(month: date) -> dict[Step, date]:
    """Return the day of each step for an unpaid month."""
    return _steps(month, remind_by(month), due_date(month)) | {Step.PREPAID_END: month_after(month, -1)}


def steps_from(protection_until: date) -> dict[Step, date]:
    """Return the day of each step where the last protected day is known: it is then the due date."""
    return _steps(first_unprotected_month(protection_until), protection_until, protection_until)


def steps_on(day: date) -> tuple[tuple[Step, date], ...]:
    """Return every step and unpaid month whose day this is, the oldest month first."""
    return _on(day, steps_of)


def steps_to_send(day: date) -> tuple[tuple[Step, date], ...]:
    """Return the steps and unpaid months to send on a day; a big feast hands its own on."""
    return _on(day, lambda month: moved(steps_of(month), remind_by(month)))


def protection_steps_to_send(day: date) -> tuple[tuple[Step, date], ...]:
    """Return the steps around a known last protected day that are to be sent on a day, with that last day."""
    ends = (day + number * DAY for number in range(-7, 8))
    near = (*UNTIL_DUE, Step.AFTER_1)
    return tuple(
        (step, end)
        for end in ends
        for step, send in moved(steps_from(end), end).items()
        if send == day and step in near
    )


def kept_for(day: date) -> tuple[date, ...]:
    """Return the days whose reminders go out on this one: itself and the big feasts right before it."""
    if is_quiet(day):
        return ()
    days = [day]
    while is_quiet(days[-1] - DAY):
        days.append(days[-1] - DAY)
    return tuple(days)


def relief_notice(last_month: date) -> date:
    """Return the day people are told that a cut of their contribution ends with this month."""
    return next_loud(last_month.replace(day=RELIEF_TOLD_ON))


def moved(steps: Mapping[Step, date], due: date) -> dict[Step, date]:
    """Move steps off the big feasts, while they are useful; of two that meet the later counts."""
    days = {step: next_loud(day) for step, day in steps.items()}
    useful = {step: day for step, day in days.items() if step not in UNTIL_DUE or day <= due}
    by_day = {day: step for step, day in sorted(useful.items(), key=lambda each: steps[each[0]])}
    return {step: day for day, step in by_day.items()}


def _steps(month: date, by: date, due: date) -> dict[Step, date]:
    lapse = lapse_date(month)
    return {
        Step.BEFORE_7: by - 7 * DAY,
        Step.BEFORE_3: by - 3 * DAY,
        Step.DUE: by,
        Step.AFTER_1: due + DAY,
        Step.SECOND_MONTH: month_after(month),
        Step.THIRD_MONTH: month_after(month, 2),
        Step.BEFORE_LAPSE: lapse - 8 * DAY,
        Step.LAPSED: lapse,
    }


def _on(day: date, steps: Callable[[date], Mapping[Step, date]]) -> tuple[tuple[Step, date], ...]:
    months = (month_after(month_of(day), number) for number in range(-GRACE - 1, 3))
    return tuple((step, month) for month in months for step, at in steps(month).items() if at == day)


def _from_fifteenth(month: date, *, joint_leave: bool) -> date:
    day = month.replace(day=15)
    while not is_working(day, joint_leave=joint_leave):
        day += DAY
    return day
