"""Whether the time of an answer tells that a NIK is on file: `python -m bench.oracle [--people 1000]`.

So many people register. Then, one after the other and in an order drawn by lot, as many strangers type one of
their NIKs, and as many people one that nobody has ever typed. Timed are the two answers that follow a look at
the NIK: to the NIK itself, and to the form that was sent off. Ends with 1 when the medians of known and
unknown differ by five milliseconds or more. The bytes are compared by `tests/handlers/test_no_oracle.py`.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any, Final

from bench.applicant import RECEIPT, Applicant, invented
from bench.crowd import Crowd
from bench.databases import new_database
from bench.processes import BotProcess, environment
from simulator.server import Simulator

APART: Final = 5.0
"""Milliseconds between the medians from which a difference could be used."""

ASKED_BEFORE: Final = {"nik": "after the NIK", "review": "after the form was sent"}
"""The places whose answers are timed: what follows them has looked at the NIK."""

KNOWN, UNKNOWN = "known", "unknown"
Waits = dict[tuple[str, str], list[float]]
"""Milliseconds waited, by place and by whether the NIK is known."""


class Stranger:
    """Goes through a whole registration alone, and times the answers that follow a look at the NIK."""

    def __init__(self, simulator: Simulator, number: int, kind: str, waits: Waits) -> None:
        phone = simulator.person(first_name="Penyelidik")
        self._applicant = Applicant(phone, invented(number))
        self._simulator = simulator
        self._kind = kind
        self._waits = waits
        self._place = ""
        self._since = 0.0
        self._left = asyncio.Event()

    async def register(self) -> None:
        """Return when the receipt is there."""
        self._simulator.on_sent(self._heard)
        self._applicant.greets()
        await self._left.wait()
        self._simulator.telegram.listeners.remove(self._heard)

    def _heard(self, chat_id: int, shown: Mapping[str, Any]) -> None:
        if chat_id != self._applicant.phone.id:
            return
        place = self._applicant.place(shown)
        if place is None:
            return
        if self._place in ASKED_BEFORE:
            waited = 1000 * (time.perf_counter() - self._since)
            self._waits[self._place, self._kind].append(waited)
        if place == RECEIPT:
            self._left.set()
            return
        self._place, self._since = place, time.perf_counter()
        self._applicant.answers(place, shown)


async def timed(people: int, seed: int, folder: Path, database: str) -> Waits:
    """Return what everybody waited."""
    waits: Waits = defaultdict(list)
    simulator = Simulator(remember=4, seed=seed)
    kinds = [(KNOWN, number) for number in range(people)]
    kinds += [(UNKNOWN, people + number) for number in range(people)]
    random.Random(seed).shuffle(kinds)  # noqa: S311  chosen to be repeatable
    async with simulator.serve() as url:
        settings = environment(simulator, url, folder, database)
        process = await BotProcess.start(("bot.py", "run"), settings, folder / "bot.log")
        try:
            await process.polls(simulator)
            await Crowd(simulator, people, 50).register()
            for kind, number in kinds:
                process.expect_alive()
                await Stranger(simulator, number, kind, waits).register()
        finally:
            await process.stop()
    return waits


def main() -> int:
    """Run it, print the medians, and return the exit code."""
    parser = argparse.ArgumentParser(prog="bench.oracle", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--people", type=int, default=1000, help="of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgresql", default="", help="a server; a new SQLite file if not given")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, new_database(given.postgresql) as database:
        waits = asyncio.run(timed(given.people, given.seed, Path(folder), database))
    differences = []
    for place, words in ASKED_BEFORE.items():
        known, unknown = (median(waits[place, kind]) for kind in (KNOWN, UNKNOWN))
        differences.append(abs(known - unknown))
        sys.stdout.write(
            f"{words}: known {known:.2f} ms, unknown {unknown:.2f} ms (n = {len(waits[place, KNOWN])} each)\n"
        )
    sys.stdout.write(
        f"figure: the medians of {given.people} known and as many unknown NIKs are at most "
        f"{max(differences):.2f} ms apart\n"
    )
    return 1 if max(differences) >= APART else 0


if __name__ == "__main__":
    sys.exit(main())
