"""The last protected day as people write it: near today, or refused with a fitting word."""

from datetime import date

import pytest

from rules.protection import example, parse
from rules.refusal import Refused

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("31-12-2026", date(2026, 12, 31)),
        ("31/12/26", date(2026, 12, 31)),
        ("s.d. 15 Des 2026", date(2026, 12, 15)),
        ("sampai tanggal 1 januari 2027", date(2027, 1, 1)),
        ("31 Desember 2027", date(2027, 12, 31)),
        ("20 november 2026", TODAY),
        ("30-9-2026", date(2026, 9, 30)),
        ("1 Nov 2024", date(2024, 11, 1)),
    ],
)
def test_a_day_within_a_year_or_two_is_read(text: str, day: date) -> None:
    assert day == parse(text, today=TODAY)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("1 Januari 2028", "protection.too_far"),
        ("31-12-2062", "protection.too_far"),
        ("31 Oktober 2024", "protection.too_old"),
        ("17-8-1990", "protection.too_old"),
        ("17-8-90", "protection.too_far"),
        ("31 November 2026", "protection.no_such_day"),
        ("12-31-2026", "dates.month_first"),
        ("31 Desembor 2026", "dates.unknown_month"),
        ("Desember 2026", "protection.unclear"),
        ("31 Desember", "protection.unclear"),
        ("2026", "protection.unclear"),
        ("masih lama", "protection.unclear"),
        ("", "protection.unclear"),
    ],
)
def test_anything_else_is_refused_with_a_fitting_word(text: str, name: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse(text, today=TODAY)

    assert name == refusal.value.name


@pytest.mark.parametrize("today", [TODAY, date(2027, 1, 31), date(2028, 2, 29), date(2026, 12, 31)])
def test_the_example_could_be_told(today: date) -> None:
    day = example(today)

    assert today < day
    assert day == parse(f"{day:%d-%m-%Y}", today=today)
