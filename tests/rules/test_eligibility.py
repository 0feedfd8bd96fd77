"""Who may be registered: every row of the rules on age, base, payer and village office."""

from datetime import date

import pytest

from rules.eligibility import asks_who_pays, belongs_elsewhere, check_age, jht_required, limits
from rules.occupations import occupations
from rules.refusal import Refused

TODAY = date(2026, 11, 20)


def test_who_turns_65_today_is_too_old() -> None:
    with pytest.raises(Refused) as refused:
        check_age(date(1961, 11, 20), TODAY)

    assert refused.value.name == "eligibility.too_old"
    assert refused.value.values == {"age": 65, "limit": 65}


def test_who_turns_65_tomorrow_may_still_join() -> None:
    assert check_age(date(1961, 11, 21), TODAY) == ()


def test_who_turned_64_yesterday_may_join() -> None:
    assert check_age(date(1962, 11, 19), TODAY) == ()


def test_who_turns_17_tomorrow_is_too_young() -> None:
    with pytest.raises(Refused) as refused:
        check_age(date(2009, 11, 21), TODAY)

    assert refused.value.name == "eligibility.too_young"
    assert refused.value.values == {"age": 16, "limit": 17}


@pytest.mark.parametrize("born", [date(2009, 11, 20), date(2008, 11, 21)])
def test_at_17_there_is_a_warning_and_no_refusal(born: date) -> None:
    assert check_age(born, TODAY) == ("eligibility.young",)


@pytest.mark.parametrize("born", [date(2008, 11, 20), date(1990, 8, 17), date(1964, 2, 29)])
def test_between_18_and_64_nothing_is_said(born: date) -> None:
    assert check_age(born, TODAY) == ()


def test_a_leap_day_child_is_65_on_the_first_of_march() -> None:
    assert check_age(date(1964, 2, 29), date(2029, 2, 28)) == ()
    with pytest.raises(Refused):
        check_age(date(1964, 2, 29), date(2029, 3, 1))


def test_a_birthday_yet_to_come_is_too_young() -> None:
    with pytest.raises(Refused, match="too_young"):
        check_age(date(2027, 1, 1), TODAY)


def test_jht_is_compulsory_for_owners_with_workers_only() -> None:
    assert jht_required(True)
    assert not jht_required(False)


@pytest.mark.parametrize("official", ["perangkat-desa", "bpd", "rt-rw", "linmas"])
def test_village_officials_belong_to_the_village(official: str) -> None:
    assert belongs_elsewhere(official) == "eligibility.village_official"


@pytest.mark.parametrize("work", ["kader", "guru-honor", "satpam"])
def test_work_that_may_be_waged_is_asked_who_pays(work: str) -> None:
    assert asks_who_pays(work)
    assert belongs_elsewhere(work) is None


@pytest.mark.parametrize("work", ["art", "supir-pribadi"])
def test_workers_of_a_household_are_registered_without_question(work: str) -> None:
    assert not asks_who_pays(work)
    assert belongs_elsewhere(work) is None


def test_everybody_else_is_neither_sent_away_nor_asked() -> None:
    told = [one for one in occupations() if belongs_elsewhere(one) or asks_who_pays(one)]

    assert len(told) == 7


def test_the_limits_are_those_of_the_table() -> None:
    assert limits() == {
        "max_new_age": 65,
        "min_age": 17,
        "warn_below": 18,
        "max_occupations": 2,
        "min_base": 1_000_000,
    }
