"""Corrections: data put right, at once or by the office; what stood there before is kept sealed.

UU 27/2022, article 30: within 3×24 hours. What the office has not acted on is changed at once; later it is a
task for the officers. What stood there before is opened for nobody but the person and whoever decided.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.applications import Application, key_of
from models.data_requests import DataRequest, Request, data_request
from models.filing import DUPLICATE_NIK, Filing, retold
from models.office.repairs import Refiled, is_taken
from models.ownership.own import own_applications
from models.states import State
from models.storage.base import Base, Id, table_of
from models.storage.keys import Keys
from models.storage.sealed import PersonKey
from models.workers import Worker

AT_ONCE = (State.SUBMITTED, State.RETURNED)
"""States in which the office has not acted: the sender changes the data himself."""

NEVER = (State.WITHDRAWN, State.DRAFT)
"""States in which there is nothing to be put right."""


class Correction(Base):
    """One correction, by the number of its request: the answers wanted and those that stood there, sealed.

    `former` is empty until it is done. `decided_by` is the officer, None for what was done at once.
    """

    __tablename__ = "corrections"

    id: Mapped[int] = mapped_column(
        Id, ForeignKey("data_requests.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    person_id: Mapped[int] = mapped_column(Id, ForeignKey("person_keys.person_id"), index=True)
    application_id: Mapped[int] = mapped_column(
        Id, ForeignKey("applications.id", ondelete="CASCADE"), index=True
    )
    account_id: Mapped[int] = mapped_column(Id)
    wanted: Mapped[bytes] = mapped_column(LargeBinary)
    former: Mapped[bytes | None] = mapped_column(LargeBinary)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(Id)

    def asked(self, key: PersonKey) -> dict[str, Any]:
        """Return the answers that are wanted, by question."""
        told: dict[str, Any] = key.open_json("corrections", self.id, "wanted", self.wanted)
        return told

    def before(self, key: PersonKey) -> dict[str, Any]:
        """Return the answers that stood there before, by question; none while it waits."""
        told = self.former and key.open_json("corrections", self.id, "former", self.former)
        return told or {}


async def correctable(db: AsyncSession, account_id: int) -> list[Application]:
    """Return what an account may have put right: its own, and what it took over as the worker."""
    return [each for each in await own_applications(db, account_id) if each.state not in NEVER]


def at_once(application: Application, account_id: int) -> bool:
    """Return whether an account may change it itself: it filed it, and the office has not acted."""
    theirs = application.account_id == account_id and application.worker_account_id in (None, account_id)
    return theirs and application.state in AT_ONCE and application.frozen_at is None


async def ask(
    db: AsyncSession,
    keys: Keys,
    application: Application,
    wanted: Mapping[str, Any],
    account_id: int,
    now: datetime,
    *,
    done: bool = False,
) -> Correction:
    """Note that these answers are wanted; it is a task of the office unless it is done."""
    index = keys.sender_index(account_id)
    request = data_request(index, Request.CORRECT, now, done=done, account_id=account_id)
    request.answer = "done" if done else None
    db.add(request)
    await db.flush()
    key = await key_of(db, keys, application.worker_id)
    row = Correction(
        id=request.id,
        person_id=application.worker_id,
        application_id=application.id,
        account_id=account_id,
        wanted=key.seal_json("corrections", request.id, "wanted", dict(wanted)),
    )
    db.add(row)
    await db.flush()
    return row


async def put_right(
    db: AsyncSession,
    keys: Keys,
    correction: Correction,
    application: Application,
    filing: Filing,
    now: datetime,
    by: int | None = None,
) -> None:
    """Write the corrected answers, and keep those that stood there before sealed.

    A NIK that another active application has makes this one a duplicate for the office to compare.
    """
    key = await key_of(db, keys, application.worker_id)
    before = application.told(key)
    former = {name: before.get(name) for name in correction.asked(key)}
    form = Refiled(
        application.worker_id, key, application.consent_id, application.account_id, application.form_version
    )
    person, told = retold(keys, form, filing, application.id)
    taken = await is_taken(db, told["nik_index"], application.id)
    told |= {"duplicate": taken, "flags": [*told["flags"], DUPLICATE_NIK] if taken else told["flags"]}
    told["updated_at"] = now
    await db.execute(update(table_of(Worker)).where(Worker.id == application.worker_id).values(person))
    await db.execute(update(table_of(Application)).where(Application.id == application.id).values(told))
    correction.former = key.seal_json("corrections", correction.id, "former", former)
    correction.decided_at, correction.decided_by = now, by
    await db.flush()


async def of_request(db: AsyncSession, request: DataRequest) -> Correction | None:
    """Return what a request wants put right, None where that was erased."""
    return await db.get(Correction, request.id, populate_existing=True)


async def of_persons(db: AsyncSession, persons: Sequence[int], account_id: int) -> list[Correction]:
    """Return what was put right, or waits to be, about these people or asked by an account."""
    query = select(Correction).where(
        or_(Correction.person_id.in_(persons), Correction.account_id == account_id)
    )
    return list(await db.scalars(query.order_by(Correction.id)))
