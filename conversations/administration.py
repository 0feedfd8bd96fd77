"""Giving a role from a phone: which, where, until when, to whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from conversations.agency import LEVELS, Territory, path_of
from conversations.answers import Choice, Text, Village, text_of
from conversations.engine import Answers, Draft, Flow, Half, Reply, Step, Value, Words
from rules.calendar import month_after
from rules.refusal import Refused
from rules.text import ascii_digits

TERMS = {"half": 6, "year": 12}
"""For how many months a role may be given besides for good; it ends with the last day of the month."""


@dataclass(frozen=True, slots=True)
class AccountId(Text):
    """A numeric Telegram id, as /siapa tells it to whoever asks."""

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        digits = ascii_digits(text_of(reply)).replace(" ", "")
        if not (digits.isascii() and digits.isdecimal() and 0 < len(digits) < 16 and int(digits)):
            raise Refused("administration.id")
        return int(digits)

    def shown(self, step: Step, value: Value) -> object:
        return str(value)


def somewhere(answers: Answers) -> bool:
    """Return whether the role is for one territory."""
    return bool(answers.get("reach") == "place")


def territory_of(answers: Answers) -> str:
    """Return the region code of the territory, "" for everywhere."""
    return str(answers["village"]["code"][: LEVELS[answers["level"]]]) if somewhere(answers) else ""


def until_of(answers: Answers, today: date) -> date | None:
    """Return the last day of the role, None for one without end."""
    months = TERMS.get(answers["until"])
    if months is None:
        return None
    return date.fromordinal(month_after(today.replace(day=1), months + 1).toordinal() - 1)


def read_back(draft: Draft, today: date) -> Mapping[str, object]:
    """Return the blanks of the page where the role is read back."""
    answers = appointment.live(draft.answers)
    code = territory_of(answers)
    return {
        "role": Words(f".role.{answers['role']}"),
        "account": str(answers["account"]),
        "territory": path_of(code) if code else Words(".reach.all"),
        "until": until_of(answers, today) or Words(".until.open"),
    }


appointment = Flow(
    "appointment",
    (
        Step("role", Choice(("officer", "agent", "administrator"))),
        Step("reach", Choice(("all", "place"))),
        Step("village", Village(), somewhere),
        Step("level", Territory(("village", "district", "regency", "province")), somewhere),
        Step("until", Choice(("open", "half", "year"))),
        Step("account", AccountId(least=1, most=20)),
        Step("review", Choice(("send",)), values=read_back),
    ),
    title=lambda _: Words("appointment.title"),
)
