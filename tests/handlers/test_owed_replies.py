"""Who could not be answered is owed the sight of where they stand, and gets it when Telegram allows."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from jobs.deliveries import LEASE
from models.accounts import Account
from models.applications import Application
from models.owing import sending
from models.owing.deliveries import Delivery, Fate
from tests.handlers.walking import go_to
from tests.town import Chat, Town

FAULTS: dict[str, Mapping[str, Any]] = {
    "429": {"do": "429", "retry_after": 7},
    "500": {"do": "500"},
    "a connection cut before": {"do": "cut_before"},
    "a connection cut after": {"do": "cut_after"},
}


async def fates(place: Town) -> list[Fate]:
    """What became of each delivery, the oldest first."""
    return [row.state for row in await place.all(Delivery)]


def stumble(place: Town, **fault: Any) -> None:
    """Let the next message of the bot meet a fault."""
    place.simulator.faults([{"method": "sendMessage", "calls": [1], **fault}])


async def agreed(place: Town, **fault: Any) -> Chat:
    """A person who agrees, and whose answer meets a fault."""
    siti = place.person()
    await siti.says("/daftar")
    stumble(place, **fault)
    await siti.taps("Ya, saya setuju")
    return siti


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
async def test_a_reply_that_fails_is_owed_and_comes_later(place: Town, fault: Mapping[str, Any]) -> None:
    siti = await agreed(place, **fault)
    owed = await fates(place)
    siti.later(seconds=8)
    await place.deliver()

    assert [Fate.QUEUED] == owed
    assert [Fate.SENT] == await fates(place)
    assert "Siapa yang akan didaftarkan?" in siti.phone.heard[-1]
    assert [] == place.waiting()


async def test_a_reply_that_gets_no_answer_in_time_is_owed(place: Town) -> None:
    await place.close()
    await place.open(read_timeout=0.2)
    siti = await agreed(place, do="timeout_after", seconds=60)
    siti.later(seconds=61)
    await place.deliver()

    assert [Fate.SENT] == await fates(place)
    assert 2 == len([text for text in siti.phone.heard if "Siapa yang akan didaftarkan?" in text])


async def test_a_429_is_obeyed_to_the_second(place: Town) -> None:
    siti = await agreed(place, do="429", retry_after=30)
    before = len(siti.said)
    for seconds in (29, 0.9):
        siti.later(seconds=seconds)
        await place.deliver()
    early = len(siti.said)
    siti.later(seconds=0.2)
    await place.deliver()

    assert before == early
    assert before + 1 == len(siti.said)


async def test_a_second_429_moves_it_on_and_loses_nothing(place: Town) -> None:
    siti = await agreed(place, do="429", retry_after=3)
    stumble(place, do="429", retry_after=20)
    siti.later(seconds=4)
    await place.deliver()
    (row,) = await place.all(Delivery)
    siti.later(seconds=21)
    await place.deliver()

    assert (Fate.QUEUED, 1) == (row.state, row.attempts)
    assert [Fate.SENT] == await fates(place)


async def test_what_is_shown_is_where_they_stand_when_it_is_sent(place: Town) -> None:
    siti = await agreed(place, do="429", retry_after=60)
    await place.restart()
    await siti.says("/batal")
    siti.later(seconds=61)

    assert "Batalkan isian ini?" in siti.heard[-1]
    assert [] == await fates(place)


async def test_who_was_answered_meanwhile_is_not_shown_it_again(place: Town) -> None:
    siti = await agreed(place, do="429", retry_after=60)
    siti.phone.text("Saya sendiri")
    said = await siti.hears()
    siti.later(seconds=61)
    await place.deliver()

    assert "Berapa NIK" in said[-1]
    assert [] == await fates(place)
    assert said[-1] == siti.phone.heard[-1]


async def test_who_answers_while_it_waits_for_its_moment_is_shown_where_they_stand_then(place: Town) -> None:
    budi, siti = await agreed(place, do="500"), await agreed(place, do="500")
    siti.later(seconds=2)

    async def siti_answers() -> None:
        siti.phone.text("Saya sendiri")
        await siti.hears()

    await place.deliver(meanwhile=siti_answers)

    assert "Siapa yang akan didaftarkan?" in budi.phone.heard[-1]
    assert [] == [text for text in siti.phone.heard if "Siapa yang akan didaftarkan?" in text]
    assert "Berapa NIK" in siti.phone.heard[-1]


async def test_it_is_owed_for_a_day(place: Town) -> None:
    siti = await agreed(place, do="500")
    (row,) = await place.all(Delivery)
    siti.later(hours=25)
    await place.deliver()

    assert timedelta(days=1) == row.expires_at - row.created_at
    assert [Fate.EXPIRED] == await fates(place)


async def test_one_chat_that_fails_silences_no_other(place: Town) -> None:
    people = [place.person(f"Warga {number}") for number in range(5)]
    for one in people:
        one.phone.text("/daftar")
    place.simulator.faults([{"method": "sendMessage", "calls": [3], "do": "429", "retry_after": 5}])
    await place.settle()

    assert 4 == sum(len(one.said) for one in people)
    assert [Fate.QUEUED] == await fates(place)


async def test_a_failed_answer_to_a_tap_is_made_good_by_the_place(place: Town) -> None:
    siti = place.person()
    await siti.says("/daftar")
    place.simulator.faults([{"method": "answerCallbackQuery", "calls": [1], "do": "cut_before"}])
    await siti.taps("Ya, saya setuju")
    silent = siti.heard
    siti.later(seconds=2)
    await place.deliver()

    assert [] == silent
    assert "Siapa yang akan didaftarkan?" in siti.phone.heard[-1]


async def test_who_blocked_the_bot_is_noted_owed_nothing_and_revived_by_writing(place: Town) -> None:
    siti = place.person()
    await siti.says("/daftar")
    stumble(place, do="403")
    await siti.taps("Ya, saya setuju")
    (blocked,) = await place.all(Account)
    await siti.says("halo")
    (back,) = await place.all(Account)

    assert "blocked" == blocked.unreachable
    assert [] == await fates(place)
    assert back.unreachable is None
    assert "Siapa yang akan didaftarkan?" in siti.heard[-1]


async def test_a_chat_gone_while_something_is_owed_closes_all_that_is_owed(place: Town) -> None:
    siti = await agreed(place, do="429", retry_after=5)
    siti.phone.block()
    siti.later(seconds=6)
    await place.deliver()
    (account,) = await place.all(Account)

    assert [Fate.DEAD] == await fates(place)
    assert "blocked" == account.unreachable


async def test_my_chat_member_tells_who_blocked_and_who_came_back(place: Town) -> None:
    siti = place.person()
    await siti.says("/start")
    await siti.does(lambda phone: phone.block())
    (gone,) = await place.all(Account)
    await siti.does(lambda phone: phone.unblock())
    (back,) = await place.all(Account)

    assert "blocked" == gone.unreachable
    assert back.unreachable is None
    assert [] == siti.heard


async def test_a_tap_answered_by_nobody_is_made_good_at_the_next_start(place: Town) -> None:
    siti = place.person()
    await siti.says("/daftar")
    siti.tap("Ya, saya setuju")
    await place.die_speaking()
    siti.later(seconds=200)  # Telegram has forgotten the tap
    await place.restart()
    nothing = await siti.hears()
    siti.later(seconds=11)
    await place.deliver()

    assert [] == nothing
    assert "Siapa yang akan didaftarkan?" in siti.phone.heard[-1]


async def test_a_receipt_told_to_nobody_is_told_at_the_next_start(place: Town) -> None:
    siti = place.person()
    await go_to(siti, "review")
    siti.tap("Kirim")
    await place.die_speaking()
    siti.later(seconds=200)
    await place.restart()
    nothing = await siti.hears()
    await place.deliver()

    (filed,) = await place.all(Application)
    assert [] == nothing
    assert filed.reference in siti.phone.heard[-1]


async def test_after_a_clean_stop_nobody_is_owed_anything(place: Town) -> None:
    siti = place.person()
    await go_to(siti, "nik")
    await place.office.intake.rest()
    await place.restart()

    assert [] == await fates(place)


async def test_who_was_answered_before_the_last_batch_is_owed_nothing_after_a_kill(place: Town) -> None:
    siti, budi = place.person("Siti"), place.person("Budi")
    await go_to(siti, "nik")
    await go_to(budi, "nik")
    await place.restart()

    assert [budi.id] == [row.account_id for row in await place.all(Delivery)]


async def test_starting_again_and_again_owes_it_once(place: Town) -> None:
    siti = place.person()
    await go_to(siti, "nik")
    for _ in range(3):
        await place.restart()
    siti.later(seconds=11)
    await place.deliver()

    assert [Fate.SENT] == await fates(place)


async def test_a_place_a_killed_sender_had_in_hand_is_shown_soon_after_the_next_start(place: Town) -> None:
    siti = await agreed(place, do="500")
    siti.later(seconds=2)
    async with place.database.begin() as db:
        held = await sending.claim(db, place.database.keys, place.simulator.clock.now(), 1, LEASE)
    await place.restart()
    siti.later(seconds=11)
    await place.deliver()

    assert [siti.id] == [each.chat_id for each in held]
    assert [Fate.SENT] == await fates(place)
    assert "Siapa yang akan didaftarkan?" in siti.phone.heard[-1]
