"""What buttons carry: at most 64 bytes, and nothing that a person told."""

from typing import Any

from conversations.registration import registration
from tests.handlers.walking import TOLD, WALK, do, go_to, register, walk
from tests.town import Chat, Town

MOST = 64


def listen(place: Town) -> list[str]:
    """Collect the data of every button the bot sends from now on."""
    collected: list[str] = []

    def note(_: int, message: dict[str, Any]) -> None:
        for row in message.get("reply_markup", {}).get("inline_keyboard", ()):
            collected.extend(button["callback_data"] for button in row if "callback_data" in button)

    place.simulator.on_sent(note)
    return collected


def assert_says_nothing(collected: list[str]) -> None:
    assert [] == [data for data in collected if len(data.encode()) > MOST]
    assert [] == [data for data in collected for told in TOLD if told.casefold() in data.casefold()]


async def ask_everything_back(siti: Chat, step: str) -> None:
    """Answer a question in the ways that are asked back, then go back from there."""
    for act in ASKED_BACK.get(step, ()):
        await do(siti, act)


ASKED_BACK = {
    "nik": ("9901015708909001",),
    "name": ("Hj. Rahayu Lestari",),
    "birth_date": ("1 Januari 1980",),
    "sex": ("[Laki-laki]",),
    "village": ("cibiuk", "sukamaju"),
    "phone": ("0860-1234-5678 atau 0860-8765-4321", "[Ulangi]"),
    "contact_phone": ("0860 1111 1111",),
    "occupation": ("[Pilih dari daftar]", "[Transportasi]", "pekerjaan aneh sekali", "ketua RT"),
    "income": ("50rb sehari", "50.000", "500rb seminggu"),
}


async def test_every_step_and_every_choice_on_the_way(place: Town) -> None:
    collected = listen(place)
    siti = place.person()
    async for step in walk(siti):
        await ask_everything_back(siti, step)
        await siti.says("❓ Kenapa ditanya?")

    asked = {data.split("|")[2] for data in collected if not data.startswith("v1|c|")}
    assert {step for step, *_ in WALK} - {"phone"} <= asked
    assert len(set(collected)) > 200
    assert_says_nothing(collected)


async def test_every_button_of_the_page_of_changes_and_of_answers_put_aside(place: Town) -> None:
    collected = listen(place)
    siti = place.person()
    await go_to(siti, "review")
    for step, *_ in WALK[1:-1]:
        await siti.taps("✏️ Ubah")
        data = next(one for one in reversed(collected) if one.endswith(f"|!edit.{step}"))
        siti.phone.tap(max(siti.said), data)
        await siti.hears()
        await siti.taps("Tetap: ")

    assert_says_nothing(collected)


async def test_the_buttons_of_commands_and_of_several_forms(place: Town) -> None:
    collected = listen(place)
    siti = place.person()
    for act in ("/start", "/bahasa", "/hapus_data", "[Hapus semua]", "[Tidak jadi]", "/status", "/bantuan"):
        await do(siti, act)
    await register(siti)
    await go_to(siti, "address")
    for act in ("/daftar", "[Isian baru]", "/lanjut", "/batal", "⏸️ Berhenti dulu", "/lanjut"):
        await do(siti, act)

    assert {"daftar", "lanjut", "batal", "bahasa", "hapus_data", "status", "bantuan"} <= {
        data.split("|")[2] for data in collected
    }
    assert_says_nothing(collected)


def test_the_longest_data_there_could_be_fits() -> None:
    names = [step.name for step in registration.steps]
    longest = max(names, key=len)

    assert len(f"v1|{'z' * 13}|{longest}|!edit.{longest}".encode()) <= MOST
