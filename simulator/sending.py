"""The methods that send: texts, files, contacts, places, copies and forwards."""

from typing import Any, Final

from simulator.entities import Entity, found_in, read_html, trimmed, units
from simulator.files import Kept
from simulator.keyboards import Markup, read_markup
from simulator.messages import Body, Message
from simulator.parameters import Arguments
from simulator.people import Chat
from simulator.refusals import bad, not_simulated
from simulator.world import Telegram

TEXT: Final = 4096
CAPTION: Final = 1024
ENTITIES: Final = 100
PREVIEW: Final = {"is_disabled", "url", "prefer_small_media", "prefer_large_media", "show_above_text"}


def written(arguments: Arguments, name: str, entities_name: str, most: int) -> Body:
    """The text of a call with its entities under the names of a Message; refuses bad HTML and length."""
    text, entities = _parsed(arguments, name, entities_name)
    if units(text) > most:
        raise bad("message is too long" if name == "text" else "message caption is too long")
    text, entities = trimmed(text, entities)
    if not text:
        if name == "text":
            raise bad("text must be non-empty")
        return {}
    entities = found_in(text, entities)[:ENTITIES]
    return {name: text, entities_name: entities} if entities else {name: text}


def _parsed(arguments: Arguments, name: str, entities_name: str) -> tuple[str, list[Entity]]:
    text = arguments.get(name, "")
    mode = arguments.get("parse_mode", "").lower()
    if mode == "html":
        return read_html(text)
    if mode in ("markdown", "markdownv2"):
        raise not_simulated(f'parse_mode "{mode}"')
    if mode not in ("", "none"):
        raise bad("unsupported parse_mode")
    return text, _given_entities(arguments.get(entities_name, ()), units(text))


def _given_entities(given: Any, length: int) -> list[Entity]:
    entities = []
    for entity in given:
        if not isinstance(entity, dict) or not {"type", "offset", "length"} <= entity.keys():
            raise bad("can't parse MessageEntity: expected type, offset and length")
        if entity["offset"] < 0 or entity["offset"] + entity["length"] > length:
            raise bad("entity is out of the text's bounds")
        entities.append(entity)
    return entities


def deliver(
    world: Telegram, chat: Chat, arguments: Arguments, body: Body, file: Kept | None = None
) -> Message:
    """Put a message of the bot into a chat: keyboard, reply, protection and effect as the call asks."""
    given = arguments.get("reply_markup")
    markup = read_markup(given) if given else None
    message = Message(
        world.next_message_id(),
        True,
        world.profile.user,
        chat.api,
        world.seconds(),
        body,
        protected=arguments.get("protect_content", False),
        effect=_effect(chat, arguments),
        reply_to=_reply_to(chat, arguments),
        file=file,
    )
    if markup is not None:
        _attach(chat, message, markup)
    world.sent(chat, message)
    return message


def _attach(chat: Chat, message: Message, markup: Markup) -> None:
    if "inline_keyboard" in markup:
        message.markup = markup
    elif "remove_keyboard" in markup:
        chat.keyboard = None
    else:
        chat.keyboard = markup


def _effect(chat: Chat, arguments: Arguments) -> str | None:
    effect = arguments.get("message_effect_id")
    if effect and chat.kind != "private":
        raise bad("message effects can be used only in private chats")
    if effect and not effect.isdigit():
        raise bad("EFFECT_ID_INVALID")
    return effect or None


def _reply_to(chat: Chat, arguments: Arguments) -> int:
    given = arguments.get("reply_parameters")
    lenient = bool(arguments.get("allow_sending_without_reply"))
    if given is not None:
        if "message_id" not in given:
            raise bad("can't parse reply parameters: Can't find field \"message_id\"")
        reply_to = int(given["message_id"])
        lenient = lenient or bool(given.get("allow_sending_without_reply"))
    else:
        reply_to = arguments.get("reply_to_message_id", 0)
    if not reply_to:
        return 0
    replied = chat.messages.get(reply_to)
    if replied is not None and not replied.deleted:
        return reply_to
    if lenient:
        return 0
    raise bad("message to be replied not found")


def _preview(arguments: Arguments) -> Body:
    options = arguments.get("link_preview_options")
    if arguments.get("disable_web_page_preview"):
        options = {"is_disabled": True}
    if not options:
        return {}
    if options.keys() - PREVIEW:
        raise bad("can't parse link preview options: unknown field")
    return {"link_preview_options": options}


def send_message(world: Telegram, arguments: Arguments) -> Body:
    """sendMessage."""
    chat = world.reachable(arguments["chat_id"])
    body = written(arguments, "text", "entities", TEXT)
    return deliver(world, chat, arguments, {**body, **_preview(arguments)}).api()


def _send_file(world: Telegram, arguments: Arguments, kind: str) -> Body:
    chat = world.reachable(arguments["chat_id"])
    caption = written(arguments, "caption", "caption_entities", CAPTION)
    kept = world.files.sent(kind, arguments[kind])
    return deliver(world, chat, arguments, {**kept.fields(), **caption}, kept).api()


def send_photo(world: Telegram, arguments: Arguments) -> Body:
    """sendPhoto."""
    return _send_file(world, arguments, "photo")


def send_document(world: Telegram, arguments: Arguments) -> Body:
    """sendDocument."""
    return _send_file(world, arguments, "document")


def send_voice(world: Telegram, arguments: Arguments) -> Body:
    """sendVoice."""
    return _send_file(world, arguments, "voice")


def send_sticker(world: Telegram, arguments: Arguments) -> Body:
    """sendSticker."""
    return _send_file(world, arguments, "sticker")


def send_location(world: Telegram, arguments: Arguments) -> Body:
    """sendLocation."""
    chat = world.reachable(arguments["chat_id"])
    place = {"latitude": arguments["latitude"], "longitude": arguments["longitude"]}
    if not (-90 <= place["latitude"] <= 90 and -180 <= place["longitude"] <= 180):
        raise bad("wrong latitude or longitude specified")
    return deliver(world, chat, arguments, {"location": place}).api()


def send_contact(world: Telegram, arguments: Arguments) -> Body:
    """sendContact."""
    chat = world.reachable(arguments["chat_id"])
    names = ("phone_number", "first_name", "last_name", "vcard")
    card = {name: arguments[name] for name in names if name in arguments}
    return deliver(world, chat, arguments, {"contact": card}).api()


def copy_message(world: Telegram, arguments: Arguments) -> Body:
    """copyMessage: the content again without its origin; a new caption if the call gives one."""
    original = _original(world, arguments, "message to copy not found", "message can't be copied")
    chat = world.reachable(arguments["chat_id"])
    body = {name: value for name, value in original.body.items() if name != "forward_origin"}
    if "caption" in arguments and original.file is not None:
        body.pop("caption", None)
        body.pop("caption_entities", None)
        body |= written(arguments, "caption", "caption_entities", CAPTION)
    if "reply_markup" not in arguments and original.by_bot and original.markup:
        arguments = {**arguments, "reply_markup": original.markup}
    return {"message_id": deliver(world, chat, arguments, body, original.file).message_id}


def forward_message(world: Telegram, arguments: Arguments) -> Body:
    """forwardMessage: the content again with its origin."""
    original = _original(world, arguments, "message to forward not found", "message can't be forwarded")
    chat = world.reachable(arguments["chat_id"])
    origin = {"type": "user", "sender_user": original.user, "date": original.sent}
    body = {"forward_origin": origin, **original.body}
    return deliver(world, chat, arguments, body, original.file).api()


def _original(world: Telegram, arguments: Arguments, missing: str, guarded: str) -> Message:
    chat = world.chats.get(arguments["from_chat_id"])
    if chat is None:
        raise bad("chat not found")
    message = chat.messages.get(arguments["message_id"])
    if message is None or message.deleted:
        raise bad(missing)
    if message.protected:
        raise bad(guarded)
    return message
