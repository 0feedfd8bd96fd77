"""Clocks jump while five bots remind, on both engines: each reminder comes once, and nothing is stuck."""

from bench.clock_jumps import jumped


async def test_each_reminder_comes_once_whatever_the_clocks_say(database_url: str) -> None:
    """The short form of `python -m bench.clock_jumps`."""
    verdict = await jumped(database_url, jumps=8, people=3)

    assert [] == verdict.faults
    assert 8 == verdict.counts["jumps"]
    assert 3 == verdict.counts["planned by five schedulers at once"]
    assert 3 <= verdict.counts["reminders that came"]
