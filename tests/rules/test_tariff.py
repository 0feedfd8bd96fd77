"""What a contribution costs: every case of the law and of its dated relief."""

from datetime import date

import pytest

from rules import tariff
from rules.tariff import brackets, price, quote, relief_end

NOV_2026 = date(2026, 11, 1)
JAN_2027 = date(2027, 1, 1)


def total(income: int, sector: str, money: str, first: date, months: int = 1, programmes: int = 2) -> int:
    """Return the sum of some months."""
    return quote(income, programmes=programmes, sector=sector, money=money, first=first, months=months).total


@pytest.mark.parametrize(
    ("income", "sector", "money", "first", "months", "two", "three"),
    [
        pytest.param(1_000_000, "other", "own", NOV_2026, 1, 8_400, 28_400, id="tukang bakso, inside"),
        pytest.param(1_000_000, "other", "own", JAN_2027, 1, 16_800, 36_800, id="tukang bakso, outside"),
        pytest.param(1_000_000, "other", "own", NOV_2026, 3, 33_600, 93_600, id="prepaid, mixed months"),
        pytest.param(2_800_000, "transport", "own", JAN_2027, 1, 18_150, 77_150, id="ojol, inside"),
        pytest.param(
            1_000_000,
            "transport",
            "own",
            date(2027, 2, 1),
            3,
            33_600,
            93_600,
            id="ojol, mixed at the other edge",
        ),
        pytest.param(1_000_000, "other", "apbd", NOV_2026, 1, 16_800, 36_800, id="petani, payer excluded"),
        pytest.param(
            1_000_000, "other", "own", date(2026, 3, 1), 2, 25_200, 65_200, id="petani, arrears stay full"
        ),
        pytest.param(1_099_500, "other", "own", JAN_2027, 1, 16_800, 36_800, id="gap of the annex"),
        pytest.param(50_000_000, "other", "own", JAN_2027, 1, 213_800, 627_800, id="above the table"),
    ],
)
def test_the_cases_of_the_law(
    income: int, sector: str, money: str, first: date, months: int, two: int, three: int
) -> None:
    sums = [total(income, sector, money, first, months, programmes) for programmes in (2, 3)]

    assert sums == [two, three]


def test_village_money_has_two_prices_until_somebody_decides() -> None:
    quoted = quote(1_000_000, programmes=2, sector="other", money="apbdes", first=NOV_2026, months=1)

    assert quoted.unsettled
    assert (quoted.total, quoted.total_without_relief) == (8_400, 16_800)


def test_village_money_has_one_price_where_no_relief_is_in_question() -> None:
    quoted = quote(1_000_000, programmes=2, sector="other", money="apbdes", first=JAN_2027, months=1)

    assert not quoted.unsettled
    assert quoted.total == quoted.total_without_relief == 16_800


@pytest.mark.parametrize("money", ["apbn", "apbd"])
@pytest.mark.parametrize("sector", ["other", "transport"])
def test_state_and_regional_money_gets_no_relief(sector: str, money: str) -> None:
    assert total(1_000_000, sector, money, NOV_2026) == 16_800


@pytest.mark.parametrize("money", ["own", "household", "association", "donor", "company", "bank"])
def test_all_other_money_gets_the_relief(money: str) -> None:
    quoted = quote(1_000_000, programmes=2, sector="other", money=money, first=NOV_2026, months=1)

    assert quoted.total == 8_400
    assert not quoted.unsettled


@pytest.mark.parametrize(
    ("sector", "month", "relieved"),
    [
        ("other", date(2026, 3, 1), False),
        ("other", date(2026, 4, 1), True),
        ("other", date(2026, 12, 1), True),
        ("other", date(2027, 1, 1), False),
        ("transport", date(2025, 12, 1), False),
        ("transport", date(2026, 1, 1), True),
        ("transport", date(2027, 3, 1), True),
        ("transport", date(2027, 4, 1), False),
    ],
)
def test_the_relief_holds_from_its_first_to_its_last_month(sector: str, month: date, relieved: bool) -> None:
    assert price(1_000_000, sector=sector, money="own", month=month).relief is relieved


def test_a_quote_over_the_end_of_the_relief_says_so() -> None:
    over, inside = (
        quote(1_000_000, programmes=2, sector="other", money="own", first=NOV_2026, months=months)
        for months in (3, 2)
    )

    assert over.prices == (8_400, 8_400, 16_800)
    assert [one.month for one in over.months] == [NOV_2026, date(2026, 12, 1), JAN_2027]
    assert over.mixed
    assert not inside.mixed


def test_the_end_of_the_relief_is_known_by_sector_and_money() -> None:
    assert relief_end("other", "own", NOV_2026) == date(2026, 12, 1)
    assert relief_end("transport", "own", NOV_2026) == date(2027, 3, 1)
    assert relief_end("other", "apbdes", NOV_2026) == date(2026, 12, 1)
    assert relief_end("other", "apbd", NOV_2026) is None
    assert relief_end("other", "own", JAN_2027) is None


@pytest.mark.parametrize(("income", "unsure"), [(18_199_999, False), (18_200_000, True), (90_000_000, True)])
def test_incomes_that_rest_on_one_source_are_called_an_estimate(income: int, unsure: bool) -> None:
    quoted = quote(income, programmes=2, sector="other", money="own", first=NOV_2026, months=1)

    assert quoted.estimate is unsure


@pytest.mark.parametrize("row", brackets(), ids=lambda row: str(row.income_min))
def test_a_bracket_holds_from_its_lower_bound_to_the_next(row: tariff.Bracket) -> None:
    following = [other.income_min for other in brackets() if other.income_min > row.income_min]

    assert tariff.bracket(row.income_min) == row
    assert tariff.bracket(min(following, default=10**9) - 1) == row


def test_jht_is_never_cut() -> None:
    inside = price(1_000_000, sector="other", money="own", month=NOV_2026)
    outside = price(1_000_000, sector="other", money="own", month=JAN_2027)

    assert inside.jht == outside.jht == 20_000
