"""Intakes get into each other's way on both engines, and nobody sees an error."""

from pathlib import Path

from bench.contended import contended, strict
from tests.conftest import SERVER


async def test_who_gives_way_tries_again_and_nobody_notices(database_url: str, tmp_path: Path) -> None:
    if database_url.startswith("postgresql"):
        strict(SERVER, database_url)
    toll = await contended(database_url, tmp_path / "keys", transactions=40, seed=1, intakes=4, at_once=1)

    assert [] == toll.faults
    assert 40 <= toll.counts["transactions"]
    assert 0 < toll.counts["gave way"] + toll.counts["found it busy or away"]
