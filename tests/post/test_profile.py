"""What the bot shows of itself is set only where it differs."""

from typing import Any

from post.bot import Bot
from post.outcome import Later
from post.profile import Introduction, Profile, introduce
from tests.post.stand_in import Telegram, refuses, says

INDONESIAN = Profile(
    (("daftar", "Mulai pendaftaran"),), "Daftar BPU", "Membantu pekerja mendaftar.", "Pendaftaran"
)
SHOWN: list[Any] = [
    {"type": "commands"},
    [{"command": "daftar", "description": "Mulai pendaftaran", "icon": "new in a later version"}],
    {"name": "Daftar BPU"},
    {"description": "Membantu pekerja mendaftar."},
    {"short_description": "Pendaftaran"},
]


async def test_what_is_right_already_is_left_alone(bot: Bot, telegram: Telegram) -> None:
    telegram.script = [says(shown) for shown in SHOWN]

    assert Introduction((), {}) == await introduce(bot, {"id": INDONESIAN})
    assert all(method.startswith("get") for method, _ in telegram.calls)


async def test_what_differs_is_set_in_its_language(bot: Bot, telegram: Telegram) -> None:
    shown = [says(each) for each in SHOWN]
    telegram.script = [says({"type": "default"}), says(True), says([]), says(True), *shown[2:]]

    introduction = await introduce(bot, {"jv": INDONESIAN})

    assert ("menu_button", "commands.jv") == introduction.changed
    commands = [{"command": "daftar", "description": "Mulai pendaftaran"}]
    assert ("setChatMenuButton", {"menu_button": {"type": "commands"}}) == telegram.calls[1]
    assert ("setMyCommands", {"commands": commands, "language_code": "jv"}) == telegram.calls[3]


async def test_a_refused_name_does_not_keep_the_rest_from_being_set(bot: Bot, telegram: Telegram) -> None:
    shown = [says(each) for each in SHOWN]
    refusal = refuses(429, "Too Many Requests: retry after 80000", retry_after=80000)
    telegram.script = [
        *shown[:2],
        says({"name": ""}),
        refusal,
        says({"description": ""}),
        says(True),
        shown[4],
    ]

    introduction = await introduce(bot, {"": INDONESIAN})

    assert ("description.default",) == introduction.changed
    assert {"name.default": Later(80000, flood=True)} == introduction.refused
