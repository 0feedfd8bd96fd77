"""The table of the promises: each is proved, what proves it is there, and what is taken away can be."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from bench.mutations import MUTATIONS, ROOT, Change, Moved, Mutation
from bench.promises import PROMISES, PROOFS
from bench.soak import Result, figure_of, newest, table


def files(arguments: tuple[str, ...]) -> list[Path]:
    """Return the files that a command names: a program of ours, or tests."""
    program = arguments[arguments.index("-m") + 1]
    named = [f"{program.replace('.', '/')}.py"] if program.startswith("bench.") else []
    return [ROOT / each for each in [*named, *arguments] if each.startswith(("bench/", "tests/"))]


def test_every_promise_has_a_proof_that_is_there() -> None:
    proved = {number for proof in PROOFS for number in proof.promises}

    assert [] == [promise.words for promise in PROMISES if promise.number not in proved]
    for proof in PROOFS:
        for arguments in filter(None, (proof.short, proof.long)):
            assert files(arguments), proof.name
            assert all(path.exists() for path in files(arguments)), proof.name
    assert len(PROOFS) == len({proof.name for proof in PROOFS})


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: str(mutation.name))
def test_what_is_taken_away_is_there_once(mutation: Mutation) -> None:
    assert all(Path(str(path).partition("::")[0]).exists() for path in files(mutation.must_fail))
    if mutation.change is not None:
        mutation.change.check()


def test_a_safeguard_that_is_missed_is_red() -> None:
    sealed = next(each for each in MUTATIONS if "sealed for" in each.name)

    assert sealed.is_noticed()
    assert not Mutation("nothing", sealed.must_fail).is_noticed()


def test_a_place_that_moved_is_said() -> None:
    with pytest.raises(Moved, match="0 times"):
        Change("models/storage/envelope.py", "no such text", "").check()


def test_the_figure_is_the_proofs_own_or_what_pytest_counted() -> None:
    assert "0 faults" == figure_of("figure: 7 faults\nfigure: 0 faults\n12 passed in 3 s\n")
    assert "12 passed in 3.10s" == figure_of("....\n12 passed in 3.10s\n")


def result(form: str, figure: str, *, held: bool = True) -> str:
    """Return a line of results."""
    return json.dumps(asdict(Result(PROOFS[0].name, form, "2026-11-21T10:00", "abc", 1.5, held, figure)))


def test_a_short_run_does_not_hide_a_long_one() -> None:
    lines = [result("long", "0 of a million"), result("short", "0 of ten")]

    assert "0 of a million" == newest(lines)[PROOFS[0].name].figure
    assert "0 of a million" == newest(reversed(lines))[PROOFS[0].name].figure


def test_what_did_not_hold_stands_in_bold() -> None:
    page = table(newest([result("long", "3 lost", held=False)]))

    assert f"| 1 | {PROMISES[0].words} | **{PROOFS[0].name}**; " in page
    assert "| **3 lost**; 2 s, 2026-11-21, abc |" in page
    assert page.count("not run") >= len(MUTATIONS)


def test_a_result_knows_its_commit() -> None:
    assert Result.of("x", "short", 1.0, True, "y").commit
