"""The day of somebody who registers others: what came back to them and why, and whom they brought anew."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from models.application_events import ApplicationEvent
from models.applications import Application
from models.memberships import Membership
from models.people import PersonKeyRow
from models.states import State
from models.storage.keys import Keys
from models.storage.sealed import PersonKey
from models.workers import Worker


@dataclass(frozen=True, slots=True)
class Returned:
    """An application that waits for a repair: whose it is, and what the office said."""

    application_id: int
    name: str = field(repr=False)
    reason: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Brought:
    """How many an account brought who never were members before, and how many with three programmes."""

    new: int
    three: int


async def returned(db: AsyncSession, keys: Keys, account_id: int, most: int) -> list[Returned]:
    """Return what an account filed and the office gave back, the longest waiting first; one statement."""
    back = aliased(ApplicationEvent)
    last = select(func.max(back.id)).where(
        back.application_id == Application.id, back.to_state == State.RETURNED
    )
    query = (
        select(Application.id, Worker, PersonKeyRow.wrapped, ApplicationEvent)
        .join(Worker, Worker.id == Application.worker_id)
        .join(PersonKeyRow, PersonKeyRow.person_id == Worker.id)
        .join(ApplicationEvent, ApplicationEvent.id == last.scalar_subquery(), isouter=True)
        .where(Application.account_id == account_id, Application.state == State.RETURNED)
        .order_by(Application.updated_at, Application.id)
        .limit(most)
    )
    return [_returned(keys, *row) for row in await db.execute(query)]


def _returned(
    keys: Keys, number: int, worker: Worker, wrapped: bytes, event: ApplicationEvent | None
) -> Returned:
    key = PersonKey.unwrap(keys, worker.id, wrapped)
    reason = None if event is None else event.told(key)
    return Returned(number, worker.opened(key, "name") or "-", reason)


async def brought(db: AsyncSession, account_id: int, since: datetime, until: datetime) -> Brought:
    """Return whom an account brought within a span, as far as we know: no membership of that NIK before."""
    former = aliased(Membership)
    known = select(former.id).where(
        former.nik_index == Membership.nik_index, former.started_at < Membership.started_at
    )
    query = (
        select(func.count(), func.coalesce(func.sum(case((Membership.programmes == 3, 1), else_=0)), 0))
        .select_from(Membership)
        .join(Application, Application.id == Membership.application_id)
        .where(Application.account_id == account_id)
        .where(Membership.started_at >= since, Membership.started_at < until, ~known.exists())
    )
    new, three = (await db.execute(query)).one()
    return Brought(new, int(three))
