"""Repairs: the sender of a returned application answers some questions again, and it waits anew."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.applications import Application, key_of, move
from models.filing import DUPLICATE_NIK, Filing, retold
from models.states import ACTIVE, State
from models.storage.base import table_of
from models.storage.keys import Keys
from models.storage.sealed import PersonKey
from models.workers import Worker


@dataclass(frozen=True, slots=True)
class Refiled:
    """The form of an application that exists: same worker, key, consent and sender."""

    person_id: int
    key: PersonKey = field(repr=False)
    consent_id: int | None
    account_id: int
    form_version: int


async def of_sender(db: AsyncSession, application_id: int, account_id: int) -> Application | None:
    """Return a returned application, locked, if this account filed it and it still waits for a repair."""
    query = (
        select(Application)
        .where(Application.id == application_id, Application.account_id == account_id)
        .where(Application.state == State.RETURNED)
        .with_for_update()
    )
    found: Application | None = await db.scalar(query, execution_options={"populate_existing": True})
    return found


async def repair(
    db: AsyncSession, keys: Keys, application: Application, filing: Filing, version: int, now: datetime
) -> None:
    """Write corrected answers and hand the application in again, or raise Refused when it moved on.

    A NIK that another active application has makes this one a duplicate for the office to compare: the
    statements are the same for a known NIK and for a new one.
    """
    key = await key_of(db, keys, application.worker_id)
    sender = application.account_id
    form = Refiled(application.worker_id, key, application.consent_id, sender, version)
    person, told = retold(keys, form, filing, application.id)
    if await is_taken(db, told["nik_index"], application.id):
        told |= {"duplicate": True, "flags": [*told["flags"], DUPLICATE_NIK]}
    else:
        told |= {"duplicate": False}
    await db.execute(update(table_of(Worker)).where(Worker.id == application.worker_id).values(person))
    await db.execute(update(table_of(Application)).where(Application.id == application.id).values(told))
    await move(db, keys, application.id, State.SUBMITTED, by=sender, now=now)


async def is_taken(db: AsyncSession, nik_index: bytes, besides: int) -> bool:
    """Return whether another active application has a NIK."""
    others = select(Application.id).where(
        Application.nik_index == nik_index,
        Application.id != besides,
        Application.duplicate.is_(False),
        Application.state.in_(ACTIVE),
    )
    return await db.scalar(others.limit(1)) is not None
