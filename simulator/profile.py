"""The bot's own profile: name, descriptions, commands by scope and language, menu button."""

import re
from typing import Any, Final

from simulator.people import Person
from simulator.refusals import bad

Scope = tuple[str, int, int]
Command = dict[str, str]

NAME: Final = 64
DESCRIPTION: Final = 512
SHORT_DESCRIPTION: Final = 120
COMMANDS: Final = 100
COMMAND_DESCRIPTION: Final = 256
PLAIN_SCOPES: Final = {"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}
CHAT_SCOPES: Final = {"chat", "chat_administrators", "chat_member"}

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"[a-z]{2}")


class Profile:
    """Who the bot is, and what it says about itself in each language."""

    def __init__(self, bot_id: int, first_name: str, username: str) -> None:
        self.user: dict[str, Any] = {
            "id": bot_id,
            "is_bot": True,
            "first_name": first_name,
            "username": username,
        }
        self.texts: dict[tuple[str, str], str] = {}
        self.commands: dict[tuple[Scope, str], list[Command]] = {}
        self.menu: dict[str, Any] = {"type": "commands"}

    def me(self) -> dict[str, Any]:
        """The answer of getMe."""
        return {
            **self.user,
            "first_name": self.text("name", ""),
            "can_join_groups": True,
            "can_read_all_group_messages": True,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }

    def set_text(self, what: str, language: str, text: str, most: int) -> None:
        """Set the name or a description in a language; an empty text removes it."""
        check_language(language)
        if len(text) > most:
            raise bad(f"{what.replace('_', ' ')} is too long")
        self.texts[what, language] = text

    def text(self, what: str, language: str) -> str:
        """The name or a description, in that language or else in none."""
        check_language(language)
        said = self.texts.get((what, language)) or self.texts.get((what, ""))
        return said or (str(self.user["first_name"]) if what == "name" else "")

    def set_commands(self, scope: Scope, language: str, commands: list[Any]) -> None:
        """Set the commands of a scope and language; an empty list removes them."""
        check_language(language)
        if len(commands) > COMMANDS:
            raise bad("BOT_COMMANDS_TOO_MUCH")
        read = [_command(given) for given in commands]
        if read:
            self.commands[scope, language] = read
        else:
            self.commands.pop((scope, language), None)

    def commands_for(self, person: Person) -> list[Command]:
        """The commands this person's app shows in the private chat: the narrowest scope that has any."""
        here = person.person_id
        for scope in (("chat", here, 0), ("all_private_chats", 0, 0), ("default", 0, 0)):
            for language in (person.language_code, ""):
                found = self.commands.get((scope, language))
                if found:
                    return found
        return []


def check_language(language: str) -> None:
    """Refuse what is not a two-letter code or empty."""
    if language and not _LANGUAGE.fullmatch(language):
        raise bad("invalid language code specified")


def _command(given: Any) -> Command:
    if not isinstance(given, dict) or not {"command", "description"} <= given.keys():
        raise bad("can't parse BotCommand: expected an Object with command and description")
    command, description = str(given["command"]).removeprefix("/"), str(given["description"])
    if not _COMMAND.fullmatch(command):
        raise bad("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= COMMAND_DESCRIPTION:
        raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": command, "description": description}


def read_scope(given: dict[str, Any] | None) -> Scope:
    """The scope as (type, chat id, user id); zero where it names none."""
    if given is None:
        return ("default", 0, 0)
    kind = given.get("type")
    if kind in PLAIN_SCOPES:
        return (str(kind), 0, 0)
    if kind not in CHAT_SCOPES:
        raise bad("can't parse BotCommandScope: Unsupported type specified")
    try:
        return (str(kind), int(given["chat_id"]), int(given.get("user_id", 0)))
    except (KeyError, TypeError, ValueError):
        raise bad("can't parse BotCommandScope: Empty chat_id specified") from None


def shown_scope(scope: Scope) -> dict[str, Any]:
    """A scope as the Bot API writes it."""
    kind, chat_id, user_id = scope
    shown: dict[str, Any] = {"type": kind}
    if chat_id:
        shown["chat_id"] = chat_id
    if user_id:
        shown["user_id"] = user_id
    return shown
