"""Edits, deletions, chat actions and the answers to taps."""

from datetime import timedelta

import pytest

from simulator.phone import Phone
from simulator.server import Simulator
from tests.simulator.bot_api import Api, Refused

YES = {"inline_keyboard": [[{"text": "Ya", "callback_data": "ya"}]]}


async def test_an_edit_changes_text_and_takes_the_buttons_away(api: Api, siti: Phone) -> None:
    sent = await api("sendMessage", chat_id=siti.id, text="Benar?", reply_markup=YES)
    edited = await api("editMessageText", chat_id=siti.id, message_id=sent["message_id"], text="Benar.")

    assert siti.last is not None
    assert (siti.last["text"], siti.last["edited"], siti.last.get("reply_markup")) == ("Benar.", True, None)
    assert edited["edit_date"] == sent["date"]


async def test_an_edit_that_changes_nothing_is_refused(api: Api, siti: Phone) -> None:
    sent = await api("sendMessage", chat_id=siti.id, text="<b>Sama</b>", parse_mode="HTML", reply_markup=YES)
    same = {"chat_id": siti.id, "message_id": sent["message_id"], "reply_markup": YES}
    with pytest.raises(Refused) as text:
        await api("editMessageText", **same, text="<b>Sama</b>", parse_mode="HTML")
    with pytest.raises(Refused) as buttons:
        await api("editMessageReplyMarkup", **same)

    assert text.value.description == buttons.value.description
    assert text.value.description.startswith("Bad Request: message is not modified: specified new message")


async def test_only_the_bots_own_messages_can_be_edited(api: Api, siti: Phone) -> None:
    spoken = siti.text("Saya Siti")["message_id"]
    photo = await api.multipart("sendPhoto", chat_id=siti.id, photo=b"jpeg")
    with pytest.raises(Refused, match="message can't be edited"):
        await api("editMessageText", chat_id=siti.id, message_id=spoken, text="Saya Budi")
    with pytest.raises(Refused, match="there is no text in the message to edit"):
        await api("editMessageText", chat_id=siti.id, message_id=photo["message_id"], text="x")
    with pytest.raises(Refused, match="message to edit not found"):
        await api("editMessageText", chat_id=siti.id, message_id=999, text="x")
    captioned = await api(
        "editMessageCaption", chat_id=siti.id, message_id=photo["message_id"], caption="KTP"
    )

    assert captioned["caption"] == "KTP"


async def test_messages_can_be_deleted_for_48_hours(api: Api, sim: Simulator, siti: Phone) -> None:
    nik = siti.text("9900000000000001")["message_id"]
    sent = await api("sendMessage", chat_id=siti.id, text="Terima kasih")
    sim.clock.advance(timedelta(hours=48))
    await api("deleteMessage", chat_id=siti.id, message_id=nik)
    sim.clock.advance(timedelta(seconds=1))
    with pytest.raises(Refused) as late:
        await api("deleteMessage", chat_id=siti.id, message_id=sent["message_id"])
    with pytest.raises(Refused, match="message to delete not found"):
        await api("deleteMessage", chat_id=siti.id, message_id=nik)

    assert late.value.description == "Bad Request: message can't be deleted for everyone"
    shown = siti.chat()["messages"][0]
    assert shown["deleted"] is True
    assert "text" not in shown


async def test_many_are_deleted_at_once_and_the_missing_passed_over(api: Api, siti: Phone) -> None:
    ids = [siti.text(word)["message_id"] for word in ("satu", "dua", "tiga")]
    await api("deleteMessages", chat_id=siti.id, message_ids=[*ids, 999])

    assert siti.messages == []
    with pytest.raises(Refused, match="too many message identifiers specified"):
        await api("deleteMessages", chat_id=siti.id, message_ids=list(range(1, 102)))


async def test_a_tap_is_answered_once(api: Api, siti: Phone) -> None:
    await api("sendMessage", chat_id=siti.id, text="Benar?", reply_markup=YES)
    tap = siti.press("Ya")["callback_query_id"]
    await api("answerCallbackQuery", callback_query_id=tap, text="Dicatat", show_alert=True)

    with pytest.raises(Refused) as again:
        await api("answerCallbackQuery", callback_query_id=tap)
    assert again.value.description == (
        "Bad Request: query is too old and response timeout expired or query ID is invalid"
    )


async def test_a_tap_is_too_old_after_150_seconds(api: Api, sim: Simulator, siti: Phone) -> None:
    await api("sendMessage", chat_id=siti.id, text="Benar?", reply_markup=YES)
    tap = siti.press("Ya")["callback_query_id"]
    sim.clock.advance(timedelta(seconds=151))

    with pytest.raises(Refused, match="query is too old"):
        await api("answerCallbackQuery", callback_query_id=tap)


async def test_typing_is_accepted_and_dancing_is_not(api: Api, siti: Phone) -> None:
    assert await api("sendChatAction", chat_id=siti.id, action="typing") is True
    with pytest.raises(Refused, match="wrong parameter action in request"):
        await api("sendChatAction", chat_id=siti.id, action="dancing")
