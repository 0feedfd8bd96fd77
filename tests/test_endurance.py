"""Who has registered leaves no task and no descriptor behind in the bot."""

import pytest

from bench.endurance import counted


@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_no_task_and_no_descriptor_is_left_behind(database_url: str) -> None:
    """The short form of `python -m bench.endurance`."""
    findings = await counted(4, database_url)

    assert [] == findings.faults
