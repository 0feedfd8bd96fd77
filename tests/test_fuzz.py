"""Thousands of runs over every parser of people's input: the short form of `python -m bench.fuzz`."""

import pytest

from bench.fuzz import by_chance, corpus, shares
from bench.parsers import PARSERS

RUNS = 12_000
SEED = 20261121


@pytest.mark.parametrize("name", PARSERS)
def test_a_parser_answers_or_refuses_whatever_it_is_given(name: str) -> None:
    count = shares(RUNS, ())[name] + len(corpus(name))
    run = by_chance(name, PARSERS[name], count, SEED)

    assert () == run.finds
    assert count == run.count


def test_ten_million_runs_are_shared_out_whole() -> None:
    assert 9_999_000 < sum(shares(10_000_000, ()).values()) < 10_001_000


def test_a_parser_that_raises_anything_else_is_a_find() -> None:
    def broken(data: bytes) -> None:
        raise KeyError(data)

    run = by_chance("broken", type(PARSERS["nik"])(broken, 1), 100, SEED)

    assert 5 == len(run.finds)
