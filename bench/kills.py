"""Kill the bot during registrations, again and again, and count what that cost the people.

    python -m bench.kills [--kills 1000] [--each 20] [--webhook] [--postgresql SERVER] [--seed 1] [--short]

The simulated Telegram runs here and keeps what was not acknowledged; the bot is a process of its own that is
killed with SIGKILL, at random moments and at named points (`bench/points.py`), and started again at once.
Judged from the people's side, and from the database at the end. Ends with 1 when anything was lost, doubled
or asked again.
"""

import argparse
import asyncio
import contextlib
import functools
import random
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.broken_bot import SAFEGUARDS, take_away
from bench.databases import new_database
from bench.filed import mistakes
from bench.points import POINTS, die_at
from bench.processes import BotDied, BotProcess, environment, free_port, posted
from bench.witnesses import Witnesses
from bench.zygote import Twist, born
from handlers.answering import AFTER_START, LEFT
from handlers.line import ROUND
from simulator.server import Simulator

STARTING: Final = 0.2
"""The share of kills that hit the bot while it starts, within START seconds."""

START: Final = 0.6
MOST_SAID: Final = 120
"""A life ends after at most so many messages of the bot, and up to MOMENT seconds more."""

MOMENT: Final = 0.1
FARTHEST: Final = 30
"""A named point is passed at most so often before the kill."""

LONGEST_LIFE: Final = 10.0
PATIENCE: Final = max(AFTER_START, LEFT.total_seconds() + ROUND) + 8.0
"""Seconds without any progress, with nothing left to deliver, after which somebody counts as stuck.

Who was perhaps not answered is shown where they stand so many seconds after a start.
"""
HURRY: Final = 20.0
"""How many times sooner than Telegram the simulator posts again what was not acknowledged."""

SHORT: Final = 30
Point = str | None


@dataclass(frozen=True, slots=True)
class Plan:
    """How often the bot is killed in all, and how often at each named point; by poll or webhook."""

    kills: int
    each: int = 0
    at_once: int = 60
    seed: int = 1
    webhook: bool = False
    without: str = ""


class Kills:
    """One run: people who register, and a bot that is killed meanwhile."""

    def __init__(self, folder: Path, database: str, plan: Plan) -> None:
        self.simulator = Simulator(remember=30, seed=plan.seed)
        self.simulator.webhook.hurry = HURRY
        self.witnesses = Witnesses(self.simulator, plan.at_once, plan.seed)
        self.database = database or f"sqlite:///{folder}/bot.sqlite3"
        self.recoveries: list[float] = []
        self.hit: Counter[str] = Counter()
        self._folder = folder
        self._chance = random.Random(plan.seed)  # noqa: S311  chosen to be repeatable
        self._plan = plan
        self._settings: dict[str, str] = {}
        self._born: float | None = None
        self.simulator.on_sent(self._answered)

    def _answered(self, _chat: int, _message: object) -> None:
        if self._born is not None:
            self.recoveries.append(time.monotonic() - self._born)
            self._born = None

    async def run(self) -> None:
        """Kill as often as planned, then let everybody finish; raise BotDied when the bot ended by itself."""
        points: list[Point] = [point for point in POINTS for _ in range(self._plan.each)]
        points += [None] * (self._plan.kills - len(points))
        self._chance.shuffle(points)
        async with self.simulator.serve() as url:
            self._settings = environment(self.simulator, url, self._folder, self.database)
            if self._plan.webhook:
                self._settings |= posted(free_port())
            process = await self._start(None)
            await (process.listens if self._plan.webhook else process.polls)(self.simulator)
            self.witnesses.enter()
            try:
                await self._lives(process)
                while points:
                    point = points.pop()
                    process = await self._start(point)
                    if point is None:
                        await self._lives(process)
                    elif not await self._dies(process, point):
                        points.insert(0, point)
                process = await self._start(None)
                await self._finish(process)
            finally:
                if process.alive:
                    await process.stop()

    async def _start(self, point: Point) -> BotProcess:
        twist: Twist | None = None
        if point is not None:
            twist = functools.partial(die_at, point, self._chance.randint(1, FARTHEST))
        elif self._plan.without:
            twist = functools.partial(take_away, self._plan.without)
        self._born = time.monotonic()
        return await born(("run",), self._settings, self._folder / "bot.log", twist)

    async def _lives(self, process: BotProcess) -> None:
        """Kill it when the time has come: while it starts, or in the middle of its work."""
        if self._chance.random() < STARTING:
            await asyncio.sleep(self._chance.uniform(0.0, START))
        else:
            until = self.witnesses.heard + self._chance.randint(1, MOST_SAID)
            late = time.monotonic() + LONGEST_LIFE
            while self.witnesses.heard < until and time.monotonic() < late:
                process.expect_alive()
                await asyncio.sleep(0.001)
            await asyncio.sleep(self._chance.uniform(0.0, MOMENT))
        await process.kill()

    async def _dies(self, process: BotProcess, point: str) -> bool:
        """Return whether it came to its point in time and killed itself there; it is dead in any case."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_LIFE):
                code = await process.ended()
                if code != -signal.SIGKILL:
                    process.expect_alive()
                self.hit[point] += 1
                return True
        await process.kill()
        return False

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
            "redelivered": self.witnesses.redelivered + self.simulator.webhook.repeated,
            "shown again": self.witnesses.shown_again,
            "applicants": self.witnesses.entered,
            "receipts": self.witnesses.receipts,
            **{f"killed {point}": self.hit[point] for point in POINTS if self._plan.each},
            "ms to the first answer, median": round(1000 * statistics.median(self.recoveries or [0])),
            "ms to the first answer, worst": round(1000 * max(self.recoveries, default=0)),
        }


async def killed(plan: Plan, database: str = "") -> tuple[dict[str, int], list[str]]:
    """Run it all; return the counts and the faults."""
    with tempfile.TemporaryDirectory() as folder:
        run = Kills(Path(folder), database, plan)
        try:
            await run.run()
        except BotDied as died:
            return run.counts(), [str(died)]
        return run.counts(), await run.faults()


def arguments() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(prog="bench.kills", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--each", type=int, help="of these at each named point; a fiftieth if not given")
    parser.add_argument("--webhook", action="store_true", help="updates are posted, not asked for")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**31))
    parser.add_argument("--at-once", type=int, default=60, help="applicants at the same time")
    parser.add_argument("--postgresql", default="", help="a server; a new SQLite file if not given")
    parser.add_argument("--short", action="store_true", help=f"{SHORT} kills, some at every named point")
    parser.add_argument(
        "--without", choices=SAFEGUARDS, default="", help="without a safeguard, to see that it is noticed"
    )
    return parser.parse_args()


def planned(given: argparse.Namespace) -> Plan:
    """Return the plan of a command line."""
    kills = SHORT if given.short else given.kills
    each = given.each if given.each is not None else max(int(given.short), kills // 50)
    each = min(each, kills // len(POINTS))
    return Plan(kills, each, given.at_once, given.seed, given.webhook, given.without)


def main() -> int:
    """Run it, print the counts and the faults, and return the exit code."""
    plan = planned(given := arguments())
    road = "webhook" if plan.webhook else "polling"
    engine = "PostgreSQL" if given.postgresql else "SQLite"
    sys.stdout.write(f"seed {plan.seed}, {plan.kills} kills, {plan.each} at each point, {road}, {engine}\n")
    sys.stdout.flush()
    began = time.monotonic()
    with new_database(given.postgresql) as database:
        counts, faults = asyncio.run(killed(plan, database))
    seconds = time.monotonic() - began
    for name, count in counts.items():
        sys.stdout.write(f"{count:8} {name}\n")
    sys.stdout.write(f"{len(faults):8} faults, in {seconds:.0f} s\n")
    for fault in faults[:40]:
        sys.stdout.write(f"  {fault}\n")
    sys.stdout.write(
        f"figure: {plan.kills} kills by {road} on {engine} in {seconds:.0f} s,"
        f" {counts['updates']} updates,"
        f" {counts['receipts']} of {counts['applicants']} registered, {len(faults)} faults, first answer after"
        f" {counts['ms to the first answer, median']} ms (median),"
        f" {counts['ms to the first answer, worst']} ms (worst)\n"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
