"""An update that cannot be handled is set aside, sealed, with an apology; it delays nobody."""

import io
import json
from typing import Any

from sqlalchemy import text
from telegram import Update
from telegram.ext import MessageHandler, filters

from handlers.batch import Context
from handlers.flood import Flood
from models.dialogues import Dialogue
from models.quarantine import Quarantine
from models.seen import SeenUpdate
from tests.handlers.walking import go_to
from tests.town import Chat, Town

POISON = "racun 9901014101909001 Siti Rahasia"
NUMBER = 5_000_000


async def fall_over(update: Update, context: Context) -> None:
    """Fail, with what the person wrote in the error."""
    assert update.effective_message is not None
    raise RuntimeError(f"cannot digest {update.effective_message.text}")


def add_poison(place: Town) -> None:
    """Let the bot fall over whenever somebody writes about poison."""
    place.office.application.add_handler(MessageHandler(filters.Regex("^racun"), fall_over), group=-1)


def message(number: int, sender: Chat, **fields: Any) -> dict[str, Any]:
    """An update as Telegram writes it, with some fields not as it would write them."""
    body = {
        "message_id": number,
        "date": 1_795_143_600,
        "from": {"id": sender.id, "is_bot": False, "first_name": "Siti", "language_code": "id"},
        "chat": {"id": sender.id, "type": "private", "first_name": "Siti"},
        "text": "halo",
    }
    return {"update_id": NUMBER + number, "message": {**body, **fields}}


async def test_the_others_in_the_batch_are_answered(place: Town) -> None:
    add_poison(place)
    people = [place.person(f"Warga {number}") for number in range(20)]
    poisoners = [people[number] for number in (0, 11, 19)]
    for one in people:
        one.phone.text(POISON if one in poisoners else "/daftar")
    await place.settle()

    others = [one for one in people if one not in poisoners]
    assert all(len(one.said) == 1 and "Bolehkah kami" in one.phone.heard[0] for one in others)
    assert [["Maaf"]] * 3 == [[text[:4] for text in one.phone.heard] for one in poisoners]
    assert 17 == await place.rows(Dialogue)
    assert 3 == await place.rows(Quarantine)
    assert 20 == await place.rows(SeenUpdate)
    assert [] == place.waiting()


async def test_what_comes_before_and_after_it_from_the_same_person_counts(place: Town) -> None:
    add_poison(place)
    siti = place.person()
    await siti.says("/daftar")
    siti.tap("Ya, saya setuju")
    siti.phone.text(POISON)
    siti.phone.text("Saya sendiri")
    said = await siti.hears()

    assert {"consent", "who"} == set(await siti.answers())
    assert ["Siapa yang akan" in said[0], "Maaf" in said[1], "Berapa NIK" in said[2]] == [True] * 3


async def test_trying_it_again_costs_its_sender_none_of_their_messages(place: Town) -> None:
    await place.close()
    await place.open(flood=Flood(burst=9, per_second=1))
    add_poison(place)
    siti = place.person()
    for act in ("/daftar", *["halo"] * 3, POISON, *["halo"] * 4):
        siti.phone.text(act)
    said = await siti.hears()

    assert 9 == len(said)
    assert not any("pelan" in text for text in said)


async def test_it_rests_sealed_and_opens_with_the_keys(place: Town) -> None:
    add_poison(place)
    siti = place.person()
    await siti.says(POISON)

    (row,) = await place.all(Quarantine)
    raw, error = row.opened(place.database.keys)
    assert POISON == json.loads(raw)["message"]["text"]
    assert "RuntimeError" in error
    assert b"Rahasia" not in row.update + row.error
    assert place.database.keys.sender_index(siti.id) == row.sender_index


async def test_the_log_names_the_kind_of_error_and_nothing_else(place: Town, log: io.StringIO) -> None:
    add_poison(place)
    siti = place.person()
    await siti.says(POISON)

    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    (quarantined,) = [line for line in lines if line["event"] == "intake.quarantined"]
    assert "RuntimeError" == quarantined["kind"]
    assert "fall_over" in quarantined["exception"]
    assert not any(told in log.getvalue() for told in ("Rahasia", "9901014101909001", "Siti", str(siti.id)))


async def test_the_apology_is_in_the_language_of_its_receiver(place: Town) -> None:
    add_poison(place)
    chosen, guessed = place.person("Siti", "id"), place.person("Mary", "en")
    await chosen.says("/bahasa")
    await chosen.taps("English")
    await chosen.says(POISON)
    await guessed.says(POISON)

    assert "Sorry" in chosen.heard[-1]
    assert "Sorry" in guessed.heard[-1]


async def test_it_is_tried_three_times_and_never_again(place: Town) -> None:
    tries: list[str] = []

    async def count(update: Update, context: Context) -> None:
        tries.append("tried")
        raise RuntimeError

    place.office.application.add_handler(MessageHandler(filters.Regex("^racun"), count), group=-1)
    siti = place.person()
    siti.phone.text(POISON)
    raws = place.waiting()
    await siti.hears()
    await place.office.intake.take(raws)

    assert 3 == len(tries)
    assert 1 == await place.rows(Quarantine)
    assert "Tidak ada pertanyaan yang menunggu" in siti.phone.heard[-1]


MALFORMED: dict[str, dict[str, Any]] = {
    "a date out of range": {"date": 10**15},
    "no date": {"date": None},
    "a chat that is a text": {"chat": "Siti"},
    "a chat without a kind": {"chat": {"id": 7}},
    "a sender that is a list": {"from": [1, 2]},
    "a sender without an id": {"from": {"is_bot": False, "first_name": "Siti"}},
    "an id that is a text": {"from": {"id": "7", "is_bot": False, "first_name": "Siti"}},
    "an id beyond every column": {"from": {"id": 2**70, "is_bot": False, "first_name": "Siti"}},
    "a text that is a number": {"text": 17},
    "a text that is a list": {"text": ["halo"], "entities": []},
    "an entity without a length": {"text": "/start", "entities": [{"type": "bot_command", "offset": 0}]},
    "an entity beyond the text": {
        "text": "/start",
        "entities": [{"type": "bot_command", "offset": 90, "length": 900}],
    },
    "a contact without a number": {"text": None, "contact": {"first_name": "Dewi"}},
    "half a character": {"text": "\ud83d"},
    "a language that is a number": {
        "from": {"id": 7_000_000_001, "is_bot": False, "first_name": "S", "language_code": 7}
    },
}


async def test_malformed_updates_harm_nobody(place: Town, log: io.StringIO) -> None:
    siti, budi, wati = place.person("Siti"), place.person("Budi"), place.person("Wati")
    for one in (siti, budi, wati):
        await one.says("/start")
    for number, (name, fields) in enumerate(MALFORMED.items()):
        raws = [
            message(3 * number, budi, text="satu"),
            message(3 * number + 1, siti, **fields),
            message(3 * number + 2, wati, text="dua"),
        ]
        before = [len(one.said) for one in (budi, wati)]
        await place.office.intake.take(raws)
        await place.office.intake.take(raws)

        assert [count + 2 for count in before] == [len(one.said) for one in (budi, wati)], name
    assert 3 + 3 * len(MALFORMED) == await place.rows(SeenUpdate)
    assert not any(word in log.getvalue() for word in ("satu", "Siti", str(siti.id)))


async def test_an_unreadable_update_is_set_aside_with_an_apology(place: Town) -> None:
    siti = place.person()
    await siti.says("/start")
    await place.office.intake.take([message(1, siti, date=10**15)])

    (row,) = await place.all(Quarantine)
    assert 10**15 == json.loads(row.opened(place.database.keys)[0])["message"]["date"]
    assert "Maaf" in siti.phone.heard[-1]


async def test_a_draft_that_no_longer_opens_stops_its_owner_only(place: Town) -> None:
    siti, budi = place.person("Siti"), place.person("Budi")
    await go_to(siti, "nik")
    await go_to(budi, "nik")
    async with place.database.begin() as db:
        await db.execute(
            text("UPDATE dialogues SET sealed = :junk WHERE account_id = :siti"),
            {"junk": b"\x01" * 60, "siti": siti.id},
        )
    siti.phone.text("9901014101909001")
    budi.phone.text("9901014101909001")
    said = await budi.hears()

    assert "Sudah benar?" in said[-1]
    assert "Maaf" in siti.phone.heard[-1]
    assert 1 == await place.rows(Quarantine)
