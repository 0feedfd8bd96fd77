"""Updates as they arrive: what is read of the common kinds is what the library would have read."""

from typing import Any

import pytest
from telegram import Bot, TelegramObject, Update

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


COMMAND = {"text": "/start x", "entities": [{"type": "bot_command", "offset": 0, "length": 6}]}
CARD = {"phone_number": "0860", "first_name": "Siti", "user_id": 7}
MESSAGES: list[dict[str, Any]] = [
    TOLD,
    {**TOLD, **COMMAND},
    {name: part for name, part in TOLD.items() if name != "text"} | {"contact": CARD},
    {**TOLD, "chat": {"id": -7, "type": "supergroup", "title": "Warga", "is_forum": True}},
    {**TOLD, "from": {**SITI, "last_name": "A", "username": "siti", "is_premium": True}},
    {**TOLD, "reply_to_message": TOLD},
]


def parts_of(one: Any) -> Any:
    """Every part of an object of the library's, all the way down; not which bot it is read for."""
    if isinstance(one, TelegramObject):
        names = {name for kind in type(one).__mro__ for name in getattr(kind, "__slots__", ())}
        return {name: parts_of(getattr(one, name)) for name in names - {"_bot"}}
    return [parts_of(each) for each in one] if isinstance(one, tuple) else one


@pytest.mark.parametrize("told", MESSAGES)
def test_a_message_is_read_as_the_library_reads_it(told: dict[str, Any]) -> None:
    raw = {"update_id": 1, "message": told}
    ours, theirs = read(raw), Update.de_json(raw, BOT)
    assert theirs.effective_message == ours.effective_message
    assert (theirs.effective_user, theirs.effective_chat) == (ours.effective_user, ours.effective_chat)
    assert parts_of(theirs.message) == parts_of(ours.message)
    assert theirs.to_dict() == ours.to_dict()


def test_a_part_of_a_person_that_a_later_telegram_sends_is_no_obstacle() -> None:
    raw = {"update_id": 1, "message": {**TOLD, "from": {**SITI, "mood": "good"}}}
    user = read(raw).effective_user
    assert user is not None
    assert 7 == user.id


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
