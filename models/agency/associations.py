"""Associations: the link by which an approved association invites its members, and who came by it.

A link can be used by many, for a year, and is revoked with one tap. It is found by the SHA-256 of its token;
the token itself rests sealed, so that the same poster can be printed again. What a coordinator learns are
counts, and the names of those members who agreed to it.
"""

import hashlib
import re
import secrets
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import ForeignKey, LargeBinary, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.agency.agents import Agent, Kind, Stage
from models.storage.base import Base, Id, table_of
from models.storage.conflicts import insert_new
from models.storage.ids import new_id
from models.storage.keys import Keys

VALID: Final = timedelta(days=365)
"""How long a link can be used."""

TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{22}")
"""128 random bits in base64url, as a deep link of Telegram may carry them."""


class AssociationLink(Base):
    """The one link of an association; a new one takes its place, and the former opens nothing any more."""

    __tablename__ = "association_links"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    agent_id: Mapped[int] = mapped_column(Id, ForeignKey("agents.id", ondelete="CASCADE"), unique=True)
    token_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    token: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    def opened(self, keys: Keys) -> str:
        """Return the token."""
        return keys.open("association_links", self.id, "token", self.token).decode()


class AssociationMember(Base):
    """An account that came by the link of an association, until it leaves: then nothing of it stays.

    `shows_name`: the coordinator may see the member's name; `answered_at` is when that was last said, to
    which words (their version, SHA-256 and language). Whoever did not answer is not shown.
    """

    __tablename__ = "association_members"

    agent_id: Mapped[int] = mapped_column(
        Id, ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    account_id: Mapped[int] = mapped_column(
        Id, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )
    joined_at: Mapped[datetime]
    shows_name: Mapped[bool]
    answered_at: Mapped[datetime | None]
    text_version: Mapped[str | None]
    text_sha256: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    language: Mapped[str | None]


async def coordinated(db: AsyncSession, account_id: int, today: date) -> Agent | None:
    """Return the association an account speaks for, if it is approved as one on this day."""
    own = (Agent.account_id == account_id, Agent.kind == Kind.ASSOCIATION, Agent.stage == Stage.APPROVED)
    found: Agent | None = await db.scalar(select(Agent).where(*own))
    return found if found is not None and found.stands(today) else None


async def link(db: AsyncSession, agent_id: int, now: datetime) -> AssociationLink | None:
    """Return the link of an association that can be used, or None."""
    live = (AssociationLink.agent_id == agent_id, AssociationLink.expires_at > now)
    found: AssociationLink | None = await db.scalar(select(AssociationLink).where(*live))
    return found


async def make_link(db: AsyncSession, keys: Keys, agent_id: int, now: datetime) -> AssociationLink:
    """Make the link of an association, in place of the former one. The caller holds its account."""
    await revoke(db, agent_id)
    token, number = secrets.token_urlsafe(16), new_id(now)
    made = AssociationLink(
        id=number,
        agent_id=agent_id,
        token_sha256=_digest(token),
        token=keys.seal("association_links", number, "token", token.encode()),
        made_at=now,
        expires_at=now + VALID,
    )
    db.add(made)
    await db.flush()
    return made


async def revoke(db: AsyncSession, agent_id: int) -> None:
    """Let the link of an association open nothing any more; who came by it stays."""
    await db.execute(delete(table_of(AssociationLink)).where(AssociationLink.agent_id == agent_id))


async def by_token(db: AsyncSession, token: str, now: datetime, today: date) -> Agent | None:
    """Return the association a link invites to, while both hold; None for every other text."""
    if not TOKEN.fullmatch(token):
        return None
    query = (
        select(Agent)
        .join(AssociationLink, AssociationLink.agent_id == Agent.id)
        .where(AssociationLink.token_sha256 == _digest(token), AssociationLink.expires_at > now)
    )
    found: Agent | None = await db.scalar(query)
    return found if found is not None and found.stands(today) else None


async def join(db: AsyncSession, agent_id: int, account_id: int, now: datetime) -> bool:
    """Make an account a member whose name nobody sees; False when it is one already.

    The caller holds the account.
    """
    row = {"agent_id": agent_id, "account_id": account_id, "joined_at": now, "shows_name": False}
    if await member(db, agent_id, account_id) is not None:
        return False
    await insert_new(db, AssociationMember, [row])
    return True


async def member(db: AsyncSession, agent_id: int, account_id: int) -> AssociationMember | None:
    """Return an account's membership of an association, or None."""
    return await db.get(AssociationMember, (agent_id, account_id), populate_existing=True)


async def of_account(db: AsyncSession, account_id: int) -> list[tuple[AssociationMember, Agent]]:
    """Return the associations an account is a member of."""
    query = (
        select(AssociationMember, Agent)
        .join(Agent, Agent.id == AssociationMember.agent_id)
        .where(AssociationMember.account_id == account_id)
        .order_by(AssociationMember.joined_at)
    )
    return [(one, agent) for one, agent in await db.execute(query)]


async def answer(
    db: AsyncSession,
    agent_id: int,
    account_id: int,
    *,
    shows_name: bool,
    words: tuple[str, bytes, str],
    now: datetime,
) -> None:
    """Note whether a member's name may be seen, to which words: version, SHA-256 and language."""
    version, digest, language = words
    values = {
        "shows_name": shows_name,
        "answered_at": now,
        "text_version": version,
        "text_sha256": digest,
        "language": language,
    }
    own = (AssociationMember.agent_id == agent_id, AssociationMember.account_id == account_id)
    await db.execute(update(table_of(AssociationMember)).where(*own).values(values))


async def leave(db: AsyncSession, account_id: int, agent_id: int | None = None) -> None:
    """Let an account be a member of an association no more, or of none."""
    own = [AssociationMember.account_id == account_id]
    if agent_id is not None:
        own.append(AssociationMember.agent_id == agent_id)
    await db.execute(delete(table_of(AssociationMember)).where(*own))


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
