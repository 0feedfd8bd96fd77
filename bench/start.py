"""How long a bot takes from its start to its first question to Telegram.

    python -m bench.start [--runs 7] [--postgresql SERVER]

Each run starts `bot.py run` at a simulated Telegram, on a database that has its tables, as after a restart,
and waits for the first getUpdates. Printed are the medians of the seconds, and of the processor seconds the
bot spent until then, which other work on the machine changes less; and the same once for an empty database,
which gets its tables and keys first. Ends with 1 at 1.5 seconds or more.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.databases import new_database
from bench.processes import BotProcess, environment
from simulator.server import Simulator

WANTED: Final = 1.5
"""Seconds from the start to the first question."""


@dataclass(frozen=True, slots=True)
class Start:
    """How long one start took, and what it cost the processor, in seconds."""

    seconds: float
    processor: float


async def start(folder: Path, database: str) -> Start:
    """Start a bot whose data rest in a folder, and stop it once it has asked for updates."""
    simulator = Simulator(remember=4)
    async with simulator.serve() as url:
        began = time.perf_counter()
        settings = environment(simulator, url, folder, database)
        process = await BotProcess.start(("bot.py", "run"), settings, folder / "bot.log")
        try:
            await process.polls(simulator)
            return Start(time.perf_counter() - began, process.cpu_seconds())
        finally:
            await process.stop()


def starts(server: str, runs: int) -> tuple[Start, list[Start]]:
    """Return the start on an empty database, and so many on the one it left."""
    with tempfile.TemporaryDirectory() as folder, new_database(server) as database:
        done = [asyncio.run(start(Path(folder), database)) for _ in range(runs + 1)]
    return done[0], done[1:]


def report(empty: Start, again: list[Start]) -> int:
    """Print what was measured, and return the exit code."""
    seconds = statistics.median(one.seconds for one in again)
    processor = statistics.median(one.processor for one in again)
    sys.stdout.write(
        f"empty database: {empty.seconds:.2f} s, {empty.processor:.2f} s of processor time\n"
        f"median of {len(again)} starts: {seconds:.2f} s, {processor:.2f} s of processor time\n"
        f"quickest: {min(one.seconds for one in again):.2f} s, "
        f"{min(one.processor for one in again):.2f} s of processor time ({WANTED} s are wanted)\n"
    )
    return 0 if seconds < WANTED else 1


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="bench.start", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=7, help="starts on a database that has its tables")
    parser.add_argument("--postgresql", default="", help="a server for the database; SQLite if not given")
    given = parser.parse_args()
    return report(*starts(given.postgresql, given.runs))


if __name__ == "__main__":
    sys.exit(main())
