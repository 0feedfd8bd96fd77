"""Destroying: the rows of people, their key and what is known of their NIK elsewhere."""

import secrets
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from models import people
from models.agency.agents import Agent
from models.agency.quotas import TypedNik
from models.application_events import ApplicationEvent
from models.applications import Application
from models.consents import Consent
from models.data_requests import DataRequest
from models.dialogues import Dialogue
from models.memberships import Membership
from models.privacy.corrections import Correction
from models.reminding import opt_outs
from models.storage.among import among
from models.storage.base import table_of
from models.workers import Worker

INDEX_BYTES: Final = 32


async def destroy(db: AsyncSession, persons: set[int]) -> None:
    """Destroy everything that is about these people, and the keys that open it."""
    if not persons:
        return
    await _forget_numbers(db, persons)
    await _end_requests(db, persons)
    applications = select(Application.id).where(among(Application.worker_id, persons))
    await db.execute(delete(ApplicationEvent).where(ApplicationEvent.application_id.in_(applications)))
    for column in _columns_of_a_person():
        await db.execute(delete(column.class_).where(among(column, persons)))
    await people.erase(db, persons)


def _columns_of_a_person() -> tuple[InstrumentedAttribute[int], ...]:
    """Where a person's id stands, in the order in which rows may go."""
    return (
        Correction.person_id,
        Membership.worker_id,
        Application.worker_id,
        Dialogue.person_id,
        Agent.person_id,
        Worker.id,
        Consent.person_id,
    )


async def _forget_numbers(db: AsyncSession, persons: set[int]) -> None:
    """Put chance in the place of these NIKs where others typed them, and forget who wants no reminders.

    A NIK that somebody else holds a record of stays there: that record is another person's to erase.
    """
    found = set(await db.scalars(select(Worker.nik_index).where(among(Worker.id, persons))))
    if not found:
        return
    others = select(Worker.nik_index).where(Worker.nik_index.in_(found), ~among(Worker.id, persons))
    alone = found - set(await db.scalars(others))
    await opt_outs.lift(db, alone)
    for index in sorted(alone):
        typed = update(table_of(TypedNik)).where(TypedNik.nik_index == index)
        await db.execute(typed.values(nik_index=secrets.token_bytes(INDEX_BYTES)))


async def _end_requests(db: AsyncSession, persons: set[int]) -> None:
    """Close what was asked about these people: nothing is left to be put right."""
    asked = select(Correction.id).where(among(Correction.person_id, persons))
    open_ones = (DataRequest.id.in_(asked), DataRequest.done_at.is_(None))
    over = {"answer": "erased", "account_id": None, "done_at": DataRequest.asked_at}
    await db.execute(update(table_of(DataRequest)).where(*open_ones).values(over))
