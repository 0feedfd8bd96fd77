"""Webhooks: who may post, what is refused, and that 200 comes after the commit and the answer."""

import asyncio
import contextlib
import io
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientSession
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from telegram import Update
from telegram.error import Conflict
from telegram.ext import MessageHandler, filters

from handlers.batch import Context
from handlers.line import Line
from handlers.listening import listening
from handlers.polling import ALLOWED, Poller
from handlers.webhooks import DEEPEST, HEADER, LARGEST
from models.quarantine import Quarantine
from models.seen import SeenUpdate
from models.storage.turns import Turns
from post.hook import CONNECTIONS, set_webhook
from running.offering import routes
from running.office import ALL, Duties
from settings import Settings
from tests.town import Chat, Town

SECRET = "rahasia-webhook-0123456789_ABCDEFGH"
PATH = "/kait/9f2c"
on_postgresql = pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)


class Posted:
    """A bot that gets its updates posted: its address, and a client that posts as Telegram does."""

    def __init__(self, place: Town, address: str, http: ClientSession) -> None:
        self.place = place
        self.url = f"http://{address}{PATH}"
        self._http = http

    async def post(self, body: bytes | object, secret: str | None = SECRET) -> tuple[int, str]:
        """Return the status and Retry-After."""
        headers = {} if secret is None else {HEADER: secret}
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        async with self._http.post(self.url, data=io.BytesIO(data), headers=headers) as response:
            return response.status, response.headers.get("Retry-After", "")

    async def status(self, body: bytes | object, secret: str | None = SECRET) -> int:
        """Return the status."""
        return (await self.post(body, secret))[0]


def read(**more: str) -> Settings:
    """Return the settings of a bot with a webhook."""
    told = {"WEBHOOK_URL": f"http://127.0.0.1{PATH}", "WEBHOOK_SECRET": SECRET, "LISTEN": "127.0.0.1:0"}
    return Settings.read(told | more)


@contextlib.asynccontextmanager
async def serving(place: Town, duties: Duties = ALL) -> AsyncIterator[Posted]:
    """Let the town's bot listen."""
    offered = routes(read(), place.office, duties)
    async with listening(("127.0.0.1", 0), offered) as address, ClientSession() as http:
        yield Posted(place, address, http)


@contextlib.asynccontextmanager
async def handling(line: Line) -> AsyncIterator[None]:
    """Let a line be worked off, and end it as SIGTERM does."""
    working = asyncio.create_task(line.run())
    try:
        yield
    finally:
        line.stop()
        await working


@pytest.fixture
async def posted(place: Town) -> AsyncIterator[Posted]:
    """A bot that takes what is posted."""
    async with serving(place) as bot, handling(place.office.line):
        yield bot


def hello(place: Town, chat: Chat) -> dict[str, Any]:
    """Have somebody write, and return the update."""
    chat.phone.text("/start")
    return place.waiting()[-1]


FORGED = (None, "", SECRET[:-1], SECRET + "x", SECRET.lower(), SECRET[::-1], "é" * len(SECRET))


async def test_whoever_does_not_know_the_secret_is_refused_and_nothing_is_stored(
    posted: Posted, place: Town
) -> None:
    siti = place.person()
    update = hello(place, siti)

    assert [403] * len(FORGED) == [await posted.status(update, secret) for secret in FORGED]
    assert (0, 0) == (await place.rows(SeenUpdate), len(siti.said))


async def test_a_forged_request_is_refused_however_big_it_is(posted: Posted) -> None:
    assert 403 == await posted.status(b"x" * (LARGEST + 1), "falsch")


async def test_an_update_is_acknowledged_when_its_sender_has_been_answered(
    posted: Posted, place: Town
) -> None:
    siti = place.person()

    assert 200 == await posted.status(hello(place, siti))
    assert (1, 1) == (await place.rows(SeenUpdate), len(siti.said))


BROKEN: dict[str, bytes] = {
    "empty": b"",
    "no JSON": b"{",
    "no object": b"[1]",
    "no text": b"\xff\xfe",
    "no number": b"{}",
    "a number in words": b'{"update_id": "7"}',
    "a truth for a number": b'{"update_id": true}',
    "a fraction": b'{"update_id": 7.0}',
    "a negative number": b'{"update_id": -7}',
    "a number no database holds": b'{"update_id": 9223372036854775808}',
    "deep lists": b'{"update_id": 7, "message": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    "very deep lists": b'{"update_id": 7, "message": ' + b"[" * 400_000 + b"]" * 400_000 + b"}",
    "deep objects": b'{"update_id": 7, "message": ' + b'{"a":' * 100 + b"1" + b"}" * 101,
}


async def test_what_is_no_update_is_refused_and_nothing_is_stored(posted: Posted, place: Town) -> None:
    assert dict.fromkeys(BROKEN, 400) == {name: await posted.status(body) for name, body in BROKEN.items()}
    assert (0, 0) == (await place.rows(SeenUpdate), await place.rows(Quarantine))


async def test_what_is_as_deep_as_allowed_is_an_update_though_one_nobody_can_read(
    posted: Posted, place: Town
) -> None:
    deep: Any = 1
    for _ in range(DEEPEST - 1):
        deep = [deep]

    assert 200 == await posted.status({"update_id": 7, "message": deep})
    assert 400 == await posted.status({"update_id": 8, "message": [deep]})
    assert (1, 1) == (await place.rows(SeenUpdate), await place.rows(Quarantine))


async def test_a_body_above_a_megabyte_is_refused(posted: Posted, place: Town) -> None:
    assert 413 == await posted.status(b'{"update_id": 7, "x": "' + b"x" * LARGEST + b'"}')
    assert 0 == await place.rows(SeenUpdate)


async def test_a_poison_update_is_put_aside_and_acknowledged_and_those_beside_it_are_answered(
    posted: Posted, place: Town
) -> None:
    siti, budi = place.person("Siti"), place.person("Budi")
    poison = hello(place, siti)
    poison["message"]["date"] = "yesterday"
    statuses = list(await asyncio.gather(posted.status(poison), posted.status(hello(place, budi))))

    assert [200, 200] == statuses
    assert (1, 1) == (await place.rows(Quarantine), len(budi.said))


async def test_a_batch_is_acknowledged_only_after_its_commit(posted: Posted, place: Town) -> None:
    tries: list[int] = []
    meanwhile: list[tuple[bool, bool, int]] = []
    siti = place.person()
    update = hello(place, siti)

    async def away(update: Update, context: Context) -> None:
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("SELECT 1", {}, Exception("the server closed the connection"))

    place.office.application.add_handler(MessageHandler(filters.TEXT, away), group=-1)
    place.on_pause = lambda: meanwhile.append((answer.done(), place.office.line.takes, len(siti.said)))
    answer = asyncio.create_task(posted.status(update))

    assert 200 == await answer
    assert [(False, False, 0)] * 2 == meanwhile
    assert (1, 1, True) == (len(siti.said), await place.rows(SeenUpdate), place.office.line.takes)


async def test_nothing_is_said_before_the_commit(posted: Posted, place: Town) -> None:
    siti = place.person()
    heard: list[int] = []

    def before_commit(_: object) -> None:
        heard.append(len(siti.said))

    event.listen(Session, "before_commit", before_commit)
    try:
        assert 200 == await posted.status(hello(place, siti))
    finally:
        event.remove(Session, "before_commit", before_commit)
    assert ([0], 1) == (heard[:1], len(siti.said))


async def test_while_the_database_is_away_it_is_to_come_again_soon(place: Town) -> None:
    async def taken(_: object) -> None:
        raise AssertionError("nothing may be taken")

    line = Line(taken, _nothing, None, lambda: True, Turns(place.database))
    object.__setattr__(place.office, "line", line)
    async with serving(place) as bot:
        assert (503, "1") == await bot.post({"update_id": 7})


async def test_too_many_are_told_to_come_again_and_none_of_those_before_is_lost(place: Town) -> None:
    begun, go, taken = asyncio.Event(), asyncio.Event(), []

    async def take(raws: Any) -> None:
        begun.set()
        await go.wait()
        taken.append(sorted(raw["update_id"] for raw in raws))

    line = Line(take, _nothing, None, lambda: False, Turns(place.database), most=3)
    object.__setattr__(place.office, "line", line)
    async with serving(place) as bot, handling(line):
        first = asyncio.create_task(bot.status({"update_id": 1}))
        await begun.wait()
        waiting = [asyncio.create_task(bot.status({"update_id": number})) for number in (2, 3, 4)]
        while len(line) < 3:  # noqa: ASYNC110 - nothing tells when a request stands in line
            await asyncio.sleep(0)
        refused = await bot.post({"update_id": 5})
        go.set()
        statuses = await asyncio.gather(first, *waiting)

    assert (503, "1") == refused
    assert [200] * 4 == statuses
    assert [[1], [2, 3, 4]] == taken


async def test_a_request_that_waits_too_long_is_to_come_again(place: Town) -> None:
    go = asyncio.Event()

    async def take(_: object) -> None:
        await go.wait()

    line = Line(take, _nothing, None, lambda: False, Turns(place.database), patience=0.01)
    object.__setattr__(place.office, "line", line)
    async with serving(place) as bot, handling(line):
        statuses = [await bot.status({"update_id": number}) for number in (1, 2)]
        left = len(line)
        go.set()

    assert ([503, 503], 0) == (statuses, left)


async def test_a_bug_is_no_acknowledgement_and_the_next_batch_goes_on(place: Town) -> None:
    taken: list[int] = []

    async def take(raws: Any) -> None:
        taken.append(raws[0]["update_id"])
        if len(taken) == 1:
            raise RuntimeError("a bug")

    line = Line(take, _nothing, None, lambda: False, Turns(place.database))
    object.__setattr__(place.office, "line", line)
    async with serving(place) as bot, handling(line):
        assert [503, 200] == [await bot.status({"update_id": number}) for number in (1, 1)]


async def test_a_stop_takes_nothing_more_and_answers_what_waits(place: Town) -> None:
    begun, go, rested = asyncio.Event(), asyncio.Event(), []

    async def take(_: object) -> None:
        begun.set()
        await go.wait()

    async def rest() -> None:
        rested.append(len(line))

    line = Line(take, rest, None, lambda: False, Turns(place.database))
    object.__setattr__(place.office, "line", line)
    async with serving(place) as bot:
        working = asyncio.create_task(line.run())
        first = asyncio.create_task(bot.status({"update_id": 1}))
        await begun.wait()
        second = asyncio.create_task(bot.status({"update_id": 2}))
        while not len(line):  # noqa: ASYNC110 - as above
            await asyncio.sleep(0)
        line.stop()
        refused = await bot.post({"update_id": 3})
        go.set()
        await working
        statuses = list(await asyncio.gather(first, second))

    assert ((503, "1"), [200, 200], [0]) == (refused, statuses, rested)


async def test_a_stop_cut_short_acknowledges_nothing(place: Town) -> None:
    begun = asyncio.Event()

    async def take(_: object) -> None:
        begun.set()
        await asyncio.Event().wait()

    line = Line(take, _nothing, None, lambda: False, Turns(place.database))
    object.__setattr__(place.office, "line", line)
    async with serving(place) as bot:
        working = asyncio.create_task(line.run())
        statuses = [asyncio.create_task(bot.status({"update_id": number})) for number in (1, 2)]
        await begun.wait()
        working.cancel()
        assert [503, 503] == await asyncio.gather(*statuses)
        with contextlib.suppress(asyncio.CancelledError):
            await working


async def test_a_whole_registration_by_webhook(posted: Posted, place: Town) -> None:
    await set_webhook(place.office.bot, posted.url, SECRET, ALLOWED)
    info = place.simulator.webhook.info()
    siti = place.person()
    siti.phone.text("/daftar")
    await delivered(place)
    siti.tap("Ya, saya setuju")
    await delivered(place)

    assert (CONNECTIONS, sorted(ALLOWED)) == (info["max_connections"], info["allowed_updates"])
    assert "Siapa yang akan didaftarkan?" in list(siti.said.values())[-1]
    assert (2, 0) == (await place.rows(SeenUpdate), place.simulator.webhook.failed)


async def test_processes_that_start_at_once_set_the_webhook_one_after_another(place: Town) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        place.simulator.clock.advance(timedelta(seconds=seconds))

    for _ in range(3):
        await set_webhook(place.office.bot, "http://127.0.0.1:9/kait", SECRET, ALLOWED, sleep)

    assert ([1, 1], True) == (waited, place.simulator.webhook.active)


async def test_polling_takes_a_webhook_away_that_was_set_before_and_loses_nothing(place: Town) -> None:
    siti = place.person()
    hello(place, siti)
    await set_webhook(place.office.bot, "http://127.0.0.1:9/kait", SECRET, ALLOWED)
    place.simulator.on_sent(lambda _, __: place.office.poller.stop())
    place.office.poller._pauses = (0.0,)
    await place.office.poller.run()

    assert (False, 1, []) == (place.simulator.webhook.active, len(siti.said), place.waiting())


async def test_polling_leaves_a_webhook_alone_that_somebody_sets_later() -> None:
    asked: list[object] = []
    unhooked: list[object] = []

    async def get_updates(**wanted: object) -> list[dict[str, Any]]:
        asked.append(wanted)
        if len(asked) == 3:
            poller.stop()
        if len(asked) == 2:
            raise Conflict("Conflict: can't use getUpdates method while webhook is active")
        return []

    async def unhook() -> None:
        unhooked.append(1)

    poller = Poller(get_updates, _take_nothing, pauses=(0.0,), unhook=unhook)
    await poller.run()

    assert (3, []) == (len(asked), unhooked)


async def test_who_only_delivers_takes_no_updates(place: Town) -> None:
    async with serving(place, Duties(answers=False)) as bot:
        assert 404 == await bot.status({"update_id": 7})


@on_postgresql
async def test_turns_leave_out_who_is_taken_elsewhere_and_let_everybody_go(place: Town) -> None:
    ours, theirs = Turns(place.database), Turns(place.database)
    async with ours.of([3, 1, 2, 2]) as first, theirs.of([2, 4]) as second:
        taken = (sorted(first), sorted(second))
    async with theirs.of([1, 2, 3]) as after:
        assert ([1, 2, 3], [4], [1, 2, 3]) == (*taken, sorted(after))
    await ours.close()
    await theirs.close()


async def delivered(place: Town) -> None:
    """Return once Telegram keeps nothing more."""
    while len(place.simulator.telegram.queue):  # noqa: ASYNC110 - nothing tells when it is empty
        await asyncio.sleep(0)


async def _nothing() -> None:
    return None


async def _take_nothing(_: object) -> None:
    return None
