"""getUpdates: what confirms an update, how long a call waits, and who may call."""

import asyncio
from datetime import timedelta

import pytest
from aiohttp import ClientSession

from simulator.phone import Phone
from simulator.server import Simulator
from tests.simulator.bot_api import Api, Refused, until


def ids(updates: list[dict[str, int]]) -> list[int]:
    return [update["update_id"] for update in updates]


async def test_updates_come_again_until_a_larger_offset_confirms_them(
    api: Api, sim: Simulator, siti: Phone
) -> None:
    first, second = siti.text("satu")["update_id"], siti.text("dua")["update_id"]

    assert ids(await api("getUpdates")) == [first, second]
    assert ids(await api("getUpdates", offset=first)) == [first, second]
    assert ids(await api("getUpdates", offset=second)) == [second]
    sim.clock.advance(timedelta(seconds=4))
    assert await api("getUpdates", offset=second + 1) == []
    assert sim.telegram.queue.confirmed == 2


async def test_a_long_poll_wakes_for_a_message(api: Api, sim: Simulator, siti: Phone) -> None:
    poll = asyncio.create_task(api("getUpdates", timeout=50))
    await until(lambda: sim.poller.waiting)
    told = siti.text("Halo")

    assert ids(await poll) == [told["update_id"]]


async def test_a_long_poll_ends_when_the_clock_says_so(api: Api, sim: Simulator) -> None:
    poll = asyncio.create_task(api("getUpdates", timeout=30))
    await until(lambda: sim.poller.waiting)
    sim.clock.advance(timedelta(seconds=30))

    assert await poll == []


async def test_timeouts_are_capped_at_fifty_seconds_and_batches_at_a_hundred(
    api: Api, sim: Simulator, siti: Phone
) -> None:
    poll = asyncio.create_task(api("getUpdates", timeout=600, limit=1000))
    await until(lambda: sim.poller.waiting)
    sim.clock.advance(timedelta(seconds=50))
    assert await poll == []
    for number in range(120):
        siti.text(str(number))

    assert len(await api("getUpdates", offset=1, limit=1000)) == 100


async def test_the_same_offset_in_haste_brings_one_update(api: Api, sim: Simulator, siti: Phone) -> None:
    siti.text("satu")
    siti.text("dua")
    await api("getUpdates")

    assert len(await api("getUpdates")) == 1
    sim.clock.advance(timedelta(seconds=1))
    assert len(await api("getUpdates")) == 2


async def test_the_same_offset_within_three_seconds_waits_three(api: Api, sim: Simulator) -> None:
    await api("getUpdates")
    sim.clock.advance(timedelta(seconds=1))
    poll = asyncio.create_task(api("getUpdates"))
    await until(lambda: sim.poller.waiting)
    sim.clock.advance(timedelta(seconds=3))

    assert await poll == []


async def test_a_second_poller_ends_the_first_with_409(api: Api, sim: Simulator, siti: Phone) -> None:
    first = asyncio.create_task(api("getUpdates", timeout=50))
    await until(lambda: sim.poller.waiting)
    second = asyncio.create_task(api("getUpdates", timeout=50, limit=1))
    with pytest.raises(Refused) as conflict:
        await first
    siti.text("Halo")

    assert (conflict.value.code, len(await second)) == (409, 1)
    assert conflict.value.description.startswith("Conflict: terminated by other getUpdates request; make")


async def test_repeated_conflicts_are_answered_late(api: Api, sim: Simulator) -> None:
    polls = [asyncio.create_task(api("getUpdates", timeout=50)) for _ in range(3)]
    await until(lambda: any(poll.done() for poll in polls))
    await until(lambda: sim.poller.waiting)

    assert sum(poll.done() for poll in polls) == 1
    while not all(poll.done() for poll in polls):
        sim.clock.advance(timedelta(seconds=50))
        await asyncio.sleep(0)
    results = await asyncio.gather(*polls, return_exceptions=True)
    assert sum(isinstance(result, Refused) for result in results) == 2


async def test_messages_live_a_day_and_taps_150_seconds(api: Api, sim: Simulator, siti: Phone) -> None:
    message = siti.text("Halo")
    siti.tap(message["message_id"], "ya")
    sim.clock.advance(timedelta(seconds=151))
    assert ids(await api("getUpdates")) == [message["update_id"]]
    sim.clock.advance(timedelta(hours=24))

    assert await api("getUpdates", offset=1) == []
    assert sim.telegram.queue.expired == 2


async def test_a_negative_offset_deletes_all_but_the_last(api: Api, sim: Simulator, siti: Phone) -> None:
    for word in ("satu", "dua", "tiga"):
        siti.text(word)
    last = await api("getUpdates", offset=-1)

    assert [update["message"]["text"] for update in last] == ["tiga"]
    assert (len(sim.telegram.queue), sim.telegram.queue.dropped) == (1, 2)


async def test_kinds_left_out_are_dropped_when_they_arise(api: Api, sim: Simulator, siti: Phone) -> None:
    await api("getUpdates", allowed_updates=["callback_query"])
    assert siti.text("Halo")["update_id"] is None
    await api("getUpdates", offset=1, allowed_updates=[])

    assert siti.text("Halo")["update_id"] is not None


async def test_after_a_quiet_week_ids_begin_anew_and_an_old_offset_does_no_harm(
    api: Api, sim: Simulator, siti: Phone
) -> None:
    before = siti.text("Halo")["update_id"]
    sim.clock.advance(timedelta(days=7, seconds=1))
    after = siti.text("Masih ada?")["update_id"]

    assert after != before + 1
    assert ids(await api("getUpdates", offset=before + 1)) == [after]


async def test_redelivery_brings_updates_twice_after_they_were_confirmed(
    api: Api, sim: Simulator, siti: Phone
) -> None:
    sim.poller.redeliver(share=1.0, seed=3)
    told = siti.text("Halo")["update_id"]

    assert ids(await api("getUpdates")) == [told]
    assert ids(await api("getUpdates", offset=told + 1)) == [told]


async def test_a_stopping_server_lets_the_poll_go(sim: Simulator) -> None:
    async with ClientSession() as session:
        async with sim.serve() as url:
            given = {"timeout": 50}
            poll = asyncio.create_task(session.post(f"{url}/bot{sim.token}/getUpdates", json=given))
            await until(lambda: sim.poller.waiting)
        async with await poll as answer:
            assert (await answer.json())["result"] == []
