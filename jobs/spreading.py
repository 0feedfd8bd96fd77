"""Spreading: when a day's reminders exceed what the pace lets out in its hours, some go out days before.

What is to come is counted by people's last covered month: from it follows on which day they are reminded.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from models.reminding.reasons import Reason, ladder_on
from rules.calendar import DAY, Step, is_quiet, month_after, sending_window, steps_to_send

AHEAD: Final = 6
"""How many days before its own a reminder may go out."""

EARLY: Final = (Step.BEFORE_7, Step.BEFORE_3, Step.DUE, Step.BEFORE_LAPSE)
"""Steps that are as true a few days earlier."""


@dataclass(frozen=True, slots=True)
class Early:
    """So many reminders of a coming day that are to go out today."""

    reason: Reason
    count: int


def offsets(reasons: Sequence[Reason], loads: Counter[int], per_second: float) -> list[float]:
    """Return how many seconds after the opening each reason begins: when those before it are through.

    `loads` is how many each falls on, by its place in the list. Where nobody was counted, a second apart
    keeps the order.
    """
    begins, before = [], 0.0
    for number in range(len(reasons)):
        begins.append(number + before)
        before += loads[number] / per_second
    return begins


def early_reminders(
    day: date, zone: str, paid: Counter[date], per_second: float, room: int
) -> Iterator[Early]:
    """Tell which reminders of the coming days go out today, the soonest lapse first."""
    quota = min(room, overflow(day, zone, paid, per_second))
    for reason in _candidates(day) if quota > 0 else ():
        count = min(quota, _load(reason, paid))
        if count > 0:
            yield Early(reason, count)
            quota -= count


def overflow(day: date, zone: str, paid: Counter[date], per_second: float) -> int:
    """Return how many reminders the coming days cannot send, each handing its excess to the day before."""
    excess = 0
    for ahead in range(AHEAD, 0, -1):
        coming = day + ahead * DAY
        load = sum(_load(reason, paid) for reason in ladder_on(coming))
        excess = max(0, excess + load - capacity(coming, zone, per_second))
    return excess


def capacity(day: date, zone: str, per_second: float) -> int:
    """Return how many reminders the hours of a day let out: none on a big feast."""
    opens, closes = sending_window(day, zone)
    return 0 if is_quiet(day) else int((closes - opens).total_seconds() * per_second)


def _candidates(day: date) -> list[Reason]:
    """The coming reminders that can go out today, unless one of the same month is sent before them."""
    found, taken = [], {month for _, month in steps_to_send(day)}
    for ahead in range(1, AHEAD + 1):
        coming = ladder_on(day + ahead * DAY)
        found += [each for each in coming if each.step in EARLY and each.month not in taken]
        taken |= {each.month for each in coming if each.month is not None}
    return sorted(found, key=lambda each: each.month or date.max)


def _load(reason: Reason, paid: Counter[date]) -> int:
    return paid[month_after(reason.month, -1)] if reason.month else 0
