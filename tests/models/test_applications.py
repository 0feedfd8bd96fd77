"""Applications: moved by people, along the paths there are, with a history."""

from asyncio import gather
from collections.abc import Awaitable, Callable
from datetime import datetime

import pytest
from sqlalchemy import select

from models.application_events import ApplicationEvent
from models.applications import Application, by_reference, key_of, move
from models.states import State
from models.storage.database import Database
from rules.refusal import Refused

Files = Callable[..., Awaitable[Application]]
SITI, OFFICER = 86_001, 86_100


async def test_an_application_is_found_by_its_receipt_number(database: Database, files: Files) -> None:
    application = await files(SITI)
    async with database.begin() as db:
        found = await by_reference(db, application.reference)

        assert found is not None
        assert application.id == found.id
        assert await by_reference(db, "BPU-0000-0000") is None


async def test_a_return_is_told_with_its_reason_and_the_reason_is_sealed(
    database: Database, files: Files, now: datetime
) -> None:
    application = await files(SITI)
    async with database.begin() as db:
        reason = "Nama Siti tidak sama dengan KTP"
        moved = await move(
            db, database.keys, application.id, State.RETURNED, by=OFFICER, now=now, reason=reason
        )
        last = (await db.scalars(select(ApplicationEvent).order_by(ApplicationEvent.id.desc()))).first()
        key = await key_of(db, database.keys, application.worker_id)

    assert last is not None
    assert last.reason is not None
    assert (State.RETURNED, reason) == (moved.state, last.told(key))
    assert b"Siti" not in last.reason


async def test_a_move_that_is_not_on_the_path_is_refused(
    database: Database, files: Files, now: datetime
) -> None:
    application = await files(SITI)
    async with database.begin() as db:
        with pytest.raises(Refused, match=r"application\.moved_on"):
            await move(db, database.keys, application.id, State.REGISTERED, by=OFFICER, now=now)


async def test_of_two_officers_who_decide_at_once_one_hears_it_has_moved_on(
    database: Database, files: Files, now: datetime
) -> None:
    application = await files(SITI)

    async def accept() -> str:
        try:
            async with database.begin() as db:
                moved = await move(db, database.keys, application.id, State.ACCEPTED, by=OFFICER, now=now)
        except Refused as refused:
            return refused.name
        return moved.state.value

    assert ["accepted", "application.moved_on"] == sorted(await gather(accept(), accept()))
