"""Applications: filed registrations, where each stands, and how it is moved."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.application_events import event
from models.people import PersonKeyRow
from models.states import FOLLOWS, State
from models.storage.base import Base, Id, one_of
from models.storage.keys import Keys
from models.storage.sealed import PersonKey
from rules.refusal import Refused

ONE_PER_NIK = text(
    "NOT duplicate AND state IN ('submitted', 'in_review', 'returned', 'accepted', 'registered')"
)

WAITS = text("state IN ('submitted', 'in_review')")


UNDESCRIBED = text("birth_year IS NULL")
"""The rows of a former release, whose sex and birth year are still to be filled in."""


class Closing(StrEnum):
    """Why an application was closed by the office: refused, or one record with another of the same person."""

    REFUSED = "refused"
    MERGED = "merged"


class Application(Base):
    """One registration that an account filed for a worker.

    `duplicate` means that another active application has the same NIK: a person must look. `flags`
    names what the office should check. `closed_as` says what the office closed a withdrawn one as, and
    `merged_into` is the application it became one with. `frozen_at` is when the person it is about said "Ini
    bukan saya", and `frozen_by` the account of that person: until an officer has looked, it is neither moved
    nor exported, and nobody is reminded of it. `thawed_at` is when an officer found it right: nobody freezes
    it again. `worker_account_id` is the account of the worker, who took the record by a hand-over. `sex` and
    `birth_year` (0 where it cannot be known) are there to be counted. `answers` is the whole form, sealed
    with the worker's key.
    """

    __tablename__ = "applications"
    __table_args__ = (
        Index(
            "uq_applications_active_nik",
            "nik_index",
            unique=True,
            sqlite_where=ONE_PER_NIK,
            postgresql_where=ONE_PER_NIK,
        ),
        Index("ix_applications_waiting", "submitted_at", sqlite_where=WAITS, postgresql_where=WAITS),
        Index(
            "ix_applications_worker_account_id",
            "worker_account_id",
            sqlite_where=text("worker_account_id IS NOT NULL"),
            postgresql_where=text("worker_account_id IS NOT NULL"),
        ),
        Index(
            "ix_applications_frozen",
            "id",
            sqlite_where=text("frozen_at IS NOT NULL"),
            postgresql_where=text("frozen_at IS NOT NULL"),
        ),
        Index(
            "ix_applications_undescribed",
            "id",
            sqlite_where=UNDESCRIBED,
            postgresql_where=UNDESCRIBED,
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    reference: Mapped[str] = mapped_column(unique=True)
    worker_id: Mapped[int] = mapped_column(Id, ForeignKey("workers.id"), index=True)
    account_id: Mapped[int] = mapped_column(Id, ForeignKey("accounts.id"), index=True)
    consent_id: Mapped[int] = mapped_column(Id, ForeignKey("consents.id"), index=True)
    state: Mapped[State] = mapped_column(one_of(State), index=True)
    nik_index: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    duplicate: Mapped[bool]
    payer: Mapped[str]
    money: Mapped[str]
    programmes: Mapped[int]
    months: Mapped[int]
    first_month: Mapped[date]
    sector: Mapped[str]
    occupation_id: Mapped[str]
    village_code: Mapped[str] = mapped_column(index=True)
    flags: Mapped[list[str]] = mapped_column(JSON)
    form_version: Mapped[int]
    answers: Mapped[bytes] = mapped_column(LargeBinary)
    closed_as: Mapped[Closing | None] = mapped_column(one_of(Closing, checked=False))
    merged_into: Mapped[int | None] = mapped_column(Id)
    frozen_at: Mapped[datetime | None]
    frozen_by: Mapped[int | None] = mapped_column(Id)
    thawed_at: Mapped[datetime | None]
    worker_account_id: Mapped[int | None] = mapped_column(Id)
    sex: Mapped[str | None]
    birth_year: Mapped[int | None]
    submitted_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    def told(self, key: PersonKey) -> Any:
        """Return the answers of the form, opened with the worker's key."""
        return key.open_json("applications", self.id, "answers", self.answers)


async def of_account(db: AsyncSession, account_id: int, most: int | None = None) -> list[Application]:
    """Return what an account has filed, newest first; at most so many, since a list may hold thousands."""
    filed = select(Application).where(Application.account_id == account_id).order_by(Application.id.desc())
    return list(await db.scalars(filed.limit(most)))


async def seen_by(db: AsyncSession, account_id: int, most: int) -> list[Application]:
    """Return what an account has filed and what it took over as the worker, newest first."""
    theirs = or_(Application.account_id == account_id, Application.worker_account_id == account_id)
    query = select(Application).where(theirs).order_by(Application.id.desc()).limit(most)
    return list(await db.scalars(query))


async def by_reference(db: AsyncSession, reference: str) -> Application | None:
    """Return the application with a receipt number; the caller decides who may see it."""
    found: Application | None = await db.scalar(select(Application).where(Application.reference == reference))
    return found


async def key_of(db: AsyncSession, keys: Keys, person_id: int) -> PersonKey:
    """Return the data key of one person, or raise NoResultFound after an erasure."""
    row = await db.get_one(PersonKeyRow, person_id)
    return PersonKey.unwrap(keys, person_id, row.wrapped)


async def move(
    db: AsyncSession,
    keys: Keys,
    application_id: int,
    to: State,
    *,
    by: int | None,
    now: datetime,
    reason: str | None = None,
    frozen_too: bool = False,
) -> Application:
    """Move an application and write its history; raise Refused when it stands elsewhere by now, or is frozen.

    `frozen_too`: whoever takes it back for good, or closes it after a look, does so also while it is frozen.
    """
    application = await db.get_one(Application, application_id, with_for_update=True, populate_existing=True)
    if application.frozen_at is not None and not frozen_too:
        raise Refused("application.frozen")
    if to not in FOLLOWS[application.state]:
        raise Refused("application.moved_on", state=application.state.value)
    key = await key_of(db, keys, application.worker_id)
    db.add(event(application.id, (application.state, to), by, now, key, reason))
    application.state, application.updated_at = to, now
    await db.flush()
    return application
