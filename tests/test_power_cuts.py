"""The power is cut under SQLite at any moment, and what was acknowledged is there."""

import random
from pathlib import Path

import pytest

from bench.disk import Disk
from bench.power_cuts import power_cuts, recorded, template_in
from bench.recorded_sqlite import Event

ANY = random.Random(1)  # noqa: S311 - chosen to be repeatable


async def test_no_acknowledged_update_is_lost_in_either_journal_mode(sqlite_template: Path) -> None:
    toll = await power_cuts(cuts=40, runs=2, seed=1, batches=12, migrated=sqlite_template)

    assert [] == toll.faults
    assert 40 == toll.counts["cuts"]
    assert 0 < toll.counts["acknowledged updates looked for"]


async def test_a_sync_less_is_noticed(sqlite_template: Path) -> None:
    toll = await power_cuts(
        cuts=20, runs=1, seed=1, without="synchronous", batches=12, migrated=sqlite_template
    )

    assert 0 < toll.counts["acknowledged updates lost"]


async def test_an_old_journal_is_gone_for_good_before_the_first_update_is_taken(
    sqlite_template: Path, tmp_path: Path
) -> None:
    template, keys = await template_in(tmp_path, sqlite_template)
    run = await recorded(template, keys, tmp_path, version="", seed=1, batches=1, left="rollback")
    deleted = [event for event in run.events if event.what == "delete" and event.file.endswith("-journal")]

    assert [1] == [event.at for event in deleted]


def test_what_was_synced_survives_and_what_was_not_may_not() -> None:
    disk = Disk({"a": b"old"})
    for event in (Event("write", "a", 0, b"new"), Event("sync", "a"), Event("write", "a", 3, b"er")):
        disk.happens(event)

    assert {"a": b"new"} == disk.cut("nothing", ANY)
    assert {"a": b"newer"} == disk.cut("everything", ANY)


def test_a_write_is_torn_where_a_sector_ends() -> None:
    disk = Disk({"a": bytes(1024)})
    disk.happens(Event("write", "a", 500, b"x" * 24))
    found = {disk.cut("any sectors", ANY)["a"][500:524] for _ in range(100)}

    assert {b"x" * 24, bytes(24), b"x" * 12 + bytes(12), bytes(12) + b"x" * 12} == found


@pytest.mark.parametrize(("synced", "expected"), [(True, {False}), (False, {True, False})])
def test_a_deletion_that_was_not_synced_may_be_undone(synced: bool, expected: set[bool]) -> None:
    disk = Disk({"a": b"old"})
    disk.happens(Event("delete", "a", int(synced)))

    assert expected == {"a" in disk.cut("nothing", ANY) for _ in range(100)}
