"""A reminder whose chat is dead goes to the next in reach the same day, and only a reminder does."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import delete

from models.memberships import Relation
from models.owing.deliveries import Delivery, Fate, Lane, Owed, Promise, owe
from tests.members import Members
from tests.town import JAKARTA, Chat, Town, town

BEFORE = datetime(2026, 12, 7, 12, 0, tzinfo=JAKARTA)
DAY = datetime(2026, 12, 8, 12, 0, tzinfo=JAKARTA)


@pytest.fixture
async def place(database_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    """A town on the day before everybody is reminded."""
    async with town(database_url, tmp_path, at=BEFORE) as opened:
        yield opened


async def met(place: Town, *names: str) -> list[Chat]:
    """People the bot knows."""
    chats = [place.person(name) for name in names]
    for chat in chats:
        await chat.says("/start")
    return chats


async def test_a_worker_who_is_gone_is_reminded_through_the_family(place: Town) -> None:
    siti, agus, dewi = await met(place, "Siti", "Agus", "Dewi")
    chain = [(siti.id, Relation.SELF), (agus.id, Relation.FAMILY), (dewi.id, Relation.AGENT)]
    await Members(place.database, BEFORE).join("Siti Aminah", chain)
    siti.phone.leave()
    await agus.waits(DAY)

    assert [1, 0] == [sum("Siti Aminah" in text for text in chat.said.values()) for chat in (agus, dewi)]
    assert sorted([Fate.DEAD, Fate.SENT]) == sorted([row.state for row in await place.all(Delivery)])


async def test_several_who_are_gone_are_passed_one_after_the_other(place: Town) -> None:
    siti, agus, dewi = await met(place, "Siti", "Agus", "Dewi")
    chain = [(siti.id, Relation.SELF), (agus.id, Relation.FAMILY), (dewi.id, Relation.AGENT)]
    await Members(place.database, BEFORE).join("Siti Aminah", chain)
    siti.phone.leave()
    agus.phone.leave()
    await dewi.waits(DAY)

    assert ["Siti Aminah" in text for text in dewi.heard] == [True]


async def test_the_worker_who_told_us_to_stop_is_not_reminded_through_others(place: Town) -> None:
    siti, agus, dewi = await met(place, "Siti", "Agus", "Dewi")
    members = Members(place.database, BEFORE)
    chain = [(siti.id, Relation.SELF), (agus.id, Relation.FAMILY), (dewi.id, Relation.AGENT)]
    await members.join("Siti Aminah", chain)
    await members.join("Slamet", [(agus.id, Relation.FAMILY)])
    await members.change(siti.id, stopped_at=BEFORE)
    agus.phone.leave()
    await dewi.waits(DAY)

    assert [] == dewi.heard


async def test_whoever_stands_behind_somebody_in_reach_hears_nothing(place: Town) -> None:
    siti, agus, dewi = await met(place, "Siti", "Agus", "Dewi")
    members = Members(place.database, BEFORE)
    await members.join(
        "Siti Aminah", [(siti.id, Relation.SELF), (agus.id, Relation.FAMILY), (dewi.id, Relation.AGENT)]
    )
    await members.join("Slamet", [(agus.id, Relation.FAMILY)])
    agus.phone.leave()
    await dewi.waits(DAY)

    assert [] == dewi.heard
    assert 1 == sum("7 hari lagi" in text for text in siti.said.values())


async def test_whoever_had_a_digest_that_day_gets_no_second_one(place: Town) -> None:
    siti, agus = await met(place, "Siti", "Agus")
    members = Members(place.database, BEFORE)
    await members.join("Siti Aminah", [(siti.id, Relation.REGISTRANT), (agus.id, Relation.FAMILY)])
    await members.join("Slamet", [(agus.id, Relation.FAMILY)])
    siti.phone.leave()
    await agus.waits(DAY)

    assert 1 == len(agus.heard)


async def test_news_that_finds_a_dead_chat_reminds_nobody(place: Town) -> None:
    siti, agus = await met(place, "Siti", "Agus")
    slamet = await Members(place.database, BEFORE).join(
        "Slamet", [(siti.id, Relation.REGISTRANT), (agus.id, Relation.FAMILY)]
    )
    news = {"membership": slamet.id, "reference": "BPU-7K3M-92QX"}
    async with place.database.begin() as db:
        await db.execute(delete(Delivery))
        owed = Owed(
            Lane.TRANSACTION,
            Promise.AT_LEAST_ONCE,
            "registered:1",
            siti.id,
            "registered",
            news,
            BEFORE,
            siti.id,
        )
        await owe(db, place.database.keys, [owed], BEFORE)
    siti.phone.leave()
    await agus.catches_up()

    assert [Fate.DEAD] == [row.state for row in await place.all(Delivery)]
    assert [] == agus.heard
