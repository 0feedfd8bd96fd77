"""A crowd of applicants at a simulated Telegram, so many at once: each answers as soon as it is asked."""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from bench.applicant import RECEIPT, Applicant, invented
from simulator.server import Simulator

PATIENCE: Final = 15.0
"""Seconds without an answer after which somebody writes again: a bot under load may lose a reply."""

Look = tuple[str, str]
"""A message as it looks: its text, and as JSON its buttons, its entities and what may be done with it."""


@dataclass(slots=True)
class Crowd:
    """Sends `people` through a whole registration, `at_once` at a time, and times every answer.

    `waits` holds for each update the seconds from its making until the bot's next question, or the
    receipt, was accepted. `first` is the number of the first applicant, `nudges` how often somebody who got
    no answer had to write again.
    """

    simulator: Simulator
    people: int
    at_once: int
    first: int = 0
    waits: list[float] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    seconds: float = 0.0
    _inside: dict[int, Applicant] = field(default_factory=dict)
    _since: dict[int, float] = field(default_factory=dict)
    nudges: int = 0
    _last: dict[int, Callable[[], object]] = field(default_factory=dict)
    _entered: int = 0
    _gone: asyncio.Event = field(default_factory=asyncio.Event)

    async def register(self) -> None:
        """Return when everybody has a receipt."""
        began = time.perf_counter()
        self.simulator.on_sent(self._heard)
        for _ in range(min(self.at_once, self.people)):
            self._enter()
        while not self._gone.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._gone.wait(), PATIENCE)
            self._nudge()
        self.simulator.telegram.listeners.remove(self._heard)
        self.seconds = time.perf_counter() - began

    def _nudge(self) -> None:
        """Let whoever was not answered for long do again what they did last."""
        now = time.perf_counter()
        for chat_id, since in tuple(self._since.items()):
            if now - since > PATIENCE:
                self.nudges += 1
                self._last[chat_id]()

    def _enter(self) -> None:
        if self._entered == self.people:
            return
        number = self.first + self._entered
        self._entered += 1
        phone = self.simulator.person(first_name=f"Warga {number}")
        self._inside[phone.id] = applicant = Applicant(phone, invented(number))
        self._since[phone.id] = time.perf_counter()
        self._last[phone.id] = applicant.greets
        applicant.greets()

    def _heard(self, chat_id: int, shown: dict[str, Any]) -> None:
        applicant = self._inside.get(chat_id)
        if applicant is None:
            return
        if self.people == 1:
            self.looks.append(_look(shown, applicant.phone.keyboard))
        place = applicant.place(shown)
        if place is None:
            return
        now = time.perf_counter()
        self.waits.append(now - self._since[chat_id])
        if place == RECEIPT:
            self._leave(chat_id)
            return
        self._since[chat_id] = now
        self._last[chat_id] = partial(applicant.answers, place, shown)
        applicant.answers(place, shown)

    def _leave(self, chat_id: int) -> None:
        del self._inside[chat_id], self._since[chat_id], self._last[chat_id]
        self._enter()
        if not self._inside:
            self._gone.set()


def _look(shown: dict[str, Any], keyboard: dict[str, Any] | None) -> Look:
    buttons = shown.get("reply_markup") or keyboard or {}
    about = {name: shown.get(name) for name in ("entities", "protected", "link_preview_options")}
    return str(shown.get("text", "")), json.dumps([buttons, about], ensure_ascii=False, sort_keys=True)
