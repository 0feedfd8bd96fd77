"""One application as an officer reads it: what was said, what looks odd, and others of the same NIK beside.

Numbers, addresses and the family stay hidden until they are asked for, which is written down and told.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from conversations.engine import Answers, Step, Value, Words
from conversations.registration import addressed, registration
from handlers.render import Teller, tidy
from models.applications import Application

PLAIN: Final = frozenset(
    (
        "who",
        "relation",
        "agreement",
        "agreement_how",
        "name",
        "sex",
        "village",
        "occupation",
        "occupation2",
        "workplace",
        "hours",
        "income",
        "employs",
        "payer",
        "programmes",
        "months",
        "heirs",
    )
)
"""What is shown before anything is asked for."""  # fmt: skip

MASKED: Final = frozenset(("nik", "phone", "contact_phone"))
"""What is shown with its last digits."""

COMPARED: Final = ("name", "sex", "village", "occupation", "payer", "months")
"""What is set side by side with another application of the same NIK."""


def page(
    application: Application, answers: Answers, sender: Words, zone: ZoneInfo, *, full: bool = False
) -> Words:
    """Return the page of one application; `full` shows everything as it was typed."""
    live = registration.live(answers)
    values = {
        "reference": application.reference,
        "state": Words(f"commands.state.{application.state.value}"),
        "date": _day(application.submitted_at, zone),
        "sender": sender,
        "answers": tuple(_line(step, live, full=full) for step in _told(live)),
        "doubts": tuple(Words("dialogue.doubt", {"doubt": _doubt(flag)}) for flag in application.flags),
    }
    return Words("review.page", values)


def html(language: str, words: Words) -> str:
    """Return a page as it is sent."""
    return tidy(Teller(language, registration.name).html(words))


def _told(live: Answers) -> Sequence[Step]:
    hidden = {"consent", "review"}
    return [step for step in registration.applying(live) if step.name in live and step.name not in hidden]


def _line(step: Step, live: Answers, *, full: bool) -> Words:
    about = addressed({"who": "other", "name": live["name"]})
    label = Words(f".{step.stem}.label", {"n": step.number, **about})
    return Words("dialogue.line", {"label": label, "answer": _answer(step, live[step.name], full=full)})


def _answer(step: Step, value: Value, *, full: bool) -> object:
    if value is None:
        return Words("dialogue.not_given")
    if full:
        return step.kind.full(step, value)
    if step.name in PLAIN or step.name in MASKED:
        return step.kind.shown(step, value)
    return Words("review.year", {"year": value[:4]}) if step.name == "birth_date" else Words("review.hidden")


def _doubt(flag: str) -> Words:
    return Words(flag if "." in flag else f"review.flag.{flag}")


def beside(other: Application, told: Answers, answers: Answers, zone: ZoneInfo) -> Words:
    """Return another application of the same NIK: its state, and what it says differently."""
    live = registration.live(answers)
    lines = tuple(_compared(name, live, told) for name in COMPARED if live.get(name) != told.get(name))
    values = {
        "reference": other.reference,
        "state": Words(f"commands.state.{other.state.value}"),
        "date": _day(other.submitted_at, zone),
        "differences": lines or (Words("review.alike"),),
    }
    return Words("review.other", values)


def _compared(name: str, live: Answers, told: Answers) -> Words:
    step = registration.step(name)
    assert step is not None  # noqa: S101 - COMPARED names steps of the registration
    about: Any = addressed({"who": "other", "name": live["name"]})
    pair = (_shown(step, live.get(name)), _shown(step, told.get(name)))
    label = Words(f".{step.stem}.label", {"n": step.number, **about})
    return Words("review.differs", {"label": label, "this": pair[0], "that": pair[1]})


def _shown(step: Step, value: Value) -> object:
    return Words("dialogue.not_given") if value is None else step.kind.shown(step, value)


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()
