"""A row yields what the dialogue would have stored, and what the dialogue asks back is refused here."""

from collections.abc import Sequence
from typing import Any

import pytest

from conversations.engine import Draft, Reply, advance
from conversations.registration import registration
from tests.sheets.lists import HEADINGS, TODAY, answers_of, csv_of, judged, nik, person, verdicts, xlsx_of

OPTIONAL = ("Tempat kerja", "Jam kerja", "Punya pekerja", "Pembayar iuran", "Program", "Bulan", "Email")
HEIRS = ("Nama ahli waris", "Hubungan ahli waris", "No HP ahli waris", "Nama kontak", "No HP kontak")
DIALOGUE: dict[str, Sequence[Reply]] = {
    "consent": [Reply(TODAY, tapped="agree")],
    "who": [Reply(TODAY, tapped="other")],
    "relation": [Reply(TODAY, tapped="agent")],
    "agreement": [Reply(TODAY, tapped="self")],
    "agreement_how": [Reply(TODAY, tapped="spoken")],
    "nik": [Reply(TODAY, nik(1)), Reply(TODAY, tapped="yes~1")],
    "name": [Reply(TODAY, "Rahayu Lestari")],
    "birth_date": [Reply(TODAY, "17-08-1990")],
    "sex": [Reply(TODAY, tapped="female")],
    "address": [Reply(TODAY, "Jalan Kenanga 1")],
    "village": [Reply(TODAY, "cibiuk kaler garut"), Reply(TODAY, tapped="3205402002~2")],
    "phone": [Reply(TODAY, tapped="none")],
    "contact_name": [Reply(TODAY, "Bambang Wijaya")],
    "contact_phone": [Reply(TODAY, "0860-1234-5678")],
    "email": [Reply(TODAY, "rahayu@contoh.id")],
    "occupation": [Reply(TODAY, "pedagang pasar"), Reply(TODAY, tapped="pedagang-pasar~3")],
    "occupation2": [Reply(TODAY, tapped="!skip")],
    "workplace": [Reply(TODAY, "Pasar Melati")],
    "hours": [Reply(TODAY, "05.00-12.00")],
    "income": [Reply(TODAY, "1500000")],
    "employs": [Reply(TODAY, tapped="no")],
    "payer": [Reply(TODAY, tapped="apbdes")],
    "programmes": [Reply(TODAY, tapped="3")],
    "months": [Reply(TODAY, tapped="1")],
    "heirs": [Reply(TODAY, tapped="add")],
    "heir1_name": [Reply(TODAY, "Kartika Sari")],
    "heir1_relation": [Reply(TODAY, tapped="child")],
    "heir1_phone": [Reply(TODAY, "0860-8765-4321")],
    "heir1_more": [Reply(TODAY, tapped="enough")],
    "review": [Reply(TODAY, tapped="send")],
}
"""What is said to each question of the dialogue by somebody who tells the same as a row does."""


def told_in_dialogue() -> dict[str, Any]:
    """Return the answers that count after the whole dialogue."""
    draft = Draft()
    while (step := registration.asked(draft.answers)) is not None:
        for reply in DIALOGUE[step.name]:
            turn = advance(registration, draft, reply)
            assert turn.refusal is None, turn.refusal
            draft = turn.draft
    return registration.live(draft.answers)


async def test_a_row_yields_what_the_dialogue_would_have_stored() -> None:
    told = ["Pasar Melati", "05.00-12.00", "tidak", "Desa", "3", "1", "rahayu@contoh.id"]
    heirs = ["Kartika Sari", "anak", "0860-8765-4321", "Bambang Wijaya", "0860-1234-5678"]
    row = [*person(1, **{"No HP": "tidak punya"}), *told, *heirs]
    content = csv_of([[*HEADINGS, *OPTIONAL, *HEIRS], row])
    (line,) = (await judged(content)).values()

    assert told_in_dialogue() == line["answers"]


async def test_empty_cells_stand_for_what_the_template_says() -> None:
    (line,) = (await judged(csv_of([HEADINGS, person(1, **{"No HP": ""})]))).values()
    answers = line["answers"]

    assert {"none": True} == answers["phone"]
    assert {"offered": "me"} == answers["contact_name"]
    assert ({"offered": "home_village"}, "08:00-17:00") == (answers["workplace"], answers["hours"])
    assert ("no", "own", "2", "1", "none") == tuple(
        answers[name] for name in ("employs", "payer", "programmes", "months", "heirs")
    )
    assert (None, None) == (answers["email"], answers["occupation2"])
    assert registration.asked(answers) is None


@pytest.mark.parametrize(
    ("told", "doubted"),
    [
        ({"Tanggal lahir": "18-08-1990"}, "birth_date birth_date"),
        ({"Jenis kelamin": "L"}, "sex sex"),
        ({"Nama": "Hj. Siti Aminah"}, "name title"),
        ({"NIK": f"99{nik(1)[2:]}"}, "nik nik_place"),
        ({"Penghasilan": "50rb"}, "income income"),
        ({"Pekerjaan": "kader posyandu"}, "occupation job_paid"),
        ({"No HP": "0860-1111-1111"}, "phone phone_repeated"),
    ],
)
def test_what_is_doubted_is_taken_once_it_was_compared_with_the_card(
    told: dict[str, str], doubted: str
) -> None:
    row = person(1, **told)
    unchecked = csv_of([[*HEADINGS, "Sudah dicek dengan KTP"], [*row, ""]])
    checked = csv_of([[*HEADINGS, "Sudah dicek dengan KTP"], [*row, "ya"]])

    assert {2: doubted} == verdicts(unchecked)
    assert {2: "good"} == verdicts(checked)


def test_a_wrong_number_stays_wrong_however_often_it_was_compared() -> None:
    row = [*person(1, NIK=nik(1)[:15]), "ya"]

    assert {2: "nik nik.wrong_length"} == verdicts(csv_of([[*HEADINGS, "Sudah dicek"], row]))


def test_all_that_is_wrong_with_a_row_is_said_at_once() -> None:
    row = person(1, NIK="12", Nama="", Desa="Xyzzy", Penghasilan="banyak")

    assert {2: "nik nik.wrong_length, name empty, village village_unknown, income money.unclear"} == verdicts(
        xlsx_of([HEADINGS, row])
    )


async def test_whoever_goes_on_behind_a_row_knows_the_niks_before_it() -> None:
    content = csv_of([HEADINGS, person(1), person(2), person(1)])
    lines = await judged(content, after=2)

    assert [3, 4] == list(lines)
    assert [["nik", "sheets.reason.twice", {"row": 2}]] == lines[4]["reasons"]


def test_who_employs_others_saves_for_old_age() -> None:
    row = [*person(1), "ya", "2"]

    assert {2: "programmes jht"} == verdicts(csv_of([[*HEADINGS, "Punya pekerja", "Program"], row]))


def test_hamlet_and_rt_belong_to_the_address() -> None:
    content = csv_of([[*HEADINGS, "Dusun", "RT", "RW"], [*person(1), "Kp. Sawah", "02", "05"]])

    assert "Jalan Kenanga 1 Kp. Sawah RT 02 RW 05" == answers_of(content)["address"]
