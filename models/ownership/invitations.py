"""Invitations: a link that lets one more person be reminded about a membership, once and for a week.

Only the SHA-256 of the link's token rests here: who reads the database cannot use a link.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import ForeignKey, LargeBinary, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.memberships import Relation
from models.storage.base import Base, Id, one_of, table_of
from models.storage.gone import count_of
from models.storage.ids import new_id
from models.storage.tokens import TOKEN, digest, new_token

VALID: Final = timedelta(days=7)
"""How long a link can be used."""

KEPT: Final = timedelta(days=7)
"""How long a link that is over is still known, so that whoever opens it hears why it does nothing."""

MOST_OPEN: Final = 10
"""How many unused links one account may have out at a time."""


class Use(StrEnum):
    """Whether a link can still be used: open, used (agreed to or refused), expired."""

    OPEN = "open"
    USED = "used"
    EXPIRED = "expired"


class Invitation(Base):
    """A link into the chain of one membership, made by an account for somebody of one relation.

    It goes with the membership and with the account that made it; who opened it is not kept here.
    """

    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    token_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    membership_id: Mapped[int] = mapped_column(
        Id, ForeignKey("memberships.id", ondelete="CASCADE"), index=True
    )
    account_id: Mapped[int] = mapped_column(Id, ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    relation: Mapped[Relation] = mapped_column(one_of(Relation))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    spent_at: Mapped[datetime | None]

    def use(self, now: datetime) -> Use:
        """Return whether the link can still be used."""
        if self.spent_at is not None:
            return Use.USED
        return Use.OPEN if now < self.expires_at else Use.EXPIRED


async def invite(
    db: AsyncSession, membership_id: int, account_id: int, relation: Relation, now: datetime
) -> str | None:
    """Make a link and return its token, which is kept nowhere; None with too many links out already.

    The caller holds the account.
    """
    unused = (Invitation.account_id == account_id, Invitation.spent_at.is_(None), Invitation.expires_at > now)
    if (await db.scalar(select(func.count()).where(*unused)) or 0) >= MOST_OPEN:
        return None
    token = new_token()
    db.add(
        Invitation(
            id=new_id(now),
            token_sha256=digest(token),
            membership_id=membership_id,
            account_id=account_id,
            relation=relation,
            created_at=now,
            expires_at=now + VALID,
        )
    )
    await db.flush()
    return token


async def by_token(db: AsyncSession, token: str) -> Invitation | None:
    """Return the invitation of a link, used or not; None for what is no token of ours."""
    if not TOKEN.fullmatch(token):
        return None
    query = select(Invitation).where(Invitation.token_sha256 == digest(token))
    found: Invitation | None = await db.scalar(query, execution_options={"populate_existing": True})
    return found


async def spend(db: AsyncSession, token: str, now: datetime) -> bool:
    """Use a link up; False when it is no longer open. Of several who try at once one succeeds."""
    spent = await db.execute(
        update(table_of(Invitation))
        .where(Invitation.token_sha256 == digest(token))
        .where(Invitation.spent_at.is_(None), Invitation.expires_at > now)
        .values(spent_at=now)
        .returning(Invitation.id)
    )
    return spent.first() is not None


async def withdraw(db: AsyncSession, account_id: int, membership_id: int | None = None) -> None:
    """Forget every link an account made, or those for one membership."""
    of = [Invitation.account_id == account_id]
    if membership_id is not None:
        of.append(Invitation.membership_id == membership_id)
    await db.execute(delete(table_of(Invitation)).where(*of))


async def purge(db: AsyncSession, before: datetime) -> int:
    """Forget links that were used or ran out before a moment; return how many."""
    over = or_(Invitation.spent_at < before, Invitation.expires_at < before)
    return count_of(await db.execute(delete(table_of(Invitation)).where(over)))
