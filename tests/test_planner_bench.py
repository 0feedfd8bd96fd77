"""The planner's benchmark in short: twenty thousand memberships, counted one by one beside it."""

from bench.members import expected
from bench.planner import Findings, measure


async def test_twenty_thousand_memberships_are_planned_as_counted(empty_url: str) -> None:
    findings: Findings = await measure(empty_url, 20_000)

    assert [] == findings.missed
    assert 9_000 < expected(20_000).reminders < 10_000
