"""Lists: many filed at once on one declaration; and the imports they come as."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select

from models.accounts import meet
from models.agency import import_parts, imports
from models.agency.import_parts import Kind, Part
from models.agency.imports import Import, Overtaken, Progress, Stage
from models.agency.lists import Declaration, already_filed, file_list
from models.applications import Application, key_of, move
from models.consents import Basis, Consent
from models.erasures import erase_account
from models.filing import Filing
from models.states import State
from models.storage.database import Database
from models.storage.envelope import CannotOpen
from models.workers import Worker

Form = Callable[..., Filing]
BUDI, WULAN = 86_001, 86_002
NIKS = [f"990101410190{number}" for number in range(9001, 9021)]


def declared(account: int, now: datetime) -> Declaration:
    """Return what an agent declares for a list."""
    return Declaration(account, "2026-11", bytes(32), "id", Basis.AGENT, "self:spoken:today", now)


async def file_niks(database: Database, form: Form, account: int, niks: list[str], now: datetime) -> None:
    """File workers with these NIKs from a list."""
    async with database.begin() as db:
        await meet(db, {account: "id"}, now)
        await file_list(db, database.keys, declared(account, now), 1, [form(nik) for nik in niks], now)


async def counted(database: Database, *tables: Any) -> list[int]:
    """Return how many rows tables have."""
    async with database.begin() as db:
        return [await db.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


async def test_each_worker_of_a_list_has_a_key_and_a_consent_of_their_own(
    database: Database, form: Form, now: datetime
) -> None:
    await file_niks(database, form, BUDI, NIKS, now)
    async with database.begin() as db:
        workers = list(await db.scalars(select(Worker)))
        consents = {one.id: one for one in await db.scalars(select(Consent))}
        niks = [one.opened(await key_of(db, database.keys, one.id), "nik") for one in workers]

    assert sorted(NIKS) == sorted(str(nik) for nik in niks)
    assert {one.id for one in workers} == {one.person_id for one in consents.values()}
    assert [one.id for one in workers] == [consents[one.consent_id].person_id for one in workers]
    assert {(Basis.AGENT, "list", now)} == {
        (one.basis, one.channel, one.given_at) for one in consents.values()
    }


async def test_a_list_of_many_costs_as_many_statements_as_a_list_of_one(
    database: Database, form: Form, now: datetime
) -> None:
    said: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        said.append(statement)

    await file_niks(database, form, BUDI, NIKS[:1], now)
    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    await file_niks(database, form, BUDI, NIKS[1:2], now)
    one = len(said)
    said.clear()
    await file_niks(database, form, BUDI, NIKS[2:], now)

    assert one == len(said)


async def test_only_what_this_account_filed_itself_is_known_to_it(
    database: Database, form: Form, now: datetime
) -> None:
    await file_niks(database, form, BUDI, NIKS[:2], now)
    await file_niks(database, form, WULAN, NIKS[2:4], now)
    async with database.begin() as db:
        known = await already_filed(db, database.keys, BUDI, NIKS)

    assert set(NIKS[:2]) == known


async def test_what_was_taken_back_is_known_no_more(database: Database, form: Form, now: datetime) -> None:
    await file_niks(database, form, BUDI, NIKS[:1], now)
    async with database.begin() as db:
        (application,) = await db.scalars(select(Application))
        await move(db, database.keys, application.id, State.WITHDRAWN, by=BUDI, now=now)
        known = await already_filed(db, database.keys, BUDI, NIKS)

    assert set() == known


async def received(database: Database, account: int, now: datetime) -> int:
    """Let an account send a list and declare."""
    async with database.begin() as db:
        await meet(db, {account: "id"}, now)
        document = {"file_id": "f", "message_id": 7}
        number = await imports.receive(db, database.keys, account, document, "agent", "id", now)
        assert number is not None
        sent = await imports.asked(db, number, account)
        assert sent is not None
        await imports.declare(db, sent, "spoken", "today", bytes(32), now)
        await import_parts.keep(db, database.keys, number, Kind.FILE, b"a list")
    return number


async def test_a_list_is_in_one_hand_at_a_time(database: Database, now: datetime) -> None:
    number = await received(database, BUDI, now)
    async with database.begin() as db:
        first, second = await imports.take(db), await imports.take(db)

    assert first is not None
    assert (number, Stage.RUNNING, "f") == (first.id, first.stage, first.named(database.keys)["file_id"])
    assert second is None


async def test_a_list_that_was_let_go_is_taken_again(database: Database, now: datetime) -> None:
    number = await received(database, BUDI, now)
    async with database.begin() as db:
        await imports.take(db)
        await imports.release(db, number)
    async with database.begin() as db:
        again = await imports.take(db)

    assert again is not None
    assert 2 == again.tries


async def test_progress_is_noted_once(database: Database, now: datetime) -> None:
    await received(database, BUDI, now)
    async with database.begin() as db:
        held = await imports.take(db)
        assert held is not None
        await imports.advance(db, held, Progress(5, 3, 0, 1))
    async with database.begin() as db:
        with pytest.raises(Overtaken):
            await imports.advance(db, held, Progress(5, 3, 0, 1))
        with pytest.raises(Overtaken):
            await imports.finish(db, database.keys, held, {}, now)


async def test_a_part_opens_in_its_own_place_alone(database: Database, now: datetime) -> None:
    first, second = await received(database, BUDI, now), await received(database, WULAN, now)
    async with database.begin() as db:
        (mine, theirs) = await db.scalars(select(Part).order_by(Part.import_id))
        mine.sealed, theirs.sealed = theirs.sealed, mine.sealed
    async with database.begin() as db:
        for number in (first, second):
            with pytest.raises(CannotOpen):
                await import_parts.parts(db, database.keys, number, Kind.FILE)


async def test_lists_go_with_the_account_that_sent_them(database: Database, now: datetime) -> None:
    await received(database, BUDI, now)
    async with database.begin() as db:
        await erase_account(db, database.keys, BUDI, now)

    assert [0, 0] == await counted(database, Import, Part)


async def test_a_list_nobody_declared_is_forgotten(database: Database, now: datetime) -> None:
    async with database.begin() as db:
        await meet(db, {BUDI: "id"}, now)
        document = {"file_id": "f", "message_id": 7}
        await imports.receive(db, database.keys, BUDI, document, "agent", "id", now)
    await received(database, BUDI, now)
    async with database.begin() as db:
        await imports.purge(db, now + timedelta(seconds=1))

    assert [1, 1] == await counted(database, Import, Part)
