"""What a person does on their phone."""

import pytest

from simulator.phone import Phone
from simulator.refusals import Impossible
from simulator.server import Simulator
from tests.simulator.bot_api import Api


async def test_an_own_contact_carries_the_persons_id_and_anothers_does_not(api: Api, siti: Phone) -> None:
    siti.contact()
    siti.contact(own=False, phone_number="6286000000077", first_name="Budi")
    siti.contact(forwarded=True)
    own, other, forwarded = [update["message"] for update in await api("getUpdates")]

    assert own["contact"]["user_id"] == siti.id == own["from"]["id"]
    assert "user_id" not in other["contact"]
    assert forwarded["forward_origin"]["type"] == "user"


async def test_an_edited_text_arrives_as_an_edited_message(api: Api, siti: Phone) -> None:
    said = siti.text("Siti Amina")
    siti.edit(said["message_id"], "Siti Aminah")
    first, second = await api("getUpdates")

    assert first["message"]["text"] == "Siti Amina"
    assert second["edited_message"]["text"] == "Siti Aminah"
    assert second["edited_message"]["message_id"] == said["message_id"]


async def test_blocking_and_unblocking_tell_the_bot(api: Api, siti: Phone) -> None:
    siti.block()
    siti.block()
    siti.unblock()
    states = [u["my_chat_member"]["new_chat_member"]["status"] for u in await api("getUpdates")]

    assert states == ["kicked", "member"]


async def test_files_of_a_person_can_be_downloaded(api: Api, siti: Phone) -> None:
    siti.file("photo", b"ktp", "ktp.jpg", "KTP saya")
    siti.file("document", b"csv", "warga.csv")
    siti.file("voice", b"ogg")
    siti.location(-7.0, 110.4)
    photo, document, voice, place = [update["message"] for update in await api("getUpdates")]
    kept = await api("getFile", file_id=photo["photo"][-1]["file_id"])

    assert (photo["caption"], kept["file_size"]) == ("KTP saya", 3)
    assert (document["document"]["mime_type"], voice["voice"]["duration"]) == ("text/csv", 1)
    assert place["location"]["latitude"] == -7.0


async def test_an_old_button_and_a_deleted_one_can_still_be_tapped(api: Api, siti: Phone) -> None:
    yes = {"inline_keyboard": [[{"text": "Ya", "callback_data": "ya"}]]}
    sent = await api("sendMessage", chat_id=siti.id, text="Benar?", reply_markup=yes)
    siti.tap(sent["message_id"], "punya-orang-lain")
    await api("deleteMessage", chat_id=siti.id, message_id=sent["message_id"])
    siti.tap(sent["message_id"], "ya")
    there, gone = [update["callback_query"] for update in await api("getUpdates")]

    assert (there["data"], there["message"]["reply_markup"]) == ("punya-orang-lain", yes)
    assert gone["message"]["date"] == 0


async def test_pressing_by_label_finds_inline_and_reply_buttons(api: Api, siti: Phone) -> None:
    rows = {"keyboard": [["Kembali", {"text": "Kirim nomor saya", "request_contact": True}]]}
    await api("sendMessage", chat_id=siti.id, text="Nomor?", reply_markup=rows)
    siti.press("Kembali")
    siti.press("Kirim nomor saya")
    typed, shared = [update["message"] for update in await api("getUpdates")]

    assert typed["text"] == "Kembali"
    assert shared["contact"]["phone_number"] == siti.person.phone
    with pytest.raises(Impossible, match="no such button"):
        siti.press("Lanjut")


async def test_a_reply_and_a_forward(api: Api, siti: Phone) -> None:
    asked = await api("sendMessage", chat_id=siti.id, text="Nama?", reply_markup={"force_reply": True})
    assert siti.keyboard == {"force_reply": True}
    siti.text("Siti", reply_to=asked["message_id"])
    siti.forward(asked["message_id"])
    reply, forward = [update["message"] for update in await api("getUpdates")]

    assert reply["reply_to_message"]["message_id"] == asked["message_id"]
    assert forward["forward_origin"]["sender_user"]["is_bot"] is True
    assert siti.keyboard is None


async def test_what_cannot_be_done_is_said(api: Api, sim: Simulator, siti: Phone) -> None:
    secret = await api("sendMessage", chat_id=siti.id, text="NIK", protect_content=True)
    with pytest.raises(Impossible, match="cannot be forwarded"):
        siti.forward(secret["message_id"])
    with pytest.raises(Impossible, match="own text"):
        siti.edit(secret["message_id"], "x")
    with pytest.raises(Impossible, match="no message 99"):
        siti.tap(99, "ya")
    with pytest.raises(Impossible, match="empty text"):
        siti.text("  ")
    siti.block()
    with pytest.raises(Impossible, match="blocked the bot"):
        siti.text("Halo")
    siti.leave()
    with pytest.raises(Impossible, match="account was deleted"):
        siti.text("Halo")
    with pytest.raises(Impossible, match="no person 5"):
        sim.person(5)


def test_the_same_id_is_the_same_person(sim: Simulator) -> None:
    sim.person(77, first_name="Budi", label="agen")

    assert sim.person(77).person is sim.person(77, first_name="Bukan Budi").person


async def test_the_bot_is_told_when_it_joins_a_group(api: Api, siti: Phone) -> None:
    siti.group("Halo semua")
    joined, said = await api("getUpdates")

    assert joined["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert said["message"]["chat"]["type"] == "group"


async def test_a_listener_hears_each_message_at_once(api: Api, sim: Simulator, siti: Phone) -> None:
    heard: list[tuple[int, str]] = []
    sim.on_sent(lambda person, message: heard.append((person, message["text"])))
    await api("sendMessage", chat_id=siti.id, text="Halo")

    assert heard == [(siti.id, "Halo")]
