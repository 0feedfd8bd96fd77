"""The dialogues about a membership: until which day one is protected, and where one lives now.

What each is about stands among its answers from the beginning (`given`); no question asks for it.
"""

from collections.abc import Mapping
from datetime import date

from conversations.answers import Choice, Text, Village, text_of
from conversations.engine import Answers, Draft, Flow, Half, Month, Option, Reply, Step, Value, Words
from rules import protection as rule
from rules.calendar import first_unprotected_month, zone_of

NONE = "none"
"""The answer that takes a told day away."""

GIVEN = ("member", "name", "known", "counted", "office")
"""What stands among the answers from the beginning."""


def given(
    member: int,
    name: str | None,
    *,
    known: date | None = None,
    counted: date | None = None,
    office: date | None = None,
) -> dict[str, Value]:
    """Return what a dialogue is about: a membership, and the worker's name unless it is the sender's own.

    `known` is the last protected day told before, `counted` the last month of the ledger, and `office` the
    last month the office itself answers for.
    """
    dated = {"known": known, "counted": counted, "office": office}
    told = {key: None if day is None else day.isoformat() for key, day in dated.items()}
    return {"member": member, "name": name, **told}


def day_in(answers: Answers, name: str) -> date | None:
    """Return a day or month among the answers, or None."""
    value = answers.get(name)
    return date.fromisoformat(value) if value is not None and value != NONE else None


def addressed(answers: Answers) -> Mapping[str, object]:
    """Return {who} and {whose}: the sender, or the worker by name."""
    who = answers["name"] or Words("reminders.you")
    return {"who": who, "whose": who}


class LastDay(Text):
    """The last protected day, within a year or so; one told before can be taken away."""

    def options(self, step: Step, draft: Draft, today: date) -> tuple[Option, ...]:
        return (Option(NONE, Words(f".{step.stem}.none")),) if draft.answers.get("known") else ()

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        if reply.tapped == NONE and draft.answers.get("known"):
            return NONE
        return rule.parse(text_of(reply), today=reply.today).isoformat()

    def shown(self, step: Step, value: Value) -> object:
        return Words(f".{step.stem}.none") if value == NONE else date.fromisoformat(value)


def contradicts(answers: Answers) -> bool:
    """Return whether the told day leaves months unprotected that are reported as paid, by nobody's proof."""
    until, counted, office = (day_in(answers, name) for name in ("until", "counted", "office"))
    if until is None or counted is None:
        return False
    return (office or date.min) < first_unprotected_month(until) <= counted


def until_values(draft: Draft, today: date) -> Mapping[str, object]:
    """Return the blanks of the question for the day: the one known, and an example."""
    known = day_in(draft.answers, "known")
    return {
        "known": "" if known is None else Words("protection.known", {"day": known}),
        "example": rule.example(today),
    }


def sure_values(draft: Draft, today: date) -> Mapping[str, object]:
    """Return the blanks of the question whether reported months give way to the told day."""
    until, counted = day_in(draft.answers, "until"), day_in(draft.answers, "counted")
    assert until is not None and counted is not None  # noqa: S101, PT018 - asked only where they contradict
    return {"until": until, "month": Month(first_unprotected_month(until)), "counted": Month(counted)}


protection = Flow(
    "protection",
    (
        Step("until", LastDay(), values=until_values),
        Step("sure", Choice(("agree",)), contradicts, values=sure_values),
    ),
    about=addressed,
    title=lambda answers: Words("protection.title", addressed(answers)),
    given=GIVEN,
)


def zone_words(zone: str) -> Words:
    """Return a time zone in plain words: "waktu Indonesia timur (WIT)"."""
    return Words(f"membership.zone.{zone.rpartition('/')[2].lower()}")


def read_back(draft: Draft, today: date) -> Mapping[str, object]:
    """Return the blanks of the page where the new village and its clock are read back."""
    village = draft.answers["village"]
    return {"village": village["label"], "zone": zone_words(zone_of(village["code"]))}


move = Flow(
    "move",
    (
        Step("village", Village()),
        Step("review", Choice(("agree",)), values=read_back),
    ),
    about=addressed,
    title=lambda answers: Words("move.title", addressed(answers)),
    given=GIVEN,
)
