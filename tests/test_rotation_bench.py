"""The short form of bench/rotation.py: a rotation under load, killed once, leaves every value readable."""

import pytest

from bench.rotation import rotated


@pytest.mark.kill
async def test_a_rotation_that_is_killed_under_load_leaves_every_value_readable() -> None:
    bench = await rotated(2_000, 1, seed=1)

    assert ([], 1) == (bench.faults, bench.counts["kills"])
    assert bench.counts["values"] > 2_000
