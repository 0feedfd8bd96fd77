"""The fault plan: which calls fail and how, seeded, so that a run can be repeated."""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from simulator.refusals import Impossible, Refusal, bad, forbidden, too_many

DOINGS: Final = (
    "429",
    "400",
    "403",
    "500",
    "delay",
    "timeout_before",
    "timeout_after",
    "cut_before",
    "cut_after",
)


@dataclass(slots=True)
class Fault:
    """One line of the plan: for `calls` counted from 1, or for a share of them, do one thing."""

    method: str
    do: str
    share: float = 0.0
    calls: frozenset[int] = frozenset()
    seconds: float = 0.0
    retry_after: int = 1
    description: str = ""
    seen: int = 0

    def strikes(self, method: str, chance: random.Random) -> bool:
        """Count a call and say whether this line strikes it."""
        if self.method not in ("*", method):
            return False
        self.seen += 1
        return self.seen in self.calls if self.calls else chance.random() < self.share

    def refusal(self) -> Refusal | None:
        """The answer it gives, None when it delays or cuts instead."""
        match self.do:
            case "429":
                return too_many(self.retry_after)
            case "400":
                return bad(self.description or "chat not found")
            case "403":
                return forbidden(self.description or "bot was blocked by the user")
            case "500":
                return Refusal(500, self.description or "Internal Server Error")
            case _:
                return None


class Faults:
    """The plan in force; empty means nothing fails."""

    def __init__(self) -> None:
        self._plan: list[Fault] = []
        self._chance = random.Random(0)  # noqa: S311  chosen to be repeatable

    def plan(self, faults: Iterable[Mapping[str, Any]], seed: int = 0) -> None:
        """Replace the plan; raises Impossible when a line cannot be read."""
        self._plan = [_fault(given) for given in faults]
        self._chance = random.Random(seed)  # noqa: S311  chosen to be repeatable

    def strike(self, method: str) -> Fault | None:
        """The first line that strikes this call."""
        if not self._plan:
            return None
        struck = [fault for fault in self._plan if fault.strikes(method, self._chance)]
        return struck[0] if struck else None


def _fault(given: Mapping[str, Any]) -> Fault:
    if given.get("do") not in DOINGS:
        raise Impossible(f"a fault does one of {', '.join(DOINGS)}")
    if ("share" in given) == ("calls" in given):
        raise Impossible("a fault names a share or calls, not both")
    return Fault(
        method=str(given.get("method", "*")),
        do=str(given["do"]),
        share=float(given.get("share", 0.0)),
        calls=frozenset(int(number) for number in given.get("calls", ())),
        seconds=float(given.get("seconds", 0.0)),
        retry_after=int(given.get("retry_after", 1)),
        description=str(given.get("description", "")),
    )
