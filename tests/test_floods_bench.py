"""One person floods the bot while others converse: they are restrained, and nobody else loses a reply."""

import pytest

from bench.floods import flooded


@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_a_flood_costs_nobody_else_a_reply(database_url: str) -> None:
    """The short form of `python -m bench.floods`: no time is judged."""
    findings = await flooded(["text"], seconds=2.0, a_second=500, short=True, database=database_url)

    assert [] == findings.faults
