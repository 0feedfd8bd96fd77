"""Free days: national holidays, joint leave (cuti bersama), and the big feasts on which we keep quiet.

The yearly decree of three ministers (SKB Tiga Menteri) as the `holidays` library carries it. Dates that it
only estimates, and days declared later, are put right in `data/holidays.csv`.
"""

import csv
import functools
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Final

TABLE = Path(__file__).parent / "data" / "holidays.csv"
KINDS: Final = ("add", "remove", "quiet")

QUIET: Final = ("Hari Raya Idul Fitri", "Hari Suci Nyepi", "Hari Raya Idul Adha", "Hari Raya Natal")
"""The feasts on which nobody wants to hear of money, as the library names them; Idul Fitri has two days."""

SATURDAY: Final = 5
Overrides = Mapping[date, frozenset[str]]
"""What our own table says of a day: add, remove or quiet."""


def is_holiday(day: date, *, joint_leave: bool = True, table: Overrides | None = None) -> bool:
    """Return whether a day is a national holiday or, unless left out, joint leave."""
    kinds = _kinds(day, table)
    if kinds & {"add", "remove"}:
        return "add" in kinds
    return day in _national(day.year) or (joint_leave and day in _joint_leave(day.year))


def is_working(day: date, *, joint_leave: bool = True, table: Overrides | None = None) -> bool:
    """Return whether offices and banks work on a day: Monday to Friday, and no holiday."""
    return day.weekday() < SATURDAY and not is_holiday(day, joint_leave=joint_leave, table=table)


def is_quiet(day: date, table: Overrides | None = None) -> bool:
    """Return whether a day is a big feast, on which no reminder is sent."""
    kinds = _kinds(day, table)
    if kinds & {"quiet", "remove"}:
        return "quiet" in kinds
    return any(name in _national(day.year).get(day, "") for name in QUIET)


def next_loud(day: date) -> date:
    """Return the day itself or, on a big feast, the first day after it that is none."""
    while is_quiet(day):
        day += timedelta(days=1)
    return day


def read(lines: Iterable[str]) -> Overrides:
    """Read a table of overrides: date, kind, name, source; a day may have several lines."""
    kinds: dict[date, frozenset[str]] = {}
    for row in csv.DictReader(lines):
        if row["kind"] not in KINDS:
            raise ValueError(f"{row['date']}: {row['kind']!r} is not one of {', '.join(KINDS)}")
        day = date.fromisoformat(row["date"])
        kinds[day] = kinds.get(day, frozenset()) | {row["kind"]}
    return kinds


def _kinds(day: date, table: Overrides | None) -> frozenset[str]:
    return (_table() if table is None else table).get(day, frozenset())


@functools.cache
def _table() -> Overrides:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return read(file)


@functools.cache
def _national(year: int) -> dict[date, str]:
    return _named(year, "public")


@functools.cache
def _joint_leave(year: int) -> frozenset[date]:
    return frozenset(_named(year, "government"))


def _named(year: int, category: str) -> dict[date, str]:
    """Return the days of one of the library's categories, by the name the decree gives them."""
    from holidays.countries.indonesia import Indonesia  # brings every country along: not with the start

    return dict(Indonesia(years=year, categories=(category,), language="id"))
