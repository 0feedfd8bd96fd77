"""Which route takes an update: decided by what it is, at once."""

from typing import Any

import pytest
from telegram import Bot

from handlers.arrivals import Arrival
from handlers.routes import BUTTONS, route_of

BOT = Bot("123:planted")
SITI = {"id": 7, "is_bot": False, "first_name": "Siti"}
TOLD = {"message_id": 5, "date": 1_790_000_000, "from": SITI, "chat": {"id": 7, "type": "private"}}
FILE = {"file_id": "f", "file_unique_id": "u"}


def taken_by(kind: str, **parts: Any) -> str | None:
    """The name of the route that takes an update of this kind."""
    update = Arrival.of({"update_id": 1, kind: {**TOLD, **parts}}, BOT).update
    assert update is not None
    route = route_of(update, "daftar_bpu_bot")
    return None if route is None else route.action


def command(text: str, offset: int = 0) -> dict[str, Any]:
    length = len(text.split()[0])
    return {"text": text, "entities": [{"type": "bot_command", "offset": offset, "length": length}]}


@pytest.mark.parametrize(
    ("text", "route"),
    [
        ("/daftar", "/daftar"),
        ("/DAFTAR", "/daftar"),
        ("/start abc def", "/start"),
        ("/daftar@daftar_bpu_bot", "/daftar"),
        ("/daftar@Daftar_BPU_bot", "/daftar"),
        ("/daftar@other_bot", "unknown commands"),
        ("/daftar@", "unknown commands"),
        ("/tidak_ada", "unknown commands"),
        ("/", "unknown commands"),
    ],
)
def test_a_command_is_found_by_its_word(text: str, route: str) -> None:
    assert route == taken_by("message", **command(text))


@pytest.mark.parametrize(
    ("parts", "route"),
    [
        ({"text": "halo"}, "answers"),
        ({"text": "lihat /daftar", "entities": command("/daftar", 6)["entities"]}, "answers"),
        ({"text": "/daftar"}, "answers"),
        ({"contact": {"phone_number": "0860", "first_name": "Siti"}}, "answers"),
        ({"document": FILE}, "files"),
        ({"document": FILE, "caption": "daftar"}, "files"),
        ({"location": {"longitude": 1.0, "latitude": 2.0}}, "other messages"),
        ({}, "other messages"),
    ],
)
def test_any_other_message_by_what_it_holds(parts: dict[str, Any], route: str) -> None:
    assert route == taken_by("message", **parts)


def test_an_edit_is_never_an_answer_or_a_command() -> None:
    assert "edited messages" == taken_by("edited_message", **command("/daftar"))


@pytest.mark.parametrize(("name", "prefix"), [(name, prefix) for name, prefix, _ in BUTTONS])
def test_a_button_is_found_by_how_it_begins(name: str, prefix: str) -> None:
    tap = {"id": "9", "chat_instance": "x", "message": TOLD, "data": f"{prefix}~"}
    assert f"{name} buttons" == taken_by("callback_query", **tap)


@pytest.mark.parametrize("data", ["v1|abc12|nik|!back", "", None, "v1|", "x v1|c|"])
def test_every_other_button_is_of_a_dialogue(data: str | None) -> None:
    tap = {"id": "9", "chat_instance": "x", "message": TOLD, "data": data}
    assert "answer buttons" == taken_by("callback_query", **tap)
