"""Sayings as Telegram receives them, and updates as they come."""

import json

import pytest

from post.bot import Bot, Sender, get_updates_raw, tried
from post.keyboards import Button, Inline, NoKeyboard, Replies
from post.outcome import Broken, Gone, Sent, Unreachable
from post.sayings import Answer, Copy, Delete, Document, Edit, Message, Picture, Saying, paid
from tests.post.stand_in import Telegram, refuses, says

PLAIN = {"parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}
YES = Inline(((Button("Ya", data="v1:ya:7", style="success"), Button("Salin", copy="BPU-7")),))
YES_WRITTEN = {
    "inline_keyboard": [
        [
            {"text": "Ya", "callback_data": "v1:ya:7", "style": "success"},
            {"text": "Salin", "copy_text": {"text": "BPU-7"}},
        ]
    ]
}
SAYINGS: list[tuple[Saying, str, dict[str, object]]] = [
    (Message(5, "<b>Siti</b>"), "sendMessage", {"chat_id": 5, "text": "<b>Siti</b>", **PLAIN}),
    (
        Message(5, "Benar?", YES, protect=True, silent=True, effect="51"),
        "sendMessage",
        {
            "chat_id": 5,
            "text": "Benar?",
            **PLAIN,
            "reply_markup": YES_WRITTEN,
            "protect_content": True,
            "disable_notification": True,
            "message_effect_id": "51",
        },
    ),
    (
        Message(5, "Nomor HP?", Replies((("Lewati", "Kembali"),), contact_label="Kirim nomor saya")),
        "sendMessage",
        {
            "chat_id": 5,
            "text": "Nomor HP?",
            **PLAIN,
            "reply_markup": {
                "keyboard": [
                    [{"text": "Kirim nomor saya", "request_contact": True}],
                    [{"text": "Lewati"}, {"text": "Kembali"}],
                ],
                "resize_keyboard": True,
                "is_persistent": True,
            },
        },
    ),
    (
        Message(5, "Selesai", NoKeyboard()),
        "sendMessage",
        {"chat_id": 5, "text": "Selesai", **PLAIN, "reply_markup": {"remove_keyboard": True}},
    ),
    (
        Edit(5, 8, "Benar", Inline(((Button("Buka", url="https://example.org"),),))),
        "editMessageText",
        {
            "chat_id": 5,
            "message_id": 8,
            "text": "Benar",
            **PLAIN,
            "reply_markup": {"inline_keyboard": [[{"text": "Buka", "url": "https://example.org"}]]},
        },
    ),
    (Delete(5, 8), "deleteMessage", {"chat_id": 5, "message_id": 8}),
    (Answer("77"), "answerCallbackQuery", {"callback_query_id": "77"}),
    (
        Answer("77", "Sudah lewat", alert=True),
        "answerCallbackQuery",
        {"callback_query_id": "77", "text": "Sudah lewat", "show_alert": True},
    ),
    (
        Copy(5, 6, 9, YES, silent=True),
        "copyMessage",
        {
            "chat_id": 5,
            "from_chat_id": 6,
            "message_id": 9,
            "reply_markup": YES_WRITTEN,
            "disable_notification": True,
        },
    ),
    (
        paid(Copy(5, 6, 9)),
        "copyMessage",
        {"chat_id": 5, "from_chat_id": 6, "message_id": 9, "allow_paid_broadcast": True},
    ),
    (
        paid(Message(5, "Siti")),
        "sendMessage",
        {
            "chat_id": 5,
            "text": "Siti",
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": True},
            "allow_paid_broadcast": True,
        },
    ),
    (paid(Delete(5, 9)), "deleteMessage", {"chat_id": 5, "message_id": 9}),
]


@pytest.mark.parametrize(("saying", "method", "parameters"), SAYINGS)
async def test_each_saying_is_written_as_telegram_reads_it(
    bot: Bot, telegram: Telegram, saying: Saying, method: str, parameters: dict[str, object]
) -> None:
    assert isinstance(await Sender(bot).send(saying), Sent)
    assert [(method, parameters)] == telegram.calls


async def test_a_sent_message_has_its_id(bot: Bot, telegram: Telegram) -> None:
    telegram.script = [says({"message_id": 12}), says(True)]

    assert Sent(12) == await Sender(bot).send(Message(5, "Siti"))
    assert Sent() == await Sender(bot).send(Answer("77"))


async def test_a_call_of_the_library_has_the_same_outcome(bot: Bot, telegram: Telegram) -> None:
    telegram.script = [says({"message_id": 12, "date": 1, "chat": {"id": 5, "type": "private"}})]

    assert Sent(12) == await tried(bot.send_message(5, "Siti"))


async def test_a_file_is_uploaded_by_its_name_and_can_be_saved(bot: Bot, telegram: Telegram) -> None:
    telegram.script = [says({"message_id": 12, "date": 1, "chat": {"id": 5, "type": "private"}})]
    outcome = await Sender(bot).send(Document(5, "slip.pdf", b"%PDF-1.4", "<b>Cetak</b>"))
    ((method, parts),) = telegram.calls

    assert Sent(12) == outcome
    assert "sendDocument" == method
    assert ("slip.pdf", "application/pdf", b"%PDF-1.4") == parts["document"]
    assert ("5", "<b>Cetak</b>", "HTML") == (parts["chat_id"], parts["caption"], parts["parse_mode"])
    assert "protect_content" not in parts


async def test_a_picture_may_have_buttons(bot: Bot, telegram: Telegram) -> None:
    telegram.script = [says({"message_id": 13, "date": 1, "chat": {"id": 5, "type": "private"}})]
    outcome = await Sender(bot).send(Picture(5, b"\x89PNG", "73/100", YES))
    ((method, parts),) = telegram.calls

    assert Sent(13) == outcome
    assert "sendPhoto" == method
    assert ("picture.png", "image/png", b"\x89PNG") == parts["photo"]
    assert YES_WRITTEN == json.loads(parts["reply_markup"])


async def test_a_file_for_who_blocked_us_finds_nobody(bot: Bot, telegram: Telegram) -> None:
    telegram.script = [refuses(403, "Forbidden: bot was blocked by the user")]

    assert Unreachable("blocked") == await Sender(bot).send(Document(5, "slip.pdf", b"%PDF"))


async def test_what_is_gone_need_not_be_deleted_but_sent_anew(bot: Bot, telegram: Telegram) -> None:
    telegram.script = [
        refuses(400, "Bad Request: message to delete not found"),
        refuses(400, "Bad Request: query is too old and response timeout expired or query ID is invalid"),
        refuses(400, "Bad Request: message to edit not found"),
    ]
    sender = Sender(bot)

    assert Sent() == await sender.send(Delete(5, 8))
    assert Sent() == await sender.send(Answer("77"))
    assert Gone("message not found") == await sender.send(Edit(5, 8, "Benar"))


async def test_half_a_surrogate_pair_is_our_own_mistake(bot: Bot, telegram: Telegram) -> None:
    assert Broken("text cannot be written") == await Sender(bot).send(Message(5, "\ud83d"))
    assert not telegram.calls


@pytest.mark.parametrize("parts", [{}, {"data": "v1:a", "url": "https://example.org"}])
def test_a_button_does_one_thing(parts: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="one thing"):
        Button("Ya", data=parts.get("data"), url=parts.get("url"))


async def test_updates_come_as_they_are_however_malformed(bot: Bot, telegram: Telegram) -> None:
    odd = [{"update_id": 1, "message": {"date": "yesterday"}}, {"update_id": 2}]
    telegram.script = [says(odd)]

    updates = await get_updates_raw(bot, offset=1, limit=100, wait=50, allowed_updates=("message",))

    assert odd == updates
    asked = {"offset": 1, "limit": 100, "timeout": 50, "allowed_updates": ["message"]}
    assert [("getUpdates", asked)] == telegram.calls


async def test_the_first_poll_names_no_offset(bot: Bot, telegram: Telegram) -> None:
    telegram.script = [says([])]

    assert [] == await get_updates_raw(bot, offset=None, limit=1, wait=0, allowed_updates=())
    assert "offset" not in telegram.calls[0][1]
