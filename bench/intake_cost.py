"""Processor time of an update from its JSON to the words, no Telegram and no network: where it goes.

    python -m bench.intake_cost [--people 100] [--postgresql SERVER] [--profile]

A hall of applicants, a hundred at a time, stands before the bot's intake; its own thinking is not measured.
The first batches, which fill caches, are left out. `--profile` prints calls an update, which no busy machine
changes, and the functions that take most.
"""

import argparse
import asyncio
import contextlib
import cProfile
import pstats
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson
import uvloop

from bench.databases import new_database
from bench.hall import Hall
from bench.intakes import intake, quiet
from models.storage.database import open_database
from post.outcome import Outcome, Sent
from post.sayings import Message, Saying, written
from rules import regions

AT_ONCE: Final = 100
WARMING: Final = 4
"""Batches that are not counted."""

LINES: Final = 40


@dataclass(slots=True)
class Spent:
    """Processor seconds of all threads, and of the loop's; what the bot said in the batch in hand."""

    hall: Hall
    profile: cProfile.Profile | None = None
    updates: int = 0
    seconds: float = 0.0
    on_the_loop: float = 0.0
    said: list[tuple[int, Saying]] = field(default_factory=list)

    async def send(self, saying: Saying) -> Outcome:
        """Write it as it would be sent."""
        number = self.hall.next_message()
        orjson.dumps(written(saying)[1])  # type: ignore[arg-type]
        self.said.append((number, saying))
        return Sent(number)

    async def take(self, door: Any, batch: list[Any], *, counted: bool) -> None:
        """Have the intake take a batch, and note what that cost."""
        raw = orjson.dumps(batch)
        with self.profile if self.profile and counted else contextlib.nullcontext():
            before, before_here = time.process_time(), time.thread_time()
            await door.take(orjson.loads(raw))
            spent, here = time.process_time() - before, time.thread_time() - before_here
        if counted:
            self.updates += len(batch)
            self.seconds += spent
            self.on_the_loop += here

    def heard(self) -> None:
        """Let the hall answer what was said."""
        said, self.said = self.said, []
        for number, saying in said:
            if isinstance(saying, Message):
                self.hall.hear(saying.chat_id, written(saying)[1], number)


async def measure(people: int, database: str, profile: cProfile.Profile | None) -> Spent:
    """Let so many people register, and return what that cost."""
    quiet()
    regions.warm()
    spent = Spent(hall := Hall(people, AT_ONCE), profile)
    with tempfile.TemporaryDirectory() as folder:
        url = database or f"sqlite:///{folder}/bot.sqlite3"
        opened = await open_database(url, Path(folder) / "keys", announce=lambda _: None)
        async with intake(opened, spent.send) as door:
            hall.enter()
            batches = 0
            while batch := hall.take(AT_ONCE):
                batches += 1
                await spent.take(door, batch, counted=batches > WARMING)
                hall.acknowledge(batch)
                spent.heard()
        await opened.close()
    assert hall.receipts == people, f"{hall.receipts} of {people} have a receipt: {hall.faults}"
    return spent


def report(spent: Spent) -> None:
    """Print what an update cost, and where if that was looked at."""
    one = 1e6 / spent.updates
    cost = f"{spent.seconds * one:.0f} us each, {spent.on_the_loop * one:.0f} of them in the loop"
    sys.stdout.write(f"{spent.updates} updates, {cost}\n")
    if spent.profile is not None:
        found = pstats.Stats(spent.profile, stream=sys.stdout)
        sys.stdout.write(f"{found.total_calls / spent.updates:.0f} calls an update\n")  # type: ignore[attr-defined]
        for order in ("tottime", "cumulative"):
            found.sort_stats(order).print_stats(LINES)


def main() -> None:
    """Measure what the command line says."""
    parser = argparse.ArgumentParser(prog="bench.intake_cost", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--people", type=int, default=100, help="how many register")
    parser.add_argument("--postgresql", default="", help="a server for the data; SQLite if not given")
    parser.add_argument("--profile", action="store_true", help="where the time goes")
    given = parser.parse_args()
    profile = cProfile.Profile(time.thread_time) if given.profile else None
    with (
        new_database(given.postgresql) as database,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        report(runner.run(measure(given.people, database, profile)))


if __name__ == "__main__":
    main()
