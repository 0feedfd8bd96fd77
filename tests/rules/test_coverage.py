"""Coverage: what a tally says on a day, goals, shares, and few people hidden."""

from datetime import date

import pytest

from rules import coverage as rule
from rules.coverage import State, figures, goal, protected, shares, state_of
from rules.quantities import grouped, percent

DAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("member:1:2026-12:", State.CURRENT),
        ("member:1:2026-11:", State.BEHIND_1),
        ("member:1:2026-11:2026-11-20", State.CURRENT),
        ("member:1:2026-10:", State.BEHIND_2),
        ("member:1:2026-09:", State.BEHIND_3),
        ("member:1:2026-08:", State.LAPSED),
        ("member:0:2026-08:", State.UNSEEN),
    ],
)
def test_a_day_tells_where_those_stand_who_have_reached_as_far(name: str, state: State) -> None:
    assert state is state_of(name, DAY)


def test_a_usual_goal_is_of_each_desa_without_a_list() -> None:
    desa, kelurahan = "3205302001", "3205011001"

    assert (100, None) == (goal(desa, {}, 2026), goal(kelurahan, {}, 2026))
    assert 75 == goal(desa, {"quota:2026": 75, "desa_lists:2026": 1}, 2026)
    assert 60 == goal(kelurahan, {"quota:2026": 60}, 2026)
    assert 100 == goal(desa, {"quota:2026": 75, "desa_lists:2026": 1}, 2027)
    assert 75_266 * 100 == goal("", {}, 2026)


def test_a_trend_adds_registrations_up_and_names_each_paid_month() -> None:
    tally = {"registered": 9, "sent:0000-00": 2, "sent:2026-10": 3, "sent:2026-11": 4, "covered:2026-10": 5}
    trend = figures("3205", tally, DAY).trend

    assert (12, date(2025, 12, 1), date(2026, 11, 1)) == (len(trend), trend[0][0], trend[-1][0])
    assert [(2, 0), (5, 5), (9, 0)] == [(sent, paid) for _, sent, paid in trend[-3:]]


def test_a_sponsor_that_ends_within_ninety_days_is_counted() -> None:
    tally = {
        "sponsor:2026-11-19": 1,
        "sponsor:2026-11-20": 2,
        "sponsor:2027-02-18": 4,
        "sponsor:2027-02-19": 8,
    }

    assert 6 == figures("3205", tally, DAY).expiring


def test_shares_are_of_those_who_are_active_and_ages_are_of_this_year() -> None:
    tally = {
        "sex:female:member:1:2026-12:": 3,
        "sex:female:member:1:2026-08:": 9,
        "born:1961:member:1:2026-12:": 1,
        "born:1962:member:1:2026-11:": 2,
        "born:unknown:member:1:2026-12:": 4,
    }

    assert {"female": 3} == shares(tally, "sex", DAY)
    assert {"65-200": 1, "55-64": 2, rule.UNKNOWN: 4} == shares(tally, "born", DAY)


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({"a": 5, "b": 9}, {"a": 5, "b": 9}),
        ({"a": 4, "b": 9, "c": 7}, {"a": None, "b": 9, "c": None}),
        ({"a": 4, "b": 3, "c": 7}, {"a": None, "b": None, "c": 7}),
        ({"a": 4, "b": 0}, {"a": None, "b": 0}),
        ({}, {}),
    ],
)
def test_few_people_are_hidden_and_cannot_be_worked_out_of_the_sum(
    counts: dict[str, int], told: dict[str, int | None]
) -> None:
    assert told == protected(counts)


def test_what_is_added_up_for_many_places_is_what_the_figures_say() -> None:
    tally = {"member:1:2026-12:": 3, "member:1:2026-08:": 9, "member:0:2026-11:": 2, "quota:2026": 9}
    found = figures("3205302001", tally, DAY)

    assert (found.active, found.goal) == rule.progress("3205302001", tally, DAY)


@pytest.mark.parametrize(
    ("share", "shown"),
    [(0.0, "0%"), (0.00001, "0,01%"), (0.0081, "0,81%"), (0.0213, "2,1%"), (0.999, "99%"), (1.2, "120%")],
)
def test_shares_are_rounded_to_nothing_that_is_not_there(share: float, shown: str) -> None:
    assert shown == percent(share, "id")


def test_numbers_are_grouped_as_a_language_does() -> None:
    assert ("1.234.567", "1,234,567") == (grouped(1_234_567, "id"), grouped(1_234_567, "en"))
