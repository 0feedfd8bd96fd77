"""The bot is killed in the middle of registrations, on both engines, and nobody notices."""

import pytest

from bench.kills import killed


@pytest.mark.kill
async def test_nobody_loses_an_answer_when_the_bot_is_killed_again_and_again(database_url: str) -> None:
    """The short form of `make kill`: real processes, real signals, real HTTP."""
    counts, faults = await killed(5, at_once=16, database=database_url)

    assert [] == faults
    assert counts["applicants"] == counts["receipts"]
    assert 0 < counts["receipts"]
