"""The bot is killed in the middle of registrations, on both engines, and nobody notices."""

import pytest

from bench.kills import Plan, killed


@pytest.mark.kill
@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
async def test_nobody_loses_an_answer_when_the_bot_is_killed_again_and_again(
    database_url: str, webhook: bool
) -> None:
    """The short form of `make kill`: real processes, real signals, real HTTP; each named point once."""
    counts, faults = await killed(Plan(kills=8, each=1, at_once=16, webhook=webhook), database_url)

    assert [] == faults
    assert counts["applicants"] == counts["receipts"]
    assert 0 < counts["receipts"]
