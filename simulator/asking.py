"""The methods about the bot itself, its chats and its files."""

from typing import Any

from simulator.files import DOWNLOAD_BYTES
from simulator.messages import Body
from simulator.parameters import Arguments
from simulator.profile import DESCRIPTION, NAME, SHORT_DESCRIPTION, read_scope
from simulator.refusals import bad
from simulator.world import Telegram


def get_me(world: Telegram, _arguments: Arguments) -> Body:
    """getMe."""
    return world.profile.me()


def done(_world: Telegram, _arguments: Arguments) -> bool:
    """logOut and close: accepted, nothing changes here."""
    return True


def get_file(world: Telegram, arguments: Arguments) -> Body:
    """getFile: where to download it, for an hour on Telegram, always here."""
    kept = world.files.by_id(arguments["file_id"])
    if kept is None:
        raise bad("wrong file_id or the file is temporarily unavailable")
    if kept.size > DOWNLOAD_BYTES:
        raise bad("file is too big")
    return {
        "file_id": kept.file_id,
        "file_unique_id": kept.unique_id,
        "file_size": kept.size,
        "file_path": kept.path,
    }


def get_chat(world: Telegram, arguments: Arguments) -> Body:
    """getChat."""
    chat = world.chats.get(arguments["chat_id"])
    if chat is None or (chat.kind == "private" and not world.people[chat.chat_id].met):
        raise bad("chat not found")
    accepted = {"unlimited_gifts": False, "limited_gifts": False, "unique_gifts": False}
    gifts = {**accepted, "premium_subscription": False, "gifts_from_channels": False}
    return {**chat.api, "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": gifts}


def get_chat_member(world: Telegram, arguments: Arguments) -> Body:
    """getChatMember."""
    chat = world.chats.get(arguments["chat_id"])
    if chat is None:
        raise bad("chat not found")
    user_id = arguments["user_id"]
    if user_id == world.profile.user["id"]:
        return {"user": world.profile.user, "status": chat.bot_status}
    person = world.people.get(user_id)
    if person is None:
        raise bad("user not found")
    return {"user": person.user, "status": "member" if user_id in chat.members else "left"}


def leave_chat(world: Telegram, arguments: Arguments) -> bool:
    """leaveChat: groups only."""
    chat = world.reachable(arguments["chat_id"])
    if chat.kind == "private":
        raise bad("chat member status can't be changed in private chats")
    world.member_changed(chat, world.profile.user, "member", "left")
    return True


def set_my_commands(world: Telegram, arguments: Arguments) -> bool:
    """setMyCommands."""
    scope, language = read_scope(arguments.get("scope")), arguments.get("language_code", "")
    world.profile.set_commands(scope, language, arguments["commands"])
    world.events.tell({"type": "people"})
    return True


def get_my_commands(world: Telegram, arguments: Arguments) -> list[Any]:
    """getMyCommands: exactly those of that scope and language."""
    scope, language = read_scope(arguments.get("scope")), arguments.get("language_code", "")
    return world.profile.commands.get((scope, language), [])


def delete_my_commands(world: Telegram, arguments: Arguments) -> bool:
    """deleteMyCommands."""
    return set_my_commands(world, {**arguments, "commands": []})


def set_my_name(world: Telegram, arguments: Arguments) -> bool:
    """setMyName."""
    return _set_text(world, arguments, "name", NAME)


def set_my_description(world: Telegram, arguments: Arguments) -> bool:
    """setMyDescription."""
    return _set_text(world, arguments, "description", DESCRIPTION)


def set_my_short_description(world: Telegram, arguments: Arguments) -> bool:
    """setMyShortDescription."""
    return _set_text(world, arguments, "short_description", SHORT_DESCRIPTION)


def get_my_name(world: Telegram, arguments: Arguments) -> Body:
    """getMyName."""
    return {"name": world.profile.text("name", arguments.get("language_code", ""))}


def get_my_description(world: Telegram, arguments: Arguments) -> Body:
    """getMyDescription."""
    return {"description": world.profile.text("description", arguments.get("language_code", ""))}


def get_my_short_description(world: Telegram, arguments: Arguments) -> Body:
    """getMyShortDescription."""
    language = arguments.get("language_code", "")
    return {"short_description": world.profile.text("short_description", language)}


def _set_text(world: Telegram, arguments: Arguments, what: str, most: int) -> bool:
    language = arguments.get("language_code", "")
    world.profile.set_text(what, language, arguments.get(what, ""), most)
    return True


def set_chat_menu_button(world: Telegram, arguments: Arguments) -> bool:
    """setChatMenuButton: for one private chat, or for all that have none of their own."""
    button = arguments.get("menu_button", {"type": "default"})
    if button.get("type") not in ("default", "commands", "web_app"):
        raise bad("can't parse menu button: MenuButton has unsupported type")
    if "chat_id" not in arguments:
        world.profile.menu = button
        return True
    chat = world.chats.get(arguments["chat_id"])
    if chat is None or chat.kind != "private":
        raise bad("chat not found")
    chat.menu = None if button["type"] == "default" else button
    return True


def get_chat_menu_button(world: Telegram, arguments: Arguments) -> Body:
    """getChatMenuButton."""
    chat = world.chats.get(arguments.get("chat_id", 0))
    return (chat.menu if chat is not None else None) or world.profile.menu
