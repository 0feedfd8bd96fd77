"""The disk runs full under the bot: an alarm is raised, and nothing is lost."""

from pathlib import Path

from bench.disk_full import by_pages, in_own_process, without_longer_files


async def test_without_pages_nothing_is_lost(tmp_path: Path) -> None:
    toll = await by_pages(tmp_path, times=2)

    assert [] == toll.faults
    assert 2 == toll.counts["times full"]
    assert 0 < toll.counts["receipts"]


async def test_without_longer_files_nothing_is_lost(tmp_path: Path) -> None:
    toll = await in_own_process(without_longer_files, tmp_path, 1)

    assert [] == toll.faults
    assert 1 == toll.counts["times full"]
