"""The last protected day, as read in the JMO app or on a paper of the office."""

from datetime import date

from rules import dates
from rules.calendar import DAY, month_after, month_of
from rules.refusal import Refused

MONTHS_AHEAD = 13
"""Twelve months are paid at most at once, and the present one may be among them or not."""

MONTHS_BACK = 24
"""An older last day helps nobody: a membership ends after three unpaid months."""

CLEAR = ("dates.month_first", "dates.unknown_month", "dates.no_such_month")
"""Refusals of a date that help here as they are; the others speak of birth dates."""


def parse(text: str, *, today: date) -> date:
    """Return the last protected day somebody wrote; Refused where it is no date, or far from today."""
    try:
        day = dates.parse(text, today=today, birth=False)
    except Refused as refusal:
        raise _fitting(refusal, today) from None
    if month_of(day) > month_after(month_of(today), MONTHS_AHEAD):
        raise Refused("protection.too_far", day=day, months=MONTHS_AHEAD, example=example(today))
    if month_of(day) < month_after(month_of(today), -MONTHS_BACK):
        raise Refused("protection.too_old", day=day, months=MONTHS_BACK, example=example(today))
    return day


def example(today: date) -> date:
    """Return a day somebody might tell: the end of next month."""
    return month_after(month_of(today), 2) - DAY


def _fitting(refusal: Refused, today: date) -> Refused:
    if refusal.name in CLEAR:
        return refusal
    if refusal.name == "dates.no_such_day":
        return Refused("protection.no_such_day", **refusal.values)
    return Refused("protection.unclear", example=example(today))
