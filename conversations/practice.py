"""Practice: the very questions of the registration, for a person who does not exist, and nothing follows.

Each question that could name somebody takes only what is invented: nothing real ever rests in such a form.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from conversations.answers import NikNumber
from conversations.engine import Answers, Draft, Flow, Half, Kind, Option, Reply, Step, Turn, Value, Words
from conversations.registration import addressed, registration
from rules import invented
from rules.refusal import Refused

SHEET, REFUSALS, BACKS = "sheet", "refusals", "backs"
"""What stands among the answers besides them: who is practised with, and the mistakes so far."""

MOST_DIGITS: Final = 9
"""A free text with more digits may hold somebody's number."""


@dataclass(frozen=True, slots=True)
class OnlyInvented:
    """Another kind of answer, as far as it is nobody's: `nobodys` looks at what was understood."""

    kind: Kind
    nobodys: Callable[[Value], bool]
    refusal: str

    def options(self, step: Step, draft: Draft, today: date) -> tuple[Option, ...]:
        """Return the buttons of the question."""
        return self.kind.options(step, draft, today)

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        """Return the answer or half of it; Refused for what could be somebody's."""
        read = self.kind.read(step, reply, draft)
        if not self.nobodys(read.understood if isinstance(read, Half) else read):
            sheet = sheet_of(draft.answers)
            raise Refused(self.refusal, name=sheet.name, heir=sheet.heir)
        return read

    def holds(self, value: Value, answers: Answers) -> bool:
        """Say whether a stored answer still is one."""
        return self.kind.holds(value, answers)

    def shown(self, step: Step, value: Value) -> object:
        """Return the answer as it is read back."""
        return self.kind.shown(step, value)

    def full(self, step: Step, value: Value) -> object:
        """Return the answer as it stands on the review page."""
        return self.kind.full(step, value)


@dataclass(frozen=True, slots=True)
class SampleNik(NikNumber):
    """A NIK, with the invented one as a button."""

    def options(self, step: Step, draft: Draft, today: date) -> tuple[Option, ...]:
        return (Option("sample", Words("practice.sample", {"nik": sheet_of(draft.answers).nik})),)

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        if reply.tapped == "sample":
            reply = replace(reply, tapped=None, text=sheet_of(draft.answers).nik)
        return NikNumber.read(self, step, reply, draft)


def sheet_of(answers: Answers) -> invented.Invented:
    """Return whom a form is about."""
    return invented.people()[answers[SHEET]]


def nobodys_name(value: Value) -> bool:
    """Return whether a name, or both readings of one with a title, are on our list."""
    match value:
        case {"offered": _}:
            return True
        case {"plain": name, "printed": _}:
            return invented.is_nobodys_name(name)
    return invented.is_nobodys_name(value)


def nobodys_phone(value: Value) -> bool:
    """Return whether there is no phone, or only numbers that nobody has."""
    match value:
        case {"none": True}:
            return True
        case {"e164": number}:
            return invented.is_nobodys_phone(number)
    return all(map(invented.is_nobodys_phone, value))


def without_numbers(value: Value) -> bool:
    """Return whether a free text holds no long number."""
    return sum(letter.isdigit() for letter in str(value)) <= MOST_DIGITS


def _practised(step: Step) -> Step:
    """Return a question of the registration as it is asked in practice."""
    match step.stem:
        case "nik":
            kind: Kind = OnlyInvented(SampleNik(), invented.is_nobodys_nik, "practice.only_invented.nik")
        case "name" | "contact_name" | "heir_name":
            kind = OnlyInvented(step.kind, nobodys_name, "practice.only_invented.name")
        case "phone" | "contact_phone" | "heir_phone":
            kind = OnlyInvented(step.kind, nobodys_phone, "practice.only_invented.phone")
        case "email":
            kind = OnlyInvented(step.kind, invented.is_nobodys_mail, "practice.only_invented.email")
        case "address" | "workplace":
            kind = OnlyInvented(step.kind, without_numbers, "practice.only_invented.text")
        case _:
            return step
    return replace(step, kind=kind)


practice = Flow(
    "practice",
    tuple(_practised(step) for step in registration.steps),
    version=registration.version,
    about=addressed,
    title=lambda answers: Words("practice.title", {"name": sheet_of(answers).name}),
    given=(SHEET, REFUSALS, BACKS),
    words=registration.name,
    banner="practice.banner",
)


def given(sheet: invented.Invented) -> dict[str, Value]:
    """Return what stands in a form from the beginning."""
    return {SHEET: sheet.id, REFUSALS: 0, BACKS: 0}


def scored(before: Draft, turn: Turn) -> Turn:
    """Return a turn with its mistake counted: a refusal that was met, or an answer that was put aside."""
    refused = turn.refusal is not None
    went_back = turn.answered is None and len(turn.draft.answers) < len(before.answers)
    if not refused and not went_back:
        return turn
    count = REFUSALS if refused else BACKS
    answers = {**turn.draft.answers, count: turn.draft.answers[count] + 1}
    return replace(turn, draft=replace(turn.draft, answers=answers))


def mistakes(answers: Answers) -> Mapping[str, int]:
    """Return how many refusals were met and how many answers were asked again."""
    return {REFUSALS: answers[REFUSALS], BACKS: answers[BACKS]}
