"""Saying what a batch has to say: chats side by side, one chat in order, and the whole under one ceiling."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

import structlog

from post.outcome import Broken, Gone, Halted, Later, Moved, Outcome, Sent, Uncertain, Unreachable

S = TypeVar("S")
Send = Callable[[S], Awaitable[Outcome]]

UNTRIED: Final = Later(0)
IN_FLIGHT: Final = Uncertain("time over")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Unsaid:
    """A saying not said, by its place in its chat's list, and why: Later(0) when it was never tried."""

    chat_id: int
    index: int
    outcome: Outcome


async def speak(
    send: Send[S],
    sayings_by_chat: Mapping[int, Sequence[S]],
    *,
    concurrency: int,
    deadline_seconds: float,
) -> list[Unsaid]:
    """Say everything, at most `concurrency` chats at once, and return what could not be said.

    A chat stops at the first saying that must wait, is in doubt or finds nobody: what follows it could
    otherwise arrive before it.
    """
    talks = [_Talk(chat_id, sayings) for chat_id, sayings in sayings_by_chat.items() if sayings]
    waiting = iter(talks)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(deadline_seconds), asyncio.TaskGroup() as speakers:
            for _ in range(min(concurrency, len(talks))):
                speakers.create_task(_say_all(send, waiting))
    return [unsaid for talk in talks for unsaid in talk.unsaid()]


async def _say_all(send: Send[S], waiting: "Iterable[_Talk[S]]") -> None:
    for talk in waiting:
        await talk.say(send)


class _Talk(Generic[S]):
    """One chat's sayings and what has come of them so far."""

    __slots__ = ("begun", "chat_id", "outcomes", "sayings")

    def __init__(self, chat_id: int, sayings: Sequence[S]) -> None:
        self.chat_id = chat_id
        self.sayings = sayings
        self.outcomes: list[Outcome] = []
        self.begun = 0

    async def say(self, send: Send[S]) -> None:
        for saying in self.sayings:
            self.begun += 1
            try:
                outcome = await send(saying)
            except Exception as bug:  # the last resort: the bug of one chat must not silence the others
                log.error("post.bug", kind=type(bug).__name__, exc_info=bug)
                outcome = Broken(type(bug).__name__)
            self.outcomes.append(outcome)
            if isinstance(outcome, Later | Uncertain | Unreachable | Moved | Halted):
                return

    def unsaid(self) -> list[Unsaid]:
        in_flight = [IN_FLIGHT] if self.begun > len(self.outcomes) else []
        tried = [*self.outcomes, *in_flight]
        rest = [_rest(tried[-1] if tried else UNTRIED)] * (len(self.sayings) - len(tried))
        outcomes = enumerate([*tried, *rest])
        return [Unsaid(self.chat_id, index, one) for index, one in outcomes if not isinstance(one, Sent)]


def _rest(last: Outcome) -> Outcome:
    """Return what becomes of the sayings behind one: they were never tried, and share only its obstacle."""
    match last:
        case Sent() | Uncertain() | Broken() | Gone():
            return UNTRIED
        case _:
            return last
