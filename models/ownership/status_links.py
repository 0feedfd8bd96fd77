"""Status links: what the QR code on a paper opens, for as long as that paper is the last of its kind.

Only the SHA-256 of a link's token rests here: who reads the database cannot open a link. Printing anew makes
a new token, and the former one opens nothing any more.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import ForeignKey, LargeBinary, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.applications import Application
from models.storage.among import among
from models.storage.base import Base, Id, one_of, table_of
from models.storage.conflicts import insertion
from models.storage.gone import count_of
from models.storage.ids import new_id
from models.storage.tokens import TOKEN, digest

MOST_TRIES: Final = 5
"""After so many wrong codes within `TRIED_WITHIN` an account hears nothing about any code."""

TRIED_WITHIN: Final = timedelta(hours=1)


class Paper(StrEnum):
    """What a link was printed on: a slip of one worker, or a sheet of many."""

    SLIP = "slip"
    SHEET = "sheet"


class StatusLink(Base):
    """The link on the last paper of its kind about one application; it goes with the application."""

    __tablename__ = "status_links"

    application_id: Mapped[int] = mapped_column(
        Id, ForeignKey("applications.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    paper: Mapped[Paper] = mapped_column(one_of(Paper), primary_key=True)
    token_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    made_at: Mapped[datetime]


class WrongTry(Base):
    """A code that opened nothing, tried by an account: which code it was is not kept."""

    __tablename__ = "wrong_tries"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(Id, ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]


async def keep(db: AsyncSession, tokens: Mapping[int, str], paper: Paper, now: datetime) -> None:
    """Let each token, by its application, open the status from now on, in place of the former one."""
    if not tokens:
        return
    rows = [
        {"application_id": number, "paper": paper, "token_sha256": digest(token), "made_at": now}
        for number, token in sorted(tokens.items())
    ]
    new = insertion(db, StatusLink)
    replaced = {name: new.excluded[name] for name in ("token_sha256", "made_at")}
    await db.execute(
        new.on_conflict_do_update(index_elements=["application_id", "paper"], set_=replaced), rows
    )


async def by_token(db: AsyncSession, token: str) -> Application | None:
    """Return the application whose status a link opens; None for what opens nothing."""
    if not TOKEN.fullmatch(token):
        return None
    query = (
        select(Application)
        .join(StatusLink, StatusLink.application_id == Application.id)
        .where(StatusLink.token_sha256 == digest(token))
    )
    found: Application | None = await db.scalar(query)
    return found


async def revoke(db: AsyncSession, application_ids: Iterable[int]) -> None:
    """Let no paper about these applications open anything any more."""
    await db.execute(delete(table_of(StatusLink)).where(among(StatusLink.application_id, application_ids)))


async def is_silenced(db: AsyncSession, account_id: int, now: datetime) -> bool:
    """Return whether an account has tried too many wrong codes to be answered, also about a right one."""
    recent = (WrongTry.account_id == account_id, WrongTry.at > now - TRIED_WITHIN)
    return (await db.scalar(select(func.count()).select_from(WrongTry).where(*recent)) or 0) >= MOST_TRIES


async def note_wrong(db: AsyncSession, account_id: int, now: datetime) -> None:
    """Note that an account tried a wrong code; the caller holds the account."""
    db.add(WrongTry(id=new_id(now), account_id=account_id, at=now))
    await db.flush()


async def purge(db: AsyncSession, before: datetime) -> int:
    """Forget wrong tries from before a moment; return how many."""
    return count_of(await db.execute(delete(table_of(WrongTry)).where(WrongTry.at < before)))
