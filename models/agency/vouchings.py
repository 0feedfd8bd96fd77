"""Vouchings: the second named person who confirms a list, or objects to a place on it, by a link used once.

Only the SHA-256 of a link's token rests here. The name is sealed with the master key: it is that of somebody
in office, said for this one purpose.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, ForeignKey, LargeBinary, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.agency.programmes import Programme
from models.storage.base import Base, Id, one_of, table_of
from models.storage.ids import new_id
from models.storage.keys import Keys
from models.storage.tokens import TOKEN, digest, new_token

VALID: Final = timedelta(days=7)
"""How long a link can be used."""


class Post(StrEnum):
    """Who may vouch for a list: the three pillars of a village."""

    VILLAGE_HEAD = "village_head"
    BHABINKAMTIBMAS = "bhabinkamtibmas"
    BABINSA = "babinsa"


class Objection(StrEnum):
    """Why the second person does not vouch for a place."""

    UNKNOWN = "unknown"
    MOVED = "moved"
    DIED = "died"
    OFFICIAL = "official"
    NOT_POOR = "not_poor"
    OTHER = "other"


class Vouching(Base):
    """One link to vouch for a list, and what its holder said: agreed, or objected to a place for a reason."""

    __tablename__ = "vouchings"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    programme_id: Mapped[int] = mapped_column(Id, ForeignKey("programmes.id", ondelete="CASCADE"), index=True)
    post: Mapped[Post] = mapped_column(one_of(Post))
    token_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(
        Id, ForeignKey("accounts.id", ondelete="SET NULL"), index=True
    )
    name: Mapped[bytes | None] = mapped_column(LargeBinary)
    agreed: Mapped[bool | None]
    number: Mapped[int | None]
    objection: Mapped[Objection | None] = mapped_column(one_of(Objection))
    said_at: Mapped[datetime | None]

    def name_of(self, keys: Keys) -> str:
        """Return the name its holder gave."""
        return "" if self.name is None else keys.open("vouchings", self.id, "name", self.name).decode()


@dataclass(frozen=True, slots=True)
class Said:
    """What the second person says of a list; `number` and `objection` where they do not agree."""

    account_id: int
    name: str = field(repr=False)
    agreed: bool
    number: int | None = None
    objection: Objection | None = None


async def ask(db: AsyncSession, programme: Programme, post: Post, now: datetime) -> str:
    """Make a link for somebody to vouch for a list, and return its token, which is kept nowhere."""
    token = new_token()
    db.add(
        Vouching(
            id=new_id(now),
            programme_id=programme.id,
            post=post,
            token_sha256=digest(token),
            made_at=now,
            expires_at=now + VALID,
        )
    )
    await db.flush()
    return token


async def by_token(db: AsyncSession, token: str, now: datetime) -> Vouching | None:
    """Return what a link asks for, while it can be used; None for every other text."""
    if not TOKEN.fullmatch(token):
        return None
    unused = (Vouching.token_sha256 == digest(token), *_open(now))
    found: Vouching | None = await db.scalar(select(Vouching).where(*unused))
    return found


async def say(db: AsyncSession, keys: Keys, vouching_id: int, said: Said, now: datetime) -> bool:
    """Note what the second person says, once; False when the link is no longer open."""
    values = {
        "account_id": said.account_id,
        "name": keys.seal("vouchings", vouching_id, "name", said.name.encode()),
        "agreed": said.agreed,
        "number": said.number,
        "objection": said.objection,
        "said_at": now,
    }
    spent = await db.execute(
        update(table_of(Vouching))
        .where(Vouching.id == vouching_id, *_open(now))
        .values(values)
        .returning(Vouching.id)
    )
    return spent.first() is not None


async def forget(db: AsyncSession, account_id: int) -> None:
    """Forget who vouched; what was said of the list stays."""
    theirs = update(table_of(Vouching)).where(Vouching.account_id == account_id)
    await db.execute(theirs.values(account_id=None, name=None))


async def in_force(db: AsyncSession, programme: Programme) -> Vouching | None:
    """Return who last vouched for a list as it is now, or None."""
    found: Vouching | None = await db.scalar(
        select(Vouching)
        .where(Vouching.programme_id == programme.id, Vouching.agreed.is_(True))
        .where(Vouching.said_at >= programme.changed_at)
        .order_by(Vouching.said_at.desc())
        .limit(1)
    )
    return found


def _open(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Vouching.said_at.is_(None), Vouching.expires_at > now
