"""Decisions: what an officer makes of an application in review, one by one or many clean ones at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Text, and_, cast, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.application_events import event
from models.applications import Application, Closing, move
from models.filing import DUPLICATE_NIK
from models.office.returned import Given
from models.office.reviews import Review, is_over
from models.people import PersonKeyRow
from models.states import ACTIVE, State
from models.storage.base import table_of
from models.storage.keys import Keys
from models.storage.sealed import PersonKey
from models.storage.territories import within
from rules.refusal import Refused

AT_ONCE: Final = 500
"""How many clean applications one tap accepts at most."""


async def accept(db: AsyncSession, keys: Keys, application: Application, by: int, now: datetime) -> None:
    """Accept an application; Refused for one that another of the same NIK stands against."""
    if application.duplicate:
        raise Refused("review.duplicate_first")
    await move(db, keys, application.id, State.ACCEPTED, by=by, now=now)


async def send_back(
    db: AsyncSession, keys: Keys, application: Application, given: Given, by: int, now: datetime
) -> None:
    """Return an application to its sender, with the reasons and the questions to answer again."""
    await move(db, keys, application.id, State.RETURNED, by=by, now=now, reason=given.written())


async def close(
    db: AsyncSession, keys: Keys, application: Application, given: Given, by: int, now: datetime
) -> None:
    """Refuse an application for good."""
    await move(db, keys, application.id, State.WITHDRAWN, by=by, now=now, reason=given.written())
    application.closed_as = Closing.REFUSED
    await db.flush()


async def others_of(db: AsyncSession, application: Application, most: int = 3) -> Sequence[Application]:
    """Return the other applications of the same NIK that are active, the oldest first."""
    query = select(Application).where(
        Application.nik_index == application.nik_index,
        Application.id != application.id,
        Application.state.in_(ACTIVE),
    )
    return (await db.scalars(query.order_by(Application.id).limit(most))).all()


async def merge(
    db: AsyncSession, keys: Keys, gone: Application, kept: Application, by: int, now: datetime
) -> None:
    """Make one of two applications of a NIK: one is closed, the other goes on.

    Refused for two people, or where BPJS Ketenagakerjaan has registered the one to be closed.
    """
    if gone.nik_index != kept.nik_index or gone.id == kept.id:
        raise Refused("review.two_people")
    if gone.state is State.REGISTERED:
        raise Refused("review.registered_stays")
    await move(db, keys, gone.id, State.WITHDRAWN, by=by, now=now)
    gone.closed_as, gone.merged_into = Closing.MERGED, kept.id
    await db.flush()
    if kept.duplicate and not [one for one in await others_of(db, kept) if not one.duplicate]:
        kept.duplicate = False
        kept.flags = [flag for flag in kept.flags if flag != DUPLICATE_NIK]
        await db.flush()


@dataclass(frozen=True, slots=True)
class Clean:
    """How many applications of one sender have nothing against them, and the newest of them."""

    account_id: int
    count: int
    newest: int


async def clean(db: AsyncSession, by: int, territories: Iterable[str], most: int = 8) -> list[Clean]:
    """Return the senders, others than the officer, with several clean applications, the most first."""
    count = func.count()
    query = (
        select(Application.account_id, count, func.max(Application.id))
        .outerjoin(Review)
        .where(_is_clean(territories), Application.account_id != by)
        .group_by(Application.account_id)
        .having(count > 1)
        .order_by(count.desc(), Application.account_id)
        .limit(most)
    )
    return [Clean(*row) for row in await db.execute(query)]


async def clean_up_to(
    db: AsyncSession, newest: int, by: int, territories: Iterable[str]
) -> list[Application]:
    """Return the clean applications of who filed one, up to it, the oldest first, locked; so many at once."""
    sender = select(Application.account_id).where(Application.id == newest).scalar_subquery()
    query = (
        select(Application)
        .outerjoin(Review)
        .where(Application.account_id == sender, Application.account_id != by, Application.id <= newest)
        .where(_is_clean(territories))
        .order_by(Application.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True, of=Application)
    )
    return list(await db.scalars(query, execution_options={"populate_existing": True}))


async def accept_all(
    db: AsyncSession, keys: Keys, applications: Sequence[Application], by: int, now: datetime
) -> None:
    """Accept applications in three statements, each with its history."""
    people = {one.worker_id for one in applications}
    wrapped = dict(
        (
            await db.execute(
                select(PersonKeyRow.person_id, PersonKeyRow.wrapped).where(PersonKeyRow.person_id.in_(people))
            )
        ).all()
    )
    for one in applications:
        key = PersonKey.unwrap(keys, one.worker_id, wrapped[one.worker_id])
        db.add(event(one.id, (one.state, State.ACCEPTED), by, now, key))
    accepted = update(table_of(Application)).where(Application.id.in_([one.id for one in applications]))
    await db.execute(accepted.values(state=State.ACCEPTED, updated_at=now))
    await db.flush()


def _is_clean(territories: Iterable[str]) -> ColumnElement[bool]:
    return and_(
        Application.state == State.SUBMITTED,
        Application.duplicate.is_(False),
        Application.frozen_at.is_(None),
        cast(Application.flags, Text) == "[]",
        within(Application.village_code, territories),
        or_(Review.application_id.is_(None), is_over()),
    )
