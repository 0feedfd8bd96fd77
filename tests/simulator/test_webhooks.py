"""Webhooks: lanes, retries with growing pauses, Retry-After, expiry and 410."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiogram.types import Update
from aiohttp import web
from aiohttp.test_utils import TestServer

from simulator.clock import Clock
from simulator.phone import Phone
from simulator.server import Simulator
from tests.simulator.bot_api import Api, Refused, until


class Receiver:
    """A bot's own server: notes what arrives, answers as told, 200 when nothing was told."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.arrived: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.secrets: set[str] = set()
        self.answers: deque[web.Response] = deque()
        self.gate = asyncio.Event()
        self.gate.set()
        self.inside = 0
        self.times: list[float] = []

    async def receive(self, request: web.Request) -> web.Response:
        update = await request.json()
        Update.model_validate(update)
        self.secrets.add(request.headers.get("X-Telegram-Bot-Api-Secret-Token", ""))
        self.inside += 1
        self.times.append(self.clock.time())
        self.arrived.put_nowait(update)
        await self.gate.wait()
        self.inside -= 1
        return self.answers.popleft() if self.answers else web.Response()


@pytest.fixture
def receiver(sim: Simulator) -> Receiver:
    return Receiver(sim.clock)


@pytest.fixture
async def hook(receiver: Receiver) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/hook", receiver.receive)
    async with TestServer(app, host="127.0.0.1") as server:
        yield str(server.make_url("/hook"))
        receiver.gate.set()


async def test_an_update_is_posted_with_the_secret_and_confirmed_by_200(
    api: Api, sim: Simulator, siti: Phone, receiver: Receiver, hook: str
) -> None:
    await api("setWebhook", url=hook, secret_token="rahasia-1", max_connections=100)
    told = siti.text("Halo")
    arrived = await receiver.arrived.get()
    await until(lambda: len(sim.telegram.queue) == 0)

    assert (arrived["update_id"], receiver.secrets) == (told["update_id"], {"rahasia-1"})
    assert (await api("getWebhookInfo"))["pending_update_count"] == 0


async def test_messages_of_a_chat_wait_for_each_other_and_a_tap_does_not(
    api: Api, sim: Simulator, siti: Phone, receiver: Receiver, hook: str
) -> None:
    await api("setWebhook", url=hook)
    receiver.gate.clear()
    first = siti.text("satu")
    siti.text("dua")
    siti.tap(first["message_id"], "ya")
    budi = sim.person(first_name="Budi")
    budi.text("Halo")
    await until(lambda: receiver.inside == 3)
    together = [await receiver.arrived.get() for _ in range(3)]
    receiver.gate.set()
    after = await receiver.arrived.get()

    assert sum("callback_query" in update for update in together) == 1
    assert after["message"]["text"] == "dua"


async def test_max_connections_holds_over_all_lanes(
    api: Api, sim: Simulator, receiver: Receiver, hook: str
) -> None:
    await api("setWebhook", url=hook, max_connections=2)
    receiver.gate.clear()
    for phone in sim.crowd(5):
        phone.text("Halo")
    await until(lambda: receiver.inside == 2)
    receiver.gate.set()
    await until(lambda: len(sim.telegram.queue) == 0)

    assert receiver.arrived.qsize() == 5


async def test_a_refused_update_comes_again_at_once_then_after_2_4_8_seconds(
    api: Api, sim: Simulator, siti: Phone, receiver: Receiver, hook: str
) -> None:
    receiver.answers.extend(web.Response(status=500) for _ in range(4))
    await api("setWebhook", url=hook)
    siti.text("Halo")
    for failures, pause in ((2, 2), (3, 4), (4, 8)):
        await until(lambda failures=failures: sim.webhook.failed == failures)  # type: ignore[misc]
        assert receiver.arrived.qsize() == failures
        sim.clock.advance(timedelta(seconds=pause))
    await until(lambda: len(sim.telegram.queue) == 0)

    info = await api("getWebhookInfo")
    assert info["last_error_message"] == "Wrong response from the webhook: 500 Internal Server Error"
    assert receiver.arrived.qsize() == 5


async def test_retry_after_is_honoured(
    api: Api, sim: Simulator, siti: Phone, receiver: Receiver, hook: str
) -> None:
    receiver.answers.append(web.Response(status=503, headers={"Retry-After": "90"}))
    await api("setWebhook", url=hook)
    siti.text("Halo")
    await until(lambda: sim.webhook.failed == 1)
    sim.clock.advance(timedelta(seconds=89))
    sim.clock.advance(timedelta(seconds=1))
    await until(lambda: len(sim.telegram.queue) == 0)

    first, second = receiver.times
    assert second - first == 90


async def test_a_tap_told_to_wait_longer_than_it_lives_is_dropped(
    api: Api, sim: Simulator, siti: Phone, receiver: Receiver, hook: str
) -> None:
    receiver.answers.append(web.Response(status=503, headers={"Retry-After": "151"}))
    message = siti.text("Halo")["message_id"]
    sim.telegram.queue.keep_last(0)
    await api("setWebhook", url=hook)
    siti.tap(message, "ya")
    await until(lambda: sim.telegram.queue.expired == 1)

    assert receiver.arrived.qsize() == 1


async def test_an_idle_answer_is_given_up_after_60_seconds_and_a_tap_expires(
    api: Api, sim: Simulator, siti: Phone, receiver: Receiver, hook: str
) -> None:
    await api("setWebhook", url=hook)
    receiver.gate.clear()
    siti.tap(siti.text("Halo")["message_id"], "ya")
    for attempt in range(1, 4):
        await until(lambda attempt=attempt: receiver.inside == 2 * attempt)  # type: ignore[misc]
        sim.clock.advance(timedelta(seconds=60))
        await until(lambda attempt=attempt: sim.webhook.failed == 2 * attempt)  # type: ignore[misc]
        sim.clock.advance(timedelta(seconds=4))

    assert sim.telegram.queue.expired == 1
    assert len(sim.telegram.queue) == 1


async def test_23_hours_of_410_close_the_webhook(
    api: Api, sim: Simulator, siti: Phone, receiver: Receiver, hook: str
) -> None:
    receiver.answers.extend(web.Response(status=410) for _ in range(3))
    await api("setWebhook", url=hook)
    siti.text("Halo")
    await until(lambda: sim.webhook.failed == 2)
    sim.clock.advance(timedelta(hours=23, seconds=1))
    await until(lambda: sim.webhook.failed == 3)

    assert (await api("getWebhookInfo"))["url"] == ""
    assert len(await api("getUpdates")) == 1


async def test_polling_and_a_webhook_exclude_each_other(
    api: Api, sim: Simulator, siti: Phone, hook: str
) -> None:
    poll = asyncio.create_task(api("getUpdates", timeout=50))
    await until(lambda: sim.poller.waiting)
    await api("setWebhook", url=hook)
    with pytest.raises(Refused) as ended:
        await poll
    sim.clock.advance(timedelta(seconds=3))
    with pytest.raises(Refused) as refused:
        await api("getUpdates")
    await api("deleteWebhook")

    assert ended.value.description == "Conflict: terminated by setWebhook request"
    assert refused.value.description.startswith("Conflict: can't use getUpdates method while webhook is")
    assert await api("getUpdates", offset=1) == []


async def test_what_waited_is_posted_when_a_webhook_is_set(
    api: Api, siti: Phone, receiver: Receiver, hook: str
) -> None:
    siti.text("Halo")
    await api("setWebhook", url=hook)

    assert (await receiver.arrived.get())["message"]["text"] == "Halo"


@pytest.mark.parametrize(
    ("given", "description"),
    [
        ({"url": "http://127.0.0.1/x", "secret_token": "dengan spasi"}, "contains unallowed characters"),
        ({"url": "http://127.0.0.1/x", "secret_token": "x" * 257}, "secret token is too long"),
        ({"url": "bukan alamat"}, "invalid webhook URL specified"),
    ],
)
async def test_a_bad_webhook_is_refused(api: Api, given: dict[str, str], description: str) -> None:
    with pytest.raises(Refused, match=description):
        await api("setWebhook", **given)


async def test_the_same_webhook_once_more_cuts_nothing(
    api: Api, sim: Simulator, siti: Phone, receiver: Receiver, hook: str
) -> None:
    await api("setWebhook", url=hook, secret_token="rahasia-1")
    receiver.gate.clear()
    siti.text("Halo")
    await receiver.arrived.get()
    sim.clock.advance(timedelta(seconds=2))
    await api("setWebhook", url=hook, secret_token="rahasia-1")
    receiver.gate.set()
    await until(lambda: not len(sim.telegram.queue))

    assert (1, 0) == (len(receiver.times), sim.webhook.failed)


async def test_two_webhooks_in_one_second_are_too_many(api: Api, hook: str) -> None:
    await api("setWebhook", url=hook)
    with pytest.raises(Refused) as refused:
        await api("setWebhook", url=hook, max_connections=5)

    assert refused.value == Refused(429, "Too Many Requests: retry after 1", {"retry_after": 1})
