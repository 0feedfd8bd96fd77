"""The bot's profile and its chats."""

import pytest

from simulator.phone import Phone
from simulator.server import Simulator
from tests.simulator.bot_api import Api, Refused

START = [{"command": "start", "description": "Mulai"}]
ADMIN = [{"command": "siar", "description": "Kirim pengumuman"}]


async def test_each_scope_and_language_has_its_own_commands(api: Api, sim: Simulator, siti: Phone) -> None:
    ratna = sim.person(first_name="Ratna", language_code="en", met=True)
    english = [{"command": "start", "description": "Begin"}]
    await api("setMyCommands", commands=START)
    await api("setMyCommands", commands=english, language_code="en")
    await api.form("setMyCommands", commands=ADMIN, scope={"type": "chat", "chat_id": siti.id})

    assert siti.chat()["commands"] == ADMIN
    assert ratna.chat()["commands"] == english
    assert await api("getMyCommands") == START
    assert await api("getMyCommands", scope={"type": "all_private_chats"}) == []
    await api("deleteMyCommands", scope={"type": "chat", "chat_id": siti.id})
    assert siti.chat()["commands"] == START


@pytest.mark.parametrize(
    ("given", "description"),
    [
        ({"commands": [{"command": "Mulai!", "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "mulai", "description": ""}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"commands": START, "language_code": "ind"}, "invalid language code specified"),
        ({"commands": START, "scope": {"type": "desa"}}, "Unsupported type specified"),
    ],
)
async def test_bad_commands_are_refused(api: Api, given: dict[str, object], description: str) -> None:
    with pytest.raises(Refused, match=description):
        await api("setMyCommands", **given)


async def test_names_and_descriptions_fall_back_to_the_general_one(api: Api) -> None:
    await api("setMyName", name="Daftar BPU")
    await api("setMyDescription", description="Membantu Anda mendaftar.")
    await api("setMyDescription", description="Helps you register.", language_code="en")
    await api("setMyShortDescription", short_description="Pendaftaran")

    assert (await api("getMyName", language_code="su"))["name"] == "Daftar BPU"
    assert (await api("getMyDescription", language_code="en"))["description"] == "Helps you register."
    assert (await api("getMyDescription"))["description"] == "Membantu Anda mendaftar."
    assert (await api("getMyShortDescription"))["short_description"] == "Pendaftaran"
    with pytest.raises(Refused, match="description is too long"):
        await api("setMyDescription", description="x" * 513)


async def test_a_menu_button_for_all_and_for_one(api: Api, siti: Phone) -> None:
    form = {"type": "web_app", "text": "Formulir", "web_app": {"url": "https://bpu.example/"}}
    await api("setChatMenuButton", chat_id=siti.id, menu_button=form)

    assert await api("getChatMenuButton") == {"type": "commands"}
    assert (await api("getChatMenuButton", chat_id=siti.id))["text"] == "Formulir"


async def test_the_bot_asks_about_a_chat(api: Api, siti: Phone) -> None:
    chat = await api("getChat", chat_id=siti.id)
    with pytest.raises(Refused, match="chat not found"):
        await api("getChat", chat_id=99)

    assert (chat["type"], chat["first_name"]) == ("private", "Siti")
    assert (await api("getMe"))["username"] == "daftar_bpu_bot"
    assert await api("logOut") is True
    assert await api("close") is True
