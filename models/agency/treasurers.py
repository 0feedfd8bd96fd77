"""Treasurers: who is reminded that the money of a list ends, in place of whoever made it.

Whoever made the list sends a link, used once and within a week; only the SHA-256 of its token rests here. A
list has one treasurer at most, who learns how many are on it and who pays, and nothing of anybody on it.
"""

import hashlib
import re
import secrets
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import ForeignKey, Index, LargeBinary, and_, delete, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.accounts import Account
from models.agency.programmes import Programme
from models.reminding.reminders import reachable
from models.storage.base import Base, Id, table_of
from models.storage.gone import count_of
from models.storage.ids import new_id

VALID: Final = timedelta(days=7)
"""How long a link can be used."""

TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{22}")
"""128 random bits in base64url, as a deep link of Telegram may carry them."""

KEPT: Final = timedelta(days=7)
"""How long what is over is still known."""

IN_FORCE = text("taken_at IS NOT NULL AND ended_at IS NULL")


class Treasurer(Base):
    """One link to look after the money of a list, who took it, and when that ended."""

    __tablename__ = "treasurers"
    __table_args__ = (
        Index(
            "uq_treasurers_in_force",
            "programme_id",
            unique=True,
            sqlite_where=IN_FORCE,
            postgresql_where=IN_FORCE,
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    programme_id: Mapped[int] = mapped_column(Id, ForeignKey("programmes.id", ondelete="CASCADE"), index=True)
    token_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(
        Id, ForeignKey("accounts.id", ondelete="CASCADE"), index=True
    )
    taken_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


async def ask(db: AsyncSession, programme: Programme, now: datetime) -> str:
    """Make a link and return its token, which is kept nowhere; the links made before are over."""
    await _close(db, programme.id, now)
    token = secrets.token_urlsafe(16)
    db.add(
        Treasurer(
            id=new_id(now),
            programme_id=programme.id,
            token_sha256=_digest(token),
            made_at=now,
            expires_at=now + VALID,
        )
    )
    await db.flush()
    return token


async def by_token(db: AsyncSession, token: str, now: datetime) -> Treasurer | None:
    """Return what a link asks for, while it can be used; None for every other text."""
    if not TOKEN.fullmatch(token):
        return None
    unused = (Treasurer.taken_at.is_(None), Treasurer.ended_at.is_(None), Treasurer.expires_at > now)
    found: Treasurer | None = await db.scalar(
        select(Treasurer).where(Treasurer.token_sha256 == _digest(token), *unused)
    )
    return found


async def take(
    db: AsyncSession, programme: Programme, asked: Treasurer, account_id: int, now: datetime
) -> None:
    """Make somebody the treasurer of a list that is held; who was it before is none any more."""
    await end(db, programme.id, now)
    values = {"account_id": account_id, "taken_at": now}
    await db.execute(update(table_of(Treasurer)).where(Treasurer.id == asked.id).values(values))


async def refuse(db: AsyncSession, asked: Treasurer, now: datetime) -> None:
    """Use a link up without a treasurer."""
    await db.execute(update(table_of(Treasurer)).where(Treasurer.id == asked.id).values(ended_at=now))


async def of_programme(db: AsyncSession, programme_id: int) -> int | None:
    """Return the account of a list's treasurer, or None."""
    query = select(Treasurer.account_id).where(Treasurer.programme_id == programme_id, IN_FORCE)
    found: int | None = await db.scalar(query)
    return found


async def end(db: AsyncSession, programme_id: int, now: datetime) -> int | None:
    """Let a list have no treasurer any more; return the account of the one it had."""
    former = (
        update(table_of(Treasurer))
        .where(Treasurer.programme_id == programme_id, IN_FORCE)
        .values(ended_at=now)
        .returning(Treasurer.account_id)
    )
    row = (await db.execute(former)).first()
    return None if row is None else row.account_id


async def dismiss(db: AsyncSession, programme_id: int, now: datetime) -> int | None:
    """End what a list has of treasurers, links that nobody used included."""
    await _close(db, programme_id, now)
    return await end(db, programme_id, now)


async def leave_all(db: AsyncSession, account_id: int, now: datetime) -> None:
    """Let an account be nobody's treasurer any more."""
    own = (Treasurer.account_id == account_id, IN_FORCE)
    await db.execute(update(table_of(Treasurer)).where(*own).values(ended_at=now))


async def ending(db: AsyncSession, first: date, last: date) -> list[tuple[Programme, int]]:
    """Return the lists that end between two days, both included, each with its treasurer, if in reach."""
    soon = (
        select(Programme, Treasurer.account_id)
        .join(Treasurer, Treasurer.programme_id == Programme.id)
        .join(Account, Account.id == Treasurer.account_id)
        .where(Programme.last_day.between(first, last), IN_FORCE, reachable(Account))
    )
    return [(one, account) for one, account in await db.execute(soon.order_by(Programme.id)) if account]


async def purge(db: AsyncSession, before: datetime) -> int:
    """Forget links and treasurers that were over before a moment; return how many."""
    unused = and_(Treasurer.taken_at.is_(None), Treasurer.expires_at < before)
    over = delete(table_of(Treasurer)).where(or_(Treasurer.ended_at < before, unused))
    return count_of(await db.execute(over))


async def _close(db: AsyncSession, programme_id: int, now: datetime) -> None:
    unused = (
        Treasurer.programme_id == programme_id,
        Treasurer.taken_at.is_(None),
        Treasurer.ended_at.is_(None),
    )
    await db.execute(update(table_of(Treasurer)).where(*unused).values(ended_at=now))


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
