"""Erasures: what /hapus_data stops, and what it destroys."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from sqlalchemy import func, select

from models import dialogues
from models.accounts import Account, Role, grant, meet
from models.applications import Application, move
from models.consents import Basis
from models.data_requests import DataRequest, Request
from models.erasures import Erased, Erasure, erase_account, replay, withdraw
from models.owing.deliveries import Delivery, Fate, Lane, Owed, Promise, owe
from models.people import PersonKeyRow, new_person
from models.quarantine import Quarantine, put
from models.states import State
from models.storage.base import Base
from models.storage.database import Database
from models.tables import TABLES

Files = Callable[..., Awaitable[Application]]
SITI, AGENT, OFFICER = 86_001, 86_050, 86_100
LEDGERS = {"erasures", "data_requests", "key_checks", "coverage_touched"}


async def counts(database: Database) -> dict[str, int]:
    """Return how many rows each table has that has any, but the ledgers."""
    async with database.begin() as db:
        found = {
            table.__tablename__: await db.scalar(select(func.count()).select_from(table)) for table in TABLES
        }
    return {name: count for name, count in found.items() if count and name not in LEDGERS}


async def owe_a_reminder(database: Database, now: datetime) -> None:
    async with database.begin() as db:
        reminder = Owed(
            Lane.REMINDER, Promise.AT_MOST_ONCE, "reminder:1", SITI, "due", {"name": "Siti"}, now, SITI
        )
        await owe(db, database.keys, [reminder], now)


async def erase(database: Database, account: int, now: datetime) -> Erased:
    async with database.begin() as db:
        return await erase_account(db, database.keys, account, now)


async def test_nothing_of_a_person_remains(database: Database, files: Files, now: datetime) -> None:
    await files(SITI)
    await owe_a_reminder(database, now)
    async with database.begin() as db:
        await put(db, database.keys, 1, 7, b"9901014101909001", "KeyError", SITI, now)
        await dialogues.start(db, database.keys, SITI, "registration", 1, {"name": "Siti"}, now)
    erased = await erase(database, SITI, now)

    assert Erased(people=2, remaining=0) == erased
    assert {} == await counts(database)


async def test_the_ledger_names_opaque_ids_alone(database: Database, files: Files, now: datetime) -> None:
    application = await files(SITI)
    await erase(database, SITI, now)
    async with database.begin() as db:
        ledger = (await db.scalars(select(Erasure).order_by(Erasure.id))).all()

    index = database.keys.sender_index(SITI)

    assert [(application.worker_id, None), (None, index)] == [
        (row.person_id, row.account_index) for row in ledger
    ]


async def test_a_request_done_at_once_stops_its_clock(
    database: Database, files: Files, now: datetime
) -> None:
    await files(SITI)
    await erase(database, SITI, now)
    async with database.begin() as db:
        request = (await db.scalars(select(DataRequest))).one()

    assert (Request.ERASE, now, now + timedelta(hours=72), now) == (
        request.request,
        request.asked_at,
        request.due_at,
        request.done_at,
    )


async def test_what_the_office_has_accepted_remains_and_the_clock_runs(
    database: Database, files: Files, now: datetime
) -> None:
    application = await files(SITI)
    async with database.begin() as db:
        await move(db, database.keys, application.id, State.ACCEPTED, by=OFFICER, now=now)
    erased = await erase(database, SITI, now)
    async with database.begin() as db:
        request = (await db.scalars(select(DataRequest))).one()

    assert Erased(people=0, remaining=1) == erased
    assert request.done_at is None
    assert 1 == (await counts(database))["workers"]


async def test_people_an_agent_registered_are_not_the_agents_to_erase(
    database: Database, files: Files, now: datetime
) -> None:
    await files(AGENT, "9901014101909001", Basis.AGENT)
    mine = await files(AGENT, "9901014101909002", Basis.SELF)
    erased = await erase(database, AGENT, now)
    async with database.begin() as db:
        left = list(await db.scalars(select(Application.id)))

    assert Erased(people=1, remaining=0) == erased
    assert 1 == len(left)
    assert mine.id not in left


async def test_an_officer_who_erases_keeps_the_office(database: Database, now: datetime) -> None:
    async with database.begin() as db:
        await meet(db, {OFFICER: "id"}, now)
        await grant(db, OFFICER, Role.OFFICER, now, None)
    await erase(database, OFFICER, now)

    assert {"accounts": 1, "grants": 1} == await counts(database)


async def test_the_others_lose_nothing(database: Database, files: Files, now: datetime) -> None:
    await files(AGENT, "9901014101909002")
    before = await counts(database)
    await files(SITI)
    await erase(database, SITI, now)

    assert before == await counts(database)


async def test_whoever_was_never_met_may_ask_too(database: Database, now: datetime) -> None:
    assert Erased(people=0, remaining=0) == await erase(database, SITI, now)


async def test_to_stop_withdraws_cancels_and_silences_but_keeps_the_data(
    database: Database, files: Files, now: datetime
) -> None:
    application = await files(SITI)
    await owe_a_reminder(database, now)
    async with database.begin() as db:
        withdrawn = await withdraw(db, database.keys, SITI, now)
    async with database.begin() as db:
        state = (await db.get_one(Application, application.id)).state
        fate = await db.scalar(select(Delivery.state))
        stopped = (await db.get_one(Account, SITI)).stopped_at

    assert (1, State.WITHDRAWN, Fate.CANCELLED, now) == (withdrawn, state, fate, stopped)
    assert 1 == (await counts(database))["workers"]


async def test_a_registered_membership_is_not_ours_to_withdraw(
    database: Database, files: Files, now: datetime
) -> None:
    application = await files(SITI)
    async with database.begin() as db:
        for state in (State.ACCEPTED, State.REGISTERED):
            await move(db, database.keys, application.id, state, by=OFFICER, now=now)

        assert 0 == await withdraw(db, database.keys, SITI, now)


async def test_a_restored_backup_is_erased_again(database: Database, files: Files, now: datetime) -> None:
    application = await files(SITI)
    async with database.begin() as db:
        await replay(db, [application.worker_id])

    assert {"accounts": 1} == await counts(database)


async def test_a_person_without_a_key_is_gone(database: Database, now: datetime) -> None:
    async with database.begin() as db:
        person_id, _ = await new_person(db, database.keys, now)
        await replay(db, [person_id])

        assert await db.get(PersonKeyRow, person_id) is None


def test_every_table_that_names_a_person_is_known_to_the_erasure() -> None:
    """A new table with a person's id must be erased too: add it to the erasure, then to this list."""
    pointing = {
        f"{table.name}.{key.parent.name}"
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name in ("person_keys", "workers")
    }

    assert {
        "agents.person_id",
        "memberships.worker_id",
        "applications.worker_id",
        "dialogues.person_id",
        "workers.id",
        "consents.person_id",
        "corrections.person_id",
    } == pointing


def test_quarantine_is_found_by_its_sender() -> None:
    assert Quarantine.sender_index.property.columns[0].index
