"""Group cards: a group that gets a village's counts once a week, because somebody asked for it and proved it.

Who asks in private adds the bot to the group within minutes; the bot says a number there, and only who reads
it and types it in private has proved to be in that group. Nothing said in a group is ever read.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, ForeignKey, LargeBinary, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.storage.base import Base, Id, table_of
from models.storage.ids import new_id

WITHIN: Final = timedelta(minutes=30)
"""How long a request waits for its group and its number."""

CARD: Final = "coverage_card"
"""The kind of delivery that is the weekly card of a group."""

GROUP_LEFT: Final = "group_left"
"""The kind of delivery that leaves a group nobody confirmed in time."""

TRIES: Final = 3
"""How many wrong numbers end a request."""


class GroupCard(Base):
    """A request, then a group (`chat_id`), then a confirmed one. Only the SHA-256 of the number is kept."""

    __tablename__ = "group_cards"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(Id, ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    code: Mapped[str]
    language: Mapped[str]
    chat_id: Mapped[int | None] = mapped_column(Id, unique=True)
    secret_sha256: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    tries: Mapped[int]
    asked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]


async def ask(db: AsyncSession, account_id: int, code: str, language: str, now: datetime) -> None:
    """Note that an account wants cards of a village in a group; a former unfinished wish ends."""
    await db.execute(delete(table_of(GroupCard)).where(*_unfinished(account_id)))
    card = GroupCard(
        id=new_id(now), account_id=account_id, code=code, language=language, tries=0, asked_at=now
    )
    db.add(card)
    await db.flush()


async def join(
    db: AsyncSession, account_id: int, chat_id: int, now: datetime
) -> tuple[GroupCard, str] | None:
    """Bind the open request of who added us to the group; return it with the number to be said there."""
    waiting = select(GroupCard).where(*_unfinished(account_id), GroupCard.asked_at > now - WITHIN)
    card: GroupCard | None = await db.scalar(waiting.where(GroupCard.chat_id.is_(None)))
    if card is None or await of_chat(db, chat_id) is not None:
        return None
    number = f"{secrets.randbelow(1_000_000):06}"
    card.chat_id, card.secret_sha256 = chat_id, _digest(card.id, number)
    await db.flush()
    return card, number


async def confirm(db: AsyncSession, account_id: int, number: str, now: datetime) -> GroupCard | None:
    """Confirm the group of an account's open request by the number said there; None when it is not that."""
    waiting = select(GroupCard).where(*_unfinished(account_id), GroupCard.chat_id.is_not(None))
    card: GroupCard | None = await db.scalar(waiting.where(GroupCard.asked_at > now - WITHIN))
    if card is None or card.tries >= TRIES or card.secret_sha256 is None:
        return None
    if not secrets.compare_digest(card.secret_sha256, _digest(card.id, number)):
        card.tries += 1
        await db.flush()
        return None
    card.confirmed_at, card.secret_sha256 = now, None
    await db.flush()
    return card


async def of_chat(db: AsyncSession, chat_id: int) -> GroupCard | None:
    """Return the request or card of a group."""
    found: GroupCard | None = await db.scalar(select(GroupCard).where(GroupCard.chat_id == chat_id))
    return found


async def confirmed(db: AsyncSession) -> list[GroupCard]:
    """Return every group that gets cards."""
    return list(await db.scalars(select(GroupCard).where(GroupCard.confirmed_at.is_not(None))))


async def of_account(db: AsyncSession, account_id: int, code: str) -> list[GroupCard]:
    """Return the groups that get cards of a village because this account asked."""
    mine = (GroupCard.account_id == account_id, GroupCard.code == code)
    return list(await db.scalars(select(GroupCard).where(*mine, GroupCard.confirmed_at.is_not(None))))


async def given_up(db: AsyncSession, now: datetime) -> list[GroupCard]:
    """Return the requests whose time is over, or that were guessed at too often."""
    late = (GroupCard.asked_at <= now - WITHIN) | (GroupCard.tries >= TRIES)
    return list(await db.scalars(select(GroupCard).where(GroupCard.confirmed_at.is_(None), late)))


async def erase(db: AsyncSession, account_id: int) -> None:
    """Forget every card an account asked for: it is to be erased."""
    await db.execute(delete(table_of(GroupCard)).where(GroupCard.account_id == account_id))


async def forget(db: AsyncSession, card_id: int) -> None:
    """Forget a request or a card."""
    await db.execute(delete(table_of(GroupCard)).where(GroupCard.id == card_id))


def _unfinished(account_id: int) -> tuple[ColumnElement[bool], ...]:
    return GroupCard.account_id == account_id, GroupCard.confirmed_at.is_(None)


def _digest(card_id: int, number: str) -> bytes:
    return hashlib.sha256(f"{card_id}:{number}".encode()).digest()
