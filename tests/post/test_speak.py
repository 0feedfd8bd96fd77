"""Chats side by side, one chat in order, under one ceiling."""

import asyncio
from collections.abc import Sequence

import pytest

from post.outcome import Broken, Gone, Halted, Later, Moved, Outcome, Sent, Uncertain, Unreachable
from post.speak import Unsaid, speak

SITI, BUDI, WAYAN = 1, 2, 3


class Mouth:
    """Says what it is told, with an outcome per saying, and waits where it is told to."""

    def __init__(self, **outcomes: Outcome) -> None:
        self.outcomes = outcomes
        self.said: list[str] = []
        self.held: dict[str, asyncio.Event] = {}
        self.begun: asyncio.Queue[str] = asyncio.Queue()
        self.done: asyncio.Queue[str] = asyncio.Queue()
        self.at_once = 0
        self.most = 0

    async def send(self, saying: str) -> Outcome:
        self.begun.put_nowait(saying)
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        await (self.held[saying].wait() if saying in self.held else asyncio.sleep(0))
        self.at_once -= 1
        if saying == "bug":
            raise KeyError("Siti Aminah")
        self.said.append(saying)
        self.done.put_nowait(saying)
        return self.outcomes.get(saying, Sent(1))

    async def speak(
        self, sayings: dict[int, Sequence[str]], *, concurrency: int = 20, deadline: float = 20
    ) -> list[Unsaid]:
        return await speak(self.send, sayings, concurrency=concurrency, deadline_seconds=deadline)


async def test_all_that_is_said_leaves_nothing() -> None:
    mouth = Mouth()

    assert [] == await mouth.speak({SITI: ["a", "b", "c"], BUDI: ["d"], WAYAN: []})
    assert ["a", "b", "c"] == [saying for saying in mouth.said if saying != "d"]


async def test_nothing_to_say_is_no_trouble() -> None:
    assert [] == await Mouth().speak({})


async def test_a_slow_chat_holds_up_nobody_else() -> None:
    mouth = Mouth()
    mouth.held["a"] = asyncio.Event()
    speaking = asyncio.create_task(mouth.speak({SITI: ["a", "b"], BUDI: ["c", "d"]}))
    before = [await mouth.done.get(), await mouth.done.get()]
    mouth.held["a"].set()

    assert [] == await speaking
    assert ["c", "d"] == before
    assert ["c", "d", "a", "b"] == mouth.said


async def test_no_more_chats_at_once_than_allowed() -> None:
    mouth = Mouth()
    await mouth.speak({chat: ["a", "b"] for chat in range(50)}, concurrency=7)

    assert (7, 100) == (mouth.most, len(mouth.said))


@pytest.mark.parametrize(
    ("outcome", "rest"),
    [
        (Later(5, flood=True), Later(5, flood=True)),
        (Uncertain("cut"), Later(0)),
        (Unreachable("blocked"), Unreachable("blocked")),
        (Moved(-1009), Moved(-1009)),
        (Halted("token refused"), Halted("token refused")),
    ],
)
async def test_a_chat_stops_where_the_next_could_arrive_first(outcome: Outcome, rest: Outcome) -> None:
    mouth = Mouth(b=outcome)

    unsaid = await mouth.speak({SITI: ["a", "b", "c", "d"], BUDI: ["e"]})

    assert [Unsaid(SITI, 1, outcome), Unsaid(SITI, 2, rest), Unsaid(SITI, 3, rest)] == unsaid
    assert {"a", "b", "e"} == set(mouth.said)


@pytest.mark.parametrize("outcome", [Broken("text is empty"), Gone("message not found")])
async def test_a_chat_goes_on_behind_what_can_never_be_said(outcome: Outcome) -> None:
    mouth = Mouth(a=outcome)

    assert [Unsaid(SITI, 0, outcome)] == await mouth.speak({SITI: ["a", "b"]})
    assert ["a", "b"] == mouth.said


async def test_a_bug_in_one_chat_silences_no_other() -> None:
    mouth = Mouth()

    unsaid = await mouth.speak({SITI: ["bug", "a"], BUDI: ["b"]}, concurrency=1)

    assert [Unsaid(SITI, 0, Broken("KeyError"))] == unsaid
    assert ["a", "b"] == mouth.said


async def test_the_ceiling_tells_what_was_in_flight_from_what_was_never_tried() -> None:
    mouth = Mouth()
    mouth.held["b"] = asyncio.Event()

    unsaid = await mouth.speak({SITI: ["a", "b", "c"], BUDI: ["d"]}, concurrency=1, deadline=0.05)

    assert [
        Unsaid(SITI, 1, Uncertain("time over")),
        Unsaid(SITI, 2, Later(0)),
        Unsaid(BUDI, 0, Later(0)),
    ] == unsaid


async def test_who_stops_the_speaking_stops_every_chat() -> None:
    mouth = Mouth()
    mouth.held = {"a": asyncio.Event(), "b": asyncio.Event()}
    speaking = asyncio.create_task(mouth.speak({SITI: ["a"], BUDI: ["b"]}))
    begun = {await mouth.begun.get(), await mouth.begun.get()}
    speaking.cancel()

    with pytest.raises(asyncio.CancelledError):
        await speaking

    assert ({"a", "b"}, []) == (begun, mouth.said)
