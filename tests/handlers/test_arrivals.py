"""Updates as they arrive: what is read of the common kinds is what the library would have read."""

from typing import Any

import pytest
from telegram import Bot, Update

from handlers.arrivals import Arrival

BOT = Bot("123:planted")
SITI = {"id": 7, "is_bot": False, "first_name": "Siti", "language_code": "id"}
CHAT = {"id": 7, "type": "private", "first_name": "Siti"}
TOLD = {"message_id": 5, "date": 1_790_000_000, "from": SITI, "chat": CHAT, "text": "halo"}
TAP = {"id": "99", "from": SITI, "chat_instance": "x", "data": "v1|a|b|c", "message": TOLD}


def read(raw: dict[str, Any]) -> Update:
    update = Arrival.of(raw, BOT).update
    assert update is not None
    return update


def test_a_message_is_read_as_the_library_reads_it() -> None:
    raw = {"update_id": 1, "message": TOLD}
    assert Update.de_json(raw, BOT).to_dict() == read(raw).to_dict()


def test_of_a_tap_is_known_who_where_and_what() -> None:
    raw = {"update_id": 2, "callback_query": TAP}
    ours, theirs = read(raw), Update.de_json(raw, BOT)
    assert ours.callback_query is not None
    assert theirs.callback_query is not None
    assert theirs.effective_user == ours.effective_user
    assert theirs.effective_chat == ours.effective_chat
    assert ("99", "v1|a|b|c") == (ours.callback_query.id, ours.callback_query.data)
    assert ours.callback_query.message is not None
    assert 5 == ours.callback_query.message.message_id


def test_a_tap_on_a_message_of_another_bot_is_read_by_the_library() -> None:
    tap = {name: part for name, part in TAP.items() if name != "message"} | {"inline_message_id": "i"}
    raw = {"update_id": 3, "callback_query": tap}
    assert Update.de_json(raw, BOT).to_dict() == read(raw).to_dict()


@pytest.mark.parametrize("part", ["from", "message"])
def test_a_tap_with_a_spoilt_part_is_not_readable(part: str) -> None:
    spoilt = {**TAP, part: {"first_name": "Siti"}}
    assert Arrival.of({"update_id": 4, "callback_query": spoilt}, BOT).update is None
