"""Fleeting messages: what we sent that holds people's data, and leaves the chat again within a day.

A bot may delete messages in a private chat for 48 hours only.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.storage.base import Base, Id, table_of
from models.storage.conflicts import insert_new

STAYS: Final = timedelta(hours=20)
"""How long such a message stays: four hours are left for Telegram to be away."""

AGAIN: Final = timedelta(minutes=10)
"""How long after a failed deletion the next one is tried."""

LOST: Final = timedelta(hours=48)
"""From here on Telegram deletes it for nobody."""


UNMASKED: Final = "unmasked"
"""The kind of message that shows an officer an application in full."""

KINDS: Final = frozenset({UNMASKED})
"""Kinds of what is owed that leave the chat again."""


class Fleeting(Base):
    """A message of ours that is to leave its chat at a moment."""

    __tablename__ = "fleeting_messages"

    chat_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    message_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    leaves_at: Mapped[datetime] = mapped_column(index=True)
    sent_at: Mapped[datetime]


async def note(db: AsyncSession, chat_id: int, message_id: int, now: datetime) -> None:
    """Note a message sent just now that is to leave the chat."""
    await note_all(db, [(chat_id, message_id)], now)


async def note_all(
    db: AsyncSession, messages: Iterable[tuple[int, int]], now: datetime, stays: timedelta = STAYS
) -> None:
    """Note messages sent just now, by chat and number, that are to leave their chats after a while."""
    rows = [
        {"chat_id": chat, "message_id": number, "leaves_at": now + stays, "sent_at": now}
        for chat, number in messages
    ]
    await insert_new(db, Fleeting, rows)


async def due(db: AsyncSession, now: datetime, most: int) -> Sequence[Fleeting]:
    """Return messages whose time has come, and see to it that nobody else takes them just now."""
    page = select(Fleeting).where(Fleeting.leaves_at <= now).order_by(Fleeting.leaves_at).limit(most)
    found = list(await db.scalars(page.with_for_update(skip_locked=True)))
    for each in found:
        one = (Fleeting.chat_id == each.chat_id, Fleeting.message_id == each.message_id)
        await db.execute(update(table_of(Fleeting)).where(*one).values(leaves_at=now + AGAIN))
    return found


async def left(db: AsyncSession, chat_id: int, message_id: int) -> None:
    """Note that a message is gone."""
    one = (Fleeting.chat_id == chat_id, Fleeting.message_id == message_id)
    await db.execute(delete(table_of(Fleeting)).where(*one))


async def hasten(db: AsyncSession, chat_id: int, now: datetime) -> None:
    """Have everything that is to leave a chat leave it now."""
    await db.execute(update(table_of(Fleeting)).where(Fleeting.chat_id == chat_id).values(leaves_at=now))
