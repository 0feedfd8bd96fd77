"""The dialogues about a village's list: making one, and vouching for one as the second named person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from conversations.answers import AGAIN, YES, Choice, Name, Text, Village, text_of
from conversations.engine import Answers, Draft, Flow, Half, Month, Option, Reply, Step, Value, Words
from rules import dates
from rules import programmes as rule
from rules.calendar import month_after, month_of
from rules.refusal import Refused
from rules.text import ascii_digits

MONTHS_OFFERED = 6
"""How many first months are offered, from the present one on."""

SAMPLED = 10
"""How many places at most are shown to who is to vouch for a list."""

OBJECTIONS = ("unknown", "moved", "died", "official", "not_poor", "other")
"""Why a place is not vouched for, in the order of the buttons."""


@dataclass(frozen=True, slots=True)
class Years(Choice):
    """This year or the next."""

    def options(self, step: Step, draft: Draft, today: date) -> tuple[Option, ...]:
        return tuple(Option(str(year), self.shown(step, str(year))) for year in (today.year, today.year + 1))

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        if reply.tapped not in (str(reply.today.year), str(reply.today.year + 1)):
            raise Refused("dialogue.choose")
        return reply.tapped

    def holds(self, value: Value, answers: Answers) -> bool:
        return bool(str(value).isdecimal())

    def shown(self, step: Step, value: Value) -> Words:
        return Words("dialogue.as_is", {"text": value})


@dataclass(frozen=True, slots=True)
class Day(Text):
    """A day of the past or the near future, such as the date of a decree."""

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        return dates.parse(text_of(reply), today=reply.today, birth=False).isoformat()

    def shown(self, step: Step, value: Value) -> object:
        return date.fromisoformat(value)


@dataclass(frozen=True, slots=True)
class FirstMonth(Choice):
    """The first month that is paid for: this one or one of the next."""

    def options(self, step: Step, draft: Draft, today: date) -> tuple[Option, ...]:
        return tuple(Option(month.isoformat(), _month(month)) for month in self._offered(today))

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        if reply.tapped not in {month.isoformat() for month in self._offered(reply.today)}:
            raise Refused("dialogue.choose")
        return reply.tapped

    def _offered(self, today: date) -> list[date]:
        return [month_after(month_of(today), number) for number in range(MONTHS_OFFERED)]

    def holds(self, value: Value, answers: Answers) -> bool:
        return isinstance(value, str)

    def shown(self, step: Step, value: Value) -> Words:
        return _month(date.fromisoformat(value))


@dataclass(frozen=True, slots=True)
class Payer(Choice):
    """Who pays: a funding code that is shipped, or one of the installation's own with its name.

    Those in force when the dialogue began stand among the answers as (code, name) pairs; the name of a
    shipped one is "".
    """

    def options(self, step: Step, draft: Draft, today: date) -> tuple[Option, ...]:
        return tuple(Option(code, self.shown(step, told(code, name))) for code, name in self._offered(draft))

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        names = dict(self._offered(draft))
        if reply.tapped not in names:
            raise Refused("dialogue.choose")
        return told(reply.tapped, names[reply.tapped])

    def _offered(self, draft: Draft) -> Sequence[tuple[str, str]]:
        return draft.answers.get("payers") or [(code, "") for code in rule.fundings()]

    def holds(self, value: Value, answers: Answers) -> bool:
        return isinstance(value, dict) or value in rule.fundings()

    def shown(self, step: Step, value: Value) -> Words:
        if isinstance(value, dict):
            return Words("dialogue.as_is", {"text": value["name"]})
        return Choice.shown(self, step, value)


def told(code: str, name: str) -> Value:
    """Return a payer as it is stored among the answers: its code alone where the words are ours."""
    return {"code": code, "name": name} if name else code


def payer_of(answers: Answers) -> tuple[str, str | None]:
    """Return the funding code that was chosen, and the name of a payer that is not shipped."""
    value = answers["funding"]
    return (value["code"], value["name"]) if isinstance(value, dict) else (value, None)


@dataclass(frozen=True, slots=True)
class Number(Text):
    """A whole number between two limits of `rules/`; `offered` are those that can be tapped."""

    lowest: int = 1
    limit: str = ""

    def options(self, step: Step, draft: Draft, today: date) -> tuple[Option, ...]:
        return tuple(Option(one, Words("dialogue.as_is", {"text": one})) for one in self.offered)

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        said = reply.tapped if reply.tapped in self.offered else text_of(reply)
        digits, most = ascii_digits(said or ""), self.most_of(draft)
        if not (digits.isascii() and digits.isdecimal() and len(digits) < 6):
            raise Refused("programmes.number", least=self.lowest, most=most)
        if not self.lowest <= int(digits) <= most:
            raise Refused("programmes.number", least=self.lowest, most=most)
        return int(digits)

    def most_of(self, draft: Draft) -> int:
        """Return the highest number there can be."""
        return rule.limits()[self.limit]

    def shown(self, step: Step, value: Value) -> object:
        return str(value)


@dataclass(frozen=True, slots=True)
class Months(Number):
    """How many months are bought; fewer than six are asked back, with a hint."""

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        if reply.tapped == "yes" and draft.understood(step.name) is not None:
            return draft.understood(step.name)
        count = Number.read(self, step, reply, draft)
        if isinstance(count, int) and rule.is_short(count):
            values = {"count": str(count), "least": str(rule.limits()["months_suggested"])}
            return Half(count, Words("programmes.few_months", values), (YES, AGAIN))
        return count


@dataclass(frozen=True, slots=True)
class Listed(Number):
    """The number of a place on the list that is being vouched for."""

    def most_of(self, draft: Draft) -> int:
        return int(draft.answers["quota"])


def decreed(answers: Answers) -> bool:
    """Return whether a decree was named, so that its date is asked for."""
    return answers.get("sk") is not None


def objects(answers: Answers) -> bool:
    """Return whether the second person does not agree."""
    return bool(answers.get("verdict") == "object")


def read_back(draft: Draft, today: date) -> Mapping[str, object]:
    """Return the blanks of the page where the list is read back, with its last month."""
    answers = programme.live(draft.answers)
    lines = tuple(
        Words("dialogue.line", {"label": Words(f".{step.stem}.label"), "answer": _told(step, answers)})
        for step in programme.applying(answers)
        if step.name in answers
    )
    first = date.fromisoformat(answers["first_month"])
    return {"answers": lines, "last": Month(rule.last_day(first, answers["months"]))}


def _told(step: Step, answers: Answers) -> object:
    value = answers[step.name]
    return Words("dialogue.not_given") if value is None else step.kind.full(step, value)


def _month(month: date) -> Words:
    return Words("programmes.month", {"month": Month(month)})


programme = Flow(
    "programme",
    (
        Step("village", Village()),
        Step("year", Years(())),
        Step("sk", Text(least=3, most=100), optional=True),
        Step("sk_date", Day(), decreed, optional=True),
        Step("funding", Payer(())),
        Step("first_month", FirstMonth(())),
        Step("months", Months(offered=("6", "12"), limit="most_months")),
        Step("quota", Number(offered=(str(rule.limits()["quota"]),), limit="most_places")),
        Step("review", Choice(("send",)), values=read_back),
    ),
    title=lambda _: Words("programme.title"),
    given=("payers",),
)


def vouched_for(draft: Draft, today: date) -> Mapping[str, object]:
    """Return the blanks of the question whether somebody vouches for a list: what it is, and some places."""
    told = draft.answers
    lines = tuple(
        Words("programmes.sampled", {"number": str(number), "name": name, "job": Words(f"occupations.{job}")})
        for number, name, job in told["sample"]
    )
    return {"village": told["village"], "year": told["year"], "count": str(told["count"]), "lines": lines}


def vouching_given(
    number: int,
    village: str,
    year: int,
    quota: int,
    count: int,
    sample: list[tuple[int, str, str]],
    seen: datetime,
) -> dict[str, Value]:
    """Return what a vouching is about, and the moment at which the list was as it is shown.

    Each sampled place is its number, a masked name, an occupation.
    """
    return {
        "vouching": str(number),
        "seen": seen.isoformat(),
        "village": village,
        "year": str(year),
        "quota": quota,
        "count": count,
        "sample": [list(place) for place in sample],
    }


vouching = Flow(
    "vouching",
    (
        Step("name", Name()),
        Step("verdict", Choice(("agree", "object")), values=vouched_for),
        Step("place", Listed(), objects),
        Step("reason", Choice(OBJECTIONS), objects),
    ),
    title=lambda _: Words("vouching.title"),
    given=("vouching", "seen", "village", "year", "quota", "count", "sample"),
)
