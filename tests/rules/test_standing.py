"""Standing: what the ledger says of a worker, day by day."""

from datetime import date

import pytest

from rules.calendar import month_after
from rules.standing import Standing, next_unpaid, standing

JANUARY = date(2026, 1, 1)


def paid(first: date, count: int) -> set[date]:
    return {month_after(first, number) for number in range(count)}


def on(day: str, covered: set[date], until: str | None = None) -> Standing:
    protection = None if until is None else date.fromisoformat(until)
    return standing(JANUARY, covered, date.fromisoformat(day), protection)


@pytest.mark.parametrize(
    ("day", "arrears", "lapsed"),
    [
        ("2026-09-15", 0, False),
        ("2026-09-16", 1, False),
        ("2026-10-15", 1, False),
        ("2026-10-16", 2, False),
        ("2026-11-16", 2, False),
        ("2026-11-17", 3, False),
        ("2026-11-30", 3, False),
        ("2026-12-01", 3, True),
        ("2027-06-01", 3, True),
    ],
)
def test_whoever_paid_through_august_lapses_in_december(day: str, arrears: int, lapsed: bool) -> None:
    now = on(day, paid(JANUARY, 8))

    assert (date(2026, 8, 1), arrears, lapsed) == (now.paid_through, now.arrears, now.lapsed)
    assert date(2026, 12, 1) == now.lapse_on


def test_a_payment_for_september_moves_the_ledger_by_one_month() -> None:
    now = on("2026-11-20", paid(JANUARY, 9))

    assert (date(2026, 9, 1), date(2026, 10, 1), 2) == (now.paid_through, now.next_unpaid, now.arrears)
    assert date(2027, 1, 1) == now.lapse_on


def test_whoever_lapsed_goes_on_with_the_present_month() -> None:
    lapsed = on("2027-02-03", paid(JANUARY, 8))
    resumed = on("2027-02-20", paid(JANUARY, 8) | {date(2027, 2, 1)})

    assert (date(2027, 2, 1), date(2027, 2, 15)) == (lapsed.next_unpaid, lapsed.due)
    assert (False, 0, date(2027, 3, 1)) == (resumed.lapsed, resumed.arrears, resumed.next_unpaid)


def test_the_full_jkm_needs_three_months_in_a_row() -> None:
    assert date(2026, 4, 1) == on("2026-01-20", paid(JANUARY, 1)).jkm_full_from
    assert date(2026, 4, 1) == on("2026-06-20", paid(JANUARY, 6)).jkm_full_from


def test_a_gap_begins_the_three_months_anew() -> None:
    resumed = on("2027-02-20", paid(JANUARY, 8) | {date(2027, 2, 1)})

    assert (1, date(2027, 5, 1)) == (resumed.run, resumed.jkm_full_from)
    assert on("2027-02-03", paid(JANUARY, 8)).jkm_full_from is None


def test_whoever_never_paid_has_nothing_to_lose() -> None:
    now = on("2026-02-20", set())
    later = on("2026-05-20", set())

    assert (None, JANUARY, 2, False) == (now.paid_through, now.next_unpaid, now.arrears, now.lapsed)
    assert (0, None) == (now.run, now.jkm_full_from)
    assert (date(2026, 5, 1), False) == (later.next_unpaid, later.lapsed)


def test_months_paid_in_advance_are_not_due() -> None:
    now = on("2026-01-20", paid(JANUARY, 12))

    assert (date(2026, 12, 1), 0, date(2027, 1, 15)) == (now.paid_through, now.arrears, now.due)


def test_a_known_last_day_of_protection_wins() -> None:
    now = on("2026-11-20", paid(JANUARY, 8), "2026-12-14")

    assert (date(2026, 11, 1), date(2026, 12, 1)) == (now.paid_through, now.next_unpaid)
    assert (date(2026, 12, 14), 0, date(2027, 3, 1)) == (now.due, now.arrears, now.lapse_on)


def test_the_day_after_the_last_protected_one_is_in_arrears() -> None:
    assert 0 == on("2026-12-14", paid(JANUARY, 8), "2026-12-14").arrears
    assert 1 == on("2026-12-15", paid(JANUARY, 8), "2026-12-14").arrears


def test_a_month_paid_later_overtakes_the_known_last_day() -> None:
    now = on("2026-12-20", paid(JANUARY, 12), "2026-12-14")

    assert (date(2026, 12, 1), date(2027, 1, 15)) == (now.paid_through, now.due)


def test_a_told_day_is_named_as_long_as_it_wins() -> None:
    assert date(2026, 12, 14) == on("2026-11-20", paid(JANUARY, 8), "2026-12-14").told
    assert on("2026-11-20", paid(JANUARY, 12), "2026-12-14").told is None
    assert on("2026-11-20", paid(JANUARY, 8)).told is None


def test_a_told_day_before_the_computed_date_wins_too() -> None:
    now = on("2026-12-10", paid(JANUARY, 11), "2026-12-05")

    assert (date(2026, 12, 1), date(2026, 12, 5), 1) == (now.next_unpaid, now.due, now.arrears)


def test_a_told_day_long_gone_is_a_lapse() -> None:
    now = on("2026-12-10", paid(JANUARY, 3), "2026-08-31")

    assert (True, date(2026, 12, 1)) == (now.lapsed, now.next_unpaid)


@pytest.mark.parametrize("until", [None, "2026-08-20", "2026-08-31", "2026-11-30", "2026-12-14"])
def test_the_month_to_pay_next_is_one_rule_for_all(until: str | None) -> None:
    """What is asked right before sending is what the page of /iuran says."""
    covered, told = paid(JANUARY, 8), None if until is None else date.fromisoformat(until)
    now = on("2026-09-20", covered, until)

    assert (now.next_unpaid, now.due) == next_unpaid(JANUARY, max(covered), told)


def test_a_sponsors_months_are_not_the_workers_to_pay() -> None:
    until = date(2026, 6, 30)
    during = standing(JANUARY, set(), date(2026, 5, 20), sponsor_until=until)
    after = standing(JANUARY, set(), date(2026, 7, 20), sponsor_until=until)

    assert (None, date(2026, 7, 1), 0, False) == (
        during.paid_through, during.next_unpaid, during.arrears, during.lapsed,
    )  # fmt: skip
    assert (date(2026, 7, 1), 1) == (after.next_unpaid, after.arrears)


def test_whoever_has_paid_beyond_a_sponsors_months_goes_on_from_there() -> None:
    covered = {date(2026, 6, 1), date(2026, 7, 1), date(2026, 8, 1)}
    now = standing(JANUARY, covered, date(2026, 8, 20), sponsor_until=date(2026, 6, 30))

    assert (date(2026, 8, 1), date(2026, 9, 1)) == (now.paid_through, now.next_unpaid)
