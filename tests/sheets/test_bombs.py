"""Bombs are refused before they go off, and what goes off all the same dies alone."""

import random
import resource

import pytest
from openpyxl.xml import DEFUSEDXML

from rules.refusal import Refused
from sheets import confined, limits
from tests.sheets.bombs import BOMBS, all_delimiters, damaged
from tests.sheets.lists import HEADINGS, ORDER, csv_of, judged, people, verdicts, xlsx_of

GROWTH = 20 * 1024
"""Kilobytes that this process may grow by while a bomb is refused."""


@pytest.mark.parametrize("bomb", BOMBS)
async def test_a_bomb_is_refused(bomb: str) -> None:
    made, refusal = BOMBS[bomb]
    content = made()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Refused) as refused:
        await judged(content)

    assert refusal == refused.value.name
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < GROWTH


async def test_empty_cells_without_end_are_nobody() -> None:
    assert {} == await judged(all_delimiters())


async def test_a_process_that_is_silent_is_ended() -> None:
    with pytest.raises(Refused) as refused:
        async for _ in confined.lines({"do": "judge"}, csv_of([HEADINGS, *people(2)]), patience=0.0):
            pass

    assert "sheets.file.too_heavy" == refused.value.name


async def test_a_fault_of_ours_is_not_put_on_the_file() -> None:
    with pytest.raises(confined.ReadingFailed):
        async for _ in confined.lines({"do": "nothing we know"}, b""):
            pass


@pytest.mark.parametrize("seed", range(60))
def test_a_workbook_with_any_damage_is_read_or_refused(seed: int) -> None:
    """Bytes of its parts are changed at random: no damage may look like a fault of ours."""
    chance = random.Random(seed)  # noqa: S311 - the same every time
    said = verdicts(damaged(xlsx_of([HEADINGS, *people(5)]), chance))

    assert isinstance(said, dict) or said.startswith("sheets.file.")


def test_the_process_knows_no_secret_of_ours() -> None:
    assert {"OPENPYXL_LXML", "OPENPYXL_DEFUSEDXML", "LC_ALL"} == confined.ENVIRONMENT.keys()


def test_a_workbook_is_read_by_a_reader_that_follows_no_entities() -> None:
    assert DEFUSEDXML


async def test_more_rows_than_a_list_may_have_are_left() -> None:
    content = csv_of([HEADINGS, *([person] for person in range(limits.ROWS + 2))])
    lines = [line async for line in confined.lines({**ORDER, "after": limits.ROWS}, content)]

    assert {"end": True, "left_from": limits.ROWS + 2} == lines[-1]
