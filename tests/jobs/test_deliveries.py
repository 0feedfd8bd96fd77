"""What is owed is sent at the pace, and whatever happens to it has an end that is known."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from jobs.deliveries import LEASE
from jobs.waves import Waves
from models.accounts import Account, meet
from models.owing.deliveries import Claimed, Fate, Lane, Promise
from models.owing.sending import claim
from models.storage.database import Database
from post.outcome import Broken, Halted, Later, Moved, Outcome, Sent, Uncertain, Unreachable
from post.pace import FREE, HORIZON, Rates, Replies, Tolerance
from post.sayings import Message, Saying
from post.transport import AiohttpRequest
from simulator.limits import Limits
from tests.jobs.street import BUDI, MORNING, SITI, WULAN, Street, compose, note

FLOOD = Later(5, flood=True)
ONCE: dict[str, Any] = {"promise": Promise.AT_MOST_ONCE}


@pytest.fixture
def street(database: Database) -> Street:
    return Street(database)


def crowd(count: int, **told: Any) -> list[Any]:
    return [note(f"note:{number}", 90_000 + number, **told) for number in range(count)]


@pytest.mark.parametrize(("limit", "count"), [(30, 400), (1000, 3000)])
async def test_the_pace_is_used_to_the_full_and_never_exceeded(
    street: Street, limit: int, count: int
) -> None:
    street.limits = Limits()
    await street.owe(*crowd(count, lane=Lane.BROADCAST))
    await street.deliver(rates=Rates(per_second=limit, bulk_per_second=limit, paid=limit > FREE))
    last = street.heard[-1][0]

    assert (count, 0) == (len(street.heard), street.refused)
    assert count / limit <= last + 1 / limit <= count / limit / 0.97


async def test_only_bulk_is_paid_for_and_the_rest_keeps_to_the_free_rate(street: Street) -> None:
    street.limits = Limits()
    await street.owe(*crowd(300, lane=Lane.REMINDER))
    receipts = [note(f"receipt:{n}", 95_000 + n, lane=Lane.TRANSACTION) for n in range(60)]
    await street.owe(*receipts)
    await street.deliver(rates=Rates(per_second=1000, bulk_per_second=900, paid=True))
    told = [at for at, _, text in street.heard if text.startswith("receipt")]

    assert (360, 0) == (len(street.heard), street.refused)
    assert 59 / 30 <= told[-1] - told[0]


async def test_bulk_leaves_a_reserve_to_replies(street: Street) -> None:
    await street.owe(*crowd(100))
    await street.deliver()

    assert pytest.approx(99 / 25, abs=0.01) == street.heard[-1][0]


async def test_two_workers_share_one_pace(street: Street) -> None:
    def waves() -> Waves:
        return Waves(street.database, street.clock.now, Rates(), Replies(), LEASE, by_database_clock=False)

    await street.owe(*crowd(40))
    first, second = waves(), waves()
    one, none = await first.next(), await second.next()
    street.clock.advance(timedelta(seconds=0.25))
    other = await second.next()
    moments = [(moment - MORNING).total_seconds() for moment, _ in (*one.messages, *other.messages)]

    assert ((), True) == (tuple(none.messages), (none.wait or 0) > 0)
    assert pytest.approx([number / 25 for number in range(len(moments))]) == moments
    assert len(moments) == len({each.id for _, each in (*one.messages, *other.messages)}) > 12


async def test_a_receipt_goes_before_reminders_and_broadcasts(street: Street) -> None:
    await street.owe(
        note("broadcast", BUDI, lane=Lane.BROADCAST),
        note("reminder", WULAN),
        note("receipt", SITI, lane=Lane.TRANSACTION),
    )
    await street.deliver()

    assert ["receipt", "reminder", "broadcast"] == street.texts


async def test_bulk_gives_way_to_a_flood_of_replies(street: Street) -> None:
    replies = Replies()
    worker = street.worker(replies=replies)
    await worker.drain()
    await street.owe(note("first"))
    await worker.drain()
    street.clock.advance(timedelta(seconds=1))
    replies.count = 1000
    await street.owe(*crowd(30))
    await worker.drain()
    seconds = [at for at, _, text in street.heard if text != "first"]

    assert 0 == replies.count
    assert pytest.approx(1.8) == seconds[0]


async def test_bulk_lets_a_batch_of_updates_pass_and_loses_nothing(street: Street) -> None:
    replies = Replies(passing=3600)
    await street.owe(*crowd(3))
    with replies.in_hand():
        sending = asyncio.create_task(street.worker(replies=replies).drain())
        for _ in range(20):
            await street.rows()
        meanwhile = len(street.heard)
    await sending

    assert (0, 3) == (meanwhile, len(street.heard))


async def test_one_chat_hears_things_in_order_and_a_second_apart(street: Street) -> None:
    street.limits = Limits(chat_burst=1)
    await street.owe(*(note(name, SITI) for name in ("first", "second", "third")), note("other", BUDI))
    await street.deliver(seconds=5)
    siti = [(at, text) for at, chat, text in street.heard if chat == SITI]

    assert ["first", "second", "third"] == [text for _, text in siti]
    assert all(later - sooner >= 1 for (sooner, _), (later, _) in pairwise(siti))
    assert 0 == street.refused


async def test_a_429_puts_off_the_message_its_chat_and_all_bulk_to_the_second(street: Street) -> None:
    street.answers[SITI] = [FLOOD]
    await street.owe(note("one", SITI), note("two", SITI), *crowd(40))
    await street.deliver()
    before = list(street.texts)
    await street.deliver(seconds=4)
    during = list(street.texts)
    await street.deliver(seconds=9)

    assert before == during == []
    assert {"one", "two"} <= set(street.texts)
    assert 42 == len(street.texts)
    assert 5 <= street.heard[0][0]


async def test_a_429_holds_for_every_worker_and_replies_live_on(street: Street) -> None:
    street.answers[SITI] = [FLOOD]
    await street.owe(note("one", SITI))
    await street.deliver()
    await street.owe(note("reminder", BUDI), note("receipt", WULAN, lane=Lane.TRANSACTION))
    await street.deliver(worker=street.worker())

    assert ["receipt"] == street.texts


async def test_a_429_to_a_reply_pauses_bulk_too(street: Street) -> None:
    replies = Replies()
    replies.flood = 5.0
    worker = street.worker(replies=replies)
    await street.owe(note("reminder", SITI))
    await street.deliver(worker=worker, seconds=3)
    before = list(street.texts)
    await street.deliver(worker=worker, seconds=3)

    assert ([], ["reminder"]) == (before, street.texts)


async def test_who_blocks_us_is_owed_nothing_until_they_write_again(
    database: Database, street: Street
) -> None:
    async with database.begin() as db:
        await meet(db, {SITI: "id"}, MORNING)
    street.answers[SITI] = [Unreachable("blocked")]
    await street.owe(
        note("one", SITI), note("two", SITI), note("later", SITI, not_before=MORNING + 9 * LEASE)
    )
    await street.deliver(seconds=3)
    async with database.begin() as db:
        gone = (await db.get_one(Account, SITI)).unreachable
    async with database.begin() as db:
        back = (await meet(db, {SITI: "id"}, MORNING))[SITI].unreachable
    await street.owe(note("welcome back", SITI))
    await street.deliver()

    assert ("blocked", None) == (gone, back)
    assert ["welcome back"] == street.texts
    assert {"one": Fate.DEAD, "two": Fate.CANCELLED, "later": Fate.CANCELLED} == {
        name: fate for name, fate in (await street.fates()).items() if name != "welcome back"
    }


async def test_in_doubt_a_receipt_comes_again_and_a_reminder_never(street: Street) -> None:
    street.answers = {SITI: [Uncertain("connection cut")], BUDI: [Uncertain("connection cut")]}
    await street.owe(note("receipt", SITI), note("reminder", BUDI, **ONCE))
    await street.deliver(seconds=120)
    rows = await street.rows()

    assert ["receipt"] == street.texts
    assert (Fate.SENT, Fate.UNCERTAIN) == (rows["receipt"].state, rows["reminder"].state)
    assert "connection cut" == rows["reminder"].error


async def test_what_is_half_said_is_in_doubt(street: Street) -> None:
    street.answers[SITI] = [Sent(1), FLOOD]
    await street.owe(note("both", SITI, says="first half\nsecond half", **ONCE))
    await street.deliver(seconds=9)

    assert ["first half"] == street.texts
    assert {"both": Fate.UNCERTAIN} == await street.fates()


async def test_what_was_never_written_is_tried_again_ever_more_patiently(street: Street) -> None:
    street.answers[SITI] = [Later(1), Later(1), Later(1)]
    await street.owe(note("reminder", SITI, **ONCE))
    await street.deliver(seconds=9)

    assert [7.0] == [at for at, _, _ in street.heard]


async def test_a_group_that_became_a_supergroup_gets_its_messages_there(street: Street) -> None:
    street.answers[-5] = [Moved(-1005)]
    await street.owe(note("one", -5), note("two", -5))
    await street.deliver(seconds=9)

    assert [(-1005, "one"), (-1005, "two")] == [(chat, text) for _, chat, text in street.heard]


async def test_our_own_mistake_is_never_repeated(street: Street) -> None:
    street.answers[SITI] = [Broken("text is empty")]
    await street.owe(note("one", SITI))
    await street.deliver(seconds=60)
    row = (await street.rows())["one"]

    assert ([], Fate.BROKEN, "text is empty", b"") == (street.texts, row.state, row.error, row.payload)


async def test_a_bot_that_telegram_refuses_says_nothing_at_all_for_a_while(street: Street) -> None:
    street.answers[SITI] = [Halted("token refused")]
    await street.owe(note("one", SITI, lane=Lane.REPLY))
    await street.deliver()
    await street.owe(note("two", BUDI, lane=Lane.REPLY))
    await street.deliver(seconds=28)
    silent = list(street.texts)
    await street.deliver(seconds=5)

    assert [] == silent
    assert {"one", "two"} == set(street.texts)


async def test_what_is_no_longer_wanted_is_not_sent(street: Street) -> None:
    async def unpaid(_db: AsyncSession, owed: Sequence[Claimed], _now: datetime) -> set[int]:
        return {each.id for each in owed if each.chat_id != SITI}

    await street.owe(note("paid", SITI), note("unpaid", BUDI))
    await street.deliver(wanted={"note": unpaid})

    assert ["unpaid"] == street.texts
    assert {"paid": Fate.CANCELLED, "unpaid": Fate.SENT} == await street.fates()


async def test_what_has_nothing_to_say_any_more_is_cancelled(street: Street) -> None:
    await street.owe(note("erased", SITI, says=""))
    await street.deliver()

    assert {"erased": Fate.CANCELLED} == await street.fates()


async def test_the_bug_of_one_message_holds_up_no_other(street: Street) -> None:
    async def careless(
        db: AsyncSession, owed: Sequence[Claimed], now: datetime
    ) -> Mapping[int, tuple[Saying, ...]]:
        if any(each.chat_id == SITI for each in owed):
            raise KeyError("name")
        return await compose(db, owed, now)

    await street.owe(note("bad", SITI), note("good", BUDI), note("fine", WULAN))
    await street.deliver(compose={"note": careless})

    assert {"good", "fine"} == set(street.texts)
    assert Fate.BROKEN == (await street.fates())["bad"]


async def test_a_bug_while_sending_holds_up_no_other(street: Street) -> None:
    async def careless(saying: Saying) -> Outcome:
        assert isinstance(saying, Message)
        if saying.chat_id == SITI:
            raise KeyError("name")
        return await Street.send(street, saying)

    street.send = careless  # type: ignore[method-assign]
    await street.owe(note("bad", SITI), note("good", BUDI))
    await street.deliver()

    assert ["good"] == street.texts
    assert Fate.BROKEN == (await street.fates())["bad"]


async def test_a_kind_only_a_newer_release_knows_waits_for_it(street: Street) -> None:
    await street.owe(note("new", SITI, kind="song"))
    await street.deliver()
    before = await street.fates()
    await street.deliver(seconds=40, compose={"song": compose})

    assert {"new": Fate.QUEUED} == before
    assert ["new"] == street.texts


async def test_bulk_stops_by_itself_when_too_much_fails(street: Street) -> None:
    for number in range(0, 300, 10):
        street.answers[90_000 + number] = [Uncertain("server failed")]
    await street.owe(*crowd(300, **ONCE))
    await street.deliver()
    stopped = len(street.texts)
    await street.owe(note("receipt", SITI, lane=Lane.TRANSACTION))
    await street.deliver(seconds=200, every=50)
    meanwhile = len(street.texts)
    await street.deliver(seconds=200, every=50)

    assert 180 == stopped
    assert 181 == meanwhile
    assert 271 == len(street.texts)


async def test_what_waited_beyond_its_time_is_closed_unsent(street: Street) -> None:
    await street.owe(note("late", SITI, expires_at=MORNING + timedelta(hours=6)), note("endless", BUDI))
    street.clock.advance(timedelta(hours=7))
    await street.deliver()

    assert ["endless"] == street.texts
    assert {"late": Fate.EXPIRED, "endless": Fate.SENT} == await street.fates()


async def test_what_a_dead_worker_held_is_sent_again_or_uncertain(database: Database, street: Street) -> None:
    await street.owe(note("receipt", SITI), note("reminder", BUDI, **ONCE))
    async with database.begin() as db:
        await claim(db, database.keys, MORNING, 50, timedelta(seconds=-1))
    await street.deliver()

    assert ["receipt"] == street.texts
    assert {"receipt": Fate.SENT, "reminder": Fate.UNCERTAIN} == await street.fates()


async def test_a_stop_lets_go_of_what_is_not_yet_said(street: Street) -> None:
    enough = asyncio.Event()

    async def stopping(saying: Saying) -> Outcome:
        if len(street.heard) == 4:
            worker.stop()
            enough.set()
        return await Street.send(street, saying)

    street.send = stopping  # type: ignore[method-assign]
    worker = street.worker()
    await street.owe(*crowd(20, **ONCE))
    async with worker.working():
        await enough.wait()
    fates = list((await street.fates()).values())

    assert (5, 15) == (fates.count(Fate.SENT), fates.count(Fate.QUEUED))


async def test_a_call_that_outlives_the_stop_is_in_doubt(street: Street) -> None:
    begun = asyncio.Event()

    async def hanging(saying: Saying) -> Outcome:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError(saying)

    street.send = hanging  # type: ignore[method-assign]
    await street.owe(note("reminder", SITI, **ONCE))
    async with street.worker(patience=0.0).working():
        await begun.wait()

    assert {"reminder": Fate.UNCERTAIN} == await street.fates()


async def test_a_worker_sends_what_becomes_owed_while_it_runs(street: Street) -> None:
    said = asyncio.Event()

    async def telling(saying: Saying) -> Outcome:
        said.set()
        return await Street.send(street, saying)

    street.send = telling  # type: ignore[method-assign]
    async with street.worker().working():
        await street.owe(note("hello", SITI))
        await said.wait()

    assert {"hello": Fate.SENT} == await street.fates()


def test_a_lease_outlives_the_longest_call() -> None:
    request = AiohttpRequest()
    longest = 1 + 3 + (request.read_timeout or 0)

    assert LEASE.total_seconds() > 2 * (HORIZON + longest)


async def test_five_workers_say_each_thing_once(street: Street) -> None:
    await street.owe(*crowd(60))
    await asyncio.gather(*(street.worker(tolerance=Tolerance()).drain() for _ in range(5)))

    assert 60 == len(street.texts) == len(set(street.texts))


async def test_a_network_that_was_away_holds_nobody_up_when_it_is_back(street: Street) -> None:
    letters = crowd(220)
    street.answers = {each.chat_id: [Later(1)] for each in letters[100:140]}
    await street.owe(*letters)
    await street.deliver(seconds=60)

    assert 220 == len(street.texts) == len(set(street.texts))


async def test_what_was_never_on_its_way_is_tried_every_few_seconds_however_long_that_takes(
    street: Street,
) -> None:
    street.answers = {SITI: [Later(1)] * 60}
    await street.owe(note("hello", SITI, lane=Lane.REPLY))
    await street.deliver(seconds=300)

    assert ["hello"] == street.texts
