"""The power is cut under SQLite at any moment, and what was acknowledged is there."""

import random
from pathlib import Path

import pytest

from bench.disk import Disk
from bench.power_cuts import power_cuts
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


def test_a_deletion_is_for_good_once_a_new_journal_is_synced_with_its_folder() -> None:
    disk = Disk({"a": b"old"})
    for event in (
        Event("delete", "a"),
        Event("create", "b"),
        Event("write", "b", 0, b"x"),
        Event("sync", "b"),
    ):
        disk.happens(event)

    assert {("b", b"x")} == {one for _ in range(20) for one in disk.cut("nothing", ANY).items()}
