"""A turn into words and buttons: the one place where answers become HTML."""

import functools
import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from conversations.engine import KEEP, SKIP, Flow, Month, Option, Step, Turn, Words
from locales import say
from post.keyboards import Button, Inline, NoKeyboard, Replies, Style
from post.sayings import Message
from rules.dates import long, month_name

PERSONAL = frozenset(("registration", "repair", "correction", "agency"))
"""Dialogues about a real person: once they were told something, what we say in them leaves the chat again."""

TELLING = frozenset(("nik", "name"))
"""Questions whose answers tell who somebody is."""

WIDE = 18
"""Buttons with more letters than this get a row of their own."""


@dataclass(frozen=True, slots=True)
class Teller:
    """Fills words in one language; `flow` completes names that begin with a dot."""

    language: str
    flow: str = ""

    def html(self, value: object) -> str:
        """Return a value as HTML: everything but our own words is escaped."""
        return self._fill(value, plain=False)

    def plain(self, value: object) -> str:
        """Return a value as plain text, for buttons."""
        return self._fill(value, plain=True)

    def _fill(self, value: object, *, plain: bool) -> str:
        if isinstance(value, Words):
            name = f"{self.flow}{value.name}" if value.name[0] == "." else value.name
            filled = {key: self._fill(one, plain=plain) for key, one in value.values.items()}
            return say(self.language, name, **filled)
        if isinstance(value, str):
            return value if plain else html.escape(value, quote=False)
        match value:
            case tuple():
                return "\n".join([self._fill(one, plain=plain) for one in value])
            case Month(day):
                return month_name(day, self.language)
            case date():
                return long(value, self.language)
        return str(value) if plain else html.escape(str(value), quote=False)


@functools.cache
def _teller(language: str, flow: str) -> Teller:
    return Teller(language, flow)


@dataclass(frozen=True, slots=True)
class Page:
    """How one draft of one flow is shown to one person."""

    flow: Flow
    draft_id: int
    language: str
    today: date

    @property
    def teller(self) -> Teller:
        """The teller of this flow's words."""
        return _teller(self.language, self.flow.wording)

    def words(self, step: Step, part: str, turn: Turn, **more: object) -> Words:
        """Return the message `part` (ask, why, label) of a step, with every blank it may use."""
        values = {"n": step.number, **self.flow.about(turn.draft.answers), **more}
        return Words(f".{step.stem}.{part}", values)

    def under_banner(self, text: str) -> str:
        """Return what is said, below the banner of the flow if it has one."""
        return f"{say(self.language, self.flow.banner)}\n\n{text}" if self.flow.banner else text

    def label(self, step: Step, turn: Turn) -> str:
        """Return the short name of a question."""
        return self.teller.html(self.words(step, "label", turn))

    def answer(self, step: Step, value: object) -> object:
        """Return an answer as it is read back."""
        return Words("dialogue.skipped") if value is None else step.kind.shown(step, value)

    def callback(self, step: Step, choice: str) -> str:
        """Return what a button carries: version mark, draft, step and choice. Never anything personal."""
        return f"v1|{base36(self.draft_id)}|{step.name}|{choice}"

    def understood(self, turn: Turn) -> str | None:
        """Return the line that reads the answer back, or None."""
        step = turn.answered
        if step is None or step.name not in turn.draft.answers:
            return None
        answer = self.teller.html(self.answer(step, turn.draft.answers[step.name]))
        return say(self.language, "dialogue.understood", label=self.label(step, turn), answer=answer)

    def ask(self, turn: Turn) -> str:
        """Return the question itself, with the place in the dialogue above it."""
        step = turn.step
        assert step is not None  # noqa: S101 - a finished turn asks nothing
        if turn.asked_back is not None:
            asked = self.teller.html(turn.asked_back.words)
        else:
            more = step.values(turn.draft, self.today)
            asked = self.teller.html(self.words(step, "ask", turn, **more))
        return f"<i>{self.progress(turn)}</i>\n{tidy(asked)}"

    def progress(self, turn: Turn) -> str:
        """Return where one is, and whom the form is about if it is somebody else."""
        place, whole = turn.progress
        who = self.flow.about(turn.draft.answers).get("who")
        if isinstance(who, str):
            name = html.escape(who, quote=False)
            return say(self.language, "dialogue.progress_for", step=place, steps=whole, name=name)
        return say(self.language, "dialogue.progress", step=place, steps=whole)

    def options(self, turn: Turn) -> tuple[Option, ...]:
        """Return the answers that can be tapped now."""
        step = turn.step
        if step is None:
            return ()
        if turn.asked_back is not None:
            return turn.asked_back.options
        options = step.kind.options(step, turn.draft, self.today)
        former = turn.draft.former.get(step.name)
        if former is None:
            return options
        return (Option(KEEP, Words("dialogue.keep", {"answer": self.answer(step, former)})), *options)

    def controls(self, turn: Turn) -> tuple[tuple[str, ...], ...]:
        """Return the rows of Why, Skip, Back, Stop (and Change on the review page) that apply now."""
        step = turn.step
        assert step is not None  # noqa: S101
        skip = (SKIP,) if step.optional and turn.asked_back is None else ()
        edit = (("!edit",),) if step.name == "review" else ()
        back = ("!back",) if step.name != self.flow.steps[0].name else ()
        return (*edit, ("!why", *skip), (*back, "!stop"))

    def keyboard(self, turn: Turn) -> Inline | Replies:
        """Return the buttons under a question: the answers first, then the controls, in a fixed order."""
        step = turn.step
        assert step is not None  # noqa: S101
        if step.contact and turn.asked_back is None:
            return self._replies(turn)
        tell = self.teller.plain
        answers = [
            Button(
                tell(option.words),
                data=self.callback(step, option.value),
                style=option.style or _style(option),
            )
            for option in self.options(turn)
        ]
        controls = [
            tuple(Button(say(self.language, WORDS[name]), data=self.callback(step, name)) for name in row)
            for row in self.controls(turn)
        ]
        return Inline((*rows(answers), *controls))

    def _replies(self, turn: Turn) -> Replies:
        options = tuple((self.teller.plain(option.words),) for option in self.options(turn))
        controls = tuple(
            tuple(say(self.language, WORDS[name]) for name in row) for row in self.controls(turn)
        )
        return Replies((*options, *controls), contact_label=say(self.language, "dialogue.share_contact"))


WORDS = {
    SKIP: "dialogue.skip",
    "!why": "dialogue.why",
    "!back": "dialogue.back",
    "!stop": "dialogue.stop",
    "!edit": "dialogue.edit",
}
"""The controls of every question, and their words."""


def _style(option: Option) -> Style | None:
    return "success" if option.value in ("agree", "send") else None


def rows(buttons: Sequence[Button]) -> tuple[tuple[Button, ...], ...]:
    """Lay buttons out: two short ones share a row, a long one has its own."""
    laid: list[tuple[Button, ...]] = []
    for button in buttons:
        if laid and len(laid[-1]) == 1 and len(button.text) <= WIDE and len(laid[-1][0].text) <= WIDE:
            laid[-1] = (*laid[-1], button)
        else:
            laid.append((button,))
    return tuple(laid)


def tidy(text: str) -> str:
    """Return a text without the empty lines that unused blanks leave."""
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text.strip()


@functools.lru_cache(maxsize=4096)
def base36(number: int) -> str:
    """Return a whole number in digits and small letters."""
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits or "0"


def id_of(code: str) -> int | None:
    """Return the id a button carries, None for what can be none."""
    try:
        number = int(code, 36)
    except ValueError:
        return None
    return number if 0 < number < 1 << 63 else None


def _holds_data(page: Page, turn: Turn) -> bool:
    """Return whether what is said of a turn may identify somebody: a refusal may quote what was typed."""
    if turn.refusal is not None and turn.refusal.values:
        return True
    about = turn.draft.answers.keys() & TELLING or turn.asked_back
    return page.flow.name in PERSONAL and bool(about)


def messages(page: Page, chat_id: int, turn: Turn, *, keyboard_shown: bool = False) -> tuple[Message, ...]:
    """Return what is said after a turn: what was understood or refused, then the question.

    `keyboard_shown`: the reply keyboard of the question before is on the screen and must be taken away.
    """
    first = (
        page.teller.html(Words(turn.refusal.name, turn.refusal.values))
        if turn.refusal
        else page.understood(turn)
    )
    keyboard = page.keyboard(turn)
    protect = turn.step is not None and (turn.step.name == "review" or turn.step.secret)
    question = page.ask(turn)
    leaves = _holds_data(page, turn)
    if keyboard_shown and isinstance(keyboard, Inline):
        noted = page.under_banner(first or say(page.language, "dialogue.noted"))
        away = Message(chat_id, noted, NoKeyboard(), fleeting=leaves)
        asked = Message(chat_id, page.under_banner(question), keyboard, protect=protect, fleeting=leaves)
        return (away, asked)
    text = page.under_banner(f"{first}\n\n{question}" if first else question)
    return (Message(chat_id, text, keyboard, protect=protect, fleeting=leaves),)
