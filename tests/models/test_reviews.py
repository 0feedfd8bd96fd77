"""The queue of the office: the oldest of a territory first, one officer each, while a lease lasts."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from models.applications import Application, Closing, key_of, move
from models.filing import DUPLICATE_NIK
from models.office import decisions, reviews
from models.office.returned import Given, last
from models.states import State
from models.storage.database import Database
from rules.refusal import Refused

Files = Callable[..., Awaitable[Application]]
EVERYWHERE = frozenset([""])
WULAN, RINA = 71, 72


async def take(database: Database, officer: int, now: datetime, where: frozenset[str] = EVERYWHERE) -> Any:
    async with database.begin() as db:
        taken = await reviews.take(db, database.keys, officer, where, now)
        return None if taken is None else taken.id


async def test_the_oldest_is_taken_and_stays_in_hand(database: Database, files: Files, now: datetime) -> None:
    first = await files(5, nik="9901014101909001")
    await files(5, nik="9901014101909002")

    assert first.id == await take(database, WULAN, now)
    assert first.id == await take(database, WULAN, now)
    async with database.begin() as db:
        assert (await db.get_one(Application, first.id)).state is State.IN_REVIEW


async def test_many_officers_at_once_never_have_one_in_common(
    database: Database, files: Files, now: datetime
) -> None:
    filed = [(await files(5, nik=f"990101410190{9000 + number}")).id for number in range(4)]

    taken = await asyncio.gather(*(take(database, WULAN + number, now) for number in range(6)))

    assert sorted(filed) == sorted(one for one in taken if one is not None)


async def test_only_what_lies_in_ones_territory_is_taken(
    database: Database, files: Files, now: datetime
) -> None:
    filed = await files(5)
    elsewhere = "94" if not filed.village_code.startswith("94") else "11"

    assert await take(database, WULAN, now, frozenset([elsewhere])) is None
    assert await take(database, WULAN, now, frozenset()) is None
    assert filed.id == await take(database, WULAN, now, frozenset([elsewhere, filed.village_code[:4]]))


async def test_a_lease_that_is_over_is_nobodys(database: Database, files: Files, now: datetime) -> None:
    filed = await files(5)
    await take(database, WULAN, now)
    assert await take(database, RINA, now) is None
    async with database.begin() as db:
        assert await reviews.hold(db, filed.id, RINA, EVERYWHERE, now) is None
        await db.execute(update(reviews.Review).values(lease_until=now - timedelta(days=400)))

    assert filed.id == await take(database, RINA, now)
    async with database.begin() as db:
        assert await reviews.hold(db, filed.id, WULAN, EVERYWHERE, now) is None
        assert await reviews.hold(db, filed.id, RINA, EVERYWHERE, now) is not None


async def test_the_queue_counts_what_others_do_not_hold(
    database: Database, files: Files, now: datetime
) -> None:
    await files(5, nik="9901014101909001")
    await files(5, nik="9901014101909002")
    await take(database, WULAN, now)
    async with database.begin() as db:
        theirs = await reviews.queue(db, WULAN, EVERYWHERE)
        others = await reviews.queue(db, RINA, EVERYWHERE)

    assert (2, 1) == (theirs.waiting, theirs.own)
    assert (1, 0) == (others.waiting, others.own)
    assert theirs.oldest == now


@pytest.mark.parametrize("column", ["frozen_at"])
async def test_what_is_frozen_is_not_handed_out(
    database: Database, files: Files, now: datetime, column: str
) -> None:
    await files(5)
    async with database.begin() as db:
        await db.execute(update(Application).values({column: now}))

    assert await take(database, WULAN, now) is None


async def test_a_return_names_its_reasons_and_questions(
    database: Database, files: Files, now: datetime
) -> None:
    filed, given = await files(5), Given(("name",), ("name",), "Mohon diperiksa.")
    async with database.begin() as db:
        await decisions.send_back(db, database.keys, filed, given, WULAN, now)
        key = await key_of(db, database.keys, filed.worker_id)

        assert given == await last(db, filed.id, key)


async def test_words_that_came_from_elsewhere_are_a_reason_too(
    database: Database, files: Files, now: datetime
) -> None:
    filed = await files(5)
    async with database.begin() as db:
        await move(db, database.keys, filed.id, State.RETURNED, by=WULAN, now=now, reason="NIK tidak ada")
        key = await key_of(db, database.keys, filed.worker_id)

        assert Given(words="NIK tidak ada") == await last(db, filed.id, key)


async def test_two_of_one_nik_become_one_and_the_kept_one_can_be_accepted(
    database: Database, files: Files, now: datetime
) -> None:
    first, second = await files(5), await files(6)
    async with database.begin() as db:
        gone, kept = await db.get_one(Application, first.id), await db.get_one(Application, second.id)
        with pytest.raises(Refused, match=r"review\.duplicate_first"):
            await decisions.accept(db, database.keys, kept, WULAN, now)
        await decisions.merge(db, database.keys, gone, kept, WULAN, now)
        await decisions.accept(db, database.keys, kept, WULAN, now)
    async with database.begin() as db:
        gone, kept = await db.get_one(Application, first.id), await db.get_one(Application, second.id)

        assert (State.WITHDRAWN, Closing.MERGED, kept.id) == (gone.state, gone.closed_as, gone.merged_into)
        assert (State.ACCEPTED, False) == (kept.state, kept.duplicate)
        assert DUPLICATE_NIK not in kept.flags


async def test_two_people_are_not_made_one(database: Database, files: Files, now: datetime) -> None:
    first, second = await files(5), await files(6, nik="9901014101909002")
    async with database.begin() as db:
        with pytest.raises(Refused, match=r"review\.two_people"):
            await decisions.merge(db, database.keys, first, second, WULAN, now)


async def test_clean_ones_of_a_sender_are_accepted_at_once_and_the_others_wait(
    database: Database, files: Files, now: datetime
) -> None:
    clean = [await files(5, nik=f"990101410190{9000 + number}") for number in range(3)]
    odd = await files(5, nik="9901014101909010")
    held = await files(5, nik="9901014101909011")
    async with database.begin() as db:
        await db.execute(update(Application).values(flags=[]))
        await db.execute(
            update(Application).where(Application.id == odd.id).values(flags=["nik.unknown_province"])
        )
        await reviews._lease(db, held.id, RINA, now)
        own = await decisions.clean(db, 5, EVERYWHERE)
        (group,) = await decisions.clean(db, WULAN, EVERYWHERE)
        found = await decisions.clean_up_to(db, group.newest, WULAN, EVERYWHERE)
        await decisions.accept_all(db, database.keys, found, WULAN, now)
    async with database.begin() as db:
        states = {one.id: (await db.get_one(Application, one.id)).state for one in (*clean, odd, held)}

    assert [] == own
    assert (5, 3) == (group.account_id, group.count)
    assert {one.id for one in clean} == {key for key, state in states.items() if state is State.ACCEPTED}


async def test_nobody_decides_about_what_they_filed(database: Database, files: Files, now: datetime) -> None:
    filed = await files(WULAN)

    assert await take(database, WULAN, now) is None
    assert filed.id == await take(database, RINA, now)
