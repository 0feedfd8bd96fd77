"""Every process of a deployment is restarted while people register, and nobody notices."""

from collections.abc import Iterator

import pytest

from bench.databases import new_database
from bench.rolling import Plan, rolled
from tests.conftest import SERVER


@pytest.fixture
def new(server: object) -> Iterator[str]:
    """The address of an empty database, where a PostgreSQL server answers."""
    with new_database(SERVER) as url:
        yield url


@pytest.mark.kill
async def test_a_rolling_restart_is_noticed_by_nobody(new: str) -> None:
    """The short form of `python -m bench.rolling`."""
    counts, faults = await rolled(Plan(rounds=1, webs=2, workers=1, at_once=6), new)

    assert ([], 3) == (faults, counts["restarts"])
    assert counts["applicants"] == counts["receipts"] > 0
