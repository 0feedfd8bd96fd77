"""/hapus_data, first choice: sends and exports stop at once, asked of the database."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from models.accounts import Account
from models.agency.programmes import LISTABLE
from models.applications import Application
from models.broadcasting.segments import matching
from models.erasures import withdraw
from models.memberships import Relation
from models.office.export_members import ExportMember, ready
from models.office.exports import Export, Making
from models.owing.deliveries import Delivery, Fate, Lane, Owed, Promise, owe
from models.owing.wanted import to_see_to
from models.reminding import opt_outs
from models.states import State
from models.storage.base import table_of
from models.storage.database import Database
from tests.members import Members

Files = Callable[..., Awaitable[Application]]
SITI, BUDI = 86_001, 86_050


async def count(database: Database, what: Any, *where: ColumnElement[bool]) -> int:
    """How many rows of a table fulfil conditions."""
    async with database.begin() as db:
        return await db.scalar(select(func.count()).select_from(what).where(*where)) or 0


async def in_an_export(database: Database, filed: Application, now: datetime) -> None:
    """Accept a registration and lock it into an export that is being made."""
    export = {
        "id": 1, "territory": "", "layout": "bpu", "layout_text": "", "layout_sha256": b"0" * 32, "tries": 0,
        "language": "id", "stage": Making.RUNNING, "gathered": True, "members": 1, "written": 0,
        "parts_sent": 0, "times": 0, "made_at": now,
    }  # fmt: skip
    async with database.begin() as db:
        (await db.get_one(Application, filed.id)).state = State.ACCEPTED
        await db.flush()
        await db.execute(table_of(Export).insert(), [export])
        lock = {"export_id": 1, "grouped": "", "application_id": filed.id}
        await db.execute(table_of(ExportMember).insert(), [lock])


async def test_no_export_message_broadcast_or_list_has_them_any_more(
    database: Database, files: Files, now: datetime
) -> None:
    filed = await files(SITI)
    await in_an_export(database, filed, now)
    async with database.begin() as db:
        news = Owed(Lane.TRANSACTION, Promise.AT_LEAST_ONCE, "x", SITI, "status", {}, now, SITI)
        await owe(db, database.keys, [news], now)
    waits = (Delivery, Delivery.account_id == SITI, Delivery.state == Fate.QUEUED)
    meant = (Account, matching([], [""], date(2026, 11, 20)))
    listed = (Application, Application.state.in_(LISTABLE))
    before = [await count(database, *each) for each in (waits, meant, (ExportMember,))]
    async with database.begin() as db:
        await withdraw(db, database.keys, SITI, now)
    after = [
        await count(database, *each)
        for each in (waits, meant, (ExportMember,), listed, (Application, ready([""])))
    ]

    assert [1, 1, 1] == before
    assert [0, 0, 0, 0, 0] == after


async def test_nobody_else_is_reminded_of_who_withdrew(
    database: Database, files: Files, now: datetime
) -> None:
    filed = await files(SITI)
    members = Members(database, now)
    chain = [(SITI, Relation.SELF), (BUDI, Relation.FAMILY)]
    slamet = await members.join("Slamet Riyadi", chain)
    async with database.begin() as db:
        mine = await db.get_one(Application, filed.id)
        mine.state, mine.nik_index = State.REGISTERED, slamet.nik_index
        (await db.get_one(Account, SITI)).unreachable = "blocked"
    async with database.begin() as db:
        before = await to_see_to(db, [BUDI])
        await withdraw(db, database.keys, SITI, now)
    async with database.begin() as db:
        after = await to_see_to(db, [BUDI])
        assert await opt_outs.is_stopped(db, slamet.nik_index)

    assert {BUDI: {slamet.id}} == before
    assert {BUDI: set()} == after
