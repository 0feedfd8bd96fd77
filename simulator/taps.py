"""Callback queries: each may be answered once, within 150 seconds."""

from collections import deque
from dataclasses import dataclass
from typing import Any, Final

from simulator.refusals import OLD_QUERY, bad
from simulator.updates import TAP_LIFE

REMEMBERED: Final = 200_000
ANSWER_CHARACTERS: Final = 200


@dataclass(slots=True)
class Tap:
    """A tap on an inline button and the bot's answer to it."""

    tap_id: str
    person_id: int
    at: float
    answered: bool = False
    text: str | None = None
    show_alert: bool = False

    def shown(self) -> dict[str, Any]:
        """The answer of the page's contract."""
        shown: dict[str, Any] = {"answered": self.answered}
        if self.text:
            shown |= {"text": self.text, "show_alert": self.show_alert}
        return shown


class Taps:
    """The last taps by their query id."""

    def __init__(self) -> None:
        self._taps: dict[str, Tap] = {}
        self._order: deque[str] = deque()
        self._number = 4_000_000_000_000

    def new(self, person_id: int, now: float) -> Tap:
        """A tap nobody has answered."""
        self._number += 1
        tap = Tap(str(self._number), person_id, now)
        self._taps[tap.tap_id] = tap
        self._order.append(tap.tap_id)
        if len(self._order) > REMEMBERED:
            del self._taps[self._order.popleft()]
        return tap

    def get(self, tap_id: str) -> Tap | None:
        """The tap of a query id."""
        return self._taps.get(tap_id)

    def answer(self, tap_id: str, text: str | None, show_alert: bool, now: float) -> Tap:
        """Answer a tap; refuses a second answer, a late one and an unknown id."""
        tap = self._taps.get(tap_id)
        if tap is None or tap.answered or now - tap.at > TAP_LIFE:
            raise bad(OLD_QUERY)
        if text and len(text) > ANSWER_CHARACTERS:
            raise bad("MESSAGE_TOO_LONG")
        tap.answered, tap.text, tap.show_alert = True, text, show_alert
        return tap
