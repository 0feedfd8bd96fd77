"""Two hundred updates a second, whether the bot keeps up or not: how long commits and answers take.

    python -m bench.load [--seconds 600] [--a-second 200] [--short] [--postgresql SERVER]

An open loop: the next update is made when its moment has come, not when the last one was answered. Applicants
go on with their registration as soon as they are asked, and new ones come in when nobody has anything to say.
Without a server it runs on SQLite; with one on PostgreSQL. Ends with 1 when somebody is not answered, and,
but for the short form, when the p99 of the commits exceeds 50 ms or that of the answers 500 ms.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

import logs
from bench.applicant import RECEIPT, Applicant, invented
from bench.crowd import Crowd
from bench.databases import new_database
from bench.floods import Findings
from bench.processes import BotProcess, environment
from simulator.server import Simulator

COMMIT: Final = 0.050
ANSWER: Final = 0.500
"""Seconds within which 99 of 100 are to be done."""

WARM: Final = 5.0
"""Seconds at the beginning that are not judged."""

FIRST: Final = 900_000
"""The number of the applicant who comes before all others and finds everything still to be loaded."""

PATIENCE: Final = 60.0
BEAT: Final = 0.005


class Arrivals:
    """Applicants at a simulated Telegram, so many updates a second."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._inside: dict[int, Applicant] = {}
        self._ready: deque[Callable[[], object]] = deque()
        self._since: dict[int, float] = {}
        self._number = 0
        self.waits: list[float] = []
        self.receipts = 0
        self.made = 0
        simulator.on_sent(self._heard)

    async def come(self, seconds: float, a_second: float) -> None:
        """Make that many updates a second, for so many seconds."""
        began, before = time.perf_counter(), self.made
        while (passed := time.perf_counter() - began) < seconds:
            for _ in range(int(passed * a_second) - (self.made - before)):
                self._act()
            await asyncio.sleep(BEAT)

    def _act(self) -> None:
        self.made += 1
        act = self._ready.popleft() if self._ready else self._enter()
        act()

    def _enter(self) -> Callable[[], object]:
        phone = self._simulator.person(first_name="Warga")
        applicant = self._inside[phone.id] = Applicant(phone, invented(self._number))
        self._number += 1
        return partial(self._does, phone.id, applicant.greets)

    def _does(self, person: int, act: Callable[[], object]) -> None:
        self._since[person] = time.perf_counter()
        act()

    def _heard(self, chat: int, shown: dict[str, Any]) -> None:
        applicant = self._inside.get(chat)
        place = None if applicant is None else applicant.place(shown)
        since = None if place is None else self._since.pop(chat, None)
        if applicant is None or place is None or since is None:
            return
        self.waits.append(time.perf_counter() - since)
        if place == RECEIPT:
            self.receipts += 1
            del self._inside[chat]
        else:
            self._ready.append(partial(self._does, chat, partial(applicant.answers, place, shown)))

    @property
    def waiting(self) -> int:
        """How many wait for an answer."""
        return len(self._since)


def percentile(values: list[float], share: float) -> float:
    """Return the value that this share does not exceed; 0 of none."""
    return sorted(values)[min(int(share * len(values)), len(values) - 1)] if values else 0.0


async def loaded(seconds: float, a_second: float, *, judge: bool, database: str = "") -> Findings:
    """Run it at a bot of its own; return what was found."""
    findings, simulator = Findings(), Simulator(remember=4, seed=1)
    arrivals = Arrivals(simulator)
    with tempfile.TemporaryDirectory() as folder:
        commits = Path(folder) / "commits"
        async with simulator.serve() as url:
            settings = environment(simulator, url, Path(folder), database)
            program = ("-m", "bench.timed_bot", str(commits))
            bot = await BotProcess.start(program, settings, Path(folder) / "bot.log")
            try:
                await bot.polls(simulator)
                await Crowd(simulator, 1, 1, first=FIRST).register()
                await arrivals.come(min(WARM, seconds), a_second)
                arrivals.waits.clear()
                await arrivals.come(seconds, a_second)
                until = time.monotonic() + PATIENCE
                while arrivals.waiting and time.monotonic() < until:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)  # the bot is another process: nothing tells
                spent, peak = bot.cpu_seconds(), bot.peak_megabytes()
            finally:
                await bot.stop()
        took = [float(line) for line in commits.read_text("ascii").split()]
    made = f"{arrivals.made} updates, {arrivals.receipts} registrations"
    findings.check(arrivals.receipts > 0 or not judge, f"{made}, {spent:.0f} s of processor, {peak:.0f} MB")
    findings.check(not arrivals.waiting, f"{arrivals.waiting} without an answer")
    for name, values, limit in (("commit", took, COMMIT), ("answer", arrivals.waits, ANSWER)):
        p50, p99 = percentile(values, 0.50), percentile(values, 0.99)
        line = f"{name}: p50 {1000 * p50:.1f} ms, p99 {1000 * p99:.1f} ms ({1000 * limit:.0f} ms)"
        findings.check(p99 <= limit or not judge, f"{line}, n={len(values)}")
    return findings


def main() -> int:
    """Run it, print the figures, and return the exit code."""
    parser = argparse.ArgumentParser(prog="bench.load", description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--a-second", type=float, default=200.0, help="updates")
    parser.add_argument("--short", action="store_true", help="five seconds, and no time is judged")
    parser.add_argument("--postgresql", default="", help="a server; a new SQLite file if not given")
    given = parser.parse_args()
    logs.configure(level="CRITICAL", secrets=())
    seconds = 5.0 if given.short else given.seconds
    with new_database(given.postgresql) as database:
        findings = asyncio.run(loaded(seconds, given.a_second, judge=not given.short, database=database))
    for line in findings.figures:
        sys.stdout.write(f"{line}{'  MISSED' if line in findings.faults else ''}\n")
    engine = "PostgreSQL" if given.postgresql else "SQLite"
    sys.stdout.write(f"figure: {engine}, {given.a_second:.0f}/s; {'; '.join(findings.figures[1:])}\n")
    return 1 if findings.faults else 0


if __name__ == "__main__":
    sys.exit(main())
