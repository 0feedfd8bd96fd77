"""Coverage: how many of a place are registered, pay, are late or have lapsed, against two goals never mixed.

A tally holds counts that no passing day changes: people who have reached equally far are one number. What a
day makes of it is asked of `rules/standing.py`. Tallies of places add up to that of the place around them.
"""

import functools
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from rules.calendar import due_date, month_after, month_of
from rules.programmes import limits
from rules.regions import DISTRICT, LEVELS, PROVINCE, REGENCY, VILLAGE, regions
from rules.standing import Reached

Tally = Mapping[str, int]
"""Counts by name, such as `member:1:2026-12:` or `covered:2026-11`."""

MONTHS: Final = 12
"""How many months a trend shows."""

SOON: Final = timedelta(days=90)
"""Whose sponsor stops paying within so many days is counted as expiring."""

FEW: Final = 5
"""A count below this could point at a person: in files about one village it is shown as "<5"."""

FACETS: Final = ("payer", "sector", "sex", "born")
"""What members are counted by."""

UNKNOWN: Final = "unknown"
"""What stands for what is not known of somebody."""

BANDS: Final = ((0, 24), (25, 34), (35, 44), (45, 54), (55, 64), (65, 200))
"""Ages in years, from and to: a person is as old as they become this year."""


class State(StrEnum):
    """Where a member stands, one for each who goes on.

    unseen      no contribution is known yet
    current     nothing that is due is unpaid
    behind_1-3  so many months are due and unpaid
    lapsed      three months in a row stayed unpaid, by the earlier reading
    """

    UNSEEN = "unseen"
    CURRENT = "current"
    BEHIND_1 = "behind_1"
    BEHIND_2 = "behind_2"
    BEHIND_3 = "behind_3"
    LAPSED = "lapsed"


BEHIND: Final = (State.BEHIND_1, State.BEHIND_2, State.BEHIND_3)
ACTIVE: Final = (State.CURRENT, *BEHIND)
"""Who is a member by what is known: has paid, and the membership has not lapsed."""


@dataclass(frozen=True, slots=True)
class Workforce:
    """How many workers a place has, as its administration says: in which document, as of which day."""

    workers: int
    source: str
    as_of: date


@dataclass(frozen=True, slots=True)
class Figures:
    """What is counted for a place on a day.

    `registered` are registrations that stand; `states` the members who go on, by where they stand. `goal` is
    the sum of the village lists of the year, and of the usual number where a desa has no list; None where no
    desa is in the place and no list. `trend` is for each month, the oldest first: registrations sent in until
    its end, and members whose contribution of that month is known.
    """

    registered: int
    states: Mapping[State, int]
    ended: int
    paid_this_month: int
    expiring: int
    goal: int | None
    listed: int
    trend: tuple[tuple[date, int, int], ...]

    @property
    def active(self) -> int:
        """Members who have paid and have not lapsed."""
        return sum(self.states[state] for state in ACTIVE)

    @property
    def behind(self) -> int:
        """Members of those who owe a month or more."""
        return sum(self.states[state] for state in BEHIND)

    @property
    def share(self) -> float | None:
        """Active members as a share of the goal, 0 to 1 and beyond; None without a goal."""
        return self.active / self.goal if self.goal else None


def member_name(reached: Reached) -> str:
    """Return the name under which all who have reached so far are counted."""
    told = "" if reached.due == due_date(reached.unpaid) else reached.due.isoformat()
    return f"member:{int(reached.paid_through is not None)}:{reached.unpaid:%Y-%m}:{told}"


@functools.lru_cache(maxsize=65536)
def state_of(name: str, today: date) -> State:
    """Return where those counted under a name of `member_name` stand on a day."""
    _, paid, month, told = name.split(":")
    unpaid = date.fromisoformat(f"{month}-01")
    due = date.fromisoformat(told) if told else due_date(unpaid)
    reached = Reached(month_after(unpaid, -1) if paid == "1" else None, unpaid, due)
    if reached.lapsed(today):
        return State.LAPSED
    if reached.paid_through is None:
        return State.UNSEEN
    return (State.CURRENT, *BEHIND)[reached.arrears(today)]


def figures(code: str, tally: Tally, today: date) -> Figures:
    """Return what a tally of a place says on a day."""
    states = Counter(dict.fromkeys(State, 0))
    for name, count in tally.items():
        if name.startswith("member:"):
            states[state_of(name, today)] += count
    soon = (today.isoformat(), (today + SOON).isoformat())
    return Figures(
        registered=tally.get("registered", 0),
        states=states,
        ended=tally.get("ended", 0),
        paid_this_month=tally.get(f"covered:{today:%Y-%m}", 0),
        expiring=sum(
            count
            for name, count in tally.items()
            if name.startswith("sponsor:") and soon[0] <= name[8:] <= soon[1]
        ),
        goal=goal(code, tally, today.year),
        listed=tally.get(f"lists:{today.year}", 0),
        trend=_trend(tally, today),
    )


def progress(code: str, tally: Tally, today: date) -> tuple[int, int | None]:
    """Return the active members of a place and its goal: what `figures` says of them, for many places."""
    active = sum(count for name, count in tally.items() if name[:7] == "member:" and _is_active(name, today))
    return active, goal(code, tally, today.year)


@functools.lru_cache(maxsize=65536)
def _is_active(name: str, today: date) -> bool:
    return state_of(name, today) in ACTIVE


def goal(code: str, tally: Tally, year: int) -> int | None:
    """Return the goal of a place in a year: its lists, and the usual number for each desa without one.

    A kelurahan has no dana desa and so no usual number; with a list it has the list's.
    """
    listed, quota = tally.get(f"desa_lists:{year}", 0), tally.get(f"quota:{year}", 0)
    usual = max(0, desas(code) - listed) * limits()["quota"]
    return quota + usual or None


def desas(code: str) -> int:
    """Return how many desa lie in a place."""
    return int(is_desa(code)) if len(code) == VILLAGE else _desas()[code]


def is_desa(code: str) -> bool:
    """Return whether a code is a desa or desa adat, and no kelurahan (the seventh digit)."""
    return len(code) == VILLAGE and code[6] != "1"


@functools.cache
def _desas() -> Counter[str]:
    found = Counter[str]()
    for code in regions().names:
        if is_desa(code):
            found.update(code[:digits] for digits in (0, PROVINCE, REGENCY, DISTRICT))
    return found


def parent(code: str) -> str | None:
    """Return the code of the place right around a place, "" for Indonesia; None for that."""
    above = [digits for digits in (0, *LEVELS) if digits < len(code)]
    return code[: above[-1]] if above else None


def within(code: str, territories: Iterable[str]) -> bool:
    """Return whether a place lies in one of these territories; "" is all of Indonesia."""
    return any(code.startswith(territory) for territory in territories)


def added(tallies: Iterable[Tally]) -> Counter[str]:
    """Return the tally of a place from those of the places in it."""
    whole = Counter[str]()
    for tally in tallies:
        for name, count in tally.items():
            whole[name] += count
    return whole


def shares(tally: Tally, facet: str, today: date) -> dict[str, int]:
    """Return the active members by what they are (a facet), the ages in bands; `tally` is of shares.

    A name is `facet:value:member:…`.
    """
    found = Counter[str]()
    for name, count in tally.items():
        of, value, member = name.split(":", 2)
        if of == facet and _is_active(member, today):
            found[_band(value, today) if facet == "born" else value] += count
    return dict(found)


def _band(value: str, today: date) -> str:
    if not value.isdecimal():
        return UNKNOWN
    age = today.year - int(value)
    return next((f"{first}-{last}" for first, last in BANDS if first <= age <= last), UNKNOWN)


def protected(counts: Mapping[str, int]) -> dict[str, int | None]:
    """Return the counts with those of few people hidden (None), and a second one if one alone is hidden.

    One hidden count among known ones, beside their sum, would be no secret.
    """
    hidden = {name for name, count in counts.items() if 0 < count < FEW}
    if len(hidden) == 1:
        others = [(count, name) for name, count in counts.items() if count and name not in hidden]
        hidden |= {min(others)[1]} if others else set()
    return {name: None if name in hidden else count for name, count in counts.items()}


def _trend(tally: Tally, today: date) -> tuple[tuple[date, int, int], ...]:
    months = [month_after(month_of(today), number) for number in range(1 - MONTHS, 1)]
    sent = {name[5:]: count for name, count in tally.items() if name.startswith("sent:")}
    return tuple(
        (
            month,
            sum(count for sent_in, count in sent.items() if sent_in <= f"{month:%Y-%m}"),
            tally.get(f"covered:{month:%Y-%m}", 0),
        )
        for month in months
    )
