"""The dialogue about how many workers a place has: the number, the document it stands in, and its day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from conversations.answers import Choice, Text, text_of
from conversations.engine import Answers, Draft, Flow, Half, Reply, Step, Value, Words
from conversations.programme import Day
from rules.quantities import grouped
from rules.refusal import Refused
from rules.text import ascii_digits

MOST = 300_000_000
"""More workers than Indonesia has people cannot be."""


@dataclass(frozen=True, slots=True)
class People(Text):
    """A whole number of people, with or without points between the thousands."""

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        digits = ascii_digits(text_of(reply)).replace(".", "").replace(",", "").replace(" ", "")
        if not (digits.isascii() and digits.isdecimal() and len(digits) < 10 and 0 < int(digits) <= MOST):
            raise Refused("workforce.number")
        return int(digits)

    def shown(self, step: Step, value: Value) -> object:
        return grouped(int(value), "id")


@dataclass(frozen=True, slots=True)
class PastDay(Day):
    """A day that is not to come: a number of workers is counted, not foreseen."""

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        day = Day.read(self, step, reply, draft)
        if str(day) > reply.today.isoformat():
            raise Refused("workforce.future")
        return day


def read_back(draft: Draft, today: date) -> Mapping[str, object]:
    """Return the blanks of the page where the number is read back."""
    told = draft.answers
    return {
        "place": told["place"],
        "workers": grouped(told["workers"], "id"),
        "source": told["source"],
        "day": date.fromisoformat(told["as_of"]),
    }


def asked_about(draft: Draft, today: date) -> Mapping[str, object]:
    """Return the name of the place."""
    return {"place": draft.answers["place"]}


def given(code: str, place: str) -> Answers:
    """Return what the dialogue is about: a region code ("" is Indonesia) and how the place is called."""
    return {"code": code, "place": place}


workforce = Flow(
    "workforce",
    (
        Step("workers", People(least=1), values=asked_about),
        Step("source", Text(least=3, most=100)),
        Step("as_of", PastDay()),
        Step("review", Choice(("send",)), values=read_back),
    ),
    title=lambda _: Words("workforce.title"),
    given=("code", "place"),
)
