"""One round of one bot: a simulated Telegram, a crowd that registers, and what that came to."""

import gc
import re
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from bench.crowd import Crowd, Look
from bench.peers.homes import Home
from bench.peers.rows import Row
from simulator.server import Simulator

REFERENCE: Final = re.compile(r"BPU-[0-9A-Z]{4}-[0-9A-Z]{4}")
DRAFT: Final = re.compile(r"v1\|(?!c\|)[0-9a-z]+\|")
HALF: Final = re.compile(r"~[0-9]+(?=\")")
"""What buttons carry that is a number of each bot's own: of the form, of what is asked back."""

NEXT: Final = re.compile(r"v1\|c\|berikutnya\|[0-9a-z]+")
"""The button for the next worker: this bot's says after which form it comes, a peer's just begins another."""

UNCOUNTED: Final = frozenset(("getUpdates", "getMe"))
"""Calls that belong to nobody."""


@dataclass(frozen=True, slots=True)
class Round:
    """What one round came to.

    `looks` is what its first applicant was shown, `calls` how often each method was called for them, receipt
    numbers and numbers of forms left out; `rows` are the final rows of everybody.
    """

    updates: int
    seconds: float
    processor_seconds: float
    waits: list[float]
    peak_megabytes: float
    looks: list[Look]
    calls: Counter[str]
    rows: list[Row]

    @property
    def a_second(self) -> float:
        """Updates answered a second."""
        return self.updates / self.seconds

    @property
    def milliseconds(self) -> float:
        """Processor milliseconds of the bot for one update."""
        return 1000 * self.processor_seconds / self.updates

    def waited(self, share: float) -> float:
        """Return the milliseconds within which that share of the updates was answered."""
        return 1000 * sorted(self.waits)[min(int(share * len(self.waits)), len(self.waits) - 1)]


async def measure(home: Home, people: int, at_once: int) -> Round:
    """Run one round: one applicant to warm the bot up, then so many, so many at once."""
    simulator = Simulator(remember=4)
    async with simulator.serve() as url:
        settings = home.settings(simulator, url)
        process = await home.start(settings)
        try:
            await process.polls(simulator)
            warming, crowd = Crowd(simulator, 1, 1), Crowd(simulator, people, at_once, first=1)
            before = _calls(simulator)
            await warming.register()
            calls = _calls(simulator) - before
            spent = -process.cpu_seconds()
            gc.collect()
            gc.freeze()
            await crowd.register()
            spent += process.cpu_seconds()
            if crowd.nudges:
                sys.stdout.write(f"{crowd.nudges} had to write again: their answer never came\n")
            peak = process.peak_megabytes()
        finally:
            await process.end()
    rows = await home.filed(settings)
    return Round(len(crowd.waits), crowd.seconds, spent, crowd.waits, peak, _bare(warming.looks), calls, rows)


def _calls(simulator: Simulator) -> Counter[str]:
    counts: Counter[str] = Counter()
    for (method, _), count in simulator.ledger.counts.items():
        counts[method] += 0 if method in UNCOUNTED else count
    return counts


def _bare(looks: Iterable[Look]) -> list[Look]:
    return [(REFERENCE.sub("BPU", text), _without_numbers(rest)) for text, rest in looks]


def _without_numbers(rest: str) -> str:
    return HALF.sub("~1", DRAFT.sub("v1|0|", NEXT.sub("v1|c|daftar|", REFERENCE.sub("BPU", rest))))
