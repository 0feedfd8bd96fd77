"""Which updates have had their effect: one row each, kept longer than Telegram can send a copy."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id
from models.conflicts import insert_returning

KEPT = timedelta(days=8)
"""Seven days until update ids may start anew, and a day of an update's life (Bot API, `Update.update_id`)."""


class SeenUpdate(Base):
    """An update that was handled; a copy of it changes nothing."""

    __tablename__ = "seen_updates"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's own declaration

    bot_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    update_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    seen_at: Mapped[datetime]


async def new_updates(db: AsyncSession, bot_id: int, ids: Iterable[int], now: datetime) -> set[int]:
    """Record updates as seen and return those that were not; the others are copies."""
    rows = [{"bot_id": bot_id, "update_id": update_id, "seen_at": now} for update_id in sorted(set(ids))]
    return set(await insert_returning(db, SeenUpdate, rows, SeenUpdate.update_id))


async def purge(db: AsyncSession, before: datetime) -> None:
    """Forget what was seen before a moment."""
    await db.execute(delete(SeenUpdate).where(SeenUpdate.seen_at < before))
