"""Nothing is ever said in a group or a channel, whoever writes there and in whose name."""

from typing import Any

import pytest

from models.accounts import Account
from models.quarantine import Quarantine
from simulator.ledger import Line
from tests.town import Chat, Town

Api = dict[str, Any]
NUMBER = 6_000_000
GROUP: Api = {"id": -4_000_001, "type": "group", "title": "Grup Warga"}
SUPERGROUP = {"id": -1_001_000_000_001, "type": "supergroup", "title": "Grup Besar"}
CHANNEL = {"id": -1_002_000_000_002, "type": "channel", "title": "Kabar Desa"}
ANONYMOUS = {"id": 1_087_968_824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
TELEGRAM = {"id": 777_000, "is_bot": False, "first_name": "Telegram"}
BOT = {"id": 1_000_000_001, "is_bot": True, "first_name": "Daftar BPU", "username": "daftar_bpu_bot"}
OTHER_BOT = {"id": 6_000_000_007, "is_bot": True, "first_name": "Bot Lain"}
DATE = 1_795_143_600


def person(chat: Chat) -> Api:
    """The person as Telegram describes them."""
    return {"id": chat.id, "is_bot": False, "first_name": "Siti", "language_code": "id"}


def said(chat: Api, sender: dict[str, Any] | None, **more: Any) -> dict[str, Any]:
    """A message in a chat, with or without a sender."""
    body = {"message_id": 7, "date": DATE, "chat": chat, "text": "NIK saya 9901014101909001", **more}
    return {"message": body if sender is None else {**body, "from": sender}}


def moved(chat: Api, sender: dict[str, Any], new: str, old: str) -> dict[str, Any]:
    """A change of our own place in a chat."""
    change = {"chat": chat, "from": sender, "date": DATE}
    before, after = ({"user": BOT, "status": status, "until_date": 0} for status in (old, new))
    return {"my_chat_member": {**change, "old_chat_member": before, "new_chat_member": after}}


STRANGERS: dict[str, Api] = {
    "an anonymous administrator": said(SUPERGROUP, ANONYMOUS, sender_chat=SUPERGROUP),
    "a channel in its group": said(SUPERGROUP, TELEGRAM, sender_chat=CHANNEL, is_automatic_forward=True),
    "a channel": said(CHANNEL, None, sender_chat=CHANNEL),
    "another bot": said(GROUP, OTHER_BOT),
    "a group without a sender": said(GROUP, None),
    "a group that became another": said(GROUP, ANONYMOUS, migrate_to_chat_id=SUPERGROUP["id"]),
    "an edit in a channel": {"edited_channel_post": said(CHANNEL, None)["message"]},
    "a kind nobody asked for": {
        "poll_answer": {
            "poll_id": "1",
            "voter_chat": CHANNEL,
            "option_ids": [0],
            "option_persistent_ids": ["0"],
        }
    },
    "a kind nobody knows yet": {"telepathy": {"thought": 7}},
    "nothing at all": {},
}


def calls(place: Town) -> list[Line]:
    """Every call since the bot has introduced itself, polls left out."""
    named = [line for line in place.simulator.ledger.since() if line.person is not None]
    return [line for line in named if line.method != "getUpdates"]


async def take(place: Town, *contents: Api) -> None:
    """Have these updates taken in, in one batch."""
    raws = [{"update_id": NUMBER + place_, **content} for place_, content in enumerate(contents)]
    await place.office.intake.take(raws)


async def test_whoever_is_no_person_hears_nothing(place: Town) -> None:
    siti = place.person()
    for number, (name, content) in enumerate(STRANGERS.items()):
        siti.phone.text("/start")
        since = place.simulator.ledger.number
        await place.office.intake.take([{"update_id": number, **content}, *place.waiting()])
        await siti.hears()

        others = [line for line in place.simulator.ledger.since(since) if line.person not in (None, siti.id)]
        assert {"leaveChat"} >= {line.method for line in others}, name
    assert len(STRANGERS) <= len(siti.said)
    assert 0 == await place.rows(Quarantine)
    assert [siti.id] == [account.id for account in await place.all(Account)]


async def test_a_person_in_a_group_is_told_in_private_and_the_group_is_left(place: Town) -> None:
    siti = place.person()
    await siti.says("/daftar")
    await siti.does(lambda phone: phone.group("/daftar@daftar_bpu_bot"))
    sent = [line for line in calls(place) if line.person is not None and line.person < 0]

    assert ["leaveChat"] == [line.method for line in sent]
    assert ["Demi keamanan"] == [text[:13] for text in siti.heard]
    assert [] == [message for message in group_messages(place) if message.by_bot]


def group_messages(place: Town) -> list[Any]:
    """All that was said in the group."""
    return list(place.simulator.telegram.chats[GROUP["id"]].messages.values())


async def test_taps_in_a_group_do_nothing(place: Town) -> None:
    siti = place.person()
    await siti.says("/daftar")
    data = siti.callback("Ya, saya setuju")
    message = said(GROUP, BOT)["message"]
    tap = {"id": "99", "from": person(siti), "chat_instance": "1", "data": data, "message": message}
    await take(place, {"callback_query": tap})

    assert {} == await siti.answers()
    assert [] == [line for line in calls(place) if line.person == GROUP["id"] and line.method != "leaveChat"]


async def test_a_tap_without_a_message_does_nothing(place: Town) -> None:
    siti = place.person()
    await siti.says("/daftar")
    tap = {"id": "99", "from": person(siti), "chat_instance": "1", "data": siti.callback("Ya, saya setuju")}
    await take(place, {"callback_query": {**tap, "inline_message_id": "ABC"}})

    assert {} == await siti.answers()
    assert 0 == await place.rows(Quarantine)


@pytest.mark.parametrize("status", ["left", "kicked"])
async def test_being_removed_from_a_group_is_taken_quietly(place: Town, status: str) -> None:
    siti = place.person()
    await siti.says("/start")
    before = len(calls(place))
    await take(place, moved(GROUP, person(siti), status, "member"))

    assert before == len(calls(place))


async def test_being_added_to_a_group_is_declined(place: Town) -> None:
    siti = place.person()
    await siti.says("/start")
    place.simulator.telegram.group()
    await siti.hears()
    group = [line.method for line in calls(place) if line.person == GROUP["id"]]

    assert ["leaveChat"] == group
    assert "Demi keamanan" in siti.heard[-1]


async def test_a_group_is_left_once_however_many_write_there(place: Town) -> None:
    people = [place.person(f"Warga {number}") for number in range(5)]
    for one in people:
        one.phone.group("halo")
    await place.settle()

    assert 1 == len([line for line in calls(place) if line.method == "leaveChat"])


async def test_an_edited_message_changes_no_answer(place: Town) -> None:
    siti = place.person()
    await siti.says("/daftar")
    await siti.taps("Ya, saya setuju")
    await siti.taps("Saya sendiri")
    await siti.says("bukan angka")
    before = await siti.answers()
    await siti.edits_last("9901014101909001")

    assert before == await siti.answers()
    assert "Pesan yang diubah" in siti.heard[0]
