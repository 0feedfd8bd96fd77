"""NIK: what cannot exist is refused, what looks odd is asked, and nobody is blocked for it."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locales import say
from rules import nik
from rules.nik import Nik
from rules.refusal import Refused

TODAY = dt.date(2026, 11, 20)
SITI = "9901014101909001"
"""Born a woman on 1 January 1990."""

BUDI = "9901011708909001"
"""Born a man on 17 August 1990."""


class Garut:
    """The codes of one kecamatan, and of one that was retired when Papua was split."""

    def knows(self, code: str) -> bool:
        return code in ("32", "3205", "320501", "91")

    def retired(self, code: str) -> bool:
        return code in ("9101", "910101")


def _asked(digits: str, birth: dt.date | None = None, sex: str | None = None) -> tuple[str, ...]:
    return nik.warnings(Nik(digits), Garut(), today=TODAY, stated_birth_date=birth, stated_sex=sex)


@pytest.mark.parametrize(
    "typed",
    [
        SITI,
        "9901 0141 0190 9001",
        "9901.0141.0190.9001",
        "9901-0141-0190-9001",
        "990101 410190 9001",
        "9901–0141–0190–9001",
        " 9901014101909001\n",
        "９９０１０１４１０１９０９００１",
        "٩٩٠١٠١٤١٠١٩٠٩٠٠١",
        "NIK: 9901014101909001",
        "No. KTP 9901014101909001",
        "nik saya 9901014101909001",
        "9901\u200b0141\u202e01909001",
    ],
)
def test_a_number_is_read_however_it_is_written(typed: str) -> None:
    assert SITI == Nik.parse(typed).digits


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("990101410190900", "nik.wrong_length"),
        ("99010141019090011", "nik.wrong_length"),
        ("3201", "nik.wrong_length"),
        ("", "nik.not_digits"),
        ("99O1014101909001", "nik.not_digits"),
        ("9901014101909001x", "nik.not_digits"),
        ("3,2E+15", "nik.not_digits"),
        ("9901/0141/0190/9001", "nik.not_digits"),
        ("0000000000000000", "nik.repeated"),
        ("1111111111111111", "nik.repeated"),
        ("1234567890123456", "nik.repeated"),
        ("9901010001909001", "nik.no_such_date"),
        ("9901013201909001", "nik.no_such_date"),
        ("9901014001909001", "nik.no_such_date"),
        ("9901017201909001", "nik.no_such_date"),
        ("9901018101909001", "nik.no_such_date"),
        ("9901019901909001", "nik.no_such_date"),
        ("9901011700909001", "nik.no_such_date"),
        ("9901011713909001", "nik.no_such_date"),
        ("9901012902919001", "nik.no_such_date"),
        ("9901016902919001", "nik.no_such_date"),
        ("9901013104909001", "nik.no_such_date"),
        ("9901014101900000", "nik.no_serial"),
    ],
)
def test_a_number_that_cannot_exist_is_refused(typed: str, name: str) -> None:
    with pytest.raises(Refused) as refusal:
        Nik.parse(typed)

    assert name == refusal.value.name
    assert all(say(language, name, **refusal.value.values) for language in ("id", "en"))


def test_a_person_hears_how_many_digits_were_sent() -> None:
    with pytest.raises(Refused) as refusal:
        Nik.parse("3201 0141")

    assert {"got": 8, "wanted": 16} == refusal.value.values


def test_a_leap_day_exists_in_one_century_only() -> None:
    born = Nik.parse("9901012902009001").birth_date(TODAY)

    assert dt.date(2000, 2, 29) == born
    assert dt.date(2000, 2, 29) == Nik.parse("9901012902009001").birth_date(TODAY, dt.date(1900, 3, 1))


def test_a_number_tells_sex_and_region() -> None:
    siti, budi = Nik.parse(SITI), Nik.parse(BUDI)

    assert ("female", "male") == (siti.sex, budi.sex)
    assert ("99", "9901", "990101") == (siti.province, siti.regency, siti.district)


@pytest.mark.parametrize(("day", "sex"), [("01", "male"), ("31", "male"), ("41", "female"), ("71", "female")])
def test_the_first_and_the_last_day_of_a_month_exist(day: str, sex: str) -> None:
    assert sex == Nik.parse(f"990101{day}01909001").sex


def test_only_the_last_four_digits_are_shown_to_others() -> None:
    siti = Nik.parse(SITI)

    assert "************9001" == siti.masked
    assert "9901 0141 0190 9001" == siti.grouped
    assert SITI not in f"{siti} {siti!r}"


@pytest.mark.parametrize(
    ("yy", "born"),
    [("26", 1926), ("25", 2025), ("09", 2009), ("00", 2000), ("27", 1927), ("61", 1961), ("99", 1999)],
)
def test_without_a_stated_date_the_century_is_the_latest_past_one(yy: str, born: int) -> None:
    assert dt.date(born, 12, 31) == Nik.parse(f"9901013112{yy}9001").birth_date(TODAY)


def test_who_is_born_today_is_not_in_the_future() -> None:
    assert TODAY == Nik.parse("9901012011269001").birth_date(TODAY)
    assert dt.date(1926, 11, 21) == Nik.parse("9901012111269001").birth_date(TODAY)


@pytest.mark.parametrize(
    ("stated", "born"),
    [
        (dt.date(1925, 8, 17), dt.date(1925, 8, 17)),
        (dt.date(2025, 8, 17), dt.date(2025, 8, 17)),
        (dt.date(1926, 1, 1), dt.date(1925, 8, 17)),
    ],
)
def test_a_stated_birth_date_decides_the_century(stated: dt.date, born: dt.date) -> None:
    assert born == Nik.parse("9901011708259001").birth_date(TODAY, stated)


@pytest.mark.parametrize("years", range(17, 65))
def test_no_year_of_a_working_age_is_ambiguous(years: int) -> None:
    born = dt.date(TODAY.year - years, 6, 15)

    assert born == Nik.parse(f"990101{born:%d%m%y}9001").birth_date(TODAY)


@pytest.mark.parametrize(
    ("digits", "asked"),
    [
        ("3205011708909001", ()),
        (BUDI, ("nik.unknown_province",)),
        ("3299011708909001", ("nik.unknown_regency",)),
        ("3205991708909001", ("nik.unknown_district",)),
        ("9101011708909001", ()),
        ("9101991708909001", ("nik.unknown_district",)),
    ],
)
def test_an_unknown_region_is_asked_and_a_retired_one_is_silent(digits: str, asked: tuple[str, ...]) -> None:
    assert asked == _asked(digits)
    assert all(say(language, name) for name in asked for language in ("id", "en"))


def test_another_birth_date_or_sex_is_asked_and_blocks_nothing() -> None:
    asked = _asked("3205011708909001", dt.date(1990, 8, 18), "female")

    assert ("nik.other_birth_date", "nik.other_sex", "nik.maybe_family_card") == asked


def test_what_agrees_is_not_asked() -> None:
    assert () == _asked("3205015708909001", dt.date(1990, 8, 17), "female")


def test_another_home_region_is_nothing_to_ask_about() -> None:
    assert () == _asked("3205011708909001", dt.date(1990, 8, 17), "male")


def test_who_is_over_65_has_a_number_of_the_right_shape() -> None:
    """Age is a question of who may join, with a message of its own."""
    assert () == _asked(Nik.parse("3205011708559001").digits, dt.date(1955, 8, 17), "male")


@pytest.mark.parametrize(
    ("digits", "birth", "sex"),
    [
        pytest.param("9901011503159001", None, None, id="the date part gives an age under 17"),
        pytest.param("9901011503159001", dt.date(1990, 8, 17), "male", id="a man's, under 17"),
        pytest.param(
            "9901011503069001", dt.date(1990, 8, 17), "male", id="its year is far from the stated one"
        ),
        pytest.param("9901011503069001", dt.date(1955, 8, 17), "male", id="far in both centuries"),
        pytest.param(
            "9901011503909001", dt.date(1990, 8, 17), "female", id="a woman's number shows day 1-31"
        ),
        pytest.param("9901011503909001", None, "female", id="a woman's, no birth date stated"),
    ],
)
def test_the_number_of_a_family_card_is_suspected(
    digits: str, birth: dt.date | None, sex: str | None
) -> None:
    assert "nik.maybe_family_card" in _asked(Nik.parse(digits).digits, birth, sex)


@pytest.mark.parametrize(
    ("digits", "birth", "sex"),
    [
        (SITI, None, None),
        (SITI, dt.date(1990, 1, 1), "female"),
        (BUDI, dt.date(1991, 8, 17), "male"),
        ("9901011503159001", dt.date(2015, 3, 15), "male"),
    ],
)
def test_an_ordinary_number_is_not_taken_for_a_family_card(
    digits: str, birth: dt.date | None, sex: str | None
) -> None:
    assert "nik.maybe_family_card" not in _asked(digits, birth, sex)


@given(st.one_of(st.text(), st.text("0123456789٣ .-", min_size=14, max_size=20)))
@settings(deadline=None, database=None)
def test_any_text_is_read_or_refused(typed: str) -> None:
    try:
        read = Nik.parse(typed)
    except Refused:
        return
    assert read == Nik.parse(read.digits) == Nik.parse(read.grouped)


@given(
    st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)),
    st.booleans(),
    st.dates(dt.date(1999, 1, 1), dt.date(2199, 12, 31)),
    st.none() | st.dates(),
    st.sampled_from([None, "female", "male"]),
)
@settings(deadline=None, database=None)
def test_a_question_about_a_number_never_fails(
    born: dt.date, woman: bool, today: dt.date, stated: dt.date | None, sex: str | None
) -> None:
    read = Nik.parse(f"320501{born.day + 40 * woman:02}{born:%m%y}9001")

    asked = nik.warnings(read, Garut(), today=today, stated_birth_date=stated, stated_sex=sex)

    assert len(asked) == len(set(asked)) <= 3
    assert (born.month, born.day) == (
        read.birth_date(today, stated).month,
        read.birth_date(today, stated).day,
    )
