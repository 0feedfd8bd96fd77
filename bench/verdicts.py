"""What a comparison says: a table of medians, how much faster this bot is, and which goals it missed."""

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bench.peers.programs import AIOGRAM, FLOOR, GRAMMY_MEMORY, HANDLER, OURS, Program
from bench.peers.rows import without_reference
from bench.rounds import Round

Rounds = Mapping[Program, Sequence[Round]]


@dataclass(frozen=True, slots=True)
class Goal:
    """What is wanted beside one peer: at least so many times its updates a second, or at most its cost."""

    peer: Program
    told: str
    reached: Callable[[float, float], bool]
    """Of how many times its updates a second, and how many times its processor time for one, are ours."""


MOST: Final = 2.5
"""How many times the cost of the floor may be ours."""

GOALS: Final = (
    Goal(HANDLER, "at least 8 times as many updates a second", lambda speed, _: speed >= 8.0),
    Goal(AIOGRAM, "at least 5 times as many updates a second", lambda speed, _: speed >= 5.0),
    Goal(GRAMMY_MEMORY, "more updates a second", lambda speed, _: speed > 1.0),
    Goal(FLOOR, f"at most {MOST} times the time", lambda speed, _: speed >= 1 / MOST),
    Goal(FLOOR, f"at most {MOST} times the processor time", lambda _, cost: cost <= MOST),
)


def table(rounds: Rounds) -> str:
    """Return the medians of all, one below the other."""
    heads = ("updates/s", "CPU/update", "p50", "p99", "peak memory")
    widths = (10, 11, 9, 9, 12)
    titles = " ".join(f"{head:>{width}}" for head, width in zip(heads, widths, strict=True))
    lines = [f"{'medians':28} {titles}"]
    for program, done in rounds.items():
        figures = (
            f"{a_second(done):10.0f}",
            f"{milliseconds(done):8.2f} ms",
            f"{_median(one.waited(0.50) for one in done):6.0f} ms",
            f"{_median(one.waited(0.99) for one in done):6.0f} ms",
            f"{_median(one.peak_megabytes for one in done):9.0f} MB",
        )
        lines.append(f"{program.name:28} {' '.join(figures)}")
    return "\n".join(lines)


def ratios(rounds: Rounds) -> str:
    """Return how this bot compares with each peer."""
    return "\n".join(
        f"beside {program.name:28} {speed:5.2f} times the updates/s, {cost:5.2f} times the processor time"
        for program, done in rounds.items()
        if program != OURS
        for speed, cost in (_beside(rounds, program),)
    )


def goals(rounds: Rounds) -> tuple[list[str], bool]:
    """Return a line for each goal, and whether one was missed."""
    lines, missed = [], False
    for goal in GOALS:
        if goal.peer not in rounds:
            lines.append(f"goal: beside {goal.peer.name}, {goal.told}: not run")
            continue
        reached = goal.reached(*_beside(rounds, goal.peer))
        missed = missed or not reached
        lines.append(f"goal: beside {goal.peer.name}, {goal.told}: {'reached' if reached else 'MISSED'}")
    return lines, missed


def _beside(rounds: Rounds, peer: Program) -> tuple[float, float]:
    ours, theirs = rounds[OURS], rounds[peer]
    return a_second(ours) / a_second(theirs), milliseconds(ours) / milliseconds(theirs)


def a_second(done: Iterable[Round]) -> float:
    """Return the median of the updates answered a second."""
    return _median(one.a_second for one in done)


def milliseconds(done: Iterable[Round]) -> float:
    """Return the median of the processor milliseconds for one update."""
    return _median(one.milliseconds for one in done)


def _median(values: Iterable[float]) -> float:
    return statistics.median(values)


def expect_the_same(ours: Round, peer: Round, program: Program) -> None:
    """Raise AssertionError unless both say the same to their first applicant, and file the same of everybody.

    Who replays cannot file what it has not understood: there it must be a row of everybody.
    """
    assert len(ours.looks) == len(peer.looks), f"{program.name}: a dialogue of another length"
    for mine, theirs in zip(ours.looks, peer.looks, strict=True):
        assert mine == theirs, f"{program.name} says something else:\n{mine}\n{theirs}"
    assert ours.calls == peer.calls, f"{program.name} makes other calls: {ours.calls}, {peer.calls}"
    bare: Callable[[tuple[object, ...]], object] = _person if program.replays else without_reference
    mine_filed, theirs_filed = (sorted(map(bare, one.rows), key=repr) for one in (ours, peer))
    assert mine_filed == theirs_filed, f"{program.name} files something else"


def _person(row: tuple[object, ...]) -> object:
    return row[0]
