"""The questions about a village's list: which are asked, and which answers count."""

from datetime import UTC, date, datetime

import pytest

from conversations.engine import Draft, Reply, Turn, advance, resume
from conversations.programme import programme, vouching, vouching_given

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
VILLAGE = {"code": "3205402002", "label": "Desa Cibiuk Kaler", "data": "2025"}
BEGUN: dict[str, object] = {
    "village": VILLAGE,
    "year": "2027",
    "sk": None,
    "funding": "SD",
    "first_month": "2027-01-01",
}


def told(flow_answers: dict[str, object], *replies: Reply) -> Turn:
    """Return the turn after these replies to a list's questions."""
    turn = resume(programme, Draft(flow_answers))
    for reply in replies:
        turn = advance(programme, turn.draft, reply)
    return turn


def test_the_date_of_a_decree_is_asked_only_where_there_is_one() -> None:
    with_one = told({"village": VILLAGE, "year": "2027", "sk": "560/1"})
    without = told({"village": VILLAGE, "year": "2027", "sk": None})

    assert ("sk_date", "funding") == (
        with_one.step and with_one.step.name,
        without.step and without.step.name,
    )


@pytest.mark.parametrize(("said", "counts"), [("12", 12), ("６", 6), (" 8 ", 8)])
def test_enough_months_are_taken_as_they_are(said: str, counts: int) -> None:
    assert counts == told(BEGUN, Reply(TODAY, text=said)).draft.answers["months"]


def test_fewer_than_six_months_count_once_they_are_confirmed() -> None:
    asked = told(BEGUN, Reply(TODAY, text="3"))
    assert asked.asked_back is not None
    yes = asked.asked_back.options[0].value
    sure = advance(programme, asked.draft, Reply(TODAY, tapped=yes))

    assert "months" not in asked.draft.answers
    assert "programmes.few_months" == asked.asked_back.words.name
    assert 3 == sure.draft.answers["months"]


@pytest.mark.parametrize("said", ["0", "13", "-1", "dua", "1.5", "9" * 40, "²½"])
def test_other_numbers_of_months_are_refused(said: str) -> None:
    turn = told(BEGUN, Reply(TODAY, text=said))

    assert turn.refusal is not None
    assert "programmes.number" == turn.refusal.name
    assert {"least": 1, "most": 12} == turn.refusal.values


@pytest.mark.parametrize("tapped", ["2025", "2028", "", "yes", "x"])
def test_a_year_is_this_or_the_next(tapped: str) -> None:
    turn = told({"village": VILLAGE}, Reply(TODAY, tapped=tapped))

    assert turn.refusal is not None
    assert "year" not in turn.draft.answers


@pytest.mark.parametrize("tapped", ["2026-10-01", "2027-06-01", "2026-11-20", "x"])
def test_a_first_month_is_one_of_those_offered(tapped: str) -> None:
    before = {name: value for name, value in BEGUN.items() if name != "first_month"}
    turn = told(before, Reply(TODAY, tapped=tapped))

    assert turn.refusal is not None


def test_a_draft_of_last_year_still_reads() -> None:
    turn = resume(programme, Draft(BEGUN | {"year": "2025", "first_month": "2025-01-01"}))

    assert "months" == (turn.step and turn.step.name)


def test_who_agrees_is_asked_for_no_place() -> None:
    given = vouching_given(7, "Desa Cibiuk Kaler", 2027, 100, 73, [(12, "Siti A.", "petani")], NOW)
    turn = resume(vouching, Draft(given | {"name": "Bambang", "verdict": "agree"}))
    other = resume(vouching, Draft(given | {"name": "Bambang", "verdict": "object"}))

    assert turn.finished
    assert "place" == (other.step and other.step.name)


@pytest.mark.parametrize(("said", "counts"), [("100", True), ("101", False), ("0", False)])
def test_an_objection_is_to_a_place_of_the_list(said: str, counts: bool) -> None:
    given = vouching_given(7, "Desa Cibiuk Kaler", 2027, 100, 73, [], NOW)
    draft = resume(vouching, Draft(given | {"name": "Bambang", "verdict": "object"})).draft
    turn = advance(vouching, draft, Reply(TODAY, text=said))

    assert counts == ("place" in turn.draft.answers)
