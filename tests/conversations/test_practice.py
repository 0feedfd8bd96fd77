"""Practice: the questions of the registration, nobody's data, and a count of mistakes."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.engine import Contact, Draft, Reply, Turn, advance, back, resume
from conversations.practice import given as begun
from conversations.practice import mistakes, practice, scored
from conversations.registration import CONSENT_VERSION, registration
from rules import invented

TODAY = date(2026, 11, 20)
SLAMET = invented.people()["1"]
BEFORE: dict[str, dict[str, Any]] = {
    "nik": {
        "consent": CONSENT_VERSION,
        "who": "other",
        "relation": "neighbour",
        "agreement": "self",
        "agreement_how": "spoken",
    },
}
BEFORE["name"] = BEFORE["nik"] | {"nik": SLAMET.nik}
BEFORE["address"] = BEFORE["name"] | {"name": SLAMET.name, "birth_date": "1981-05-02", "sex": "male"}
BEFORE["phone"] = BEFORE["address"] | {
    "address": "Kampung Baru",
    "village": {"code": "3205402002", "label": "Desa Cibiuk Kaler", "data": "2025"},
}
BEFORE["email"] = BEFORE["phone"] | {"phone": {"none": True}, "contact_name": {"offered": "me"}}


def at(step: str) -> Draft:
    """A form that stands at a question."""
    draft = Draft(begun(SLAMET) | BEFORE[step])
    asked = resume(practice, draft).step
    assert asked is not None
    assert step == asked.name
    return draft


def said(step: str, text: str) -> Turn:
    return advance(practice, at(step), Reply(TODAY, text))


def test_it_asks_what_the_registration_asks_in_the_same_words() -> None:
    assert [step.name for step in registration.steps] == [step.name for step in practice.steps]
    assert [step.when for step in registration.steps] == [step.when for step in practice.steps]
    assert registration.name == practice.wording != practice.name


@settings(max_examples=200, deadline=None)
@given(
    province=st.integers(11, 97),
    rest=st.integers(0, 9999),
    day=st.integers(1, 28),
    serial=st.integers(1, 8999),
)
def test_no_number_of_a_province_is_ever_kept(province: int, rest: int, day: int, serial: int) -> None:
    number = f"{province}{rest:04}{day:02}0885{serial:04}"
    turn = said("nik", number)

    assert turn.refusal is not None
    assert number not in str(turn.draft.stored())


@pytest.mark.parametrize(
    ("step", "text", "refusal"),
    [
        ("name", "Siti Aminah", "practice.only_invented.name"),
        ("name", "Hj. Siti Aminah", "practice.only_invented.name"),
        ("phone", "0812-3456-7890", "practice.only_invented.phone"),
        ("phone", "0860-1234-5678 atau 0812-3456-7890", "practice.only_invented.phone"),
        ("email", "siti@gmail.com", "practice.only_invented.email"),
        ("address", "Jalan Melati 7, NIK 3205405708909001", "practice.only_invented.text"),
    ],
)
def test_what_could_be_somebodys_is_refused_and_not_kept(step: str, text: str, refusal: str) -> None:
    turn = said(step, text)

    assert turn.refusal is not None
    assert refusal == turn.refusal.name
    assert at(step) == turn.draft


def test_the_card_of_the_sender_is_refused_too() -> None:
    turn = advance(practice, at("phone"), Reply(TODAY, contact=Contact("+6281234567890", own=True)))

    assert turn.refusal is not None
    assert at("phone") == turn.draft


@pytest.mark.parametrize(
    ("step", "text"),
    [
        ("name", "slamet wibowo"),
        ("phone", "0860-1234-5678"),
        ("email", "nama@contoh.id"),
        ("address", "RT 003 RW 001"),
    ],
)
def test_what_is_on_the_sheet_is_taken(step: str, text: str) -> None:
    turn = said(step, text)

    assert turn.refusal is None
    assert step in turn.draft.answers


def test_the_invented_number_is_one_tap_and_is_read_back_as_a_typed_one() -> None:
    tapped = advance(practice, at("nik"), Reply(TODAY, tapped="sample"))
    typed = said("nik", SLAMET.nik)

    assert tapped.asked_back is not None
    assert replace(tapped, draft=typed.draft) == typed
    assert SLAMET.nik == tapped.asked_back.understood


def test_refusals_and_steps_back_are_counted_and_right_answers_are_not() -> None:
    draft = at("address")
    wrong = advance(practice, draft, Reply(TODAY, "x"))
    right = advance(practice, draft, Reply(TODAY, "Kampung Baru"))
    behind = back(practice, draft)

    assert {"refusals": 1, "backs": 0} == mistakes(scored(draft, wrong).draft.answers)
    assert {"refusals": 0, "backs": 0} == mistakes(scored(draft, right).draft.answers)
    assert {"refusals": 0, "backs": 1} == mistakes(scored(draft, behind).draft.answers)
