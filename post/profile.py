"""How the bot presents itself in Telegram, per language: asked for first and set only where it differs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from telegram.error import TelegramError

from post.bot import Bot
from post.outcome import Outcome, outcome_of

METHODS: Final = {
    "commands": "MyCommands",
    "name": "MyName",
    "description": "MyDescription",
    "short_description": "MyShortDescription",
    "menu_button": "ChatMenuButton",
}
MENU: Final = {"type": "commands"}


@dataclass(frozen=True, slots=True)
class Profile:
    """Commands and what they do, name (64 characters), description (512) and short description (120)."""

    commands: tuple[tuple[str, str], ...]
    name: str
    description: str
    short_description: str

    def parts(self) -> dict[str, object]:
        """Return the parts as the Bot API writes them, by the name of their parameter."""
        commands = [{"command": command, "description": text} for command, text in self.commands]
        plain = {part: getattr(self, part) for part in ("name", "description", "short_description")}
        return {"commands": commands, **plain}


@dataclass(frozen=True, slots=True)
class Introduction:
    """What was changed, and what Telegram refused and how, under names like `commands.id`."""

    changed: tuple[str, ...]
    refused: Mapping[str, Outcome]


async def introduce(bot: Bot, profiles: Mapping[str, Profile]) -> Introduction:
    """Make Telegram show these profiles, by two-letter language; "" is for every other language.

    A refusal stops nothing, since names may be changed a few times a day only: the rest is set all the same.
    """
    changed: list[str] = []
    refused: dict[str, Outcome] = {}
    for label, part, wanted, where in _wishes(profiles):
        try:
            if await _put(bot, part, wanted, where):
                changed.append(label)
        except TelegramError as error:
            refused[label] = outcome_of(error)
    return Introduction(tuple(changed), refused)


def _wishes(profiles: Mapping[str, Profile]) -> list[tuple[str, str, object, dict[str, object]]]:
    wishes: list[tuple[str, str, object, dict[str, object]]] = [("menu_button", "menu_button", MENU, {})]
    for language, profile in profiles.items():
        for part, wanted in profile.parts().items():
            wishes.append((f"{part}.{language or 'default'}", part, wanted, {"language_code": language}))
    return wishes


async def _put(bot: Bot, part: str, wanted: object, where: dict[str, object]) -> bool:
    """Set one part unless it is right already; return whether it was set."""
    method = METHODS[part]
    if _shown(part, await bot.call(f"get{method}", where)) == wanted:
        return False
    await bot.call(f"set{method}", {part: wanted, **where})
    return True


def _shown(part: str, result: Any) -> object:
    match part:
        case "commands":
            return [{key: each[key] for key in ("command", "description")} for each in result]
        case "menu_button":
            return {"type": result["type"]}
        case _:
            return result[part]
