"""Freezes: the person a registration is about said "Ini bukan saya". It rests until an officer has looked.

Nothing moves a frozen application (models/applications.py), no list with it is handed on, and nobody is
reminded of its membership: that is asked in SQL, when a day is planned and again right before sending.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from models import memberships
from models.applications import Application, Closing, move
from models.memberships import Life, Membership
from models.states import State
from models.storage.keys import Keys


def is_frozen(membership_id: ColumnElement[int] | InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Return the condition that the registration behind a membership is frozen; those are few, read once."""
    member = aliased(Membership)
    frozen = (
        select(member.id)
        .join(Application, Application.id == member.application_id)
        .where(Application.frozen_at.is_not(None))
    )
    return membership_id.in_(frozen)


async def freeze(db: AsyncSession, application_id: int, by: int, now: datetime) -> Application | None:
    """Freeze an application on the word of an account; None when that is done, decided on, or over."""
    application = await _held(db, application_id)
    if application is None or application.state is State.WITHDRAWN:
        return None
    if application.frozen_at is not None or application.thawed_at is not None:
        return None
    application.frozen_at, application.frozen_by = now, by
    await db.flush()
    return application


async def frozen(db: AsyncSession, application_id: int) -> Application | None:
    """Return a frozen application, on which nobody else decides until the transaction ends, or None."""
    application = await _held(db, application_id)
    return None if application is None or application.frozen_at is None else application


async def thaw(db: AsyncSession, application: Application, now: datetime) -> None:
    """Let a frozen application go on: an officer found that it is right. Nobody freezes it again."""
    application.frozen_at, application.frozen_by, application.thawed_at = None, None, now
    await db.flush()


async def close(db: AsyncSession, keys: Keys, application: Application, by: int, now: datetime) -> None:
    """Close a frozen application for good: an officer found that it is wrong. Its membership is over too."""
    membership = await memberships.of_application(db, application.id)
    if membership is not None:
        await memberships.end(db, membership.id, Life.ENDED, now)
    await move(db, keys, application.id, State.WITHDRAWN, by=by, now=now, frozen_too=True)
    application.closed_as = Closing.REFUSED
    application.frozen_at, application.frozen_by = None, None
    await db.flush()


async def _held(db: AsyncSession, application_id: int) -> Application | None:
    return await db.get(Application, application_id, with_for_update=True, populate_existing=True)
