"""Senders are killed while they send: nothing is silently lost, and only what may come twice does."""

import pytest

from bench.delivery_kills import killed


@pytest.mark.kill
async def test_a_sender_is_killed_in_the_middle_and_nothing_is_silently_lost() -> None:
    verdict = await killed(3, 90, rate=60, faults=())

    assert [] == verdict.faults
    assert (45, 45) == (verdict.counts["A letters"], verdict.counts["B letters"])
    assert (45, 0) == (verdict.counts["A sent"], verdict.counts["B extra copies"])
