"""An office for tests: accepted applications of invented people, an officer's territory, an export."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from handlers.filing import filing_of
from models.accounts import Role, grant, meet
from models.agency import lists
from models.agency.lists import Declaration
from models.applications import Application
from models.consents import Basis
from models.office import exports
from models.office.exports import Export, Wanted
from models.states import State
from models.storage.base import table_of
from models.storage.database import Database
from sheets.layouts import Layout, Shelf

JAKARTA = ZoneInfo("Asia/Jakarta")
BUDI, WULAN = 86_001, 86_002
GARUT, CIBIUK, OTHER = "3205", "3205402002", "3273012001"
VILLAGE = {"code": CIBIUK, "label": "Desa Cibiuk Kaler, Kec. Cibiuk, Kab. Garut", "data": "2025"}
USUAL: dict[str, Any] = {
    "relation": "agent",
    "birth_date": "1990-01-01",
    "sex": "female",
    "address": "Jalan Kenanga 7",
    "village": VILLAGE,
    "phone": {"e164": "+6286012340001"},
    "occupation": {"id": "petani", "words": "tani"},
    "workplace": {"offered": "home_village"},
    "hours": "08:00-17:00",
    "income": 1_000_000,
    "employs": "no",
    "payer": "own",
    "programmes": "2",
    "months": "1",
    "heirs": "none",
}


def nik(number: int) -> str:
    """Return the NIK of somebody invented."""
    return f"990101410190{9000 + number:04}"


async def accepted(
    database: Database, now: datetime, told: Sequence[dict[str, Any]], state: State = State.ACCEPTED
) -> list[int]:
    """File people on a list of Budi's, and let all of them be accepted; return their applications."""
    people = [
        USUAL | {"nik": nik(n), "name": f"Pekerja {chr(64 + n % 26)}"} | one for n, one in enumerate(told, 1)
    ]
    declared = Declaration(BUDI, "2026-11", bytes(32), "id", Basis.AGENT, "self:spoken:today", now)
    async with database.begin() as db:
        await meet(db, {BUDI: "id"}, now)
        filings = [filing_of(one, now.date()) for one in people]
        await lists.file_list(db, database.keys, declared, 1, filings, now)
        await db.execute(update(table_of(Application)).values(state=state))
        return list(await db.scalars(select(Application.id).order_by(Application.id)))


async def officer(database: Database, now: datetime, territory: str = GARUT, account: int = WULAN) -> None:
    """Make an officer of a territory."""
    async with database.begin() as db:
        await meet(db, {account: "id"}, now)
        await grant(db, account, Role.OFFICER, now, None, territory=territory)


async def asks(
    database: Database, now: datetime, layout: Layout, territory: str = GARUT, account: int | None = WULAN
) -> Export:
    """Let an officer ask for an export."""
    wanted = Wanted(territory, None, layout.name, layout.source, layout.sha256, "id")
    async with database.begin() as db:
        return await exports.begin(db, account, wanted, now)


def shipped(name: str = "bpu") -> Layout:
    """Return a layout that is shipped."""
    return Shelf().layout(name)


async def rows(database: Database, table: Any) -> list[Any]:
    """Return every row of a table, the oldest first."""
    async with database.begin() as db:
        return list(await db.scalars(select(table).order_by(*table.__table__.primary_key)))


def read(path: Path) -> bytes:
    """Return the content of a file."""
    return path.read_bytes()
