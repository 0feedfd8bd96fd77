"""Several updates of one person in one batch count one after the other, whatever they are."""

import itertools
from collections.abc import Callable

import pytest

from models.dialogues import Dialogue
from models.quarantine import Quarantine
from tests.handlers.walking import go_to, step_of
from tests.town import Chat, Town

ASIDE = ("⏸️ Berhenti dulu", "/batal", "/start", "/lanjut", "/status", "/daftar")


async def answered(siti: Chat) -> list[str]:
    """The questions answered, in whichever form of theirs."""
    return sorted(name for form in await siti.forms() for name in form)


async def test_an_answer_counts_although_the_form_is_put_away_in_the_same_batch(place: Town) -> None:
    for act in ASIDE:
        siti = place.person()
        await go_to(siti, "who")
        siti.tap("Saya sendiri")
        siti.phone.text(act)
        await siti.hears()

        assert ["consent", "who"] == await answered(siti), act


async def test_stopping_and_going_on_in_one_batch_leads_to_the_next_question(place: Town) -> None:
    siti = place.person()
    await go_to(siti, "who")
    siti.tap("Saya sendiri")
    siti.phone.text("⏸️ Berhenti dulu")
    siti.phone.text("/lanjut")
    said = await siti.hears()

    assert "Berapa NIK" in said[-1]
    assert "nik" == await step_of(siti)
    assert ["consent", "who"] == await answered(siti)


async def test_answering_after_stopping_is_no_answer(place: Town) -> None:
    siti = place.person()
    await go_to(siti, "name")
    siti.phone.text("⏸️ Berhenti dulu")
    siti.phone.text("Rahayu")
    await siti.hears()

    assert "name" not in await answered(siti)


async def test_a_new_form_leaves_the_answer_given_just_before_in_the_old_one(place: Town) -> None:
    siti = place.person()
    await go_to(siti, "who")
    await siti.says("/daftar")
    siti.tap("Saya sendiri", oldest=True)
    siti.tap("Isian baru")
    siti.tap("Isian baru")
    await siti.hears()

    assert [[], [], ["consent", "who"]] == [sorted(form) for form in await siti.forms()]


async def test_going_from_one_form_to_another_and_back_keeps_both(place: Town) -> None:
    siti = place.person()
    await go_to(siti, "who")
    await siti.says("/daftar")
    await siti.taps("Isian baru")
    await siti.taps("Ya, saya setuju")
    await siti.says("/daftar")
    rows = (siti.phone.last or {})["reply_markup"]["inline_keyboard"]
    new, old = (row[0]["callback_data"] for row in rows[:2])
    siti.tap("Orang lain")
    siti.phone.tap(max(siti.said), old)
    siti.phone.text("Saya sendiri")
    siti.phone.tap(max(siti.said), new)
    await siti.hears()

    assert ["other", "self"] == [form["who"] for form in await siti.forms()]


async def test_erasing_right_after_an_answer_erases_it_too(place: Town) -> None:
    siti = place.person()
    await go_to(siti, "who")
    await siti.says("/hapus_data")
    await siti.taps("Hapus semua")
    siti.tap("Saya sendiri", oldest=True)
    siti.phone.text("⏸️ Berhenti dulu")
    siti.phone.text("/lanjut")
    siti.tap("Ya, hapus semuanya")
    siti.phone.text("/status")
    said = await siti.hears()

    assert 0 == await place.rows(Dialogue)
    assert "Belum ada pendaftaran" in said[-1]
    assert 0 == await place.rows(Quarantine)


async def test_two_taps_and_a_message_in_any_order_are_each_taken_for_what_they_are(place: Town) -> None:
    for order in itertools.permutations(range(3)):
        siti = place.person()
        await go_to(siti, "who")
        for number in order:
            ACTS[number](siti)
        raws = place.waiting()
        await place.office.intake.take(raws)
        here = await siti.answers()
        await place.office.intake.take(raws)

        assert here == await siti.answers()
        assert expected(order) == here.get("who"), order
    assert 0 == await place.rows(Quarantine)


ACTS: tuple[Callable[[Chat], object], ...] = (
    lambda siti: siti.tap("Saya sendiri", oldest=True),
    lambda siti: siti.phone.tap(
        max(siti.said), siti.callback("Saya sendiri").replace("|who|self", "|nik|!back")
    ),
    lambda siti: siti.phone.text("Orang lain"),
)
"""Two taps, the second on a button of the question after, and a message."""


def expected(order: tuple[int, ...]) -> str | None:
    """Whom the form is for when these acts are done in this order, and what each is about is respected."""
    who: str | None = None
    for act in order:
        match act:
            case 0 if who is None:
                who = "self"
            case 1 if who == "self":
                who = None
            case 2 if who is None:
                who = "other"
    return who


@pytest.mark.parametrize("times", [2, 25])
async def test_a_button_tapped_again_and_again_counts_once(place: Town, times: int) -> None:
    siti = place.person()
    await go_to(siti, "who")
    for _ in range(times):
        siti.tap("Saya sendiri")
    said = await siti.hears()

    assert "nik" == await step_of(siti)
    assert times - 1 == len([text for text in said if "sudah lewat" in text])
