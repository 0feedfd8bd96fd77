"""A million updates through one bot: does it hold more and more memory, files or connections?

    python -m bench.endurance [--updates 1000000] [--short] [--postgresql SERVER]

Applicants register, a hundred at once, each answering as soon as they are asked. After every hundred thousand
updates the memory and the open descriptors of the bot's process are noted. Ends with 1 when, after the first
fifth, the memory grows by a megabyte or more for a hundred thousand updates, descriptors grow, or somebody
has to write twice. The short form runs the bot in this process and counts tasks and descriptors only.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import logs
from bench.crowd import Crowd
from bench.databases import new_database
from bench.floods import Findings
from bench.offices import office, until
from bench.processes import BotProcess, environment
from simulator.server import Simulator

EACH: Final = 26
"""Updates of one registration."""

AT_ONCE: Final = 100
PORTION: Final = 100_000
GROWTH: Final = 1.0
"""Megabytes for a hundred thousand updates."""

WARM: Final = 0.2
"""The share of the updates at the beginning in which memory may settle."""

MORE: Final = 10
"""Descriptors by which the number open may differ from one look to the next."""

LOOKS: Final = 10


async def endured(updates: int, database: str = "") -> Findings:
    """Run it at a bot of its own; return what was found."""
    simulator = Simulator(remember=4, seed=1)
    with tempfile.TemporaryDirectory() as folder:
        async with simulator.serve() as url:
            settings = environment(simulator, url, Path(folder), database)
            bot = await BotProcess.start(("bot.py", "run"), settings, Path(folder) / "bot.log")
            try:
                await bot.polls(simulator)
                crowd = Crowd(simulator, updates // EACH, AT_ONCE)
                registering = asyncio.create_task(crowd.register())
                looks = await _looks(bot, crowd, registering, updates)
                await registering
            finally:
                await bot.stop()
    return _judged(crowd, looks)


Look = tuple[int, float, int]
"""Updates so far, megabytes, descriptors."""


async def _looks(
    bot: BotProcess, crowd: Crowd, registering: "asyncio.Task[None]", updates: int
) -> list[Look]:
    """Look at the process after every tenth of the updates, at least every hundred thousand."""
    looks: list[Look] = []
    portion = min(PORTION, updates // LOOKS)
    while not registering.done():
        await asyncio.sleep(0.2)
        bot.expect_alive()
        if len(crowd.waits) >= (len(looks) + 1) * portion:
            look = (len(crowd.waits), bot.resident_megabytes(), bot.descriptors())
            looks.append(look)
            sys.stdout.write(f"{look[0]:9} updates {look[1]:8.1f} MB {look[2]:5} descriptors\n")
            sys.stdout.flush()
    return looks


def _judged(crowd: Crowd, looks: list[Look]) -> Findings:
    findings = Findings()
    line = f"{len(crowd.waits)} updates in {crowd.seconds:.0f} s, {len(crowd.waits) / crowd.seconds:.0f}/s"
    findings.check(crowd.nudges == 0, f"{line}, {crowd.nudges} had to write twice")
    warm = [look for look in looks if look[0] >= WARM * len(crowd.waits)]
    (first, before, opened), (last, after, open_now) = warm[0], warm[-1]
    grown = (after - before) / max(1, last - first) * PORTION
    line = f"memory {before:.1f} to {after:.1f} MB, {grown:+.2f} MB for {PORTION} updates"
    findings.check(grown < GROWTH, f"{line} (under {GROWTH:.0f})")
    line = f"descriptors {opened} to {open_now}"
    findings.check(open_now <= opened + MORE, line)
    return findings


async def counted(people: int, database: str = "") -> Findings:
    """Register people in two rounds at a bot in this process: the second leaves no more behind."""
    simulator, findings = Simulator(remember=4, seed=1), Findings()
    with tempfile.TemporaryDirectory() as folder:
        async with simulator.serve() as url, office(simulator, url, Path(folder), database):
            counts = []
            for number, at_once in enumerate((4, 2)):
                await Crowd(simulator, people, at_once, first=number * people).register()
                await until(lambda: not len(simulator.telegram.queue), 30.0)
                counts.append((len(asyncio.all_tasks()), len(os.listdir("/proc/self/fd"))))
    (tasks, files), (tasks_after, files_after) = counts
    findings.check(tasks_after <= tasks, f"tasks {tasks} to {tasks_after}")
    findings.check(files_after <= files, f"descriptors {files} to {files_after}")
    return findings


def main() -> int:
    """Run it, print the figures, and return the exit code."""
    parser = argparse.ArgumentParser(prog="bench.endurance", description=__doc__.splitlines()[0])
    parser.add_argument("--updates", type=int, default=1_000_000)
    parser.add_argument("--short", action="store_true", help="a few people, tasks and descriptors only")
    parser.add_argument("--postgresql", default="", help="a server; a new SQLite file if not given")
    given = parser.parse_args()
    logs.configure(level="CRITICAL", secrets=())
    began = time.monotonic()
    with new_database(given.postgresql) as url:
        findings = asyncio.run(counted(6, url) if given.short else endured(given.updates, url))
    for line in findings.figures:
        sys.stdout.write(f"{line}{'  MISSED' if line in findings.faults else ''}\n")
    sys.stdout.write(f"figure: {'; '.join(findings.figures)}, {time.monotonic() - began:.0f} s\n")
    return 1 if findings.faults else 0


if __name__ == "__main__":
    sys.exit(main())
