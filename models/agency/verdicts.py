"""Verdicts: how everybody on a list stands before it is handed on, found with three questions for all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.agency.programmes import Place, Programme
from models.applications import Application
from models.memberships import Life, Membership
from models.people import PersonKeyRow
from models.states import State
from models.storage.keys import Keys
from models.storage.sealed import PersonKey
from models.workers import Worker
from rules import programmes as rule
from rules.programmes import Candidate, Flaw

STATES = {State.RETURNED: Flaw.RETURNED, State.WITHDRAWN: Flaw.WITHDRAWN}
"""What the state of a registration says against a place."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody on a list, in a numbered place or in the reserve, and all that is against it.

    `frozen`: the person said "Ini bukan saya", and no officer has looked yet.
    """

    place_id: int
    application_id: int
    number: int | None
    rank: int | None
    reference: str
    name: str = field(repr=False)
    occupation_id: str
    flaws: tuple[Flaw, ...]
    frozen: bool = False


async def seats(db: AsyncSession, keys: Keys, programme: Programme, today: date) -> list[Seat]:
    """Return everybody on a list: the numbered places in their order, then the reserve in its order."""
    rows = sorted(await _listed(db, programme.id), key=_order)
    indexes = [row.nik_index for row in rows]
    elsewhere = await _elsewhere(db, programme, indexes)
    active = await _active(db, indexes, {row.application_id for row in rows})
    day, before, found = max(today, programme.first_month), set[bytes](), []
    for row in rows:
        known = set(elsewhere.get(row.nik_index, ())) | _said(row)
        known |= {Flaw.TWICE} if row.nik_index in before else set()
        known |= {Flaw.ACTIVE} if row.nik_index in active else set()
        before.add(row.nik_index)
        found.append(_seat(keys, row, frozenset(known), day))
    return found


def _order(row: Any) -> tuple[bool, int]:
    return row.number is None, row.rank if row.number is None else row.number


def _said(row: Any) -> set[Flaw]:
    """Return what the state of the registration, an officer or the second person say."""
    frozen = None if row.frozen_at is None else Flaw.OFFICE
    return {flaw for flaw in (STATES.get(row.state), row.decision, frozen) if flaw is not None}


def _seat(keys: Keys, row: Any, known: frozenset[Flaw], day: date) -> Seat:
    worker = row.Worker
    key = PersonKey.unwrap(keys, worker.id, row.wrapped)
    candidate = Candidate(worker.opened(key, "nik") or "", worker.born(key), row.occupation_id, known)
    name = worker.opened(key, "name") or ""
    found = rule.flaws(candidate, day)
    place = (row.id, row.application_id, row.number, row.rank)
    return Seat(*place, row.reference, name, row.occupation_id, found, frozen=row.frozen_at is not None)


async def _listed(db: AsyncSession, programme_id: int) -> Sequence[Any]:
    query = (
        select(
            Place.id,
            Place.number,
            Place.rank,
            Place.decision,
            Place.application_id,
            Application.reference,
            Application.state,
            Application.frozen_at,
            Application.nik_index,
            Application.occupation_id,
            Worker,
            PersonKeyRow.wrapped,
        )
        .join(Application, Application.id == Place.application_id)
        .join(Worker, Worker.id == Application.worker_id)
        .join(PersonKeyRow, PersonKeyRow.person_id == Worker.id)
        .where(Place.programme_id == programme_id)
        .where(Place.number.is_not(None) | Place.rank.is_not(None))
    )
    return (await db.execute(query)).all()


async def _elsewhere(
    db: AsyncSession, programme: Programme, indexes: Iterable[bytes]
) -> dict[bytes, set[Flaw]]:
    """Return who has a place on another list whose months overlap: of another village, or another payer."""
    query = (
        select(Application.nik_index, Programme.village_code)
        .join(Place, Place.application_id == Application.id)
        .join(Programme, Programme.id == Place.programme_id)
        .where(Application.nik_index.in_(list(indexes)), Place.number.is_not(None))
        .where(Programme.id != programme.id, Programme.last_day >= programme.first_month)
        .where(Programme.first_month <= programme.last_day)
    )
    found: dict[bytes, set[Flaw]] = {}
    for row in await db.execute(query):
        same = row.village_code == programme.village_code
        found.setdefault(row.nik_index, set()).add(Flaw.OTHER_PAYER if same else Flaw.OTHER_VILLAGE)
    return found


async def _active(db: AsyncSession, indexes: Iterable[bytes], own: set[int]) -> set[bytes]:
    """Return who is an active member already, by another registration than the one on this list."""
    query = select(Membership.nik_index, Membership.application_id).where(
        Membership.nik_index.in_(list(indexes)), Membership.state == Life.ACTIVE
    )
    return {row.nik_index for row in await db.execute(query) if row.application_id not in own}
