"""The poller acknowledges what is durable and answered, stops cleanly, and goes on after trouble."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter

from handlers.arrivals import Raw
from handlers.polling import ALLOWED, Poller
from models.seen import SeenUpdate
from tests.town import Town

Asked = dict[str, Any]


class Telegram:
    """Gives out batches or errors one after the other, then stops the poller; notes what was asked."""

    def __init__(self, *answers: list[int] | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[Asked] = []
        self.done: list[object] = []
        self.poller = Poller(self.get_updates, self.take, self.rest, pauses=(0.0,))

    async def get_updates(self, **wanted: Any) -> list[dict[str, Any]]:
        self.asked.append(wanted)
        self.done.append(("poll", wanted["offset"]))
        if not self.answers:
            self.poller.stop()
            return []
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return [{"update_id": number} for number in answer]

    async def take(self, raws: Sequence[Raw]) -> None:
        self.done.append(("begun", [raw["update_id"] for raw in raws]))
        await asyncio.sleep(0)
        self.done.append(("taken", [raw["update_id"] for raw in raws]))

    async def rest(self) -> None:
        self.done.append("rest")


async def test_a_batch_is_acknowledged_by_the_next_poll_after_it_was_taken_in() -> None:
    telegram = Telegram([7, 8], [9])
    await telegram.poller.run()

    assert [
        ("poll", None),
        ("begun", [7, 8]),
        ("taken", [7, 8]),
        ("poll", 9),
        ("begun", [9]),
        ("taken", [9]),
        ("poll", 10),
        "rest",
        ("poll", 10),
        "rest",
    ] == telegram.done


async def test_the_last_poll_of_a_clean_stop_only_acknowledges() -> None:
    telegram = Telegram([7])
    await telegram.poller.run()

    assert {"offset": 8, "limit": 1, "wait": 0, "allowed_updates": ALLOWED} == telegram.asked[-1]
    assert {"limit": 100, "wait": 5} == {name: telegram.asked[0][name] for name in ("limit", "wait")}


async def test_who_took_nothing_acknowledges_nothing() -> None:
    telegram = Telegram()
    await telegram.poller.run()

    assert [None] == [asked["offset"] for asked in telegram.asked]


async def test_the_offset_is_the_highest_number_of_the_batch_in_whatever_order_it_came() -> None:
    telegram = Telegram([12, 10, 11], [3])
    await telegram.poller.run()

    assert [None, 13, 4, 4] == [asked["offset"] for asked in telegram.asked]


@pytest.mark.parametrize(
    "error",
    [Conflict("terminated by other getUpdates"), NetworkError("cut"), RetryAfter(0)],
    ids=["conflict", "network", "429"],
)
async def test_trouble_is_waited_out_and_the_same_is_asked_again(error: Exception) -> None:
    telegram = Telegram([7], error, error, [8])
    await telegram.poller.run()

    assert [None, 8, 8, 8, 9, 9] == [asked["offset"] for asked in telegram.asked]
    assert telegram.poller.failure is None


async def test_a_wrong_token_ends_it() -> None:
    telegram = Telegram(InvalidToken(), [7])
    await telegram.poller.run()

    assert "InvalidToken" == telegram.poller.failure
    assert 1 == len(telegram.asked)


async def test_a_stop_in_the_middle_of_a_batch_finishes_it_and_acknowledges() -> None:
    telegram = Telegram([7, 8], [9])

    async def stop_within(raws: Sequence[Raw]) -> None:
        telegram.poller.stop()
        await Telegram.take(telegram, raws)

    telegram.poller = Poller(telegram.get_updates, stop_within, telegram.rest, pauses=(0.0,))
    await telegram.poller.run()

    assert [("poll", None), ("begun", [7, 8]), ("taken", [7, 8]), ("poll", 9), "rest"] == telegram.done


async def test_a_stop_leaves_a_poll_that_still_waits(place: Town) -> None:
    polling = asyncio.create_task(place.office.poller.run())
    while not place.simulator.poller.waiting:  # noqa: ASYNC110 - nothing tells when a poll begins to wait
        await asyncio.sleep(0)
    place.office.poller.stop()
    await polling

    assert polling.done()


async def test_a_stop_while_it_pauses_ends_the_pause() -> None:
    telegram = Telegram(NetworkError("cut"))
    telegram.poller = Poller(telegram.get_updates, telegram.take, telegram.rest, pauses=(3600.0,))
    polling = asyncio.create_task(telegram.poller.run())
    while not telegram.asked:  # noqa: ASYNC110 - as above
        await asyncio.sleep(0)
    telegram.poller.stop()
    await polling

    assert ["rest"] == telegram.done[-1:]


async def test_at_the_moment_of_acknowledgement_everything_is_answered_and_durable(place: Town) -> None:
    people = [place.person(f"Warga {number}") for number in range(7)]
    answered: list[list[int]] = []
    place.simulator.telegram.queue.on_confirmed(lambda _: answered.append([len(one.said) for one in people]))
    for one in people:
        one.phone.text("/daftar")
    await place.settle()

    assert [[1] * 7] * 7 == answered
    assert 7 == await place.rows(SeenUpdate)


async def test_after_a_clean_stop_telegram_keeps_nothing(place: Town) -> None:
    siti = place.person()
    siti.phone.text("/daftar")
    place.simulator.on_sent(lambda _, __: place.office.poller.stop())
    await place.office.poller.run()

    assert [] == place.waiting()
    assert 1 == len(siti.said)


async def test_a_kill_while_speaking_leaves_the_batch_with_telegram_and_its_effect_with_us(
    place: Town,
) -> None:
    siti = place.person()
    await siti.says("/daftar")
    siti.tap("Ya, saya setuju")
    await place.die_speaking()
    kept, silent = len(place.waiting()), len(siti.said)
    await place.restart()
    durable = await siti.answers()
    said = await siti.hears()

    assert (1, 1) == (kept, silent)
    assert {"consent"} == set(durable)
    assert ["Siapa yang akan didaftarkan?" in text for text in said] == [True]
