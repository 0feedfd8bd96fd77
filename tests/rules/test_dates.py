"""Dates: read day first, with a birth-year rule, and refused with what is missing."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locales import say
from rules import dates
from rules.refusal import Refused

TODAY = dt.date(2026, 11, 20)


@pytest.mark.parametrize(
    "typed",
    [
        "17-8-90",
        "17-08-1990",
        "17/08/1990",
        "17.08.1990",
        "17 8 1990",
        "17081990",
        "170890",
        "1990-08-17",
        "19900817",
        "17 Agustus 1990",
        "17 AGUSTUS 1990",
        "17 agt 90",
        "17 Ags 1990",
        "17agu90",
        "17-VIII-1990",
        "17 August 1990",
        "August 17th, 1990",
        "1990 Agustus 17",
        "Jum'at, 17 Agustus 1990",
        "Garut, 17-08-1990",
        "Garut 17 Agustus 1990",
        "tgl 17 bulan 8 tahun 1990",
        "١٧-٨-١٩٩٠",
        "１７／０８／１９９０",
    ],
)
def test_a_date_is_read_however_it_is_written(typed: str) -> None:
    assert dt.date(1990, 8, 17) == dates.parse(typed, today=TODAY)


@pytest.mark.parametrize(
    ("typed", "month"),
    [
        ("1 Januari 1990", 1),
        ("1 Pebruari 1990", 2),
        ("1 Péb 1990", 2),
        ("1 Maret 1990", 3),
        ("1 April 1990", 4),
        ("1 Mei 1990", 5),
        ("1 Méi 1990", 5),
        ("1 May 1990", 5),
        ("1 Juni 1990", 6),
        ("1 July 1990", 7),
        ("1 Séptémber 1990", 9),
        ("1 Sept 1990", 9),
        ("1 Okt 1990", 10),
        ("1 Oct 1990", 10),
        ("1 Nopember 1990", 11),
        ("1 Nov 1990", 11),
        ("1 Dés 1990", 12),
        ("1 Dec 1990", 12),
    ],
)
def test_months_have_names_in_four_languages(typed: str, month: int) -> None:
    assert dt.date(1990, month, 1) == dates.parse(typed, today=TODAY)


@pytest.mark.parametrize("language", ["id", "jv", "su", "en"])
@pytest.mark.parametrize("month", range(1, 13))
def test_a_date_we_wrote_is_read_as_it_was(language: str, month: int) -> None:
    date = dt.date(1990, month, 17)

    assert date == dates.parse(dates.long(date, language), today=TODAY)


@pytest.mark.parametrize(
    ("typed", "born"),
    [
        ("20-11-26", dt.date(2026, 11, 20)),
        ("21-11-26", dt.date(1926, 11, 21)),
        ("17-8-27", dt.date(1927, 8, 17)),
        ("17-8-09", dt.date(2009, 8, 17)),
        ("29-2-00", dt.date(2000, 2, 29)),
        ("29-2-28", dt.date(1928, 2, 29)),
    ],
)
def test_two_digits_are_the_latest_year_that_has_been(typed: str, born: dt.date) -> None:
    assert born == dates.parse(typed, today=TODAY)


def test_a_date_that_is_no_birthday_may_be_ahead() -> None:
    assert dt.date(2027, 1, 15) == dates.parse("15-1-27", today=TODAY, birth=False)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("31 Februari 1990", "dates.no_such_day"),
        ("29-2-1991", "dates.no_such_day"),
        ("0-8-1990", "dates.no_such_day"),
        ("32-8-1990", "dates.no_such_day"),
        ("17-8-2090", "dates.future"),
        ("21-11-2026", "dates.future"),
        ("19-11-1925", "dates.too_long_ago"),
        ("17-8-0000", "dates.too_long_ago"),
        ("08/17/1990", "dates.month_first"),
        ("17-13-1990", "dates.no_such_month"),
        ("17-0-1990", "dates.no_such_month"),
        ("17-8", "dates.no_year"),
        ("17 Agustus", "dates.no_year"),
        ("Agustus 17", "dates.no_year"),
        ("1990", "dates.only_year"),
        ("tahun 1990", "dates.only_year"),
        ("Agustus 1990", "dates.no_day"),
        ("8-1990", "dates.no_day"),
        ("17-8-199", "dates.year_digits"),
        ("17 Agusto 1990", "dates.unknown_month"),
        ("17 ju 1990", "dates.unknown_month"),
        ("", "dates.unclear"),
        ("lupa", "dates.unclear"),
        ("1781990", "dates.unclear"),
        ("17-8-1990 17-8-1990", "dates.unclear"),
    ],
)
def test_what_is_no_date_is_named(typed: str, name: str) -> None:
    with pytest.raises(Refused) as refusal:
        dates.parse(typed, today=TODAY)

    assert name == refusal.value.name
    assert all(say(language, name, **refusal.value.values) for language in ("id", "en"))


def test_a_month_first_date_is_shown_our_way_round() -> None:
    with pytest.raises(Refused) as refusal:
        dates.parse("08/17/1990", today=TODAY)

    assert {"month": 17, "guess": "17-8-1990"} == refusal.value.values


@pytest.mark.parametrize(
    ("typed", "name"), [("1-1-2128", "dates.too_far"), ("1-1-1900", "dates.too_long_ago")]
)
def test_no_date_is_a_century_away(typed: str, name: str) -> None:
    with pytest.raises(Refused) as refusal:
        dates.parse(typed, today=TODAY, birth=False)

    assert name == refusal.value.name
    assert all(say(language, name, **refusal.value.values) for language in ("id", "en"))


@pytest.mark.parametrize(
    ("born", "years"),
    [
        (dt.date(1961, 11, 21), 64),
        (dt.date(1961, 11, 20), 65),
        (dt.date(2009, 11, 20), 17),
        (dt.date(2009, 11, 21), 16),
        (dt.date(2026, 11, 20), 0),
    ],
)
def test_a_birthday_counts_from_its_day(born: dt.date, years: int) -> None:
    assert years == dates.age(born, TODAY)


def test_who_is_born_on_a_leap_day_turns_on_the_first_of_march() -> None:
    born = dt.date(2000, 2, 29)

    assert (25, 26) == (dates.age(born, dt.date(2026, 2, 28)), dates.age(born, dt.date(2026, 3, 1)))


@pytest.mark.parametrize(
    ("language", "shown", "month"),
    [
        ("id", "17 Agustus 1990", "Agustus 1990"),
        ("en", "17 August 1990", "August 1990"),
        ("jv", "17 Agustus 1990", "Agustus 1990"),
        ("su", "17 Agustus 1990", "Agustus 1990"),
        ("min", "17 Agustus 1990", "Agustus 1990"),
        ("", "17 Agustus 1990", "Agustus 1990"),
    ],
)
def test_a_date_is_written_with_the_name_of_its_month(language: str, shown: str, month: str) -> None:
    date = dt.date(1990, 8, 17)

    assert (shown, month) == (dates.long(date, language), dates.month_name(date, language))


@pytest.mark.parametrize(("language", "shown"), [("id", "Sen, 14 Des"), ("en", "Mon, 14 Dec")])
def test_a_near_date_is_written_short_with_its_weekday(language: str, shown: str) -> None:
    assert dates.short(dt.date(2026, 12, 14), language) == shown


PIECES = (
    "17",
    "8",
    "1990",
    "90",
    "0",
    "31",
    "2",
    "0000",
    "agustus",
    "feb",
    "xii",
    "garut",
    "-",
    "/",
    ",",
    "2127",
    "9" * 9,
)


@given(
    st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=6).map(" ".join)),
    st.dates(),
    st.booleans(),
)
@settings(deadline=None, database=None, max_examples=300)
def test_any_text_is_read_or_refused(typed: str, today: dt.date, birth: bool) -> None:
    try:
        date = dates.parse(typed, today=today, birth=birth)
    except Refused:
        return
    assert date == dates.parse(f"{date:%d-%m}-{date.year:04}", today=today, birth=birth)
    assert not birth or date <= today
