"""A bot is killed in the middle of a broadcast: everybody has one final state, and the report is true."""

import pytest

from bench.broadcast_kills import killed
from models.owing.deliveries import Fate


@pytest.mark.kill
async def test_a_bot_is_killed_while_it_broadcasts_and_nobody_is_missed_or_written_to_twice() -> None:
    verdict = await killed(2, 300, rate=300, faults=False)
    ended = sum(verdict.counts[fate.value] for fate in Fate)

    assert [] == verdict.faults
    assert (301, 0) == (ended, verdict.counts["doubled"])
    assert 0 < verdict.counts["dead"] < verdict.counts["sent"]
