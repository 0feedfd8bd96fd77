"""Broadcasts worked off portion by portion, counted and planned alike, whoever goes on with them."""

from collections import Counter
from datetime import timedelta

import pytest

from jobs.broadcast_bar import words
from jobs.broadcasts import Broadcasts
from models.accounts import Role, grant, meet
from models.broadcasting import broadcasts, recipients
from models.broadcasting.broadcasts import Broadcast, Stage
from models.broadcasting.segments import Term
from models.owing import settlements
from models.owing.deliveries import Fate, Lane
from models.storage.database import Database
from post.outcome import Outcome, Sent
from post.sayings import Edit, Message, Saying
from tests.jobs.street import MORNING, WULAN, Street

CROWD = range(90_000, 90_012)


@pytest.fixture
def street(database: Database) -> Street:
    return Street(database)


class Chat:
    """The author's chat: what the bar showed."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    async def send(self, saying: Saying) -> Outcome:
        assert isinstance(saying, Message | Edit)
        self.shown.append(saying.text)
        return Sent(7)


def worker(street: Street, chat: Chat, portion: int = 5) -> Broadcasts:
    return Broadcasts(street.database, chat.send, street.clock.now, per_second=1, portion=portion)


async def made(street: Street, *terms: Term, stage: Stage = Stage.HELD) -> int:
    """Wulan, an officer, has written to everybody."""
    async with street.database.begin() as db:
        await meet(db, dict.fromkeys((WULAN, *CROWD), "id"), MORNING)
        await grant(db, WULAN, Role.OFFICER, MORNING, None)
        held = await broadcasts.begin(
            db, street.database.keys, WULAN, (WULAN, 1), "text", [""], "id", MORNING
        )
        held.choose(terms)
        if stage is Stage.HELD:
            held.let_go(1, MORNING - timedelta(minutes=3))
        held.stage = stage
        return held.id


async def now(street: Street, number: int) -> Broadcast:
    async with street.database.begin() as db:
        return (await broadcasts.are_sent(db, [number]))[number]


async def fates(street: Street) -> Counter[Fate]:
    return Counter(row.state for row in (await street.rows()).values() if row.lane == Lane.BROADCAST)


async def test_recipients_are_made_once_whoever_goes_on(street: Street) -> None:
    number, chat = await made(street), Chat()
    await worker(street, chat).step()
    async with street.database.begin() as db:
        again = await broadcasts.hold(db, number)
        assert again is not None
        again.stage, again.planned_after = Stage.PLANNING, CROWD[3]
    await worker(street, chat, portion=3).step()
    held = await now(street, number)

    assert (Stage.RUNNING, 13, 13) == (held.stage, held.recipients, (await fates(street)).total())


async def test_they_are_counted_portion_by_portion(street: Street) -> None:
    number = await made(street, Term("everyone"), stage=Stage.COUNTING)
    await worker(street, Chat(), portion=1).step()
    held = await now(street, number)

    assert (Stage.DRAFT, 13, 3) == (held.stage, held.counted, len(set(held.sample)))


async def test_a_pause_lays_back_what_was_let_go(street: Street) -> None:
    number, chat = await made(street), Chat()
    at_work = worker(street, chat, portion=50)
    for _ in range(3):
        await at_work.step()
    before = (await now(street, number)).released
    async with street.database.begin() as db:
        held = await broadcasts.hold(db, number)
        assert held is not None
        held.stage = Stage.PAUSED
    await at_work.step()
    rows = [row for row in (await street.rows()).values() if row.lane == Lane.BROADCAST]

    assert (13, 0) == (before, (await now(street, number)).released)
    assert all(row.expires_at is not None and row.not_before > row.expires_at for row in rows)


async def test_what_rests_too_long_expires_and_the_broadcast_ends(street: Street) -> None:
    number, chat = await made(street), Chat()
    at_work = worker(street, chat, portion=50)
    await at_work.step()
    await at_work.step()
    async with street.database.begin() as db:
        held = await broadcasts.hold(db, number)
        assert held is not None
        held.stage = Stage.PAUSED
    street.clock.advance(timedelta(hours=73))
    await street.worker().tend()
    await at_work.step()

    assert Stage.DONE is (await now(street, number)).stage
    assert Counter({Fate.EXPIRED: 13}) == await fates(street)
    assert "selesai untuk 13 penerima" in chat.shown[-1]


async def test_whose_chat_another_message_found_dead_is_unreachable(street: Street) -> None:
    number, chat = await made(street), Chat()
    at_work = worker(street, chat, portion=50)
    await at_work.step()
    await at_work.step()
    async with street.database.begin() as db:
        await settlements.bury(db, {CROWD[0]: "blocked"})
        held = await broadcasts.hold(db, number)
        assert held is not None
        held.stage = Stage.CANCELLING
    await at_work.step()
    async with street.database.begin() as db:
        found = await recipients.tally(db, number)
        named = [(one.account_id, one.fate) for one in await recipients.listed(db, number)]

    assert (12, 1) == (found[Fate.CANCELLED], found[Fate.DEAD])
    assert [(CROWD[0], Fate.DEAD)] == named


async def test_a_broadcast_whose_author_was_erased_is_cancelled(street: Street) -> None:
    number, chat = await made(street), Chat()
    at_work = worker(street, chat, portion=50)
    await at_work.step()
    async with street.database.begin() as db:
        held = await broadcasts.hold(db, number)
        assert held is not None
        held.account_id = None
    for _ in range(3):
        await at_work.step()

    assert Stage.DONE is (await now(street, number)).stage
    assert Counter({Fate.CANCELLED: 13}) == await fates(street)


async def test_the_bar_tells_how_fast_it_goes_and_how_long_it_still_takes(street: Street) -> None:
    held = await now(street, await made(street, stage=Stage.RUNNING))
    held.recipients, held.shown_done, held.shown_at = 10_000, 1_000, MORNING - timedelta(seconds=10)
    text, keyboard = words(held, 1_250, MORNING)
    night, _ = words(held, 1_250, MORNING + timedelta(hours=12))

    assert "1.250 dari 10.000 · 25 per detik · sisa 0 jam 6 menit" in text
    assert keyboard is not None
    assert ["⏸ Jeda", "🛑 Batalkan siaran"] == [button.text for (button,) in keyboard.rows]
    assert "menunggu jam kirim" in night
