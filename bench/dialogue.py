"""Updates per second through the whole registration: this bot, and the usual way of writing one, in turns.

    python -m bench.dialogue [--people 300] [--rounds 3] [--postgresql SERVER] [--profile]

Each round starts a simulated Telegram and one bot as a process of its own, lets one applicant through to
warm it up, then a crowd of invented applicants, each of whom answers as soon as they are asked. Measured
from the first message to the last receipt. Ends with 1 unless this bot is at least five times as fast.
"""

import argparse
import asyncio
import gc
import os
import pstats
import re
import statistics
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.crowd import Crowd, Look
from bench.databases import new_database
from bench.processes import BotProcess, environment
from simulator.server import Simulator

WANTED: Final = 5.0
Program = tuple[str, ...]

OURS: Final[Program] = ("bot.py", "run")
PEER: Final[Program] = ("-m", "bench.conversation_handler_bot")
NAMES: Final[dict[Program, str]] = {OURS: "this bot", PEER: "ConversationHandler"}
REFERENCE: Final = re.compile(r"BPU-[0-9A-Z]{4}-[0-9A-Z]{4}")
PROFILE_LINES: Final = 45

COMPARED: Final = """\
Compared: the same {answers} answers of each of {people} applicants, {at_once} of them at once, through a
simulated Telegram over HTTP on loopback, {rounds} rounds each in turns, on {processors} processors.
  this bot             bot.py run: each answer encrypted and durable in {engine} before its reply,
                       copies of updates recognised, nothing lost at kill -9
  ConversationHandler  python-telegram-bot's own dialogue on its defaults (run_polling, HTTPXRequest,
                       one update at a time): same questions, words, buttons, rules and calls; answers in
                       memory only
"""


@dataclass(frozen=True, slots=True)
class Round:
    """What one round came to; `looks` is what its first applicant was shown, receipt numbers left out."""

    updates: int
    seconds: float
    processor_seconds: float
    waits: list[float]
    peak_megabytes: float
    looks: list[Look]

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


async def measure(bot: Program, people: int, at_once: int, folder: Path, database: str = "") -> Round:
    """Run one round of one bot; what it keeps, it keeps in `folder`."""
    simulator = Simulator(remember=4)
    async with simulator.serve() as url:
        settings = environment(simulator, url, folder, database)
        process = await BotProcess.start(bot, settings, folder / "bot.log")
        try:
            await process.polls(simulator)
            warming, crowd = Crowd(simulator, 1, 1), Crowd(simulator, people, at_once, first=1)
            await warming.register()
            before = process.cpu_seconds()
            gc.collect()
            gc.freeze()
            await crowd.register()
            spent = process.cpu_seconds() - before
            if crowd.nudges:
                sys.stdout.write(f"{crowd.nudges} had to write again: their answer never came\n")
            peak = process.peak_megabytes()
        finally:
            await process.stop()
    looks = [(REFERENCE.sub("BPU", text), buttons) for text, buttons in warming.looks]
    return Round(len(crowd.waits), crowd.seconds, spent, crowd.waits, peak, looks)


def one_round(bot: Program, given: argparse.Namespace) -> Round:
    """Run one round in a folder that is thrown away, and say how fast it was."""
    server = given.postgresql if bot == OURS else ""
    with tempfile.TemporaryDirectory() as folder, new_database(server) as database:
        done = asyncio.run(measure(bot, given.people, given.at_once, Path(folder), database))
    sys.stdout.write(f"{NAMES[bot]:20} {done.a_second:7.0f} updates/s\n")
    sys.stdout.flush()
    return done


def table(rounds: dict[Program, list[Round]]) -> str:
    """Return the medians of both, side by side."""
    lines = [
        f"\n{'medians':20} {'updates/s':>10} {'CPU/update':>11} {'p50':>9} {'p99':>9} {'peak memory':>12}"
    ]
    for bot, done in rounds.items():
        figures = (
            f"{_median(one.a_second for one in done):10.0f}",
            f"{_median(one.milliseconds for one in done):8.2f} ms",
            f"{_median(one.waited(0.50) for one in done):6.0f} ms",
            f"{_median(one.waited(0.99) for one in done):6.0f} ms",
            f"{_median(one.peak_megabytes for one in done):9.0f} MB",
        )
        lines.append(f"{NAMES[bot]:20} {' '.join(figures)}")
    return "\n".join(lines)


def _median(values: Iterable[float]) -> float:
    return statistics.median(values)


def compared(given: argparse.Namespace, answers: int) -> str:
    """Return in words what is compared with what."""
    return COMPARED.format(
        answers=answers,
        people=given.people,
        at_once=given.at_once,
        rounds=given.rounds,
        processors=os.cpu_count(),
        engine="PostgreSQL" if given.postgresql else "SQLite",
    )


def expect_the_same(ours: Round, peer: Round) -> None:
    """Raise AssertionError unless both showed their first applicant the same words and buttons."""
    assert len(ours.looks) == len(peer.looks), "the two dialogues differ in length"
    for mine, theirs in zip(ours.looks, peer.looks, strict=True):
        assert mine == theirs, f"the two dialogues differ:\n{mine}\n{theirs}"


def compare(given: argparse.Namespace) -> int:
    """Run the rounds in turns, print the table, and return the exit code."""
    rounds: dict[Program, list[Round]] = {OURS: [], PEER: []}
    for _ in range(given.rounds):
        for bot, done in rounds.items():
            done.append(one_round(bot, given))
    expect_the_same(rounds[OURS][0], rounds[PEER][0])
    ratio = _median(one.a_second for one in rounds[OURS]) / _median(one.a_second for one in rounds[PEER])
    verdict = f"\nThis bot answers {ratio:.1f} times as many updates a second ({WANTED:.0f} are wanted).\n"
    sys.stdout.write(f"{table(rounds)}\n\n{compared(given, len(rounds[OURS][0].looks) - 1)}{verdict}")
    return 0 if ratio >= WANTED else 1


def profile(given: argparse.Namespace) -> int:
    """Run this bot once under the profiler and print where the time went."""
    with tempfile.TemporaryDirectory() as folder, new_database(given.postgresql) as database:
        record = Path(folder) / "profile"
        bot = ("-m", "cProfile", "-o", str(record), *OURS)
        asyncio.run(measure(bot, given.people, given.at_once, Path(folder), database))
        for order in ("tottime", "cumulative"):
            pstats.Stats(str(record), stream=sys.stderr).sort_stats(order).print_stats(PROFILE_LINES)
    return 0


def arguments() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(prog="bench.dialogue", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--people", type=int, default=300, help="applicants in each round")
    parser.add_argument("--at-once", type=int, default=100, help="how many of them at the same time")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each bot, in turns")
    parser.add_argument("--postgresql", default="", help="a server for this bot; SQLite if not given")
    parser.add_argument(
        "--profile", action="store_true", help="where this bot's time goes, on standard error"
    )
    return parser.parse_args()


if __name__ == "__main__":
    asked = arguments()
    sys.exit(profile(asked) if asked.profile else compare(asked))
