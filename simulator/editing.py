"""The methods that change what was sent, by edits and deletions; and chat actions and answers."""

from typing import Final

from simulator.keyboards import read_inline
from simulator.messages import Body, Message
from simulator.parameters import Arguments
from simulator.people import Chat
from simulator.refusals import NOT_MODIFIED, bad
from simulator.sending import CAPTION, TEXT, written
from simulator.world import Telegram

DELETABLE: Final = 48 * 3600
AT_ONCE: Final = 100
ACTIONS: Final = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}


def edit_message_text(world: Telegram, arguments: Arguments) -> Body:
    """editMessageText."""
    chat, message = _editable(world, arguments)
    if "text" not in message.body:
        raise bad("there is no text in the message to edit")
    return _edit(world, chat, message, arguments, written(arguments, "text", "entities", TEXT))


def edit_message_caption(world: Telegram, arguments: Arguments) -> Body:
    """editMessageCaption."""
    chat, message = _editable(world, arguments)
    if message.file is None or message.kind == "sticker":
        raise bad("there is no caption in the message to edit")
    kept = {name: value for name, value in message.body.items() if not name.startswith("caption")}
    caption = written(arguments, "caption", "caption_entities", CAPTION)
    return _edit(world, chat, message, arguments, {**kept, **caption})


def edit_message_reply_markup(world: Telegram, arguments: Arguments) -> Body:
    """editMessageReplyMarkup."""
    chat, message = _editable(world, arguments)
    return _edit(world, chat, message, arguments, message.body)


def _editable(world: Telegram, arguments: Arguments) -> tuple[Chat, Message]:
    if "chat_id" not in arguments:
        raise bad("chat_id is empty")
    if "message_id" not in arguments:
        raise bad("message identifier is not specified")
    chat = world.reachable(arguments["chat_id"])
    message = chat.messages.get(arguments["message_id"])
    if message is None or message.deleted:
        raise bad("message to edit not found")
    if not message.by_bot or "forward_origin" in message.body:
        raise bad("message can't be edited")
    return chat, message


def _edit(world: Telegram, chat: Chat, message: Message, arguments: Arguments, body: Body) -> Body:
    given = arguments.get("reply_markup")
    markup = read_inline(given) if given else None
    if body == message.body and markup == message.markup:
        raise bad(NOT_MODIFIED)
    message.body, message.markup = body, markup
    message.changed = world.seconds()
    chat.changed()
    world.tell("edit", chat, message)
    return message.api()


def delete_message(world: Telegram, arguments: Arguments) -> bool:
    """deleteMessage: younger than 48 hours, the bot's own or any in a private chat."""
    chat = world.reachable(arguments["chat_id"])
    message = chat.messages.get(arguments["message_id"])
    if message is None or message.deleted:
        raise bad("message to delete not found")
    _check_deletable(world, chat, message)
    _delete(world, chat, message)
    return True


def delete_messages(world: Telegram, arguments: Arguments) -> bool:
    """deleteMessages: those that are not there are passed over."""
    ids = arguments["message_ids"]
    if not ids:
        raise bad("message identifiers are not specified")
    if len(ids) > AT_ONCE:
        raise bad("too many message identifiers specified")
    chat = world.reachable(arguments["chat_id"])
    found = [chat.messages.get(_identifier(number)) for number in ids]
    there = [message for message in found if message is not None and not message.deleted]
    for message in there:
        _check_deletable(world, chat, message)
    for message in there:
        _delete(world, chat, message)
    return True


def _identifier(given: object) -> int:
    if isinstance(given, int | str) and not isinstance(given, bool) and str(given).isdigit():
        return int(given)
    raise bad("message identifier must be a Number")


def _check_deletable(world: Telegram, chat: Chat, message: Message) -> None:
    old = world.clock.time() - message.sent > DELETABLE
    if old or not (message.by_bot or chat.kind == "private"):
        raise bad("message can't be deleted for everyone")


def _delete(world: Telegram, chat: Chat, message: Message) -> None:
    message.deleted = True
    message.body, message.markup, message.file = {}, None, None
    chat.changed()
    world.tell("delete", chat, message)


def send_chat_action(world: Telegram, arguments: Arguments) -> bool:
    """sendChatAction."""
    if arguments["action"] not in ACTIONS:
        raise bad("wrong parameter action in request")
    chat = world.reachable(arguments["chat_id"])
    if world.events.heard:
        world.events.tell({"type": "typing", "person": chat.chat_id, "action": arguments["action"]})
    return True


def answer_callback_query(world: Telegram, arguments: Arguments) -> bool:
    """answerCallbackQuery."""
    tap = world.taps.answer(
        arguments["callback_query_id"],
        arguments.get("text"),
        arguments.get("show_alert", False),
        world.clock.time(),
    )
    if world.events.heard:
        shown = {"callback_query_id": tap.tap_id, **tap.shown()}
        world.events.tell({"type": "callback", "person": tap.person_id, **shown})
    return True
