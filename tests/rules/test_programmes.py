"""Village programmes: why an office would not take somebody, who may hear of it, and when money runs out."""

from datetime import date, timedelta

import pytest

from rules.programmes import (
    OFFICE_ONLY,
    REPAIRED,
    Candidate,
    Flaw,
    Mark,
    flaws,
    fundings,
    is_short,
    last_day,
    limits,
    mark,
    money_in,
    reminder_due,
    shown,
)
from rules.tariff import reliefs

TODAY = date(2026, 11, 20)
SITI = Candidate("9901014101909001", date(1990, 1, 1), "petani")


def told(**other: object) -> Candidate:
    """Return Siti, told otherwise."""
    usual = {"nik": SITI.nik, "born": SITI.born, "occupation_id": SITI.occupation_id, "known": SITI.known}
    return Candidate(**{**usual, **other})  # type: ignore[arg-type]


def test_a_farmer_of_36_is_valid() -> None:
    assert () == flaws(SITI, TODAY)
    assert Mark.VALID is mark(())


@pytest.mark.parametrize(
    ("candidate", "wanted"),
    [
        (told(nik="9901013213909001"), Flaw.NIK),
        (told(nik="990101410190900"), Flaw.NIK),
        (told(nik=""), Flaw.NIK),
        (told(born=date(1961, 11, 20)), Flaw.TOO_OLD),
        (told(born=date(2010, 1, 1)), Flaw.TOO_YOUNG),
        (told(occupation_id="perangkat-desa"), Flaw.OFFICIAL),
        (told(occupation_id="rt-rw"), Flaw.OFFICIAL),
        *((told(known=frozenset({each})), each) for each in Flaw),
    ],
)
def test_each_reason_has_its_name(candidate: Candidate, wanted: Flaw) -> None:
    assert (wanted,) == flaws(candidate, TODAY)


def test_who_turns_65_before_the_cover_begins_is_too_old() -> None:
    soon = told(born=date(1961, 12, 1))

    assert () == flaws(soon, TODAY)
    assert (Flaw.TOO_OLD,) == flaws(soon, date(2026, 12, 1))


def test_reasons_come_in_one_order() -> None:
    known = frozenset({Flaw.RETURNED, Flaw.TWICE})

    assert (Flaw.NIK, Flaw.TOO_OLD, Flaw.TWICE, Flaw.RETURNED) == flaws(
        told(nik="1", born=date(1950, 1, 1), known=known), TODAY
    )


def test_only_what_can_be_put_right_keeps_the_place() -> None:
    assert {Mark.REPAIR: REPAIRED, Mark.REPLACE: set(Flaw) - REPAIRED} == {
        each: {flaw for flaw in Flaw if mark([flaw]) is each} for each in (Mark.REPAIR, Mark.REPLACE)
    }
    assert Mark.REPLACE is mark([Flaw.NIK, Flaw.TOO_OLD])


def test_what_other_roads_know_is_for_officers_only() -> None:
    assert tuple(Flaw) == shown(Flaw, officer=True)
    assert OFFICE_ONLY == set(Flaw) - set(shown(Flaw, officer=False))
    assert Mark.VALID is mark(shown(OFFICE_ONLY, officer=False))


def test_every_money_is_one_the_tariff_may_exclude_or_doubt_or_cut() -> None:
    named = {money for relief in reliefs() for money in relief.excluded | relief.unsettled}

    assert {
        "SD": "apbdes",
        "SA": "apbd",
        "SG": "apbd",
        "SC": "donor",
        "SB": "donor",
        "SL": "donor",
    } == fundings()
    assert set(fundings().values()) - {"donor"} <= named


def test_a_hundred_places_are_a_default_and_under_six_months_get_a_hint() -> None:
    assert 100 == limits()["quota"]
    assert [True, True, False, False] == [is_short(months) for months in (1, 5, 6, 12)]


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        (date(2027, 1, 1), 12, date(2027, 12, 31)),
        (date(2026, 12, 1), 1, date(2026, 12, 31)),
        (date(2027, 9, 1), 6, date(2028, 2, 29)),
    ],
)
def test_months_end_on_the_last_day_of_the_last(first: date, months: int, last: date) -> None:
    assert last == last_day(first, months)


def test_a_treasurer_is_reminded_three_times_in_a_year() -> None:
    end, since = date(2027, 12, 31), date(2026, 12, 1)
    due = {since + timedelta(days=number) for number in range(500)}
    asked = {day: reminder_due(end, day, since) for day in sorted(due)}
    begins = {days: min(day for day, found in asked.items() if found == days) for days in (90, 30, 7)}

    assert {90: date(2027, 10, 2), 30: date(2027, 12, 1), 7: date(2027, 12, 24)} == begins
    assert {None} == {found for day, found in asked.items() if day > end or day < date(2027, 10, 2)}


def test_reminders_from_before_the_list_began_are_left_out() -> None:
    end = date(2026, 12, 31)

    assert reminder_due(end, TODAY, TODAY) is None
    assert 30 == reminder_due(end, date(2026, 12, 2), TODAY)


def test_the_worker_pays_when_the_sponsor_is_done() -> None:
    until = date(2026, 12, 31)

    assert "apbd" == money_in(date(2026, 12, 1), "apbd", until)
    assert "own" == money_in(date(2027, 1, 1), "apbd", until)
    assert "apbd" == money_in(date(2027, 1, 1), "apbd", None)
