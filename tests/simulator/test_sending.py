"""What the bot sends: texts, keyboards, files, copies, and every refusal around them."""

from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientSession, FormData

from simulator.phone import Phone
from simulator.server import Simulator
from tests.simulator.bot_api import Api, Refused

YES = {"inline_keyboard": [[{"text": "Ya", "callback_data": "v1:ya", "style": "success"}]]}


def inline(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "Ya", **button}]]}


async def test_siti_reads_what_the_bot_sent(api: Api, siti: Phone) -> None:
    sent = await api("sendMessage", chat_id=siti.id, text="<b>Halo</b>", parse_mode="HTML", reply_markup=YES)

    assert sent["text"] == "Halo"
    assert sent["entities"] == [{"type": "bold", "offset": 0, "length": 4}]
    assert siti.last is not None
    assert siti.last["reply_markup"] == YES


async def test_a_form_and_json_say_the_same(api: Api, siti: Phone) -> None:
    one = await api("sendMessage", chat_id=siti.id, text="Halo", reply_markup=YES, protect_content=True)
    two = await api.form("sendMessage", chat_id=siti.id, text="Halo", reply_markup=YES, protect_content=True)

    assert {**one, "message_id": 0} == {**two, "message_id": 0}


async def test_a_method_is_found_however_it_is_spelled(api: Api, siti: Phone) -> None:
    async with api.session.get(f"{api.url}/bot{api.token}/SENDmessage?chat_id={siti.id}&text=Hai") as answer:
        assert answer.status == 200

    assert siti.heard == ["Hai"]


@pytest.mark.parametrize(
    ("given", "description"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": "   "}, "text must be non-empty"),
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": "👷" * 2049}, "message is too long"),
        ({"text": "x", "parse_mode": "BBCode"}, "unsupported parse_mode"),
        ({"text": "x", "teks": "y"}, 'unknown parameter "teks"'),
        ({"text": "x", "protect_content": "barangkali"}, 'parameter "protect_content" must be a Boolean'),
        ({"text": "x", "chat_id": ""}, "chat_id is empty"),
        ({"text": "x", "chat_id": "@warga"}, "chat not found"),
        ({"text": "x", "chat_id": 42}, "chat not found"),
        ({"text": "x", "message_effect_id": "party"}, "EFFECT_ID_INVALID"),
        ({"text": "x", "reply_parameters": {"message_id": 99}}, "message to be replied not found"),
        ({"text": "x", "reply_markup": "{"}, "can't parse reply markup JSON object"),
        ({"text": "x", "reply_markup": "[]"}, "object expected as reply markup"),
        ({"text": "x", "reply_markup": inline(callback_data="x" * 65)}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "reply_markup": inline(callback_data="é" * 33)}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "reply_markup": inline(url="bpjs")}, "BUTTON_URL_INVALID"),
        ({"text": "x", "reply_markup": inline(copy_text={"text": "x" * 257})}, "BUTTON_COPY_TEXT_INVALID"),
        (
            {"text": "x", "reply_markup": inline()},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            {"text": "x", "reply_markup": inline(callback_data="a", style="merah")},
            "can't parse inline keyboard button: invalid button style specified",
        ),
        ({"text": "x", "reply_markup": inline(callback_data="a", warna=1)}, 'unknown field "warna"'),
        (
            {"text": "x", "reply_markup": {"keyboard": [[{"text": "x"}] * 301]}},
            "reply markup is too long",
        ),
        (
            {"text": "x", "reply_markup": {"keyboard": ["x"]}},
            'field "keyboard" must be an Array of Arrays',
        ),
    ],
)
async def test_a_bad_request_is_refused(
    api: Api, siti: Phone, given: dict[str, Any], description: str
) -> None:
    with pytest.raises(Refused) as refused:
        await api("sendMessage", **{"chat_id": siti.id, **given})

    assert (refused.value.code, refused.value.description) == (400, f"Bad Request: {description}")
    assert siti.messages == []


async def test_a_lenient_simulator_ignores_unknown_names(sim: Simulator) -> None:
    lenient = Simulator(clock=sim.clock, token=sim.token, strict=False)
    siti = lenient.person(first_name="Siti", met=True)
    async with lenient.serve() as url, ClientSession() as session:
        given = {"chat_id": siti.id, "text": "x", "teks": "y"}
        async with session.post(f"{url}/bot{sim.token}/sendMessage", json=given) as answer:
            assert answer.status == 200


async def test_who_never_wrote_cannot_be_written_to(api: Api, sim: Simulator) -> None:
    budi = sim.person(first_name="Budi")
    with pytest.raises(Refused, match="chat not found"):
        await api("sendMessage", chat_id=budi.id, text="Halo")

    budi.group("Halo semua")
    with pytest.raises(Refused) as refused:
        await api("sendMessage", chat_id=budi.id, text="Halo")

    assert refused.value.description == "Forbidden: bot can't initiate conversation with a user"


async def test_blocking_and_leaving_are_403(api: Api, siti: Phone) -> None:
    siti.block()
    with pytest.raises(Refused) as blocked:
        await api("sendMessage", chat_id=siti.id, text="Halo")
    siti.unblock()
    await api("sendMessage", chat_id=siti.id, text="Halo lagi")
    siti.leave()
    with pytest.raises(Refused) as left:
        await api("sendMessage", chat_id=siti.id, text="Halo")

    assert blocked.value == Refused(403, "Forbidden: bot was blocked by the user")
    assert left.value == Refused(403, "Forbidden: user is deactivated")


async def test_a_reply_keyboard_stays_until_it_is_removed(api: Api, siti: Phone) -> None:
    keyboard = {"keyboard": [["Kembali", {"text": "Kirim nomor", "request_contact": True}]]}
    await api("sendMessage", chat_id=siti.id, text="Nomor Anda?", reply_markup=keyboard)
    await api("sendMessage", chat_id=siti.id, text="Contoh: 0860...")

    assert siti.keyboard == {
        "keyboard": [[{"text": "Kembali"}, {"text": "Kirim nomor", "request_contact": True}]]
    }

    await api("sendMessage", chat_id=siti.id, text="Baik", reply_markup={"remove_keyboard": True})

    assert siti.keyboard is None


async def test_a_photo_goes_up_and_comes_down_again(api: Api, siti: Phone) -> None:
    sent = await api.multipart("sendPhoto", chat_id=siti.id, photo=b"jpeg", caption="KTP <b>contoh</b>")
    file = await api("getFile", file_id=sent["photo"][-1]["file_id"])
    async with api.session.get(f"{api.url}/file/bot{api.token}/{file['file_path']}") as answer:
        content = await answer.read()

    assert content == b"jpeg"
    assert sent["caption"] == "KTP <b>contoh</b>"
    assert siti.last is not None
    assert siti.last["file"]["size"] == 4


async def test_a_file_named_by_attachment_and_by_its_id(api: Api, siti: Phone) -> None:
    data = FormData({"chat_id": str(siti.id), "document": "attach://berkas"})
    data.add_field("berkas", b"pdf", filename="kartu.pdf")
    async with api.session.post(f"{api.url}/bot{api.token}/sendDocument", data=data) as answer:
        first = (await answer.json())["result"]
    again = await api("sendDocument", chat_id=siti.id, document=first["document"]["file_id"])

    assert again["document"]["file_name"] == "kartu.pdf"
    with pytest.raises(Refused, match="can't use file of type Document as Photo"):
        await api("sendPhoto", chat_id=siti.id, photo=first["document"]["file_id"])


async def test_voices_stickers_places_and_cards(api: Api, siti: Phone) -> None:
    await api.multipart("sendVoice", chat_id=siti.id, voice=b"ogg")
    await api.multipart("sendSticker", chat_id=siti.id, sticker=b"webp")
    await api("sendLocation", chat_id=siti.id, latitude=-6.9, longitude=107.6)
    await api("sendContact", chat_id=siti.id, phone_number="6286000000009", first_name="Kantor")

    assert [message.kind for message in siti.messages] == ["voice", "sticker", "location", "contact"]


async def test_an_empty_file_and_a_large_photo_are_refused(api: Api, siti: Phone) -> None:
    with pytest.raises(Refused, match="file must be non-empty"):
        await api.multipart("sendDocument", chat_id=siti.id, document=b"")
    with pytest.raises(Refused, match="file is too big"):
        await api.multipart("sendPhoto", chat_id=siti.id, photo=bytes(10 * 1024 * 1024 + 1))


async def test_a_copy_hides_where_it_came_from_and_a_forward_shows_it(api: Api, siti: Phone) -> None:
    original = await api("sendMessage", chat_id=siti.id, text="Pengumuman", reply_markup=YES)
    there = {"chat_id": siti.id, "from_chat_id": siti.id, "message_id": original["message_id"]}
    copied = await api("copyMessage", **there)
    forwarded = await api("forwardMessage", **there)

    copy = siti.person.chat.messages[copied["message_id"]]
    assert (copy.body, copy.markup) == ({"text": "Pengumuman"}, YES)
    assert forwarded["forward_origin"]["sender_user"]["id"] == 1000000001


async def test_protected_content_is_neither_copied_nor_forwarded(api: Api, siti: Phone) -> None:
    sent = await api("sendMessage", chat_id=siti.id, text="NIK", protect_content=True)
    there = {"chat_id": siti.id, "from_chat_id": siti.id, "message_id": sent["message_id"]}

    assert sent["has_protected_content"] is True
    with pytest.raises(Refused, match="can't be copied"):
        await api("copyMessage", **there)
    with pytest.raises(Refused, match="can't be forwarded"):
        await api("forwardMessage", **there)
    with pytest.raises(Refused, match="message to copy not found"):
        await api("copyMessage", **{**there, "message_id": 999})


async def test_an_upgraded_group_names_its_new_id(api: Api, sim: Simulator, siti: Phone) -> None:
    old = siti.group("Halo semua")["chat_id"]
    new = sim.telegram.upgrade(sim.telegram.group()).chat_id
    with pytest.raises(Refused) as refused:
        await api("sendMessage", chat_id=old, text="Halo")

    assert refused.value.description == "Bad Request: group chat was upgraded to a supergroup chat"
    assert refused.value.parameters == {"migrate_to_chat_id": new}
    assert (await api("sendMessage", chat_id=new, text="Halo"))["chat"]["type"] == "supergroup"


async def test_a_group_is_left_once(api: Api, sim: Simulator, siti: Phone) -> None:
    group = siti.group("Halo")["chat_id"]
    await api("leaveChat", chat_id=group)

    with pytest.raises(Refused, match="bot is not a member of the group chat"):
        await api("sendMessage", chat_id=group, text="Halo")
    assert siti.group("Masih ada?")["update_id"] is None
    member = await api("getChatMember", chat_id=group, user_id=siti.id)
    assert (member["status"], sim.telegram.group().bot_status) == ("member", "left")


async def test_load_mode_keeps_the_last_messages(sim: Simulator) -> None:
    small = Simulator(clock=sim.clock, token=sim.token, remember=3)
    budi = small.person(first_name="Budi", met=True)
    for number in range(5):
        budi.text(f"pesan {number}")
    small.clock.advance(timedelta(seconds=1))

    assert [message.body["text"] for message in budi.messages] == ["pesan 2", "pesan 3", "pesan 4"]
