"""Broadcasts: when a second person must agree, when they may be sent, and when they stop by themselves.

The numbers are dated rows of `data/broadcasts.csv`; the hours are those of reminders.
"""

import csv
import functools
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from rules.calendar import CLOSES, DAY, OPENS, ZONES, local_day, sending_window
from rules.free_days import is_quiet

TABLE: Final = Path(__file__).parent / "data" / "broadcasts.csv"

WIB: Final = ZoneInfo(ZONES[-1])
"""The zone in which a time is chosen."""

DAYS_AHEAD: Final = 7
"""For how many days, the present one included, a time can be chosen."""


@functools.cache
def limits() -> Mapping[str, int]:
    """Return the numbers in force."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row["name"]: int(row["value"]) for row in csv.DictReader(file)}


def needs_second(recipients: int) -> bool:
    """Return whether a broadcast to so many needs a second person."""
    return recipients > limits()["approval_above"]


def may_start(recipients: int, approved_for: int | None) -> bool:
    """Return whether so many may be written to, when a second person agreed to `approved_for` (None: none).

    A little growth between the count and the start is no new broadcast; much of it is.
    """
    if not needs_second(recipients):
        return True
    return approved_for is not None and recipients <= approved_for + max(
        limits()["approval_above"], approved_for // 10
    )


def starts(now: datetime, wanted: datetime | None) -> datetime:
    """Return when a broadcast begins that is let go now: never before it could be stopped."""
    held = now + timedelta(seconds=limits()["hold_seconds"])
    return held if wanted is None else max(held, wanted)


def expires(start: datetime) -> datetime:
    """Return when the rest of a broadcast that begins at a moment is too old to be sent."""
    return start + timedelta(hours=limits()["expires_hours"])


def stops(failed: int, ended: int) -> bool:
    """Return whether so many failures among so many sends that ended are too many to go on."""
    percent, of = limits()["errors_percent"], limits()["errors_of"]
    return failed * 100 > percent * max(ended, of)


def open_zones(now: datetime) -> tuple[str, ...]:
    """Return the zones in which people may be written to now: the hours of reminders, and no big feast."""
    return tuple(zone for zone in ZONES if _is_open(zone, now))


def next_opening(now: datetime) -> datetime:
    """Return the next moment at which a zone opens."""
    days = (local_day(now, zone) + number * DAY for zone in ZONES for number in range(DAYS_AHEAD))
    moments = (sending_window(day, zone)[0] for day in set(days) for zone in ZONES if not is_quiet(day))
    return min(moment for moment in moments if moment > now)


def days_offered(now: datetime) -> tuple[date, ...]:
    """Return the days for which a time can be chosen."""
    today = local_day(now, ZONES[-1])
    days = (today + number * DAY for number in range(DAYS_AHEAD))
    return tuple(day for day in days if hours_offered(day, now))


def hours_offered(day: date, now: datetime) -> tuple[int, ...]:
    """Return the hours (WIB) of a day that can be chosen: within those of reminders, and still to come."""
    if is_quiet(day):
        return ()
    return tuple(hour for hour in range(OPENS.hour, CLOSES.hour) if at_hour(day, hour) > now)


def at_hour(day: date, hour: int) -> datetime:
    """Return the moment of an hour (WIB) of a day."""
    return datetime.combine(day, OPENS.replace(hour=hour), WIB)


def _is_open(zone: str, now: datetime) -> bool:
    day = local_day(now, zone)
    opens, closes = sending_window(day, zone)
    return opens <= now < closes and not is_quiet(day)
