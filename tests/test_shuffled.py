"""Updates that come twice and in disorder leave everybody where they would be in order, on both engines."""

import shutil
from pathlib import Path

import pytest

from bench.shuffled import Came, Plan, carried, compared, without

PEOPLE = 10


async def came(database_url: str, sqlite_template: Path, folder: Path, stale: bool) -> tuple[Came, Came]:
    """What comes of the same people in order, and shuffled in the database under test."""
    ordered = folder / "ordered.db"
    shutil.copy(sqlite_template, ordered)
    in_order = await carried(Plan(PEOPLE, 1, f"sqlite:///{ordered}", f"{folder}/a", in_order=True))
    with without("" if stale else "deduplication"):
        return in_order, await carried(Plan(PEOPLE, 1, database_url, f"{folder}/b", stale=stale))


async def test_copies_disorder_and_stale_taps_change_nothing(
    database_url: str, sqlite_template: Path, tmp_path: Path
) -> None:
    ordered, shuffled = await came(database_url, sqlite_template, tmp_path, stale=True)

    assert [] == compared(ordered, shuffled)
    assert PEOPLE == shuffled.counts["receipts"]
    assert 0 < shuffled.counts["copies"]
    assert 0 < shuffled.counts["stale taps"]


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_taking_copies_for_new_ones_is_noticed(
    database_url: str, sqlite_template: Path, tmp_path: Path
) -> None:
    assert compared(*await came(database_url, sqlite_template, tmp_path, stale=False))
