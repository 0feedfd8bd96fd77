"""The calendar: every month of 2026 and 2027 with its holidays, in the three zones."""

from datetime import UTC, date, datetime, timedelta

import pytest

from rules.calendar import (
    LATE,
    UNTIL_DUE,
    ZONES,
    Step,
    due_date,
    first_unprotected_month,
    kept_for,
    lapse_date,
    local_day,
    month_after,
    protection_steps_to_send,
    relief_notice,
    remind_by,
    sending_window,
    steps_from,
    steps_of,
    steps_on,
    steps_to_send,
    zone_of,
)
from rules.free_days import is_holiday, is_quiet, is_working, read

WIB, WITA, WIT = "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"

# month    due       remind by  -7       -3       on it    +1       month 2  month 3  last     lapsed
TABLE = """
2026-01  2026-01-15  same        01-08    01-12    01-15    01-16    02-01    03-01    03-24    04-01
2026-02  2026-02-18  2026-02-16  02-09    02-13    02-16    02-19    03-01    04-01    04-23    05-01
2026-03  2026-03-16  same        03-09    03-13    03-16    03-17    04-01    05-01    05-24    06-01
2026-04  2026-04-15  same        04-08    04-12    04-15    04-16    05-01    06-01    06-23    07-01
2026-05  2026-05-18  2026-05-15  05-08    05-12    05-15    05-19    06-01    07-01    07-24    08-01
2026-06  2026-06-15  same        06-08    06-12    06-15    06-16    07-01    08-01    08-24    09-01
2026-07  2026-07-15  same        07-08    07-12    07-15    07-16    08-01    09-01    09-23    10-01
2026-08  2026-08-18  same        08-11    08-15    08-18    08-19    09-01    10-01    10-24    11-01
2026-09  2026-09-15  same        09-08    09-12    09-15    09-16    10-01    11-01    11-23    12-01
2026-10  2026-10-15  same        10-08    10-12    10-15    10-16    11-01    12-01    12-24    01-01
2026-11  2026-11-16  same        11-09    11-13    11-16    11-17    12-01    01-01    01-24    02-01
2026-12  2026-12-15  same        12-08    12-12    12-15    12-16    01-01    02-01    02-21    03-01
2027-01  2027-01-15  same        01-08    01-12    01-15    01-16    02-01    03-01    03-24    04-01
2027-02  2027-02-15  same        02-08    02-12    02-15    02-16    03-01    04-01    04-23    05-01
2027-03  2027-03-16  2027-03-15  03-09    03-12    03-15    03-17    04-01    05-01    05-24    06-01
2027-04  2027-04-15  same        04-08    04-12    04-15    04-16    05-01    06-01    06-23    07-01
2027-05  2027-05-21  2027-05-18  05-11    05-15    05-18    05-22    06-01    07-01    07-24    08-01
2027-06  2027-06-15  same        06-08    06-12    06-15    06-16    07-01    08-01    08-24    09-01
2027-07  2027-07-15  same        07-08    07-12    07-15    07-16    08-01    09-01    09-23    10-01
2027-08  2027-08-16  same        08-09    08-13    08-16    08-17    09-01    10-01    10-24    11-01
2027-09  2027-09-15  same        09-08    09-12    09-15    09-16    10-01    11-01    11-23    12-01
2027-10  2027-10-15  same        10-08    10-12    10-15    10-16    11-01    12-01    12-24    01-01
2027-11  2027-11-15  same        11-08    11-12    11-15    11-16    12-01    01-01    01-24    02-01
2027-12  2027-12-15  same        12-08    12-12    12-15    12-16    01-01    02-01    02-22    03-01
"""
ROWS = [line.split() for line in TABLE.split("\n") if line]
LADDER = (
    *(Step.BEFORE_7, Step.BEFORE_3, Step.DUE, Step.AFTER_1),
    *(Step.SECOND_MONTH, Step.THIRD_MONTH, Step.BEFORE_LAPSE, Step.LAPSED),
)
OPENING = {WIB: (0, 1), WITA: (0, 0), WIT: (-1, 23)}
"""When 8 o'clock is, in UTC: how many days away, and at which hour."""


def day_of(month: date, cell: str) -> date:
    """Read a cell: the next day of this name from the month on."""
    number, day = map(int, cell.split("-"))
    return date(month.year + (number < month.month), number, day)


def test_the_table_has_every_month() -> None:
    assert [f"{2026 + number // 12}-{number % 12 + 1:02}" for number in range(24)] == [row[0] for row in ROWS]


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_a_month_is_due_on_a_working_day_and_spoken_of_on_its_days(row: list[str]) -> None:
    month, due = date.fromisoformat(f"{row[0]}-01"), date.fromisoformat(row[1])
    by = due if row[2] == "same" else date.fromisoformat(row[2])
    days = {step: day_of(month, cell) for step, cell in zip(LADDER, row[3:], strict=True)}
    sent = {step: day for day in around(month) for step, of in steps_to_send(day) if of == month}

    assert (due, by) == (due_date(month), remind_by(month))
    assert days | {Step.PREPAID_END: month_after(month, -1)} == sent
    assert is_working(due)
    assert days[Step.LAPSED] == lapse_date(month)


def around(month: date) -> list[date]:
    return [month + timedelta(days=number) for number in range(-40, 110)]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_each_due_date_is_spoken_of_by_daylight_in_each_zone(row: list[str], zone: str) -> None:
    due = date.fromisoformat(row[1])
    away, hour = OPENING[zone]
    opens, closes = sending_window(due, zone)

    assert datetime(due.year, due.month, due.day, hour, tzinfo=UTC) + timedelta(days=away) == opens
    assert timedelta(hours=11) == closes - opens
    assert {due} == {local_day(opens, zone), local_day(closes, zone)}


@pytest.mark.parametrize("step", LADDER)
def test_every_day_of_two_years_finds_the_steps_of_the_months(step: Step) -> None:
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(730)]
    found = [(day, month) for day in days for one, month in steps_on(day) if one is step]
    wanted = [
        (steps_of(month)[step], month)
        for month in (month_after(date(2025, 8, 1), number) for number in range(32))
    ]

    assert [(day, month) for day, month in wanted if day in days] == found


def test_whoever_paid_through_august_hears_of_september_until_december() -> None:
    days = steps_of(date(2026, 9, 1))

    assert (date(2026, 9, 15), date(2026, 9, 16)) == (days[Step.DUE], days[Step.AFTER_1])
    assert (date(2026, 11, 23), date(2026, 12, 1)) == (days[Step.BEFORE_LAPSE], days[Step.LAPSED])


def test_on_the_first_of_a_month_the_oldest_debt_comes_first() -> None:
    assert (
        (Step.LAPSED, date(2026, 9, 1)),
        (Step.THIRD_MONTH, date(2026, 10, 1)),
        (Step.SECOND_MONTH, date(2026, 11, 1)),
        (Step.PREPAID_END, date(2027, 1, 1)),
    ) == steps_on(date(2026, 12, 1))


def test_papua_hears_two_hours_before_jakarta() -> None:
    day = date(2026, 12, 8)

    assert timedelta(hours=2) == sending_window(day, WIB)[0] - sending_window(day, WIT)[0]
    assert (WIT, WITA, WIB) == (zone_of("9471012001"), zone_of("6301012001"), zone_of("3201012001"))


def test_a_known_last_protected_day_is_the_due_date() -> None:
    days = steps_from(date(2026, 12, 14))

    assert [date(2026, 12, 7), date(2026, 12, 11), date(2026, 12, 14)] == [days[step] for step in UNTIL_DUE]
    assert (date(2026, 12, 15), date(2027, 1, 1)) == (days[Step.AFTER_1], days[Step.SECOND_MONTH])
    assert date(2027, 3, 1) == days[Step.LAPSED]


def test_protection_to_the_end_of_a_month_leaves_the_next_one_unpaid() -> None:
    assert date(2027, 1, 1) == first_unprotected_month(date(2026, 12, 31))
    assert date(2026, 12, 1) == first_unprotected_month(date(2026, 12, 14))


def test_around_a_known_last_day_a_feast_is_passed_over() -> None:
    ends = [(step, end.day) for step, end in protection_steps_to_send(date(2026, 12, 26)) if end.month == 12]

    assert [
        (Step.AFTER_1, 24),
        (Step.AFTER_1, 25),
        (Step.DUE, 26),
        (Step.BEFORE_3, 28),
        (Step.BEFORE_3, 29),
    ] == ends


@pytest.mark.parametrize(
    "day",
    [
        *("2026-03-19", "2026-03-21", "2026-03-22", "2026-05-27", "2026-12-25"),
        *("2027-03-08", "2027-03-10", "2027-03-11", "2027-05-17", "2027-12-25"),
    ],
)
def test_on_big_feasts_nobody_hears_of_money(day: str) -> None:
    feast = date.fromisoformat(day)

    assert is_quiet(feast)
    assert ((), (), ()) == (steps_to_send(feast), protection_steps_to_send(feast), kept_for(feast))


def test_two_years_have_ten_quiet_days() -> None:
    assert 10 == sum(is_quiet(date(2026, 1, 1) + timedelta(days=number)) for number in range(730))


def test_other_holidays_are_not_quiet() -> None:
    assert not is_quiet(date(2026, 8, 17))
    assert not is_quiet(date(2026, 3, 23))


def test_the_day_after_nyepi_brings_what_nyepi_kept_back() -> None:
    assert ((Step.BEFORE_7, date(2027, 3, 1)),) == steps_on(date(2027, 3, 8))
    assert ((Step.BEFORE_7, date(2027, 3, 1)),) == steps_to_send(date(2027, 3, 9))
    assert (date(2026, 3, 23), date(2026, 3, 22), date(2026, 3, 21)) == kept_for(date(2026, 3, 23))


def test_the_end_of_a_relief_is_told_in_its_last_month() -> None:
    assert (date(2026, 12, 20), date(2027, 3, 20)) == (
        relief_notice(date(2026, 12, 1)),
        relief_notice(date(2027, 3, 1)),
    )


def test_our_table_adds_and_removes_days() -> None:
    table = read(
        [
            "date,kind,name,source",
            "2026-12-15,add,Pemilihan,test",
            "2026-12-25,remove,Natal,test",
            "2026-12-16,quiet,Haul,test",
        ]
    )

    assert is_holiday(date(2026, 12, 15), table=table)
    assert not is_holiday(date(2026, 12, 25), table=table)
    assert not is_quiet(date(2026, 12, 25), table)
    assert is_quiet(date(2026, 12, 16), table)
    assert is_working(date(2026, 12, 16), table=table)


def test_a_kind_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="festival"):
        read(["date,kind,name,source", "2026-12-15,festival,x,test"])


def test_six_hours_are_late() -> None:
    assert timedelta(hours=6) == LATE
