"""Updates come whether the bot keeps up or not, and everybody is answered."""

import pytest

from bench.load import answered


@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_everybody_is_answered_under_an_open_loop(database_url: str) -> None:
    """The short form of `python -m bench.load`: no time is judged."""
    findings = await answered(2.0, 50, database_url)

    assert [] == findings.faults
