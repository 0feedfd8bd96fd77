"""When a broadcast needs a second person, may be sent, and stops by itself."""

from datetime import UTC, date, datetime, timedelta

import pytest

from rules import broadcasts

NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("recipients", "approved_for", "may"),
    [(100, None, True), (101, None, False), (200, 101, True), (202, 101, False), (5_500, 5_000, True)],
)
def test_many_need_a_second_person_who_agreed_to_about_as_many(
    recipients: int, approved_for: int | None, may: bool
) -> None:
    assert may is broadcasts.may_start(recipients, approved_for)


def test_it_begins_two_minutes_later_at_the_earliest() -> None:
    soon = NOON + timedelta(minutes=2)

    assert [soon, soon, NOON + timedelta(hours=3)] == [
        broadcasts.starts(NOON, wanted) for wanted in (None, NOON, NOON + timedelta(hours=3))
    ]


@pytest.mark.parametrize(
    ("failed", "ended", "stops"),
    [(10, 10, False), (11, 11, True), (11, 200, True), (50, 1000, False), (51, 1000, True)],
)
def test_it_stops_above_five_in_a_hundred_of_two_hundred(failed: int, ended: int, stops: bool) -> None:
    assert stops is broadcasts.stops(failed, ended)


@pytest.mark.parametrize(
    ("hour", "zones"),
    [
        (22, ()),
        (23, ("Asia/Jayapura",)),
        (0, ("Asia/Jayapura", "Asia/Makassar")),
        (1, ("Asia/Jayapura", "Asia/Makassar", "Asia/Jakarta")),
        (10, ("Asia/Makassar", "Asia/Jakarta")),
        (12, ()),
    ],
)
def test_each_zone_is_written_to_by_its_own_day(hour: int, zones: tuple[str, ...]) -> None:
    assert zones == broadcasts.open_zones(datetime(2026, 11, 20, hour, 0, tzinfo=UTC))


def test_nobody_is_written_to_on_a_big_feast() -> None:
    christmas = datetime(2026, 12, 25, 3, 0, tzinfo=UTC)

    assert () == broadcasts.open_zones(christmas)
    assert date(2026, 12, 25) not in broadcasts.days_offered(christmas - timedelta(days=2))
    assert datetime(2026, 12, 25, 23, 0, tzinfo=UTC) == broadcasts.next_opening(christmas)


def test_only_hours_to_come_are_offered() -> None:
    assert (13, 14, 15, 16, 17, 18) == broadcasts.hours_offered(date(2026, 11, 20), NOON)
    assert NOON == broadcasts.at_hour(date(2026, 11, 20), 12)
    assert 8 == broadcasts.hours_offered(date(2026, 11, 21), NOON)[0]
