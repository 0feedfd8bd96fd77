"""What all kinds of answer share, and the plainest of them: one of a few values, a few words."""

from dataclasses import dataclass
from datetime import date

from conversations.engine import Answers, Draft, Half, Option, Reply, Step, Value, Words
from rules.refusal import Refused
from rules.text import clean

AGAIN = Option("!back", Words("dialogue.again"))
YES = Option("yes", Words("dialogue.yes"), "success")


def text_of(reply: Reply) -> str:
    """Return the text of a reply, cleaned; refuse a reply without one."""
    words = clean(reply.text or "")
    if not words:
        raise Refused("dialogue.words_wanted")
    return words


class Plain:
    """What most kinds share: no buttons, every stored answer holds, shown as it is stored."""

    def options(self, step: Step, draft: Draft, today: date) -> tuple[Option, ...]:
        """Return no buttons."""
        return ()

    def holds(self, value: Value, answers: Answers) -> bool:
        """Say that the stored answer still is one."""
        return True

    def shown(self, step: Step, value: Value) -> object:
        """Return the answer as it is stored."""
        return value

    def full(self, step: Step, value: Value) -> object:
        """Return the answer as it is shown anywhere: nothing in it is masked."""
        return self.shown(step, value)


@dataclass(frozen=True, slots=True)
class Choice(Plain):
    """One of a few values, each a button whose words are `<flow>.<step>.<value>`.

    `refused` names values that are buttons but no answers: tapping one explains why (`…<value>.refused`).
    """

    values: tuple[str, ...]
    refused: tuple[str, ...] = ()

    def options(self, step: Step, draft: Draft, today: date) -> tuple[Option, ...]:
        return tuple(Option(value, self.shown(step, value)) for value in (*self.values, *self.refused))

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        if reply.tapped in self.refused:
            raise Refused(f".{step.stem}.{reply.tapped}.refused")
        if reply.tapped not in self.values:
            raise Refused("dialogue.choose")
        return reply.tapped

    def holds(self, value: Value, answers: Answers) -> bool:
        return value in self.values

    def shown(self, step: Step, value: Value) -> Words:
        return Words(f".{step.stem}.{value}")


@dataclass(frozen=True, slots=True)
class Text(Plain):
    """A few words in the person's own way; `offered` are values that can be tapped instead."""

    least: int = 2
    most: int = 200
    offered: tuple[str, ...] = ()

    def options(self, step: Step, draft: Draft, today: date) -> tuple[Option, ...]:
        return tuple(Option(value, Words(f".{step.stem}.{value}")) for value in self.offered)

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        if reply.tapped in self.offered:
            return {"offered": reply.tapped}
        words = text_of(reply)
        if not self.least <= len(words) <= self.most:
            raise Refused("dialogue.length", got=len(words), least=self.least, most=self.most)
        return words

    def shown(self, step: Step, value: Value) -> object:
        return Words(f".{step.stem}.{value['offered']}") if isinstance(value, dict) else value
