"""Telegram is away and comes back with a backlog; the bot is away for a day: nobody is forgotten."""

import pytest

from bench.outage import away


@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_after_an_outage_everybody_is_answered_and_no_reminder_comes_late(database_url: str) -> None:
    """The short form of `python -m bench.outage`: no rate is judged."""
    verdict = await away(database_url, people=10, updates=60, short=True)

    assert [] == verdict.faults
