"""Ids: in the order of time, and never twice."""

from datetime import UTC, datetime, timedelta

import pytest

from models.storage.ids import new_id

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_ids_follow_time() -> None:
    assert new_id(NOON) < new_id(NOON + timedelta(milliseconds=1))


def test_fifty_thousand_ids_of_one_moment_all_differ_and_rise() -> None:
    ids = [new_id(NOON + timedelta(hours=1)) for _ in range(50_000)]

    assert sorted(set(ids)) == ids


def test_an_id_fits_into_63_bits_for_decades() -> None:
    assert new_id(datetime(2095, 1, 1, tzinfo=UTC)) < 2**63


def test_a_clock_before_2026_is_refused() -> None:
    with pytest.raises(ValueError, match="2026"):
        new_id(datetime(2025, 12, 31, tzinfo=UTC))
