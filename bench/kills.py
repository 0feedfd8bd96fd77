"""Kill the bot during registrations, again and again, and count what that cost the people.

    python -m bench.kills [--kills 100] [--seed 1] [--postgresql SERVER] [--without SAFEGUARD]

The simulated Telegram runs here and keeps what was not acknowledged; the bot is a process of its own that
is killed with SIGKILL at random moments and started again at once. Judged from the people's side, and from
the database at the end. Ends with 1 when anything was lost, doubled or asked again.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from bench.databases import new_database
from bench.filed import mistakes
from bench.processes import BotDied, BotProcess, environment
from bench.witnesses import Witnesses
from handlers.answering import AFTER_START
from simulator.server import Simulator

BOT: Final = ("bot.py", "run")
BROKEN: Final = ("-m", "bench.broken_bot")
SAFEGUARDS: Final = ("acknowledging-last", "deduplication")

STARTING: Final = 0.2
"""The share of kills that hit the bot while it starts, within START seconds."""

START: Final = 1.5
MOST_SAID: Final = 250
"""A life ends after at most so many messages of the bot, and up to MOMENT seconds more."""

MOMENT: Final = 0.1
LONGEST_LIFE: Final = 10.0
PATIENCE: Final = AFTER_START + 8.0
"""Seconds without any progress, with nothing left to deliver, after which somebody counts as stuck.

Who was perhaps not answered is shown where they stand so many seconds after a start.
"""


class Kills:
    """One run: people who register, and a bot that is killed `kills` times meanwhile."""

    def __init__(self, folder: Path, database: str, seed: int, at_once: int, bot: tuple[str, ...]) -> None:
        self.simulator = Simulator(remember=30, seed=seed)
        self.witnesses = Witnesses(self.simulator, at_once, seed)
        self.database = database or f"sqlite:///{folder}/bot.sqlite3"
        self._folder = folder
        self._chance = random.Random(seed)  # noqa: S311  chosen to be repeatable
        self._bot = bot

    async def run(self, kills: int) -> None:
        """Kill that often, then let everybody finish; raise BotDied when the bot ended by itself."""
        async with self.simulator.serve() as url:
            settings = environment(self.simulator, url, self._folder, self.database)
            process = await self._started(settings)
            await process.polls(self.simulator)
            self.witnesses.enter()
            try:
                for _ in range(kills):
                    await self._live(process)
                    await process.kill()
                    process = await self._started(settings)
                await self._finish(process)
            finally:
                await process.stop()

    async def _started(self, settings: dict[str, str]) -> BotProcess:
        return await BotProcess.start(self._bot, settings, self._folder / "bot.log")

    async def _live(self, process: BotProcess) -> None:
        """Return when the time has come to kill: while it starts, or in the middle of its work."""
        if self._chance.random() < STARTING:
            await asyncio.sleep(self._chance.uniform(0.0, START))
            return
        until = self.witnesses.heard + self._chance.randint(1, MOST_SAID)
        late = time.monotonic() + LONGEST_LIFE
        while self.witnesses.heard < until and time.monotonic() < late:
            process.expect_alive()
            await asyncio.sleep(0.001)
        await asyncio.sleep(self._chance.uniform(0.0, MOMENT))

    async def _finish(self, process: BotProcess) -> None:
        """Let nobody new in, and wait until all have a receipt or nothing moves any more."""
        self.witnesses.close()
        moved, seen = time.monotonic(), -1
        while self.witnesses.inside and time.monotonic() - moved < PATIENCE:
            process.expect_alive()
            if self.witnesses.acts != seen or len(self.simulator.telegram.queue):
                moved, seen = time.monotonic(), self.witnesses.acts
            await asyncio.sleep(0.05)

    async def faults(self) -> list[str]:
        """Return everything that went wrong, a line each."""
        filed = await mistakes(self.database, self._folder / "keys", self.witnesses)
        return [*self.witnesses.faults, *self.witnesses.stuck(), *filed]

    def counts(self) -> dict[str, int]:
        """Return what the run consisted of."""
        queue = self.simulator.telegram.queue
        return {
            "updates": queue.confirmed,
            "redelivered": self.witnesses.redelivered,
            "shown again": self.witnesses.shown_again,
            "applicants": self.witnesses.entered,
            "receipts": self.witnesses.receipts,
        }


async def killed(
    kills: int, *, seed: int = 1, at_once: int = 60, database: str = "", bot: tuple[str, ...] = BOT
) -> tuple[dict[str, int], list[str]]:
    """Run it all; return the counts and the faults."""
    with tempfile.TemporaryDirectory() as folder:
        run = Kills(Path(folder), database, seed, at_once, bot)
        try:
            await run.run(kills)
        except BotDied as died:
            return run.counts(), [str(died)]
        return run.counts(), await run.faults()


def arguments() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(prog="bench.kills", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**31))
    parser.add_argument("--at-once", type=int, default=60, help="applicants at the same time")
    parser.add_argument("--postgresql", default="", help="a server; a new SQLite file if not given")
    parser.add_argument(
        "--without", choices=SAFEGUARDS, help="take a safeguard away, to see that its absence is noticed"
    )
    return parser.parse_args()


def main() -> int:
    """Run it, print the counts and the faults, and return the exit code."""
    given = arguments()
    bot = (*BROKEN, given.without) if given.without else BOT
    sys.stdout.write(f"seed {given.seed}, {given.kills} kills\n")
    sys.stdout.flush()
    began = time.monotonic()
    with new_database(given.postgresql) as database:
        counts, faults = asyncio.run(
            killed(given.kills, seed=given.seed, at_once=given.at_once, database=database, bot=bot)
        )
    for name, count in counts.items():
        sys.stdout.write(f"{count:8} {name}\n")
    sys.stdout.write(f"{len(faults):8} faults, in {time.monotonic() - began:.0f} s\n")
    for fault in faults[:40]:
        sys.stdout.write(f"  {fault}\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
