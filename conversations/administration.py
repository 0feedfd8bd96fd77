"""What administrators do from a phone: roles given, channels of payment and payers added."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from conversations.agency import LEVELS, Territory, path_of
from conversations.answers import Choice, Text, Village, text_of
from conversations.engine import Answers, Draft, Flow, Half, Option, Reply, Step, Value, Words
from rules import dates
from rules.calendar import month_after
from rules.programmes import fundings
from rules.refusal import Refused
from rules.text import ascii_digits

LINK: Final = "link"
"""Stands for an account that is not known yet: the candidate opens a link."""

TERMS = {"half": 6, "year": 12}
"""For how many months a role may be given besides for good; it ends with the last day of the month."""


@dataclass(frozen=True, slots=True)
class AccountId(Text):
    """A link for the candidate, or a numeric Telegram id, as /siapa tells it to whoever asks."""

    def options(self, step: Step, draft: Draft, today: date) -> tuple[Option, ...]:
        return (Option(LINK, Words(".account.link"), "primary"),)

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        if reply.tapped == LINK:
            return LINK
        digits = ascii_digits(text_of(reply)).replace(" ", "")
        if not (digits.isascii() and digits.isdecimal() and 0 < len(digits) < 16 and int(digits)):
            raise Refused("administration.id")
        return int(digits)

    def shown(self, step: Step, value: Value) -> object:
        return Words(".account.link") if value == LINK else str(value)


@dataclass(frozen=True, slots=True)
class LastDay(Choice):
    """Until when a role holds: one of the terms, or a day that is typed."""

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        if reply.tapped in self.values:
            return reply.tapped
        day = dates.parse(text_of(reply), today=reply.today, birth=False)
        if day < reply.today:
            raise Refused("administration.until_past")
        return day.isoformat()

    def holds(self, value: Value, answers: Answers) -> bool:
        return isinstance(value, str)

    def shown(self, step: Step, value: Value) -> Words:
        if value in self.values:
            return Choice.shown(self, step, value)
        return Words("dialogue.as_is", {"text": date.fromisoformat(value)})


def somewhere(answers: Answers) -> bool:
    """Return whether the role is for one territory."""
    return bool(answers.get("reach") == "place")


def territory_of(answers: Answers) -> str:
    """Return the region code of the territory, "" for everywhere."""
    return str(answers["village"]["code"][: LEVELS[answers["level"]]]) if somewhere(answers) else ""


def until_of(answers: Answers, today: date) -> date | None:
    """Return the last day of the role, None for one without end."""
    told = answers["until"]
    if told not in TERMS:
        return None if told == "open" else date.fromisoformat(told)
    months = TERMS[told]
    return date.fromordinal(month_after(today.replace(day=1), months + 1).toordinal() - 1)


def read_back(draft: Draft, today: date) -> Mapping[str, object]:
    """Return the blanks of the page where the role is read back."""
    answers = appointment.live(draft.answers)
    code = territory_of(answers)
    return {
        "role": Words(f".role.{answers['role']}"),
        "account": Words(".account.link") if answers["account"] == LINK else str(answers["account"]),
        "territory": path_of(code) if code else Words(".reach.all"),
        "until": until_of(answers, today) or Words(".until.open"),
    }


MONEY: Final = tuple(dict.fromkeys(fundings().values()))
"""The kinds of money that pay for a village's list, as the tariff knows them."""

FUNDING: Final = re.compile("[A-Z][A-Z0-9]{1,7}")


@dataclass(frozen=True, slots=True)
class FundingCode(Text):
    """A funding code, such as SD: capital letters and digits, as it stands in files for the office."""

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        return funding_code(text_of(reply))


@dataclass(frozen=True, slots=True)
class Money(Choice):
    """The kind of money, in the words of the registration."""

    def shown(self, step: Step, value: Value) -> Words:
        return Words(f"registration.payer.{value}")


def funding_code(text: str) -> str:
    """Return a funding code in capital letters; refuses what can be none."""
    code = text.strip().upper()
    if not FUNDING.fullmatch(code):
        raise Refused("tables.code")
    return code


def channel_code(name: str) -> str:
    """Return the code of a channel by its name: its letters and digits, at most twenty."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    code = "".join(letter for letter in plain if letter.isascii() and letter.isalnum())[:20]
    if not code:
        raise Refused("tables.name")
    return code


@dataclass(frozen=True, slots=True)
class ChannelName(Text):
    """The name of a channel, which has letters or digits to make a code of."""

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        words = Text.read(self, step, reply, draft)
        channel_code(str(words))
        return words


def line_read_back(draft: Draft, today: date) -> Mapping[str, object]:
    """Return the blanks of the page where a channel or payer is read back."""
    told = draft.answers
    shown = {name: str(told[name]) for name in ("code", "name", "source") if name in told}
    return shown | ({"money": Words(f"registration.payer.{told['money']}")} if "money" in told else {})


own_channel = Flow(
    "own_channel",
    (
        Step("name", ChannelName(least=2, most=60)),
        Step("source", Text(least=3, most=200)),
        Step("review", Choice(("send",)), values=line_read_back),
    ),
    title=lambda _: Words("own_channel.title"),
)

own_payer = Flow(
    "own_payer",
    (
        Step("code", FundingCode()),
        Step("name", Text(least=2, most=60)),
        Step("money", Money(MONEY)),
        Step("source", Text(least=3, most=200)),
        Step("review", Choice(("send",)), values=line_read_back),
    ),
    title=lambda _: Words("own_payer.title"),
)

appointment = Flow(
    "appointment",
    (
        Step("role", Choice(("officer", "agent", "administrator"))),
        Step("reach", Choice(("all", "place"))),
        Step("village", Village(), somewhere),
        Step("level", Territory(("village", "district", "regency", "province")), somewhere),
        Step("until", LastDay(("open", "half", "year"))),
        Step("account", AccountId(least=1, most=20)),
        Step("review", Choice(("send",)), values=read_back),
    ),
    title=lambda _: Words("appointment.title"),
)
