"""Two processes answer the people of one bot: in order, with one effect, and without crossing each other."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Collection, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from handlers.assembly import Office, assemble
from handlers.flood import Flood
from handlers.line import Line
from models.accounts import Account
from models.applications import Application
from models.consents import Consent
from models.owing.deliveries import Delivery
from models.quarantine import Quarantine
from models.seen import SeenUpdate
from models.storage.database import open_database
from models.storage.turns import Turns
from post.bot import Bot
from post.transport import AiohttpRequest
from tests.handlers.walking import go_to, step_of
from tests.town import JAKARTA, Chat, Town

pytestmark = pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)


class Asked(Turns):
    """Turns that tell when somebody had to wait."""

    waited: asyncio.Event

    @asynccontextmanager
    async def of(self, people: Iterable[int]) -> AsyncIterator[Collection[int]]:
        """Take them as ever."""
        wanted = set(people)
        async with super().of(wanted) as free:
            if wanted - set(free):
                self.waited.set()
            yield free


@pytest.fixture
async def two(place: Town, database_url: str, tmp_path: Path) -> AsyncIterator[list[Line]]:
    """The lines of two processes at the town's database, both being worked off."""
    async with contextlib.AsyncExitStack() as stack:
        lines = []
        for _ in range(2):
            database = await open_database(database_url, tmp_path / "keys", announce=lambda _: None)
            stack.push_async_callback(database.close)
            bot = await stack.enter_async_context(
                Bot(place.simulator.token, place.url, AiohttpRequest(read_timeout=6.0))
            )
            office = await _assembled(bot, database, place)
            turns = Asked(database)
            turns.waited = asyncio.Event()
            office.line._turns = turns
            lines.append(office.line)
        working = [asyncio.create_task(line.run()) for line in lines]
        yield lines
        for line in lines:
            line.stop()
        await asyncio.gather(*working)


async def _assembled(bot: Bot, database: Any, place: Town) -> Office:
    flood = Flood(burst=1_000_000, per_second=1000)
    return await assemble(bot, database, place.simulator.clock.now, JAKARTA, flood, several=True)


async def shuffled(two: list[Line], raws: list[dict[str, Any]], chance: random.Random) -> None:
    """Give every update to both processes, in any order, at the same instant."""
    posted = [(line, raw) for line in two for raw in raws]
    chance.shuffle(posted)
    done = await asyncio.gather(*(line.handled(raw) for line, raw in posted))
    assert all(done)


async def test_the_same_updates_at_two_processes_at_once_have_one_effect(
    place: Town, two: list[Line]
) -> None:
    people = [place.person(f"Warga {number}") for number in range(12)]
    chance = random.Random(7)  # noqa: S311  chosen to be repeatable
    for one in people:
        one.phone.text("/daftar")
    await shuffled(two, place.waiting(), chance)
    place.simulator.telegram.queue.keep_last(0)
    for one in people:
        one.tap("Ya, saya setuju")
        one.tap("Ya, saya setuju")
        one.phone.text("Saya sendiri")
    await shuffled(two, place.waiting(), chance)

    steps = [await step_of(one) for one in people]
    shown = [list(one.said.values())[-1] for one in people]
    assert 12 * 4 == await place.rows(SeenUpdate)
    assert (12, 12, 0) == (await place.rows(Account), await place.rows(Consent), await place.rows(Quarantine))
    assert {"who", "nik"} >= set(steps)
    for step, text in zip(steps, shown, strict=True):
        assert {"who": "Siapa yang akan didaftarkan?", "nik": "Berapa NIK"}[step or ""] in text


async def test_two_taps_on_send_at_two_processes_file_once(place: Town, two: list[Line]) -> None:
    siti = place.person()
    await go_to(siti, "review")
    siti.tap("Kirim")
    siti.tap("Kirim")
    await shuffled(two, place.waiting(), random.Random(1))  # noqa: S311  chosen to be repeatable

    (filed,) = await place.all(Application)
    assert filed.reference in list(siti.said.values())[-1]
    assert 0 == await place.rows(Quarantine)


async def test_who_is_being_answered_by_one_process_is_not_answered_by_another(
    place: Town, two: list[Line]
) -> None:
    siti = place.person()
    await go_to(siti, "who")
    siti.tap("Saya sendiri")
    (first,) = place.waiting()
    siti.phone.text("/lanjut")
    second = place.waiting()[-1]
    place.simulator.faults([{"method": "sendMessage", "calls": [1], "do": "delay", "seconds": 1}])
    seen = await place.rows(SeenUpdate)
    one = asyncio.create_task(two[0].handled(first))
    while await place.rows(SeenUpdate) == seen:  # noqa: ASYNC110 - nothing tells when it is committed
        await asyncio.sleep(0)
    other = asyncio.create_task(two[1].handled(second))
    turns = two[1]._turns
    assert isinstance(turns, Asked)
    waited = asyncio.create_task(turns.waited.wait())
    await asyncio.wait({waited, other}, return_when=asyncio.FIRST_COMPLETED)
    place.simulator.clock.advance(timedelta(seconds=2))

    assert (True, True, True) == (waited.done(), await one, await other)
    assert 2 == len([text for text in siti.said.values() if "Berapa NIK" in text])


async def test_whom_a_dead_process_left_is_looked_after_by_another(place: Town, two: list[Line]) -> None:
    siti, budi = place.person("Siti"), place.person("Budi")
    await go_to(siti, "who")
    siti.tap("Saya sendiri")
    await place.die_speaking()
    place.simulator.telegram.queue.keep_last(0)
    fresh = await owed(place, two)
    siti.later(seconds=31)
    await go_to(budi, "who")
    left = await owed(place, two)
    place.simulator.clock.advance(timedelta(seconds=2))
    await place.deliver()

    assert ([], [siti.id]) == (fresh, left)
    assert "Berapa NIK" in list(siti.said.values())[-1]


async def owed(place: Town, two: list[Line]) -> list[int]:
    """Have a process look for those whom nobody answered; return who is owed the sight of their place."""
    for line in two:
        assert line._recover is not None
        await line._recover()
    return [row.account_id for row in await place.all(Delivery)]


async def test_who_answers_takes_back_what_another_process_owed(place: Town, two: list[Line]) -> None:
    siti: Chat = place.person()
    await go_to(siti, "who")
    await place.restart()
    before = await place.rows(Delivery)
    siti.tap("Saya sendiri")
    (raw,) = place.waiting()
    await two[0].handled(raw)

    assert (1, 0) == (before, await place.rows(Delivery))
