"""The bench of the dialogue: each program reaches the receipt, with this bot's words, calls and rows."""

import asyncio
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from bench.dialogue import supply
from bench.peers.homes import home
from bench.peers.programs import AIOGRAM, FLOOR, GRAMMY_MEMORY, HANDLER, OURS, PICKLE, PROGRAMS, Program
from bench.peers.rows import COLUMNS
from bench.rounds import Round, measure
from bench.survivors import Cost, survived
from bench.verdicts import expect_the_same, goals, ratios, table

PEOPLE = 2
"""So many, after the one who comes first."""

PATIENCE = 30.0
SOON = 10.0
PEERS = [program for program in PROGRAMS if program != OURS]

ROUND = Round(
    updates=100,
    seconds=1.0,
    processor_seconds=0.1,
    waits=[0.1, 0.2],
    peak_megabytes=50.0,
    looks=[("Halo", "[]")],
    calls=Counter(sendMessage=1),
    rows=[tuple(range(len(COLUMNS)))],
)


def _measured(program: Program, folder: Path) -> Round:
    with home(program, folder / program.name, folder) as made:
        return asyncio.run(measure(made, PEOPLE, PEOPLE))


def _killed(program: Program, folder: Path, patience: float) -> Cost:
    with home(program, folder / program.name, folder) as made:
        return asyncio.run(survived(made, PEOPLE, patience))


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shelf")
    supply([program for program in PROGRAMS if not program.lacking()], PEOPLE + 1, folder)
    return folder


@pytest.fixture(scope="module")
def ours(shelf: Path) -> Round:
    return _measured(OURS, shelf)


@pytest.mark.kill
@pytest.mark.parametrize("peer", PEERS, ids=lambda program: program.name)
def test_a_peer_says_and_files_what_this_bot_does(peer: Program, ours: Round, shelf: Path) -> None:
    if lacking := peer.lacking():
        pytest.skip(lacking)

    theirs = _measured(peer, shelf)

    assert len(ours.rows) == PEOPLE + 1
    assert ours.looks
    expect_the_same(ours, theirs, peer)


@pytest.mark.kill
def test_a_kill_in_the_middle_costs_nobody_anything_here(tmp_path: Path) -> None:
    assert not _killed(OURS, tmp_path, PATIENCE).any


@pytest.mark.kill
def test_a_kill_in_the_middle_costs_everybody_their_answers_where_they_are_in_memory(tmp_path: Path) -> None:
    cost = _killed(AIOGRAM, tmp_path, SOON)

    assert cost.asked_again == cost.began_anew == PEOPLE
    assert cost.unfinished == cost.wrongly_filed == 0


@pytest.mark.parametrize(
    "other",
    [
        replace(ROUND, looks=[("Hai", "[]")]),
        replace(ROUND, looks=[*ROUND.looks, ("Halo", "[]")]),
        replace(ROUND, calls=Counter(sendMessage=2)),
        replace(ROUND, rows=[]),
        replace(ROUND, rows=[(*range(len(COLUMNS) - 1), "other")]),
    ],
    ids=["words", "length", "calls", "no row", "another row"],
)
def test_whoever_does_something_else_is_no_peer(other: Round) -> None:
    expect_the_same(ROUND, ROUND, HANDLER)
    with pytest.raises(AssertionError, match="conversation-handler"):
        expect_the_same(ROUND, other, HANDLER)


def test_a_receipt_number_may_be_any() -> None:
    (row,) = ROUND.rows

    expect_the_same(ROUND, replace(ROUND, rows=[(row[0], "another", *row[2:])]), PICKLE)


@pytest.mark.parametrize(
    ("peer", "enough", "too_much"),
    [
        (HANDLER, 100 / 8.0, 13.0),
        (AIOGRAM, 100 / 5.0, 21.0),
        (GRAMMY_MEMORY, 99.0, 100.0),
        (FLOOR, 250.0, 251.0),
    ],
    ids=lambda value: value.name if isinstance(value, Program) else None,
)
def test_a_goal_is_missed_where_a_peer_is_too_fast(peer: Program, enough: float, too_much: float) -> None:
    assert goals({OURS: [ROUND], peer: [_fast(enough)]})[1] is False
    lines, missed = goals({OURS: [ROUND], peer: [_fast(too_much)]})

    assert missed is True
    assert [line.split(",")[0] for line in lines if "MISSED" in line] == [f"goal: beside {peer.name}"]


def test_the_floor_is_missed_by_processor_time_too() -> None:
    cheap = replace(ROUND, processor_seconds=0.039)

    assert goals({OURS: [ROUND], FLOOR: [cheap]})[1] is True


def test_what_did_not_run_is_said_and_misses_nothing() -> None:
    lines, missed = goals({OURS: [ROUND]})

    assert missed is False
    assert all(line.endswith("not run") for line in lines)


def test_the_table_has_a_line_for_each() -> None:
    rounds = {OURS: [ROUND], HANDLER: [_fast(10.0)]}

    assert [line.split()[0] for line in table(rounds).splitlines()] == ["medians", OURS.name, HANDLER.name]
    assert "10.00 times the updates/s" in ratios(rounds)


def _fast(a_second: float) -> Round:
    """Return a round with so many updates a second, for the same processor time as ours."""
    return replace(ROUND, seconds=ROUND.updates / a_second)
