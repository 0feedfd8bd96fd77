"""What kill -9 in the middle of the load costs the people of one bot.

They answer when they have thought for a moment; about the middle the bot is killed and started again, and
they go on. Who hears nothing for long writes again what they wrote last, and who hears nothing even then
begins anew with /start, as a person would.
"""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, field
from functools import partial
from typing import Any, Final

from bench.applicant import RECEIPT, Applicant, Told, invented
from bench.peers import rows
from bench.peers.homes import Home
from bench.witnesses import ORDER, THINKING
from handlers.answering import AFTER_START
from simulator.server import Simulator

PEOPLE: Final = 30
MIDDLE: Final = 13
"""After so many acts of each, taken together, of 26, the bot is killed."""

THOUGHT: Final = 0.3
"""Seconds at most that somebody thinks before an answer."""

PATIENCE: Final = AFTER_START + 5.0
"""Seconds in which nobody hears anything, after which those who wait do something about it."""

BEAT: Final = 0.02
TRIES: Final = 3
"""How often somebody does at most; who hears nothing even then, waits for ever."""


@dataclass(slots=True)
class Survivor:
    """One person: which update answered each place, what they did last, and what the kill cost them.

    `tries` is how often they did something about hearing nothing since they last heard something.
    """

    applicant: Applicant
    last: Callable[[], int]
    answered: dict[str, int] = field(default_factory=dict)
    tries: int = 0
    done: bool = False
    asked_again: bool = False
    wrote_again: bool = False
    began_anew: bool = False


@dataclass(frozen=True, slots=True)
class Cost:
    """How many of the people each thing happened to."""

    people: int
    asked_again: int
    wrote_again: int
    began_anew: int
    unfinished: int
    wrongly_filed: int

    @property
    def any(self) -> bool:
        """Whether anybody noticed anything."""
        return any(astuple(self)[1:])

    @property
    def told(self) -> str:
        """It in a line."""
        costs = (
            f"{self.asked_again} were asked again what they had answered and was acknowledged",
            f"{self.wrote_again} heard nothing until they wrote again",
            f"{self.began_anew} of them nothing even then and began anew",
            f"{self.unfinished} never had a receipt",
            f"{self.wrongly_filed} are filed not at all, twice or with other answers",
        )
        return f"of {self.people} people {', '.join(costs)}"


class Survivors:
    """All of them, at one simulated Telegram."""

    def __init__(self, simulator: Simulator, people: int, patience: float) -> None:
        self.acts = 0
        self._patience = patience
        self._moved = time.monotonic()
        self._chance = random.Random(1)  # noqa: S311  chosen to be repeatable
        self._confirmed: set[int] = set()
        self.everybody: dict[int, Survivor] = {}
        for number in range(people):
            applicant = Applicant(simulator.person(first_name="Warga"), invented(number))
            self.everybody[applicant.phone.id] = Survivor(applicant, applicant.greets)
        simulator.on_sent(self._heard)
        simulator.telegram.queue.on_confirmed(self._confirmed.add)

    def begin(self) -> None:
        """Let everybody write to the bot."""
        for one in self.everybody.values():
            self._does(one, one.last)

    def _does(self, one: Survivor, act: Callable[[], int], place: str = "") -> None:
        one.last, update = act, act()
        if place:
            one.answered[place] = update
        self.acts += 1
        self._moved = time.monotonic()

    def _heard(self, person: int, shown: dict[str, Any]) -> None:
        one = self.everybody[person]
        place = one.applicant.place(shown)
        if place is None or one.done:
            return
        self._moved = time.monotonic()
        if place == RECEIPT:
            one.done = True
        elif self._wants_an_answer(one, place):
            one.tries, one.answered[place] = 0, THINKING
            act, thought = partial(one.applicant.answers, place, shown), self._chance.uniform(0.0, THOUGHT)
            asyncio.get_running_loop().call_later(thought, self._does, one, act, place)

    def _wants_an_answer(self, one: Survivor, place: str) -> bool:
        """Say whether a question is still to be answered; note it if its answer, or a later one, is lost.

        One that is shown again while its answer still waits at Telegram is not answered twice.
        """
        later = [name for name in one.answered if ORDER[name] >= ORDER[place]]
        lost = any(one.answered[name] in self._confirmed for name in later)
        one.asked_again = one.asked_again or lost
        if lost:
            one.answered = {name: update for name, update in one.answered.items() if name not in later}
        return lost or not later

    async def are_in_the_middle(self) -> None:
        """Return when they have done about half of what there is to do."""
        while self.acts < MIDDLE * len(self.everybody) and await self._moves():
            pass

    async def finish(self) -> None:
        """Return when all have a receipt, or all has been tried."""
        self._moved = time.monotonic()
        while True:
            while self._waiting() and await self._moves():
                pass
            hoping = [one for one in self._waiting() if one.tries < TRIES]
            if not hoping:
                return
            for one in hoping:
                self._tries(one)

    async def _moves(self) -> bool:
        """Wait a little; return whether anybody has heard or done something lately."""
        await asyncio.sleep(BEAT)
        return time.monotonic() - self._moved < self._patience

    def _waiting(self) -> list[Survivor]:
        return [one for one in self.everybody.values() if not one.done]

    def _tries(self, one: Survivor) -> None:
        one.tries += 1
        one.wrote_again = True
        one.began_anew = one.began_anew or one.tries > 1
        self._does(one, one.applicant.greets if one.tries > 1 else one.last)

    def cost(self, filed: Sequence[rows.Row], *, replays: bool) -> Cost:
        """Return what it came to, with the final rows; of who replays they are only counted."""
        everybody = self.everybody.values()
        return Cost(
            people=len(everybody),
            asked_again=sum(one.asked_again for one in everybody),
            wrote_again=sum(one.wrote_again for one in everybody),
            began_anew=sum(one.began_anew for one in everybody),
            unfinished=len(self._waiting()),
            wrongly_filed=sum(not self._rightly(person, filed, replays) for person in self.everybody),
        )

    def _rightly(self, person: int, filed: Sequence[rows.Row], replays: bool) -> bool:
        own = [dict(zip(rows.COLUMNS, row, strict=True)) for row in filed if row[0] == person]
        return len(own) == 1 and (replays or _same(own[0], self.everybody[person].applicant.told))


def _same(row: dict[str, Any], told: Told) -> bool:
    given = {
        "nik": told.nik,
        "name": told.name,
        "birth_date": told.born.isoformat(),
        "sex": told.sex,
        "address": told.address,
        "income": told.income,
        "occupation_words": told.work,
    }
    return {name: row[name] for name in given} == given


async def survived(home: Home, people: int = PEOPLE, patience: float = PATIENCE) -> Cost:
    """Kill one bot once, in the middle; return what that cost so many people."""
    simulator = Simulator(remember=30)
    survivors = Survivors(simulator, people, patience)
    async with simulator.serve() as url:
        settings = home.settings(simulator, url)
        process = await home.start(settings)
        try:
            await process.polls(simulator)
            survivors.begin()
            await survivors.are_in_the_middle()
            await process.kill()
            process = await home.start(settings)
            await process.polls(simulator)
            await survivors.finish()
        finally:
            await process.end()
    return survivors.cost(await home.filed(settings), replays=home.program.replays)
