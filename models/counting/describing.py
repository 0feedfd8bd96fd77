"""Describing: sex and birth year are filled in where a former release filed or began without them.

They rest sealed too; here they stand beside so that they can be counted. A row of which they cannot be known
gets the birth year 0, so that nothing is asked twice and a stop anywhere loses nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.applications import Application
from models.memberships import Membership
from models.people import PersonKeyRow
from models.storage.base import table_of
from models.storage.envelope import CannotOpen
from models.storage.keys import Keys
from models.storage.sealed import PersonKey
from models.workers import Worker
from rules.nik import Nik

AT_ONCE: Final = 200
"""How many rows are opened in one transaction."""

NOT_KNOWN: Final = 0


@dataclass(frozen=True, slots=True)
class Description:
    """What somebody is counted by."""

    sex: str | None
    birth_year: int


async def describe_some(db: AsyncSession, keys: Keys, most: int = AT_ONCE) -> int:
    """Fill in some rows; return how many that were, 0 when none is left."""
    done = 0
    for table in (Application, Membership):
        query = select(table.id, table.worker_id).where(table.birth_year.is_(None)).order_by(table.id)
        rows = (await db.execute(query.limit(most - done))).all()
        if rows:
            people = await _described(db, keys, [row.worker_id for row in rows])
            await _write(db, table, [(row.id, people.get(row.worker_id)) for row in rows])
        done += len(rows)
    return done


async def _described(db: AsyncSession, keys: Keys, persons: Sequence[int]) -> dict[int, Description | None]:
    query = (
        select(Worker, PersonKeyRow.wrapped)
        .join(PersonKeyRow, PersonKeyRow.person_id == Worker.id)
        .where(Worker.id.in_(set(persons)))
    )
    return {worker.id: _opened(worker, keys, wrapped) for worker, wrapped in await db.execute(query)}


def _opened(worker: Worker, keys: Keys, wrapped: bytes) -> Description | None:
    try:
        key = PersonKey.unwrap(keys, worker.id, wrapped)
        return Description(Nik(worker.opened(key, "nik") or "").sex, worker.born(key).year)
    except (CannotOpen, ValueError):
        return None


async def _write(
    db: AsyncSession, table: type[Application | Membership], found: Sequence[tuple[int, Description | None]]
) -> None:
    known = [each if each else Description(None, NOT_KNOWN) for _, each in found]
    rows = [
        {"_id": number, "_sex": each.sex, "_year": each.birth_year}
        for (number, _), each in zip(found, known, strict=True)
    ]
    one = update(table_of(table)).where(table.id == bindparam("_id"))
    values: dict[str, Any] = {"sex": bindparam("_sex"), "birth_year": bindparam("_year")}
    await (await db.connection()).execute(one.values(values), rows)
