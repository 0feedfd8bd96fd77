"""The coverage of a place, read and put into words. No name, no number of anybody is in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.engine import Month, Words
from handlers.render import Teller, tidy
from models.counting import coverage, coverage_state, workforces
from models.counting.coverage import Counted
from rules import coverage as rule
from rules.calendar import month_of
from rules.coverage import BANDS, FACETS, UNKNOWN, Figures, State, Workforce
from rules.dates import long
from rules.quantities import grouped, percent
from rules.regions import VILLAGE, regions

VALUES: Final[Mapping[str, tuple[str, ...]]] = {
    "payer": (
        "own",
        "household",
        "association",
        "donor",
        "apbdes",
        "apbd",
        "SD",
        "SA",
        "SG",
        "SC",
        "SB",
        "SL",
    ),
    "sector": ("transport", "other"),
    "sex": ("female", "male"),
    "born": tuple(f"{first}-{last}" for first, last in BANDS),
}
"""What members are counted by, in the order in which it is shown; what is not known stands last."""


@dataclass(frozen=True, slots=True)
class View:
    """What is known of a place: what was counted, until when (None: never), and the workers told."""

    code: str
    counted: Counted
    as_of: datetime | None
    today: date
    workforce: Workforce | None

    @property
    def figures(self) -> Figures:
        """What the counts say today."""
        return rule.figures(self.code, self.counted.tally, self.today)


async def read(db: AsyncSession, code: str, now: datetime, zone: ZoneInfo) -> View:
    """Return the view of a place, and until which moment everything in it is counted."""
    moment = now if await coverage.is_current(db, code) else await coverage_state.counted_at(db)
    told = (await workforces.of_places(db, [code])).get(code)
    counted = await coverage.of_place(db, code)
    local = None if moment is None else moment.astimezone(zone)
    return View(code, counted, local, now.astimezone(zone).date(), told)


def label(code: str) -> object:
    """Return how a place is called: with the places around it, or Indonesia."""
    return regions().path(code) if regions().knows(code) else Words("coverage.indonesia")


def as_of_words(view: View) -> Words:
    """Return until when a view is counted."""
    if view.as_of is None:
        return Words("coverage.never")
    return Words("coverage.as_of", {"day": view.as_of.date(), "time": f"{view.as_of:%H.%M}"})


def page(view: View, language: str) -> str:
    """Return the page of a place as HTML."""
    figures = view.figures

    def count(number: int) -> str:
        return grouped(number, language)

    values = {
        "place": label(view.code),
        "as_of": as_of_words(view),
        "registered": count(figures.registered),
        "active": count(figures.active),
        "paid": count(figures.paid_this_month),
        "month": Month(month_of(view.today)),
        "behind": " / ".join(count(figures.states[state]) for state in rule.BEHIND),
        "unseen": count(figures.states[State.UNSEEN]),
        "lapsed": count(figures.states[State.LAPSED]),
        "expiring": count(figures.expiring),
        "goal": goal_words(figures, language),
        "workers": workers_words(figures, view.workforce, language),
    }
    return tidy(Teller(language).html(Words("coverage.page", values)))


def as_json(view: View) -> str:
    """Return what is known of a place for a program: counts by name, `as_of` in ISO, null where unknown."""
    figures = view.figures
    told = view.workforce
    found = {
        "region": view.code,
        "as_of": view.as_of,
        "registered": figures.registered,
        "active": figures.active,
        "states": {state.value: count for state, count in figures.states.items()},
        "ended": figures.ended,
        "paid_this_month": figures.paid_this_month,
        "expiring": figures.expiring,
        "goal": figures.goal,
        "lists": figures.listed,
        "workers": told and {"count": told.workers, "source": told.source, "as_of": told.as_of},
        "active_by": breakdown(view),
        "trend": [
            {"month": f"{month:%Y-%m}", "registered": sent, "covered": paid}
            for month, sent, paid in figures.trend
        ],
    }
    return orjson.dumps(found, option=orjson.OPT_INDENT_2).decode()


def goal_words(figures: Figures, language: str) -> Words:
    """Return how far a place is to the goal of its lists."""
    if not figures.goal or figures.share is None:
        return Words("coverage.no_goal")
    values = {
        "count": grouped(figures.active, language),
        "whole": grouped(figures.goal, language),
        "share": percent(figures.share, language),
        "lists": grouped(figures.listed, language),
    }
    return Words("coverage.goal", values)


def workers_words(figures: Figures, told: Workforce | None, language: str) -> Words:
    """Return how far a place is by the workers told; a figure of its own, with source and day."""
    if told is None:
        return Words("coverage.no_workers")
    values = {
        "count": grouped(figures.active, language),
        "whole": grouped(told.workers, language),
        "share": percent(figures.active / told.workers, language),
        "source": told.source,
        "day": long(told.as_of, language),
    }
    return Words("coverage.workers", values)


def breakdown(view: View) -> dict[str, dict[str, int | None]]:
    """Return the active members by each facet, in order; in a village small counts are hidden (None)."""
    found: dict[str, dict[str, int | None]] = {}
    for facet in FACETS:
        counts = rule.shares(view.counted.shares, facet, view.today)
        other = sum(number for value, number in counts.items() if value not in VALUES[facet])
        counts = {value: counts[value] for value in VALUES[facet] if counts.get(value)}
        counts |= {UNKNOWN: other} if other else {}
        found[facet] = rule.protected(counts) if len(view.code) == VILLAGE else dict(counts)
    return found


def shares_page(view: View, language: str) -> str:
    """Return the members of a place by payer, sector, sex and age, as HTML."""
    parts: list[object] = [Words("coverage.shares", {"place": label(view.code), "as_of": as_of_words(view)})]
    for facet, counts in breakdown(view).items():
        parts.append(Words(f"coverage.by.{facet}"))
        parts += [_share(facet, value, count, language) for value, count in counts.items()]
        parts += [Words("coverage.nobody")] if not counts else []
    return tidy(Teller(language).html(tuple(parts)))


def _share(facet: str, value: str, count: int | None, language: str) -> Words:
    shown = f"<{rule.FEW}" if count is None else grouped(count, language)
    return Words("coverage.line", {"what": value_words(facet, value), "count": shown})


def value_words(facet: str, value: str) -> object:
    """Return what members are counted by, in words."""
    if value == UNKNOWN:
        return Words("coverage.unknown")
    if facet == "born":
        return Words("coverage.years", {"years": value})
    return Words(f"coverage.{facet}.{value}")
