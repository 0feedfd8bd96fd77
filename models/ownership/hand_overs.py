"""Hand-overs: a link by which a worker takes the own record from who registered them, once and for a week.

One link an application: making a new one turns the former off. Only the SHA-256 of its token rests here. Once
used, the row stays with the application as the worker's agreement.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, ForeignKey, LargeBinary, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.applications import Application
from models.consents import Basis, Consent
from models.states import State
from models.storage.among import among
from models.storage.base import Base, Id, table_of
from models.storage.conflicts import insertion
from models.storage.gone import count_of
from models.storage.tokens import TOKEN, digest

VALID: Final = timedelta(days=7)
"""How long a link can be used."""


class HandOver(Base):
    """The last link to one application, made by an account; when it was used, and to which words."""

    __tablename__ = "hand_overs"

    application_id: Mapped[int] = mapped_column(
        Id, ForeignKey("applications.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    account_id: Mapped[int] = mapped_column(Id, ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    token_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    spent_at: Mapped[datetime | None]
    text_sha256: Mapped[bytes | None] = mapped_column(LargeBinary(32))


@dataclass(frozen=True, slots=True)
class Taken:
    """When a worker took the own record, and the SHA-256 of the words agreed to."""

    at: datetime
    text_sha256: bytes


async def to_give(db: AsyncSession, account_id: int, most: int) -> list[Application]:
    """Return what an account can hand over, the newest first."""
    query = select(Application).where(*_given_by(account_id)).order_by(Application.id.desc())
    return list(await db.scalars(query.limit(most)))


async def one_to_give(db: AsyncSession, account_id: int, application_id: int) -> Application | None:
    """Return an application an account can hand over, which nobody takes until the transaction ends."""
    query = select(Application).where(Application.id == application_id, *_given_by(account_id))
    found: Application | None = await db.scalar(
        query.with_for_update(of=Application), execution_options={"populate_existing": True}
    )
    return found


async def give(db: AsyncSession, application: Application, token: str, now: datetime) -> None:
    """Let a token hand an application over from now on, in place of the former one."""
    row = {
        "application_id": application.id,
        "account_id": application.account_id,
        "token_sha256": digest(token),
        "made_at": now,
        "expires_at": now + VALID,
        "spent_at": None,
        "text_sha256": None,
    }
    made = insertion(db, HandOver).values(row)
    again = {name: made.excluded[name] for name in row if name != "application_id"}
    await db.execute(made.on_conflict_do_update(index_elements=["application_id"], set_=again))


async def by_token(db: AsyncSession, token: str, now: datetime) -> Application | None:
    """Return what a link hands over while it can be used; None for every other text."""
    if not TOKEN.fullmatch(token):
        return None
    found: Application | None = await db.scalar(
        select(Application)
        .join(HandOver, HandOver.application_id == Application.id)
        .where(HandOver.token_sha256 == digest(token), *_open(now), *_to_be_taken())
    )
    return found


async def hold(db: AsyncSession, token: str, now: datetime) -> Application | None:
    """Return what a link hands over, which nobody else takes or freezes until the transaction ends."""
    found = await by_token(db, token, now)
    if found is None:
        return None
    await db.get_one(Application, found.id, with_for_update=True, populate_existing=True)
    return await by_token(db, token, now)


async def spend(db: AsyncSession, token: str, now: datetime, text_sha256: bytes | None = None) -> int | None:
    """Use a link up and return its application; None when it is no longer open. Of several who try one does.

    `text_sha256` is of the words agreed to; None where somebody refused.
    """
    spent = await db.execute(
        update(table_of(HandOver))
        .where(HandOver.token_sha256 == digest(token), *_open(now))
        .values(spent_at=now, text_sha256=text_sha256)
        .returning(HandOver.application_id)
    )
    row = spent.first()
    return None if row is None else int(row.application_id)


async def taken(db: AsyncSession, application_ids: Iterable[int]) -> dict[int, Taken]:
    """Return when workers took these applications over, by application; nothing of those nobody took."""
    done = (HandOver.spent_at.is_not(None), HandOver.text_sha256.is_not(None))
    rows = await db.execute(
        select(HandOver.application_id, HandOver.spent_at, HandOver.text_sha256).where(
            among(HandOver.application_id, application_ids), *done
        )
    )
    return {number: Taken(at, text) for number, at, text in rows if at is not None and text is not None}


async def answered_by(db: AsyncSession, token: str, account_id: int) -> Application | None:
    """Return what a link was about if this very account has answered it; None for everybody else."""
    if not TOKEN.fullmatch(token):
        return None
    theirs = or_(Application.worker_account_id == account_id, Application.frozen_by == account_id)
    query = select(Application).join(HandOver, HandOver.application_id == Application.id)
    found: Application | None = await db.scalar(query.where(HandOver.token_sha256 == digest(token), theirs))
    return found


async def withdraw(db: AsyncSession, account_id: int) -> None:
    """Turn every link off that an account made and nobody used."""
    unused = (HandOver.account_id == account_id, HandOver.spent_at.is_(None))
    await db.execute(delete(table_of(HandOver)).where(*unused))


async def purge(db: AsyncSession, before: datetime) -> int:
    """Forget links that ran out unused before a moment; return how many."""
    unused = (HandOver.expires_at < before, HandOver.spent_at.is_(None))
    return count_of(await db.execute(delete(table_of(HandOver)).where(*unused)))


def _given_by(account_id: int) -> tuple[ColumnElement[bool], ...]:
    """Filed by an account for somebody else, and still to be taken."""
    for_another = select(Consent.id).where(Consent.id == Application.consent_id, Consent.basis != Basis.SELF)
    return Application.account_id == account_id, for_another.exists(), *_to_be_taken()


def _open(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return HandOver.spent_at.is_(None), HandOver.expires_at > now


def _to_be_taken() -> tuple[ColumnElement[bool], ...]:
    """No worker has taken it, it goes on, and nobody said that it is wrong."""
    return (
        Application.worker_account_id.is_(None),
        Application.state != State.WITHDRAWN,
        Application.frozen_at.is_(None),
    )
