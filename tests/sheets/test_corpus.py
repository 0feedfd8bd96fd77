"""Damaged files: every row gets the verdict it must get, whatever happened to the file."""

import pytest

from tests.sheets.damage import CORPUS, Damage
from tests.sheets.lists import verdicts


@pytest.mark.parametrize("damage", CORPUS, ids=lambda damage: damage.name)
def test_every_row_gets_its_verdict(damage: Damage) -> None:
    assert damage.verdicts == verdicts(damage.made())


def test_the_corpus_is_large_and_each_of_it_another() -> None:
    assert len(CORPUS) >= 60
    assert len(CORPUS) == len({damage.name for damage in CORPUS})
