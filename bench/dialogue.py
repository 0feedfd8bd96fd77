"""Updates per second through the whole registration: this bot and what others would take instead, in turns.

    python -m bench.dialogue [--people 300] [--rounds 3] [--only NAME ...] [--pin N] [--postgresql SERVER]
    python -m bench.dialogue --kill [--only NAME ...]
    python -m bench.dialogue --profile

Each round starts a simulated Telegram and one bot as a process of its own, lets one applicant through to
warm it up, then a crowd of invented applicants, each of whom answers as soon as they are asked. Measured
from the first message to the last receipt. Ends with 1 when a goal is missed, and says which. With --kill
each bot is killed in the middle instead, and it is counted what that cost the people.
"""

import argparse
import asyncio
import os
import pstats
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import logs
from bench.peers import crib, form, recording
from bench.peers.homes import CRIB, RECORDING, home
from bench.peers.programs import OURS, PROGRAMS, Program
from bench.processes import leave
from bench.rounds import Round, measure
from bench.survivors import PEOPLE, survived
from bench.verdicts import Rounds, expect_the_same, goals, ratios, table

PROFILE_LINES: Final = 45

COMPARED: Final = """\
Compared: the same {answers} answers of each of {people} applicants, {at_once} of them at once, through a
simulated Telegram over HTTP on loopback, {rounds} rounds each in turns, on {processors}.
"""


def chosen(names: Sequence[str]) -> list[Program]:
    """Return the programs to run, this bot among them; say in a sentence which cannot."""
    wanted = [one for one in PROGRAMS if not names or one == OURS or one.name in names]
    able = [one for one in wanted if not one.lacking()]
    for program in wanted:
        if program not in able:
            _say(f"{program.name} is left out: {program.lacking()}.")
    return able


def supply(programs: Sequence[Program], people: int, shelf: Path) -> None:
    """Put on the shelf what programs need beside their settings."""
    if any(program.needs_crib for program in programs):
        crib.write(shelf / CRIB, people, form.today())
    if any(program.replays for program in programs):
        with tempfile.TemporaryDirectory() as folder:
            recording.write(shelf / RECORDING, Path(folder))


def one_round(program: Program, given: argparse.Namespace, shelf: Path) -> Round:
    """Run one round in a folder that is thrown away, and say how fast it was."""
    with (
        tempfile.TemporaryDirectory() as folder,
        home(program, Path(folder), shelf, given.postgresql, given.pin) as made,
    ):
        done = asyncio.run(measure(made, given.people, given.at_once))
    _say(f"{program.name:28} {done.a_second:7.0f} updates/s, {done.milliseconds:6.2f} ms of processor each")
    return done


def compared(given: argparse.Namespace, rounds: Rounds) -> str:
    """Return in words what is compared with what."""
    processors = f"{os.cpu_count()} processors"
    whole = COMPARED.format(
        answers=len(rounds[OURS][0].looks) - 1,
        people=given.people,
        at_once=min(given.at_once, given.people),
        rounds=given.rounds,
        processors=processors if given.pin is None else f"{processors}, the bot on number {given.pin} alone",
    )
    return whole + "".join(f"  {program.name:28} {program.told}\n" for program in rounds)


def compare(given: argparse.Namespace, programs: Sequence[Program], shelf: Path) -> int:
    """Run the rounds in turns, print the table, and return the exit code."""
    supply(programs, given.people + 1, shelf)
    rounds: dict[Program, list[Round]] = {program: [] for program in programs}
    for _ in range(given.rounds):
        for program, done in rounds.items():
            done.append(one_round(program, given, shelf))
            expect_the_same(rounds[OURS][-1], done[-1], program)
    lines, missed = goals(rounds)
    _say("\n".join(("", table(rounds), "", compared(given, rounds), ratios(rounds), *lines)))
    return 1 if missed else 0


def kill(given: argparse.Namespace, programs: Sequence[Program], shelf: Path) -> int:
    """Kill each bot once in the middle and say what that cost; return the exit code."""
    supply(programs, PEOPLE, shelf)
    lost = False
    for program in programs:
        with (
            tempfile.TemporaryDirectory() as folder,
            home(program, Path(folder), shelf, given.postgresql, given.pin) as made,
        ):
            cost = asyncio.run(survived(made))
        _say(f"{program.name:28} {cost.told}")
        lost = lost or (program == OURS and cost.any)
    return 1 if lost else 0


def profile(given: argparse.Namespace, shelf: Path) -> int:
    """Run this bot once under the profiler and print where the time went."""
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "profile"
        bot, *arguments = OURS.command
        command = (bot, "-m", "cProfile", "-o", str(record), *arguments)
        with home(OURS, Path(folder), shelf, given.postgresql) as made:
            asyncio.run(
                measure(replace(made, program=replace(OURS, command=command)), given.people, given.at_once)
            )
        for order in ("tottime", "cumulative"):
            pstats.Stats(str(record), stream=sys.stderr).sort_stats(order).print_stats(PROFILE_LINES)
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def arguments() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(prog="bench.dialogue", description=(__doc__ or "").splitlines()[0])
    names = [program.name for program in PROGRAMS]
    parser.add_argument("--people", type=int, default=300, help="applicants in each round")
    parser.add_argument("--at-once", type=int, default=100, help="how many of them at the same time")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each bot, in turns")
    parser.add_argument("--only", nargs="+", choices=names, default=[], help="beside this bot only these")
    parser.add_argument(
        "--pin", type=int, metavar="N", help="processor for the bot alone, Telegram on the others"
    )
    parser.add_argument("--postgresql", default="", help="a server for this bot; SQLite if not given")
    parser.add_argument("--kill", action="store_true", help="kill each bot once in the middle of the load")
    parser.add_argument(
        "--profile", action="store_true", help="where this bot's time goes, on standard error"
    )
    return parser.parse_args()


def main() -> int:
    """Do what is asked for and return the exit code."""
    given = arguments()
    logs.configure(level="CRITICAL", secrets=())
    if given.pin is not None:
        leave(given.pin)
    with tempfile.TemporaryDirectory() as folder:
        if given.profile:
            return profile(given, Path(folder))
        run = kill if given.kill else compare
        return run(given, chosen(given.only), Path(folder))


if __name__ == "__main__":
    sys.exit(main())
