"""What a peer in another language cannot ask our rules: our words, prices and what the searches find.

A JSON file, made anew for each run, with everything that the applicants of that run will need.
"""

import json
from datetime import date
from pathlib import Path
from typing import Any, Final

from bench.applicant import DISTRICT, invented
from conversations.answers import OFFERED_LEVELS
from conversations.engine import Draft, Words
from conversations.offers import months_in_words
from conversations.privacy import short
from conversations.registration import expected, registration
from handlers.render import Teller
from locales import catalogue, say
from rules import occupations, regions

PROGRAMMES: Final = ("2", "3")
MONTHS: Final = ("1", "2", "3", "6", "12")
TELLER: Final = Teller("id", "registration")


def crib(people: int, today: date) -> dict[str, Any]:
    """Return all of it for applicants 0 up to `people`, on a day."""
    told = [invented(number) for number in range(people)]
    return {
        "today": today.isoformat(),
        "messages": catalogue("id"),
        "points": "\n".join(say("id", one.name) for one in short()),
        "villages": {one.village: _villages(one.village) for one in told},
        "occupations": {one.work: _jobs(one.work) for one in told},
        "months": {one: TELLER.html(months_in_words(one)) for one in MONTHS},
        "prices": {
            f"{job}|{one.income}": _prices(job, one.income, today) for one in told for job in _jobs(one.work)
        },
    }


def write(path: Path, people: int, today: date) -> None:
    """Write it into a file."""
    path.write_text(json.dumps(crib(people, today), ensure_ascii=False), "utf-8")


def _villages(query: str) -> dict[str, Any]:
    search = regions.find_places(query, near=DISTRICT, levels=OFFERED_LEVELS)
    return {"more": search.more, "found": [[one.code, one.label] for one in search.found]}


def _jobs(said: str) -> list[str]:
    return [match.occupation.id for match in occupations.find(said)]


def _prices(job: str, income: int, today: date) -> dict[str, Any]:
    """Return what is offered to somebody with this work who pays alone and employs nobody."""
    answers = {"occupation": {"id": job}, "income": income, "payer": "own", "employs": "no"}
    offers = {one: _months({**answers, "programmes": one}, today) for one in PROGRAMMES}
    return {**_asked("programmes", answers, today), "months": offers}


def _months(answers: dict[str, Any], today: date) -> dict[str, Any]:
    totals = {one: TELLER.html(expected({**answers, "months": one}, today)) for one in MONTHS}
    return {**_asked("months", answers, today), "totals": totals}


def _asked(step: str, answers: dict[str, Any], today: date) -> dict[str, Any]:
    asked = registration.step(step)
    assert asked is not None
    draft = Draft(answers)
    blanks = {"who": say("id", "registration.you"), **asked.values(draft, today)}
    options = asked.kind.options(asked, draft, today)
    return {
        "ask": TELLER.html(Words(f"registration.{step}.ask", blanks)),
        "options": [[one.value, TELLER.plain(one.words)] for one in options],
    }
