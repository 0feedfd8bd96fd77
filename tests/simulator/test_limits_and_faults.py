"""Flood limits on the clock, and faults by plan."""

import asyncio
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from simulator.limits import Limits
from simulator.phone import Phone
from simulator.refusals import Impossible
from simulator.server import Simulator
from tests.simulator.bot_api import Api, Refused, until


async def codes(api: Api, method: str, times: int, **given: Any) -> list[int]:
    seen = []
    for _ in range(times):
        try:
            await api(method, **given)
            seen.append(200)
        except Refused as refused:
            seen.append(refused.code)
    return seen


async def test_one_chat_takes_a_short_burst_and_then_one_a_second(
    api: Api, sim: Simulator, siti: Phone
) -> None:
    sim.limits = Limits()
    assert await codes(api, "sendMessage", 5, chat_id=siti.id, text="x") == [200, 200, 200, 429, 429]
    sim.clock.advance(timedelta(seconds=1))

    assert await codes(api, "sendMessage", 2, chat_id=siti.id, text="x") == [200, 429]


async def test_429_says_how_long_to_wait(api: Api, sim: Simulator, siti: Phone) -> None:
    sim.limits = Limits(per_chat=0.2, chat_burst=1)
    await api("sendMessage", chat_id=siti.id, text="x")
    with pytest.raises(Refused) as refused:
        await api("sendMessage", chat_id=siti.id, text="x")

    assert refused.value == Refused(429, "Too Many Requests: retry after 5", {"retry_after": 5})


async def test_thirty_a_second_over_all_chats(api: Api, sim: Simulator) -> None:
    sim.limits = Limits()
    seen = [await codes(api, "sendMessage", 1, chat_id=phone.id, text="x") for phone in sim.crowd(32)]

    assert seen == [[200]] * 30 + [[429]] * 2


async def test_a_thousand_a_second_for_who_pays_and_thirty_for_the_rest(api: Api, sim: Simulator) -> None:
    sim.limits = Limits()
    phones = sim.crowd(1032)
    free = [await codes(api, "sendMessage", 1, chat_id=phone.id, text="x") for phone in phones[:31]]
    paid = [
        await codes(api, "sendMessage", 1, chat_id=phone.id, text="x", allow_paid_broadcast=True)
        for phone in phones[31:]
    ]

    assert free == [[200]] * 30 + [[429]]
    assert paid == [[200]] * 1000 + [[429]]


async def test_a_group_takes_twenty_a_minute(api: Api, sim: Simulator, siti: Phone) -> None:
    sim.limits = Limits(per_chat=0)
    group = siti.group("Halo")["chat_id"]
    assert await codes(api, "sendMessage", 21, chat_id=group, text="x") == [200] * 20 + [429]
    sim.clock.advance(timedelta(seconds=60))

    assert await codes(api, "sendMessage", 1, chat_id=group, text="x") == [200]


async def test_answers_to_taps_are_not_limited(api: Api, sim: Simulator, siti: Phone) -> None:
    sim.limits = Limits(chat_burst=1)
    await api("sendMessage", chat_id=siti.id, text="x")
    tap = siti.tap(siti.text("x")["message_id"], "ya")

    assert await api("answerCallbackQuery", callback_query_id=tap["callback_query_id"]) is True


async def test_named_calls_fail_as_planned(api: Api, sim: Simulator, siti: Phone) -> None:
    plan: list[dict[str, Any]] = [
        {"method": "sendMessage", "calls": [2], "do": "429", "retry_after": 7},
        {"method": "sendMessage", "calls": [3], "do": "403"},
        {"method": "*", "calls": [4], "do": "500"},
    ]
    sim.faults(plan)

    assert await codes(api, "sendMessage", 5, chat_id=siti.id, text="x") == [200, 429, 403, 500, 200]
    assert len(siti.messages) == 2


async def test_a_share_of_calls_fails_the_same_way_with_the_same_seed(
    api: Api, sim: Simulator, siti: Phone
) -> None:
    runs = []
    for _ in range(2):
        sim.faults([{"method": "sendMessage", "share": 0.3, "do": "400"}], seed=7)
        runs.append(await codes(api, "sendMessage", 40, chat_id=siti.id, text="x"))

    assert runs[0] == runs[1]
    assert 5 < runs[0].count(400) < 20


@pytest.mark.parametrize(("do", "spoken"), [("cut_before", 0), ("cut_after", 1)])
async def test_a_cut_connection_delivers_or_not(
    api: Api, sim: Simulator, siti: Phone, do: str, spoken: int
) -> None:
    sim.faults([{"method": "sendMessage", "calls": [1], "do": do}])
    with pytest.raises(aiohttp.ClientError):
        await api("sendMessage", chat_id=siti.id, text="x")

    line = sim.ledger.since()[-1]
    assert (len(siti.messages), line.code, line.accepted, line.fault) == (spoken, 0, spoken == 1, do)


@pytest.mark.parametrize(("do", "spoken"), [("timeout_before", 0), ("timeout_after", 1)])
async def test_a_call_that_never_answers_delivers_or_not(
    api: Api, sim: Simulator, siti: Phone, do: str, spoken: int
) -> None:
    sim.faults([{"method": "sendMessage", "calls": [1], "do": do, "seconds": 30}])
    call = asyncio.create_task(api("sendMessage", chat_id=siti.id, text="x"))
    await until(lambda: sim.ledger.number == 1)
    assert not call.done()
    sim.clock.advance(timedelta(seconds=30))
    with pytest.raises(aiohttp.ClientError):
        await call

    assert len(siti.messages) == spoken


async def test_a_delay_ends_with_the_clock(api: Api, sim: Simulator, siti: Phone) -> None:
    sim.faults([{"method": "getMe", "calls": [1], "do": "delay", "seconds": 0}])

    assert (await api("getMe"))["is_bot"] is True


@pytest.mark.parametrize("line", [{"do": "dance", "share": 1}, {"do": "500"}])
def test_a_plan_that_cannot_be_read_is_refused(sim: Simulator, line: dict[str, Any]) -> None:
    with pytest.raises(Impossible):
        sim.faults([line])
