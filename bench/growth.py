"""Whether the bot answers as fast with millions on file as with a thousand.

    python -m bench.growth [--workers 5000000] [--people 300] [--rounds 3] [--folder FOLDER] [--short]
        [--postgresql SERVER]

Two databases are made, a small one of a thousand workers and a large one, each worker with months paid, three
of four with an open form, and an update seen for each; before both stands a real bot, and the crowd of
`bench/crowd.py` registers in turns through one and the other. Ends with 1 when the bot spends over a tenth
more processor time on an update with many on file, or holds 200 MB.
"""

import argparse
import asyncio
import contextlib
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench import past
from bench.crowd import Crowd
from bench.databases import new_database
from bench.members import fill
from bench.processes import BotProcess, environment
from models.storage.database import migrate
from simulator.server import Simulator

SMALL: Final = 1_000
SHORT: Final = 20_000
LOST: Final = 0.10
"""How much more an update may cost with many on file, as a share."""

MEGABYTES: Final = 200


@dataclass(slots=True)
class Size:
    """A database of so many workers, and what the rounds on it came to."""

    workers: int
    folder: Path
    address: str
    costs: list[float] = field(default_factory=list)
    speeds: list[float] = field(default_factory=list)
    peak: float = 0.0

    @property
    def milliseconds(self) -> float:
        """Processor milliseconds of the bot for one update, the median of the rounds."""
        return statistics.median(self.costs)

    @property
    def line(self) -> str:
        """What the rounds came to, in words."""
        speed = f"{statistics.median(self.speeds):5.0f} updates/s, {self.milliseconds:.2f} ms each"
        return f"{self.workers:9} workers: {speed}, {self.peak:.0f} MB at most"


@dataclass(slots=True)
class Stand:
    """A bot at a simulated Telegram of its own; who registers there is new each time."""

    size: Size
    simulator: Simulator
    bot: BotProcess
    first: int = 0

    async def round(self, people: int, at_once: int) -> None:
        """Let so many register, and note what that cost."""
        crowd = Crowd(self.simulator, people, at_once, first=self.first)
        self.first += people
        before = self.bot.cpu_seconds()
        await crowd.register()
        self.size.costs.append(1000 * (self.bot.cpu_seconds() - before) / len(crowd.waits))
        self.size.speeds.append(len(crowd.waits) / crowd.seconds)
        self.size.peak = self.bot.peak_megabytes()


@contextlib.asynccontextmanager
async def standing(size: Size) -> AsyncIterator[Stand]:
    """Start a bot on a database, warm it up with one applicant, and stop it in the end."""
    simulator = Simulator(remember=4)
    async with simulator.serve() as url:
        settings = environment(simulator, url, size.folder, size.address)
        bot = await BotProcess.start(("bot.py", "run"), settings, size.folder / "bot.log")
        try:
            await bot.polls(simulator)
            stand = Stand(size, simulator, bot)
            await stand.round(1, 1)
            size.costs.clear()
            size.speeds.clear()
            yield stand
        finally:
            await bot.stop()


async def in_turns(found: Sequence[Size], rounds: int, people: int, at_once: int) -> None:
    """Let people register at both sizes in turns."""
    async with contextlib.AsyncExitStack() as stack:
        stands = [await stack.enter_async_context(standing(size)) for size in found]
        for _ in range(rounds):
            for stand in stands:
                await stand.round(people, at_once)


async def made(size: Size) -> None:
    """Fill an empty database as if so many had used it."""
    await migrate(size.address)
    await fill(size.address, size.workers)
    for what in (past.DRAFTS, past.SEEN):
        await past.add(size.address, what, size.workers)
    await past.count(size.address)


@contextlib.contextmanager
def sizes(given: argparse.Namespace) -> Iterator[list[Size]]:
    """Yield the small and the large database, made; both are gone afterwards."""
    with contextlib.ExitStack() as stack:
        found = []
        for workers in (SMALL, given.workers):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=given.folder)))
            address = stack.enter_context(new_database(given.postgresql))
            size = Size(workers, folder, address or f"sqlite:///{folder}/bot.sqlite3")
            began = time.perf_counter()
            asyncio.run(made(size))
            sys.stdout.write(f"{workers} workers made in {time.perf_counter() - began:.0f} s\n")
            sys.stdout.flush()
            found.append(size)
        yield found


def grown(given: argparse.Namespace) -> int:
    """Run the rounds in turns, print what they came to, and return the exit code."""
    with sizes(given) as found:
        asyncio.run(in_turns(found, given.rounds, given.people, given.at_once))
        return verdict(found)


def verdict(found: Sequence[Size]) -> int:
    """Print the medians of both sizes and their ratio."""
    small, large = found
    ratio = large.milliseconds / small.milliseconds
    lines = [small.line, large.line, f"an update costs {ratio:.2f} times as much with many on file"]
    sys.stdout.write("\n".join(lines) + "\n")
    return int(ratio > 1 + LOST or max(small.peak, large.peak) > MEGABYTES)


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="bench.growth", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--workers", type=int, default=5_000_000, help="workers of the large database")
    parser.add_argument("--people", type=int, default=300, help="applicants in each round")
    parser.add_argument("--at-once", type=int, default=100, help="how many of them at the same time")
    parser.add_argument("--rounds", type=int, default=3, help="rounds on each, in turns")
    parser.add_argument("--folder", help="where SQLite's files lie; a temporary folder unless given")
    parser.add_argument("--postgresql", default="", help="a server for the databases; SQLite if not given")
    parser.add_argument("--short", action="store_true", help=f"{SHORT} workers, and fewer applicants")
    given = parser.parse_args()
    if given.short:
        given.workers, given.people, given.at_once, given.rounds = SHORT, 40, 20, 2
    return grown(given)


if __name__ == "__main__":
    sys.exit(main())
