"""Applicants who remember: what they were asked, what they answered, and whether it was held against them."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from bench.applicant import GREETING, RECEIPT, Applicant, invented
from conversations.registration import registration
from simulator.server import Simulator
from simulator.updates import Waiting

QUESTIONS: Final = [part for step in registration.steps for part in (step.name, f"{step.name}~")]
PLACES: Final = [GREETING, *QUESTIONS, RECEIPT]
ORDER: Final = {name: place for place, name in enumerate(PLACES)}
"""How far somebody is at each place; where a question is asked back comes after the question itself."""

THOUGHT: Final = 0.25
LONG_THOUGHT: Final = 3.0
SLOW: Final = 0.05
"""People think up to THOUGHT seconds before they answer, a few longer than a restart of the bot takes."""

THINKING: Final = 0
"""Stands for the update of an answer that is not given yet."""


@dataclass(slots=True)
class Witness:
    """One applicant: the furthest place shown, its words, and the update that answered each place."""

    applicant: Applicant
    furthest: int = 0
    shown: str = ""
    answered: dict[str, int] = field(default_factory=dict)
    done: bool = False


class Witnesses:
    """A crowd, `at_once` at a time, that notes every fault of the bot the moment it shows.

    An answer is given once. If its question is shown again, that is no fault while the answer still waits
    at Telegram; it is one when the answer was acknowledged, for then nothing will bring it back.
    """

    def __init__(self, simulator: Simulator, at_once: int, seed: int) -> None:
        self.faults: list[str] = []
        self.everybody: dict[int, Witness] = {}
        self.heard = 0
        self.acts = 0
        self.redelivered = 0
        self.shown_again = 0
        self._simulator = simulator
        self._at_once = at_once
        self._open = True
        self._chance = random.Random(seed)  # noqa: S311  chosen to be repeatable
        self._confirmed: set[int] = set()
        self._taken: Counter[int] = Counter()
        simulator.on_sent(self._heard)
        simulator.telegram.queue.on_confirmed(self._confirmed.add)
        self._count_redelivery()

    @property
    def entered(self) -> int:
        """How many have written to the bot."""
        return len(self.everybody)

    @property
    def inside(self) -> int:
        """How many of them have no receipt yet."""
        return self.entered - self.receipts

    @property
    def receipts(self) -> int:
        """How many have a receipt."""
        return sum(witness.done for witness in self.everybody.values())

    def enter(self) -> None:
        """Let the first in."""
        for _ in range(self._at_once):
            self._enter()

    def close(self) -> None:
        """Let nobody new in."""
        self._open = False

    def stuck(self) -> list[str]:
        """Return a line for each who waits for an answer that will not come."""
        return [
            f"stuck: person {person} waits after {PLACES[witness.furthest]}"
            for person, witness in self.everybody.items()
            if not witness.done
        ]

    def sent_off(self, person: int) -> bool:
        """Say whether the bot acknowledged this person's tap on "send"."""
        return self.everybody[person].answered.get("review") in self._confirmed

    def _enter(self) -> None:
        phone = self._simulator.person(first_name="Warga")
        applicant = Applicant(phone, invented(self.entered))
        self.everybody[phone.id] = Witness(applicant)
        applicant.greets()
        self.acts += 1

    def _heard(self, chat_id: int, shown: dict[str, Any]) -> None:
        self.heard += 1
        witness = self.everybody[chat_id]
        place = witness.applicant.place(shown)
        if place is None:
            return
        if ORDER[place] < witness.furthest:
            self._fault(witness, f"asked again: {place}")
        elif place in witness.answered:
            self._shown_again(witness, place, shown)
        elif place == RECEIPT:
            self._leave(witness, place)
        else:
            self._answer(witness, place, shown)

    def _shown_again(self, witness: Witness, place: str, shown: dict[str, Any]) -> None:
        """The same place once more: as it was, and only while the answer to it still waits."""
        self.shown_again += 1
        if witness.answered[place] in self._confirmed:
            self._fault(witness, f"an acknowledged answer was lost: {place}")
            self._answer(witness, place, shown)
        elif not witness.shown.endswith(shown["text"]) and place != GREETING:
            self._fault(witness, f"one update was taken twice: {place}")

    def _answer(self, witness: Witness, place: str, shown: dict[str, Any]) -> None:
        witness.furthest, witness.shown = ORDER[place], shown["text"]
        witness.answered[place] = THINKING
        most = LONG_THOUGHT if self._chance.random() < SLOW else THOUGHT
        thought = self._chance.uniform(0.0, most)
        asyncio.get_running_loop().call_later(thought, self._act, witness, place, shown)

    def _act(self, witness: Witness, place: str, shown: dict[str, Any]) -> None:
        witness.answered[place] = witness.applicant.answers(place, shown)
        self.acts += 1

    def _leave(self, witness: Witness, place: str) -> None:
        witness.furthest = ORDER[place]
        if witness.done:
            self.shown_again += 1
            return
        witness.done = True
        if self._open:
            self._enter()

    def _fault(self, witness: Witness, what: str) -> None:
        self.faults.append(f"{what} (person {witness.applicant.phone.id})")

    def _count_redelivery(self) -> None:
        queue = self._simulator.telegram.queue
        take = queue.take

        def counted(limit: int) -> list[Waiting]:
            batch = take(limit)
            again = [update.update_id for update in batch if update.update_id in self._taken]
            self.redelivered += len(again)
            self._taken.update(update.update_id for update in batch)
            return batch

        queue.take = counted  # type: ignore[method-assign]
