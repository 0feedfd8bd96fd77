"""How somebody is reached: a mobile number, an e-mail address."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from conversations.answers.plain import AGAIN, YES, Plain, text_of
from conversations.engine import Answers, Contact, Draft, Half, Option, Reply, Step, Value, Words
from rules import email, phone
from rules.refusal import Refused


@dataclass(frozen=True, slots=True)
class PhoneNumber(Plain):
    """A mobile number: shared with the contact button, typed, or none.

    The number counts as the worker's own and verified only if Telegram says the card is the sender's, and
    the sender registers himself (`own`).
    """

    own: Callable[[Answers], bool]
    none: bool = True

    def options(self, step: Step, draft: Draft, today: date) -> tuple[Option, ...]:
        return (Option("none", Words(f".{step.stem}.none")),) if self.none else ()

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        if reply.tapped == "none" and self.none:
            return {"none": True}
        if reply.tapped is not None:
            return self._tapped(reply.tapped, draft.understood(step.name))
        if reply.contact is not None:
            return self._shared(reply.contact, self.own(draft.answers))
        return self._typed(reply)

    def _tapped(self, tapped: str, understood: Value) -> Value:
        if isinstance(understood, dict) and tapped == "yes":
            return understood
        if isinstance(understood, list) and tapped.isdecimal() and int(tapped) < len(understood):
            return {"e164": understood[int(tapped)], "verified": False}
        raise Refused("dialogue.choose")

    def _shared(self, card: Contact, for_oneself: bool) -> Value | Half:
        number = phone.contact(card.phone)
        if card.own == for_oneself:
            return {"e164": number.e164, "verified": card.own}
        name = "dialogue.phone_yours" if card.own else "dialogue.phone_anothers"
        return Half(
            {"e164": number.e164, "verified": False}, Words(name, {"phone": number.shown}), (YES, AGAIN)
        )

    def _typed(self, reply: Reply) -> Value | Half:
        try:
            number = phone.parse(text_of(reply))
        except Refused as refusal:
            candidates = refusal.values.get("candidates")
            if not isinstance(candidates, list):
                raise
            return _which(candidates)
        understood = {"e164": number.e164, "verified": False}
        if phone.repeated_digit(number):
            return Half(understood, Words("dialogue.phone_repeated", {"phone": number.shown}), (YES, AGAIN))
        return understood

    def shown(self, step: Step, value: Value) -> object:
        return Words(f".{step.stem}.none") if value.get("none") else phone.Phone(value["e164"]).masked

    def full(self, step: Step, value: Value) -> object:
        return self.shown(step, value) if value.get("none") else phone.Phone(value["e164"]).shown


def _which(candidates: list[str]) -> Half:
    options = tuple(
        Option(str(place), Words("dialogue.as_is", {"text": phone.Phone(number).shown}))
        for place, number in enumerate(candidates)
    )
    return Half(candidates, Words("phone.which"), (*options, AGAIN))


@dataclass(frozen=True, slots=True)
class Email(Plain):
    """An e-mail address."""

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        return email.parse(text_of(reply))
