"""The sender's side: claimed by one, in order within a chat, and never forgotten by the death of a sender."""

from asyncio import gather
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from models.accounts import Account, meet
from models.owing.deliveries import Claimed, Delivery, Fate, Lane, Owed, Promise, owe
from models.owing.sending import Swept, claim, expire, lanes_due, sweep
from models.owing.settlements import Settlement, bury, move, settle, space
from models.storage.database import Database

SITI, BUDI = 86_001, 86_002
SECOND = timedelta(seconds=1)
LEASE = timedelta(seconds=30)
RAN_OUT = timedelta(seconds=-1)
Owing = Callable[..., Owed]


@pytest.fixture
def receipt(now: datetime) -> Owing:
    """A receipt owed to somebody with a chat of their own, unless told otherwise."""

    def owed(dedupe: str = "receipt:1", **told: Any) -> Owed:
        siti: dict[str, Any] = {
            "lane": Lane.TRANSACTION,
            "promise": Promise.AT_LEAST_ONCE,
            "dedupe": dedupe,
            "chat_id": SITI + sum(dedupe.encode()) * 100,
            "kind": "receipt",
            "payload": {"name": "Siti Aminah", "reference": "BPU-7K3M-92QX"},
            "not_before": now,
        }
        return Owed(**siti | told)

    return owed


async def owing(database: Database, now: datetime, *owed: Owed) -> None:
    """Owe them one after another, so that they have the order they are named in."""
    async with database.begin() as db:
        for each in owed:
            await owe(db, database.keys, [each], now)


async def claimed(
    database: Database, now: datetime, limit: int = 50, lease: timedelta = LEASE
) -> list[Claimed]:
    async with database.begin() as db:
        return await claim(db, database.keys, now, limit, lease)


async def settled(database: Database, *settlements: Settlement) -> None:
    async with database.begin() as db:
        await settle(db, settlements)


async def fates(database: Database) -> dict[str, Fate]:
    async with database.begin() as db:
        rows = await db.execute(select(Delivery.dedupe, Delivery.state))
        return {row.dedupe: row.state for row in rows}


async def one(database: Database, dedupe: str) -> Delivery:
    async with database.begin() as db:
        return (await db.scalars(select(Delivery).where(Delivery.dedupe == dedupe))).one()


def names(wave: list[Claimed]) -> list[str]:
    return [each.dedupe for each in wave]


async def test_what_is_owed_is_claimed_with_its_words(
    database: Database, now: datetime, receipt: Owing
) -> None:
    await owing(database, now, receipt(chat_id=SITI))
    (mine,) = await claimed(database, now)

    assert ({"name": "Siti Aminah", "reference": "BPU-7K3M-92QX"}, SITI, "receipt", 1) == (
        mine.payload,
        mine.chat_id,
        mine.kind,
        mine.attempts,
    )
    assert "Siti" not in repr(mine)


async def test_a_reminder_needs_no_words_of_its_own(
    database: Database, now: datetime, receipt: Owing
) -> None:
    await owing(database, now, receipt())
    async with database.begin() as db:
        await db.execute(update(Delivery).values(payload=b"", subject_id=7, month=now.date(), step="due"))
    (mine,) = await claimed(database, now)

    assert ({}, True, 7, now.date(), "due") == (
        mine.payload,
        mine.readable,
        mine.subject_id,
        mine.month,
        mine.step,
    )


async def test_words_no_key_opens_hold_up_nobody(database: Database, now: datetime, receipt: Owing) -> None:
    await owing(database, now, receipt("a"), receipt("b"))
    async with database.begin() as db:
        await db.execute(update(Delivery).where(Delivery.dedupe == "a").values(payload=b"\0" * 60))

    assert [("a", False), ("b", True)] == [
        (each.dedupe, each.readable) for each in await claimed(database, now)
    ]


async def test_replies_go_before_broadcasts_and_nothing_before_its_time(
    database: Database, now: datetime, receipt: Owing
) -> None:
    await owing(
        database,
        now,
        receipt("broadcast", lane=Lane.BROADCAST, not_before=now - timedelta(hours=1)),
        receipt("tomorrow", not_before=now + timedelta(days=1)),
        receipt("reply", lane=Lane.REPLY),
        receipt("too late", expires_at=now),
    )

    assert ["reply", "broadcast"] == names(await claimed(database, now))


async def test_the_queue_says_in_which_lanes_anything_is_due(
    database: Database, now: datetime, receipt: Owing
) -> None:
    tomorrow = now + timedelta(days=1)
    await owing(
        database,
        now,
        receipt("broadcast", lane=Lane.BROADCAST),
        receipt("receipt", not_before=tomorrow),
        receipt("late", lane=Lane.REMINDER, expires_at=now),
    )
    async with database.begin() as db:
        due = await lanes_due(db, now), await lanes_due(db, tomorrow)

    assert ([Lane.BROADCAST], [Lane.TRANSACTION, Lane.BROADCAST]) == due


async def test_one_chat_is_told_one_thing_after_another(
    database: Database, now: datetime, receipt: Owing
) -> None:
    await owing(database, now, *(receipt(name, chat_id=SITI) for name in ("first", "second", "third")))
    (first,) = await claimed(database, now)
    meanwhile = await claimed(database, now)
    await settled(database, Settlement(first, Fate.SENT, message_id=1))
    async with database.begin() as db:
        await space(db, {SITI: now + SECOND})
    too_soon = await claimed(database, now)

    assert "first" == first.dedupe
    assert [] == meanwhile == too_soon
    assert ["second"] == names(await claimed(database, now + SECOND))


async def test_eight_senders_never_hold_the_same_message(
    database: Database, now: datetime, receipt: Owing
) -> None:
    await owing(database, now, *(receipt(f"{number}", chat_id=SITI + number) for number in range(40)))
    held = await gather(*(claimed(database, now, limit=5) for _ in range(8)))
    ids = [each.id for wave in held for each in wave]

    assert len(ids) == len(set(ids))
    assert 40 == len(ids) + len(await claimed(database, now))


async def test_a_dead_sender_loses_what_it_held(database: Database, now: datetime, receipt: Owing) -> None:
    await owing(database, now, receipt("a"), receipt("b", promise=Promise.AT_MOST_ONCE))
    await claimed(database, now, lease=RAN_OUT)
    async with database.begin() as db:
        swept = await sweep(db)

    assert Swept(again=1, uncertain=1) == swept
    assert {"a": Fate.QUEUED, "b": Fate.UNCERTAIN} == await fates(database)


async def test_a_living_sender_keeps_what_it_holds(database: Database, now: datetime, receipt: Owing) -> None:
    await owing(database, now, receipt())
    await claimed(database, now)
    async with database.begin() as db:
        assert Swept(0, 0) == await sweep(db)


async def test_what_telegram_puts_off_waits_and_is_counted(
    database: Database, now: datetime, receipt: Owing
) -> None:
    await owing(database, now, receipt())
    (mine,) = await claimed(database, now)
    await settled(database, Settlement(mine, Fate.QUEUED, now + timedelta(seconds=30), error="429"))

    assert [] == await claimed(database, now)
    assert [2] == [each.attempts for each in await claimed(database, now + timedelta(seconds=30))]


async def test_what_is_settled_keeps_no_words_and_settles_once(
    database: Database, now: datetime, receipt: Owing
) -> None:
    await owing(database, now, receipt())
    (mine,) = await claimed(database, now)
    await settled(database, Settlement(mine, Fate.SENT, message_id=5))
    await settled(database, Settlement(mine, Fate.DEAD, error="blocked"))
    row = await one(database, "receipt:1")

    assert (Fate.SENT, 5, b"", None, None) == (
        row.state,
        row.message_id,
        row.payload,
        row.lease_until,
        row.error,
    )


async def test_what_is_uncertain_keeps_its_words_for_the_officers(
    database: Database, now: datetime, receipt: Owing
) -> None:
    await owing(database, now, receipt())
    (mine,) = await claimed(database, now)
    await settled(database, Settlement(mine, Fate.UNCERTAIN, error="connection cut"))
    row = await one(database, "receipt:1")

    assert (Fate.UNCERTAIN, "connection cut") == (row.state, row.error)
    assert row.payload


async def test_a_sender_that_was_given_up_may_still_tell_that_it_was_sent(
    database: Database, now: datetime, receipt: Owing
) -> None:
    await owing(database, now, receipt("a"), receipt("b", promise=Promise.AT_MOST_ONCE))
    slow = await claimed(database, now, lease=RAN_OUT)
    async with database.begin() as db:
        await sweep(db)
    await settled(database, *(Settlement(each, Fate.SENT, message_id=1) for each in slow))

    assert {"a": Fate.SENT, "b": Fate.SENT} == await fates(database)


async def test_a_sender_that_was_given_up_puts_nothing_back(
    database: Database, now: datetime, receipt: Owing
) -> None:
    await owing(database, now, receipt())
    slow = await claimed(database, now, lease=RAN_OUT)
    async with database.begin() as db:
        await sweep(db)
    await claimed(database, now)
    await settled(database, *(Settlement(each, Fate.QUEUED, now) for each in slow))

    assert {"receipt:1": Fate.SENDING} == await fates(database)


async def test_a_dead_chat_is_owed_nothing_until_its_person_writes(
    database: Database, now: datetime, receipt: Owing
) -> None:
    async with database.begin() as db:
        await meet(db, {SITI: "id", BUDI: "id"}, now)
    await owing(database, now, receipt("siti", chat_id=SITI), receipt("budi", chat_id=BUDI))
    async with database.begin() as db:
        await bury(db, {SITI: "blocked"})
        noted = (await db.get_one(Account, SITI)).unreachable, (await db.get_one(Account, BUDI)).unreachable
    async with database.begin() as db:
        revived = (await meet(db, {SITI: "id"}, now))[SITI].unreachable

    assert (("blocked", None), None) == (noted, revived)
    assert {"siti": Fate.CANCELLED, "budi": Fate.QUEUED} == await fates(database)


async def test_a_group_that_moved_takes_its_messages_along(
    database: Database, now: datetime, receipt: Owing
) -> None:
    await owing(database, now, receipt("now", chat_id=-5), receipt("next", chat_id=-5))
    (mine,) = await claimed(database, now)
    await settled(database, Settlement(mine, Fate.QUEUED, chat_id=-1005))
    async with database.begin() as db:
        await move(db, -5, -1005)

    assert [-1005] == [each.chat_id for each in await claimed(database, now)]
    assert -1005 == (await one(database, "next")).chat_id


async def test_what_is_late_expires_a_portion_at_a_time(
    database: Database, now: datetime, receipt: Owing
) -> None:
    await owing(database, now, *(receipt(name, expires_at=now) for name in "abc"), receipt("d"))
    async with database.begin() as db:
        counts = [await expire(db, now, limit=2) for _ in range(3)]

    assert [2, 1, 0] == counts
    assert Fate.QUEUED == (await fates(database))["d"]
