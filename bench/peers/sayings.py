"""What a message of the form is made of: words, buttons, and what is asked above them."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bench.peers.form import Answers, today
from conversations.engine import Draft, Words
from conversations.registration import registration
from handlers.render import Teller, rows, tidy
from locales import say

STEPS: Final = 21
TELLER: Final = Teller("id", "registration")


@dataclass(frozen=True, slots=True)
class Button:
    """One button: its words and what it carries, or the text that it copies."""

    text: str
    data: str = ""
    style: str | None = None
    copies: str | None = None


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Saying:
    """One message: HTML, inline buttons or big ones, whether it may be passed on.

    Of the big buttons the very first shares the contact; `takes_away` takes them away again.
    """

    text: str
    inline: Rows = ()
    replies: tuple[tuple[str, ...], ...] = ()
    takes_away: bool = False
    protected: bool = False


def words(name: str, **values: object) -> str:
    """Return a message of ours in Indonesian."""
    return say("id", name, **values)


def button(step: str, text: str, choice: str, style: str | None = None) -> Button:
    """Return a button of one question."""
    return Button(text, f"v1|0|{step}|{choice}", style)


def keyboard(step: str, options: Sequence[Button], *, back: bool = True, skip: bool = False) -> Rows:
    """Return the buttons under a question: the answers, then why, skip, back and stop."""
    why = [button(step, words("dialogue.why"), "!why")]
    if skip:
        why.append(button(step, words("dialogue.skip"), "!skip"))
    stop = [button(step, words("dialogue.stop"), "!stop")]
    if back:
        stop.insert(0, button(step, words("dialogue.back"), "!back"))
    return (*laid(options), tuple(why), tuple(stop))


def laid(options: Sequence[Button]) -> Rows:
    """Lay buttons out: two short ones share a row."""
    return tuple(tuple(row) for row in rows(options))  # type: ignore[arg-type]


def choices(step: str, values: Sequence[str]) -> list[Button]:
    """Return a button for each value of a choice."""
    style = {"agree": "success", "send": "success"}
    return [button(step, words(f"registration.{step}.{value}"), value, style.get(value)) for value in values]


def priced(step: str, answers: Answers) -> list[Button]:
    """Return a button for each offer of a question whose answers have a price."""
    asked = registration.step(step)
    assert asked is not None
    options = asked.kind.options(asked, Draft(answers), today())
    return [button(step, TELLER.plain(option.words), option.value) for option in options]


def filled(step: str, answers: Answers) -> str:
    """Return the words of a question with blanks of its own."""
    asked = registration.step(step)
    assert asked is not None
    who = words("registration.you")
    blanks = asked.values(Draft(answers), today())
    return TELLER.html(Words(f"registration.{step}.ask", {"who": who, **blanks}))


def plainly(step: str) -> str:
    """Return the words of a question that may speak of the person asked."""
    return words(f"registration.{step}.ask", who=words("registration.you"))


def half(step: str, options: Sequence[tuple[str, str]]) -> list[Button]:
    """Return the buttons that settle what is asked back."""
    return [button(step, text, f"{value}~1") for value, text in options]


def again(step: str) -> Button:
    """Return the button that asks the question again."""
    return button(step, words("dialogue.again"), "!back")


def job_list(step: str, choice: str = "list") -> Button:
    """Return the button that shows all occupations."""
    return button(step, words("dialogue.job_list"), choice)


def question(number: int, text: str) -> str:
    """Return a question with the place in the dialogue above it."""
    return f"<i>{words('dialogue.progress', step=number, steps=STEPS)}</i>\n{tidy(text)}"


def understood(step: str, answer: str) -> str:
    """Return the line that reads an answer back."""
    return words("dialogue.understood", label=words(f"registration.{step}.label"), answer=answer)


def after(step: str, answer: str, number: int, ask: str) -> str:
    """Return an answer read back, and the question with that number below it."""
    return f"{understood(step, answer)}\n\n{question(number, ask)}"


def chosen(step: str, answers: Answers) -> str:
    """Return the words of the button that was tapped at a question."""
    return words(f"registration.{step}.{answers[step]}")


def escaped(text: str) -> str:
    """Return what somebody typed as HTML."""
    return html.escape(text, quote=False)
