"""Five hundred malformed updates of every kind: the short form of `python -m bench.malformed`."""

import json
from typing import Any

import pytest

from bench.malformed import malformed
from models.accounts import Account
from models.quarantine import Quarantine
from models.seen import SeenUpdate
from tests.handlers.test_poison import message
from tests.town import Town


async def test_five_hundred_malformed_updates_harm_nobody(database_url: str) -> None:
    counts, faults = await malformed(500, seed=20261121, database=database_url)

    assert [] == faults
    assert 30 < counts["kinds"]
    assert 50 < counts["quarantined"]
    assert 10 < counts["apologies"]


async def test_who_writes_in_the_private_chat_of_another_is_not_heard_there(place: Town) -> None:
    siti, thief = place.person("Siti"), place.person("Maling")
    await siti.says("/start")
    await thief.says("/start")
    before = len(siti.said)
    theirs = {"id": siti.id, "type": "private", "first_name": "Siti"}
    await place.office.intake.take([message(1, thief, chat=theirs, text="/daftar")])

    assert before == len(siti.said)
    assert "Maaf" in thief.phone.heard[-1]


@pytest.mark.parametrize("number", [True, float("nan"), 0, -7, 2**70, [7], None])
async def test_a_sender_with_an_odd_id_becomes_nobody(place: Town, number: Any) -> None:
    siti = place.person("Siti")
    odd = {"id": number, "is_bot": False, "first_name": "Siti"}
    await place.office.intake.take([message(1, siti, **{"from": odd, "text": "/daftar"})])

    assert 1 == await place.rows(Quarantine)
    assert 0 == await place.rows(Account)
    assert [] == place.pauses  # the database was never thought to be away


async def test_an_update_without_a_number_is_left_out_and_the_others_are_taken(place: Town) -> None:
    siti = place.person("Siti")
    await siti.says("/start")
    odd: list[Any] = [{**message(1, siti), "update_id": number} for number in (None, "x", -1, 2**63, True)]
    await place.office.intake.take([{"message": 7}, *odd, message(9, siti, text="halo")])

    assert 2 == await place.rows(SeenUpdate)
    assert "Tidak ada isian" in siti.phone.heard[-1]


async def test_an_update_nested_too_deep_to_be_written_is_set_aside_by_its_number(place: Town) -> None:
    siti = place.person("Siti")
    await siti.says("/start")
    deep: dict[str, Any] = {}
    for _ in range(5_000):
        deep = {"reply_to_message": deep}
    await place.office.intake.take([message(1, siti, **deep), message(2, siti, text="halo")])

    (row,) = await place.all(Quarantine)
    assert {"update_id", "nested"} == set(json.loads(row.opened(place.database.keys)[0]))
    assert ["Maaf", "Tida"] == [text[:4] for text in siti.phone.heard[-2:]]


async def test_an_update_of_a_kind_that_was_not_asked_for_makes_nobody_an_account(place: Town) -> None:
    siti = place.person("Siti")
    body = message(1, siti, text="/daftar")["message"]
    await place.office.intake.take([{"update_id": 1, "business_message": body}])

    assert 0 == await place.rows(Account)
    assert 1 == await place.rows(SeenUpdate)
