"""Step, Flow, Draft, Turn: a dialogue asks the first question that applies and has no answer.

Where a person stands is never stored. Going back is forgetting an answer; what was forgotten is kept
aside, so that it can be taken up again with one tap.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import takewhile
from typing import Any, Literal, Protocol

from rules.refusal import Refused

KEEP = "!keep"
SKIP = "!skip"
HALF = "~"

Style = Literal["primary", "success", "danger"]
Value = Any
"""An answer as it is stored: JSON of texts, whole numbers, lists and maps; None when skipped."""

Answers = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Words:
    """A message name and the values for its blanks: texts, dates, months, Words again, or a tuple of these.

    A name that begins with a dot is completed with the name of the flow it is said in.
    """

    name: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Month:
    """A month, shown as "November 2026"."""

    day: date


@dataclass(frozen=True, slots=True)
class Option:
    """A button under a question: the value it stands for, and its words."""

    value: str
    words: Words
    style: Style | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """A phone number shared with the contact button, and whether it is the sender's own card."""

    phone: str
    own: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """What a person sent, read once at the door. `tapped` is the value of an option."""

    today: date
    text: str | None = None
    tapped: str | None = None
    contact: Contact | None = None


@dataclass(frozen=True, slots=True)
class Half:
    """Half an answer: what was understood so far, and what must be asked back before it counts."""

    understood: Value
    words: Words
    options: tuple[Option, ...] = ()


def pack(value: object) -> Value:
    """Return words, dates and months as JSON, so that what was asked back can be shown again."""
    match value:
        case Words(name, values):
            return {"words": name, "values": {key: pack(one) for key, one in values.items()}}
        case Month(day):
            return {"month": day.isoformat()}
        case date():
            return {"date": value.isoformat()}
        case tuple():
            return [pack(one) for one in value]
    return value


def unpack(value: Value) -> Value:
    """Return what `pack` packed."""
    match value:
        case {"words": name, "values": values}:
            return Words(name, {key: unpack(one) for key, one in values.items()})
        case {"month": day}:
            return Month(date.fromisoformat(day))
        case {"date": day}:
            return date.fromisoformat(day)
        case list():
            return tuple(unpack(one) for one in value)
    return value


@dataclass(frozen=True, slots=True)
class Draft:
    """The answers so far; those forgotten by going back; and half an answer, if one is being asked back."""

    answers: Answers = field(default_factory=dict)
    former: Answers = field(default_factory=dict)
    half: Mapping[str, Value] | None = None
    asked_back: int = 0

    def asked_back_with(self) -> Half | None:
        """Return what is being asked back, as it was first asked, or None."""
        if self.half is None:
            return None
        options = tuple(Option(value, unpack(words), style) for value, words, style in self.half["options"])
        return Half(self.half["understood"], unpack(self.half["words"]), options)

    def understood(self, step: str) -> Value:
        """Return what was half understood at this step, or None."""
        return self.half["understood"] if self.half and self.half["step"] == step else None

    def stored(self) -> dict[str, Value]:
        """Return the draft as JSON to be sealed."""
        return {
            "answers": self.answers,
            "former": self.former,
            "half": self.half,
            "asked_back": self.asked_back,
        }

    @classmethod
    def read(cls, stored: Mapping[str, Value]) -> "Draft":
        """Return the draft that `stored` gave; parts a former release did not know are empty."""
        return cls(
            stored.get("answers") or {},
            stored.get("former") or {},
            stored.get("half"),
            stored.get("asked_back", 0),
        )


class Kind(Protocol):
    """A kind of answer: what it offers, what it takes, and how it is shown."""

    def options(self, step: "Step", draft: Draft, today: date) -> tuple[Option, ...]:
        """Return the buttons of the question, as it is asked afresh."""

    def read(self, step: "Step", reply: Reply, draft: Draft) -> Value | Half:
        """Return the answer, or half of it; raise Refused when the reply is not one."""

    def holds(self, value: Value, answers: Answers) -> bool:
        """Say whether a stored answer still is one, beside the other answers."""

    def shown(self, step: "Step", value: Value) -> object:
        """Return the answer as it is read back: a text, a date or Words; masked where it must be."""

    def full(self, step: "Step", value: Value) -> object:
        """Return the answer as the person who typed it sees it on the review page: nothing masked."""


def always(_: Answers) -> bool:
    """Return True: the question is asked of everybody."""
    return True


def nothing(_: Draft, __: date) -> Mapping[str, object]:
    """Return no values: the question has no blanks of its own."""
    return {}


def nobody(_: Answers) -> Mapping[str, object]:
    """Return no values: the flow is about nobody in particular."""
    return {}


def untitled(_: Answers) -> object:
    """Return the flow's own words `title`: all its drafts are called alike."""
    return Words(".title")


@dataclass(frozen=True, slots=True)
class Step:
    """One question: its name, the kind of its answer, and when it is asked.

    Its words are `<flow>.<words>.ask`, `.why` and `.label`. `secret`: the message that carried the answer
    is deleted from the chat. `contact`: the contact button is offered. `values` fills blanks of the question.
    """

    name: str
    kind: Kind
    when: Callable[[Answers], bool] = always
    optional: bool = False
    secret: bool = False
    contact: bool = False
    words: str = ""
    number: int = 0
    values: Callable[[Draft, date], Mapping[str, object]] = nothing

    @property
    def stem(self) -> str:
        """The part of its message names that names this question."""
        return self.words or self.name

    def holds(self, value: Value, answers: Answers) -> bool:
        """Say whether a stored answer still is one, or none was needed."""
        return self.optional if value is None else self.kind.holds(value, answers)


@dataclass(frozen=True, slots=True)
class Turn:
    """What came of a reply: the draft now, the step to ask (None: finished), and what to say first.

    `applying` are the steps that apply, in order.
    """

    draft: Draft
    step: Step | None
    refusal: Refused | None = None
    answered: Step | None = None
    asked_back: Half | None = None
    applying: tuple[Step, ...] = ()

    @property
    def progress(self) -> tuple[int, int]:
        """(which, of how many): the place of the step among those that apply, counted from 1; 0 if none."""
        names = [step.name for step in self.applying]
        return (names.index(self.step.name) + 1 if self.step else 0), len(names)

    @property
    def finished(self) -> bool:
        """Whether every question that applies has its answer."""
        return self.step is None

    @property
    def shows_keyboard(self) -> bool:
        """Whether the question has taken the place of the person's keyboard."""
        return self.step is not None and self.step.contact and self.asked_back is None


@dataclass(frozen=True, slots=True)
class Flow:
    """A dialogue: its name, the version of its form, its questions in order.

    `renamed` maps step names of former versions to those of today, so that no answer is asked twice.
    `about` gives the values that every message of the flow may use, such as whom it is about; `title` is
    what a draft is called in a list. `given` names what stands among the answers from the beginning and no
    step asks for; conditions may look at it. `words` is the flow whose words it says, its own if empty, and
    `banner` a message that stands above everything it says.
    """

    name: str
    steps: tuple[Step, ...]
    version: int = 1
    renamed: Mapping[str, str] = field(default_factory=dict)
    about: Callable[[Answers], Mapping[str, object]] = nobody
    title: Callable[[Answers], object] = untitled
    given: tuple[str, ...] = ()
    words: str = ""
    banner: str = ""

    @property
    def wording(self) -> str:
        """The name under which its words stand."""
        return self.words or self.name

    def __post_init__(self) -> None:
        names = [*self.given, *(step.name for step in self.steps)]
        if len(set(names)) != len(names):
            raise ValueError(f"two steps of {self.name} have one name")

    def step(self, name: str) -> Step | None:
        """Return the step called `name`, or None."""
        return next((step for step in self.steps if step.name == name), None)

    def applying(self, answers: Answers) -> Iterator[Step]:
        """Yield the steps that apply, in order, as far as the answers tell.

        An answer to a question that does not apply now sleeps: it counts for nothing, and is there again
        when the question applies again.
        """
        live: dict[str, Value] = {name: answers[name] for name in self.given if name in answers}
        for step in self.steps:
            if step.when is always or step.when(live):
                if step.name in answers:
                    live[step.name] = answers[step.name]
                yield step

    def live(self, answers: Answers) -> dict[str, Value]:
        """Return the answers that count: those to questions that apply."""
        return {step.name: answers[step.name] for step in self.applying(answers) if step.name in answers}

    def asked(self, answers: Answers) -> Step | None:
        """Return the step this person stands at, or None when the flow is done."""
        return next((step for step in self.applying(answers) if step.name not in answers), None)

    def renewed(self, answers: Answers) -> Answers:
        """Return answers under the step names of today."""
        if not self.renamed:
            return answers
        return {self.renamed.get(name, name): value for name, value in answers.items()}


def resume(flow: Flow, draft: Draft, answered: Step | None = None) -> Turn:
    """Return where a stored draft stands in the form of today; answers that no longer hold are put aside.

    `answered` is the step just answered, if one was.
    """
    answers, former, half = flow.renewed(draft.answers), draft.former, draft.half
    applying = tuple(flow.applying(answers))
    stale = _stale(applying, answers)
    if stale:
        answers = {name: value for name, value in answers.items() if name not in stale}
        former = {**former, **stale}
        applying = tuple(flow.applying(answers))
    step = next((step for step in applying if step.name not in answers), None)
    if half and (step is None or half["step"] != step.name):
        half = None
    if answers is not draft.answers or half is not draft.half:
        draft = replace(draft, answers=answers, former=former, half=half)
    return Turn(draft, step, answered=answered, asked_back=draft.asked_back_with(), applying=applying)


def _stale(applying: tuple[Step, ...], answers: Answers) -> dict[str, Value]:
    """Return the answers that count but no longer hold beside the others."""
    live = {step.name: answers[step.name] for step in applying if step.name in answers}
    return {
        step.name: live[step.name]
        for step in applying
        if step.name in live and not step.holds(live[step.name], live)
    }


def advance(flow: Flow, draft: Draft, reply: Reply) -> Turn:
    """Read a reply to the present question and move to the next one."""
    applying = tuple(flow.applying(draft.answers))
    step = next((one for one in applying if one.name not in draft.answers), None)
    if step is None:
        return Turn(draft, None)
    try:
        value = _value(step, draft, reply)
    except Refused as refusal:
        return Turn(draft, step, refusal, asked_back=draft.asked_back_with(), applying=applying)
    if isinstance(value, Half):
        return _ask_back(draft, step, value, applying)
    former = {name: kept for name, kept in draft.former.items() if name != step.name}
    answered = Draft({**draft.answers, step.name: value}, former, None, draft.asked_back)
    return resume(flow, answered, step)


def _value(step: Step, draft: Draft, reply: Reply) -> Value | Half:
    if reply.tapped == SKIP and step.optional:
        return None
    if reply.tapped == KEEP and step.name in draft.former:
        return draft.former[step.name]
    tapped = reply.tapped
    if tapped is not None and HALF in tapped:
        tapped, _, serial = tapped.rpartition(HALF)
        if draft.understood(step.name) is None or serial != str(draft.asked_back):
            raise Refused("dialogue.past")
    return step.kind.read(step, reply if tapped == reply.tapped else replace(reply, tapped=tapped), draft)


def _ask_back(draft: Draft, step: Step, half: Half, applying: tuple[Step, ...]) -> Turn:
    serial = draft.asked_back + 1
    options = tuple(
        option if option.value.startswith("!") else replace(option, value=f"{option.value}{HALF}{serial}")
        for option in half.options
    )
    stored = {
        "step": step.name,
        "understood": half.understood,
        "words": pack(half.words),
        "options": [(option.value, pack(option.words), option.style) for option in options],
    }
    draft = replace(draft, half=stored, asked_back=serial)
    return Turn(draft, step, asked_back=draft.asked_back_with(), applying=applying)


def back(flow: Flow, draft: Draft) -> Turn:
    """Go back by one: forget half an answer if there is one, else the answer before this question."""
    if draft.half:
        return resume(flow, replace(draft, half=None))
    place = flow.asked(draft.answers)
    before = list(takewhile(lambda step: step != place, flow.applying(draft.answers)))
    return edit(flow, draft, before[-1].name) if before else resume(flow, draft)


def edit(flow: Flow, draft: Draft, name: str) -> Turn:
    """Ask one question again: its answer is put aside, the others stay."""
    if name not in draft.answers:
        return resume(flow, draft)
    answers = {step: value for step, value in draft.answers.items() if step != name}
    former = {**draft.former, name: draft.answers[name]}
    return resume(flow, replace(draft, answers=answers, former=former, half=None))
