"""Filing: a finished dialogue becomes one application, and one NIK has one that counts."""

from asyncio import gather
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import event, func, select

from models import dialogues
from models.application_events import ApplicationEvent
from models.applications import Application, key_of, move, of_account
from models.dialogues import Dialogue, OpenDialogue
from models.filing import DUPLICATE_NIK, Filing, file
from models.states import State
from models.storage.database import Database
from models.workers import Worker

Consented = Callable[..., Awaitable[OpenDialogue]]
Files = Callable[..., Awaitable[Application]]
Form = Callable[..., Filing]
SITI, BUDI = 86_001, 86_002


async def test_what_was_told_is_kept_and_opens(database: Database, files: Files) -> None:
    application = await files(SITI)
    async with database.begin() as db:
        worker = await db.get_one(Worker, application.worker_id)
        key = await key_of(db, database.keys, worker.id)

    assert ("9901014101909001", "Siti Aminah") == (worker.opened(key, "nik"), worker.opened(key, "name"))
    assert ("+6286000000001", "1990-01-01") == (worker.opened(key, "phone"), worker.born(key).isoformat())
    assert {"name": "Budi", "phone": "+6286000000002"} == worker.next_to_reach(key)
    assert 1_500_000 == application.told(key)["income"]
    assert (State.SUBMITTED, False, []) == (application.state, application.duplicate, application.flags)


async def test_what_was_not_told_stays_empty(
    database: Database, consented: Consented, form: Form, now: datetime
) -> None:
    dialogue = await consented(SITI)
    async with database.begin() as db:
        filing = form(phone=None, address=None, contact=None)
        application = await file(db, database.keys, dialogue, filing, now)
        worker = await db.get_one(Worker, application.worker_id)

    assert (None, None, None) == (worker.phone, worker.opened(dialogue.key, "address"), worker.contact)
    assert worker.next_to_reach(dialogue.key) is None


async def test_the_dialogue_ends_and_the_history_begins(
    database: Database, files: Files, now: datetime
) -> None:
    application = await files(SITI)
    async with database.begin() as db:
        moves = (await db.scalars(select(ApplicationEvent))).all()

        assert 0 == await db.scalar(select(func.count()).select_from(Dialogue))
        assert {} == await dialogues.current(db, database.keys, [SITI])
    assert [(application.id, State.DRAFT, State.SUBMITTED, SITI, now)] == [
        (each.application_id, each.from_state, each.to_state, each.by_account, each.at) for each in moves
    ]


async def test_nothing_is_filed_without_a_consent(
    database: Database, consented: Consented, form: Form, now: datetime
) -> None:
    dialogue = await consented(SITI)
    dialogue.consent_id = None

    async with database.begin() as db:
        with pytest.raises(ValueError, match="consent"):
            await file(db, database.keys, dialogue, form(), now)


async def test_the_second_of_one_nik_is_filed_as_a_duplicate(files: Files) -> None:
    first, second = await files(SITI), await files(BUDI)

    assert (False, []) == (first.duplicate, first.flags)
    assert (True, [DUPLICATE_NIK]) == (second.duplicate, second.flags)
    assert first.reference != second.reference


async def test_a_withdrawn_application_frees_its_nik(database: Database, files: Files, now: datetime) -> None:
    first = await files(SITI)
    async with database.begin() as db:
        await move(db, database.keys, first.id, State.WITHDRAWN, by=SITI, now=now)

    assert not (await files(SITI)).duplicate


async def test_fifty_who_file_one_nik_at_once_make_one_that_counts(
    database: Database, consented: Consented, form: Form, now: datetime
) -> None:
    opened = [await consented(each) for each in range(50)]

    async def register(dialogue: OpenDialogue) -> Application:
        async with database.begin() as db:
            return await file(db, database.keys, dialogue, form(), now)

    filed = await gather(*(register(dialogue) for dialogue in opened))

    assert 50 == len({each.reference for each in filed})
    assert 1 == sum(not each.duplicate for each in filed)
    assert 49 == sum(DUPLICATE_NIK in each.flags for each in filed)


async def test_a_known_and_an_unknown_nik_cost_the_same_statements(
    database: Database, consented: Consented, form: Form, now: datetime
) -> None:
    """Promise 10: the bot is no oracle. The same work takes the same time."""
    said: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        said.append(statement)

    async def statements(account: int) -> list[str]:
        dialogue = await consented(account)
        said.clear()
        async with database.begin() as db:
            await file(db, database.keys, dialogue, form(), now)
        return list(said)

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)

    assert await statements(SITI) == await statements(BUDI)


async def test_an_account_sees_what_it_filed_newest_first(database: Database, files: Files) -> None:
    mine = [await files(SITI, nik) for nik in ("9901014101909001", "9901014101909002")]
    await files(BUDI, "9901014101909003")
    async with database.begin() as db:
        seen = await of_account(db, SITI)

    assert [mine[1].id, mine[0].id] == [each.id for each in seen]


def test_a_form_in_a_log_tells_nothing_of_the_person(form: Form) -> None:
    told = repr(form())

    assert not any(word in told for word in ("9901", "Siti", "+62", "Melati", "Budi"))
