"""Rupiah: read as people say it, asked back wherever two sums are possible."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locales import say
from rules import money
from rules.money import Amount
from rules.refusal import Refused


@pytest.mark.parametrize(
    ("typed", "rupiah"),
    [
        ("1,5 juta", 1_500_000),
        ("1.5jt", 1_500_000),
        ("1.500.000", 1_500_000),
        ("1500000", 1_500_000),
        ("1,500,000", 1_500_000),
        ("Rp 1.500.000,-", 1_500_000),
        ("Rp. 1.500.000,00", 1_500_000),
        ("1 juta 500 ribu", 1_500_000),
        ("satu setengah juta", 1_500_000),
        ("1 juta setengah", 1_500_000),
        ("1,5 jutaan", 1_500_000),
        ("Rp 2,8 juta", 2_800_000),
        ("2.800.000", 2_800_000),
        ("2jt", 2_000_000),
        ("2 juta an", 2_000_000),
        ("kira-kira 2 juta", 2_000_000),
        ("dua juta", 2_000_000),
        ("dua juta lima ratus ribu", 2_500_000),
        ("500 ribu", 500_000),
        ("500k", 500_000),
        ("500.000", 500_000),
        ("sejuta", 1_000_000),
        ("setengah juta", 500_000),
        ("0,5 juta", 500_000),
        ("seratus lima puluh ribu", 150_000),
        ("dua belas juta", 12_000_000),
        ("50.000", 50_000),
        ("Rp16.800", 16_800),
        ("Rp1.500", 1_500),
        ("15.500 juta", 15_500_000),
        ("10 miliar", 10_000_000_000),
        ("١٫٥ juta".replace("٫", ","), 1_500_000),
    ],
)
def test_a_sum_is_read_however_it_is_written(typed: str, rupiah: int) -> None:
    assert Amount(rupiah) == money.parse(typed)


@pytest.mark.parametrize(
    ("typed", "amount", "monthly"),
    [
        ("100 ribu per hari x 25", Amount(100_000, "day", 25), 2_500_000),
        ("100rb/hari, 25 hari kerja", Amount(100_000, "day", 25), 2_500_000),
        ("100 ribu per hari x 25 sebulan", Amount(100_000, "day", 25), 2_500_000),
        ("25 hari x 100 ribu", Amount(100_000, "day", 25), 2_500_000),
        ("25 x 100 ribu", Amount(100_000, "day", 25), 2_500_000),
        ("50rb sehari", Amount(50_000, "day"), None),
        ("75.500 sehari", Amount(75_500, "day"), None),
        ("harian 50 ribu", Amount(50_000, "day"), None),
        ("300rb seminggu", Amount(300_000, "week"), None),
        ("300rb per minggu x 4", Amount(300_000, "week", 4), 1_200_000),
        ("2 juta sebulan", Amount(2_000_000, "month"), 2_000_000),
        ("gaji saya 2 juta/bln", Amount(2_000_000, "month"), 2_000_000),
        ("2 million a month", Amount(2_000_000, "month"), 2_000_000),
        ("2 juta", Amount(2_000_000, "unsaid"), 2_000_000),
    ],
)
def test_what_a_sum_is_for_is_heard(typed: str, amount: Amount, monthly: int | None) -> None:
    assert amount == money.parse(typed)
    assert monthly == money.parse(typed).monthly


@pytest.mark.parametrize(
    ("typed", "candidates"),
    [
        ("1.500", [1_500, 1_500_000]),
        ("1,500", [1_500, 1_500_000]),
        ("1500", [1_500, 1_500_000]),
        ("16.800", [16_800, 16_800_000]),
        ("16,800", [16_800, 16_800_000]),
        ("1.500 ribu", [1_500, 1_500_000]),
        ("1.500 juta", [1_500_000, 1_500_000_000]),
        ("2 juta 500", [2_000_500, 2_500_000]),
    ],
)
def test_what_can_be_two_sums_is_asked_back(typed: str, candidates: list[int]) -> None:
    with pytest.raises(Refused) as refusal:
        money.parse(typed)

    assert ("money.ambiguous", candidates) == (refusal.value.name, refusal.value.values["candidates"])
    assert all(say(language, "money.ambiguous", **refusal.value.values) for language in ("id", "en"))


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("1-2 juta", "money.range"),
        ("1 sampai 2 juta", "money.range"),
        ("500rb s/d 1jt", "money.range"),
        ("antara 1 dan 2 juta", "money.range"),
        ("1 atau 2 juta", "money.range"),
        ("100-150 ribu sehari", "money.range"),
        ("-5 juta", "money.negative"),
        ("Rp -500.000", "money.negative"),
        ("0", "money.zero"),
        ("Rp0", "money.zero"),
        ("tidak ada", "money.zero"),
        ("10.000.000.001", "money.too_much"),
        ("11 miliar", "money.too_much"),
        ("9" * 100, "money.too_much"),
        ("50", "money.no_unit"),
        ("2", "money.no_unit"),
        ("1,5", "money.no_unit"),
        ("75 ribu per jam", "money.period"),
        ("20 juta setahun", "money.period"),
        ("100 ribu per hari x 32", "money.days"),
        ("100 ribu per hari x 0", "money.days"),
        ("", "money.unclear"),
        ("cukup", "money.unclear"),
        ("1500.000", "money.unclear"),
        ("1.50.000", "money.unclear"),
        ("1½ juta", "money.unclear"),
        ("2 juta 3 juta", "money.unclear"),
        ("1,2345678 juta", "money.unclear"),
        ("kurang dari 2 juta", "money.unclear"),
    ],
)
def test_what_is_no_sum_is_named(typed: str, name: str) -> None:
    with pytest.raises(Refused) as refusal:
        money.parse(typed)

    assert name == refusal.value.name
    assert all(say(language, name, **refusal.value.values) for language in ("id", "en"))


def test_a_low_income_was_probably_a_days() -> None:
    assert money.maybe_daily(499_999)
    assert not money.maybe_daily(500_000)


@pytest.mark.parametrize(
    ("amount", "shown"),
    [(16_800, "Rp16.800"), (0, "Rp0"), (500, "Rp500"), (1_234_567, "Rp1.234.567"), (-5000, "-Rp5.000")],
)
def test_rupiah_are_written_without_decimals(amount: int, shown: str) -> None:
    assert shown == money.rupiah(amount)


@given(st.integers(money.SMALLEST_PLAIN, money.HIGHEST))
@settings(deadline=None, database=None)
def test_a_sum_we_wrote_is_read_as_it_was(amount: int) -> None:
    assert Amount(amount) == money.parse(money.rupiah(amount))


WORDS = (
    "juta",
    "ribu",
    "rb",
    "jt",
    "dua",
    "setengah",
    "belas",
    "puluh",
    "ratus",
    "se",
    "seratus",
    "sejuta",
    "x",
    "hari",
)
FIGURES = (
    "1",
    "25",
    "1.500",
    "1,5",
    "0",
    "100",
    "9" * 30,
    "-",
    "/",
    "per",
    "minggu",
    "sebulan",
    "Rp",
    ".",
    ",",
    "an",
)


@given(st.one_of(st.text(), st.lists(st.sampled_from(WORDS + FIGURES), max_size=8).map(" ".join)))
@settings(deadline=None, database=None, max_examples=300)
def test_any_text_is_read_or_refused(typed: str) -> None:
    try:
        amount = money.parse(typed)
    except Refused:
        return
    assert 0 < amount.rupiah <= money.HIGHEST
