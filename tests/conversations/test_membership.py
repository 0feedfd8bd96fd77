"""The dialogues about a membership: what is asked, when it is asked back, and what is given beforehand."""

from datetime import date

import pytest

from conversations.engine import Answers, Draft, Reply, Words, advance, resume
from conversations.flows import FLOWS
from conversations.membership import NONE, day_in, given, move, protection, zone_words

TODAY = date(2026, 11, 20)


def draft(known: str | None = None, counted: str | None = None, office: str | None = None) -> Draft:
    told = {"known": known, "counted": counted, "office": office}
    days = {name: None if day is None else date.fromisoformat(day) for name, day in told.items()}
    return Draft(given(7, None, **days))


def said(before: Draft, text: str) -> tuple[str | None, Answers]:
    """The question after an answer, and the answers then."""
    turn = advance(protection, before, Reply(TODAY, text))
    return (turn.step.name if turn.step else None), turn.draft.answers


@pytest.mark.parametrize(
    ("counted", "office", "text", "asked"),
    [
        (None, None, "31-12-2026", None),
        ("2026-11-01", None, "31-12-2026", None),
        ("2026-11-01", None, "30-11-2026", None),
        ("2026-11-01", None, "29-11-2026", "sure"),
        ("2027-01-01", None, "15-12-2026", "sure"),
        ("2027-01-01", "2026-11-01", "15-12-2026", "sure"),
        ("2027-01-01", "2026-12-01", "15-12-2026", None),
        ("2027-01-01", "2027-01-01", "15-12-2026", None),
    ],
)
def test_who_reported_more_than_the_day_protects_is_asked_to_be_sure(
    counted: str | None, office: str | None, text: str, asked: str | None
) -> None:
    step, answers = said(draft(counted=counted, office=office), text)

    assert asked == step
    assert 7 == answers["member"]


def test_a_day_known_can_be_taken_away_and_one_unknown_cannot() -> None:
    (option,) = protection.steps[0].kind.options(protection.steps[0], draft("2026-12-31"), TODAY)
    gone = advance(protection, draft("2026-12-31"), Reply(TODAY, tapped=option.value))
    never = advance(protection, draft(), Reply(TODAY, tapped=NONE))

    assert gone.finished
    assert day_in(gone.draft.answers, "until") is None
    assert never.refusal is not None
    assert () == protection.steps[0].kind.options(protection.steps[0], draft(), TODAY)


def test_what_is_given_survives_every_turn_and_the_night() -> None:
    before = draft(counted="2027-01-01")
    later = Draft.read(advance(protection, before, Reply(TODAY, "15-12-2026")).draft.stored())
    turn = resume(protection, later)

    assert turn.step is protection.steps[1]
    assert before.answers.items() <= turn.draft.answers.items()


def test_no_step_has_the_name_of_something_given() -> None:
    for flow in FLOWS.values():
        assert {step.name for step in flow.steps}.isdisjoint(flow.given)


@pytest.mark.parametrize(
    ("code", "zone"),
    [("3205142001", "jakarta"), ("7371011001", "makassar"), ("9103011001", "jayapura")],
)
def test_a_new_village_is_read_back_with_its_clock(code: str, zone: str) -> None:
    village = {"code": code, "label": "Desa Contoh", "data": "2025"}
    before = Draft({**given(7, "Asep"), "village": village})
    turn = resume(move, before)

    assert turn.step is move.steps[1]
    assert Words(f"membership.zone.{zone}") == turn.step.values(turn.draft, TODAY)["zone"]
    assert zone_words("Asia/Jayapura") == Words("membership.zone.jayapura")
