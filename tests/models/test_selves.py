"""Selves: who is known to be a worker hears once when somebody else registers that NIK; nobody else does."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from sqlalchemy import event, select

from models.accounts import Account, meet
from models.agency.lists import Declaration, file_list
from models.applications import Application, move
from models.consents import Basis
from models.filing import Filing
from models.owing.deliveries import Delivery, Lane, Promise
from models.ownership import hand_overs, selves
from models.ownership.taking import take
from models.states import State
from models.storage.database import Database
from models.storage.tokens import new_token

Files = Callable[..., Awaitable[Application]]
Form = Callable[..., Filing]
SITI, SLAMET, AGUS, BUDI = 86_001, 86_002, 86_003, 86_050
NIKS = [f"99010141019{number}" for number in range(10_001, 10_201)]


async def told(database: Database) -> list[tuple[int, int | None]]:
    """Who is owed the news, and of which application."""
    async with database.begin() as db:
        owed = await db.scalars(select(Delivery).where(Delivery.kind == selves.TOLD))
        return sorted((each.chat_id, each.subject_id) for each in owed)


async def listed(database: Database, form: Form, niks: list[str], now: datetime) -> None:
    """Let Budi, an agent, send a list."""
    declared = Declaration(BUDI, "2026-11", bytes(32), "id", Basis.AGENT, "self:spoken:today", now)
    async with database.begin() as db:
        await meet(db, {BUDI: "id"}, now)
        await file_list(db, database.keys, declared, 1, [form(nik) for nik in niks], now)


async def test_who_filed_for_oneself_hears_of_another_filing_once(
    database: Database, files: Files, now: datetime
) -> None:
    await files(SITI)
    other = await files(BUDI, basis=Basis.AGENT)
    async with database.begin() as db:
        await selves.tell(db, [other.id], now)
        (owed,) = await db.scalars(select(Delivery))

    assert [(SITI, other.id)] == await told(database)
    assert (Lane.TRANSACTION, Promise.AT_LEAST_ONCE, b"") == (owed.lane, owed.promise, owed.payload)


async def test_who_took_the_record_over_hears_of_another_filing(
    database: Database, files: Files, now: datetime
) -> None:
    first, token = await files(SITI, basis=Basis.FAMILY), new_token()
    async with database.begin() as db:
        await meet(db, {SLAMET: "id"}, now)
        await hand_overs.give(db, first, token, now)
        assert await take(db, token, SLAMET, bytes(32), now)
    other = await files(BUDI, basis=Basis.AGENT)

    assert [(SLAMET, other.id)] == await told(database)


async def test_nobody_else_hears_of_it(database: Database, files: Files, now: datetime) -> None:
    await files(AGUS, basis=Basis.FAMILY)  # filed it first, but for somebody else
    await files(SITI)  # came second: whether that was Siti is for an officer to see
    await files(BUDI, basis=Basis.AGENT)
    await files(SLAMET, "9901014101909002")
    await files(SLAMET, "9901014101909002")  # by oneself

    assert [] == await told(database)


async def test_who_took_it_back_or_told_us_to_stop_hears_nothing(
    database: Database, files: Files, now: datetime
) -> None:
    gone = await files(SITI)
    await files(SLAMET, "9901014101909002")
    async with database.begin() as db:
        await move(db, database.keys, gone.id, State.WITHDRAWN, by=SITI, now=now)
        (await db.get_one(Account, SLAMET)).stopped_at = now
    for nik in ("9901014101909001", "9901014101909002"):
        await files(BUDI, nik, Basis.AGENT)

    assert [] == await told(database)


async def test_a_list_of_a_hundred_with_three_known_tells_three_in_as_many_statements_as_with_none(
    database: Database, files: Files, form: Form, now: datetime
) -> None:
    for number, account in enumerate((SITI, SLAMET, AGUS)):
        await files(account, NIKS[40 * number])
    await files(BUDI, "9901014101909009")
    said: list[str] = []
    event.listen(
        database.engine.sync_engine,
        "before_cursor_execute",
        lambda _c, _cursor, statement, *_: said.append(statement),
    )
    await listed(database, form, NIKS[100:], now)
    unknown, known = list(said), said
    known.clear()
    await listed(database, form, NIKS[:100], now)

    assert unknown == known
    assert [SITI, SLAMET, AGUS] == [account for account, _ in await told(database)]
    assert 1 == len([each for each in known if "INSERT INTO deliveries" in each])


async def test_a_filing_is_about_who_is_told_of_it_and_nobody_else(
    database: Database, files: Files, now: datetime
) -> None:
    own = await files(SITI)
    other = await files(BUDI, basis=Basis.AGENT)
    async with database.begin() as db:
        about: list[Any] = [
            await selves.is_about(db, number, account)
            for number, account in (
                (other.id, SITI),
                (own.id, SITI),
                (other.id, BUDI),
                (other.id, AGUS),
                (1, SITI),
            )
        ]

    assert [True, False, False, False, False] == about
