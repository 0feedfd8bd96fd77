"""Quotas and Perisai's figures: dated numbers, and whose they are."""

import pytest

from rules import invented, nik, perisai, quotas
from rules.quotas import Who, everybody_may


@pytest.mark.parametrize(
    ("roles", "whose"),
    [
        (["worker"], Who.PERSON),
        (["worker", "agent"], Who.AGENT),
        (["agent", "officer"], Who.OFFICER),
        (["administrator"], Who.OFFICER),
    ],
)
def test_the_widest_role_counts(roles: list[str], whose: Who) -> None:
    assert whose is quotas.who(roles)


def test_three_a_day_for_a_person_and_fifty_for_an_agent() -> None:
    assert (3, 50) == (quotas.typed_a_day(Who.PERSON), quotas.typed_a_day(Who.AGENT))
    assert 0 == quotas.listed_a_day(Who.PERSON)
    assert quotas.listed_a_day(Who.AGENT) >= 600


@pytest.mark.parametrize(
    ("new", "three", "rupiah"), [(24, 24, 0), (25, 0, 250_000), (30, 30, 450_000), (30, 10, 350_000)]
)
def test_the_incentive_of_new_members_by_the_rules_of_2022(new: int, three: int, rupiah: int) -> None:
    assert rupiah == perisai.incentive(new, three)
    assert 2022 == perisai.figures()["year"]


def test_invented_people_are_nobody_and_agree_with_their_numbers() -> None:
    for one in invented.people().values():
        number = nik.Nik.parse(one.nik)

        assert invented.is_nobodys_nik(number.digits)
        assert number.digits.endswith(one.nik[-4:])
        assert one.nik[-4] == "9"
        assert (one.sex, one.born) == (number.sex, number.birth_date(one.born.replace(year=2026), one.born))
        assert invented.is_nobodys_name(one.name.upper())
        assert invented.is_nobodys_name(one.heir)


def test_whom_nobody_need_ask_for_a_role_is_within_every_quota() -> None:
    for today, week in ((0, 0), (2, 2), (2, 6)):
        assert everybody_may(today, week), (today, week)
    for today, week in ((3, 3), (0, 7), (2, 7)):
        assert not everybody_may(today, week), (today, week)
