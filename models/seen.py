"""Which updates have had their effect: one row each, kept longer than Telegram can send a copy."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Index, TextClause, bindparam, delete, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.storage.among import Numbers
from models.storage.base import Base, Id, Moment
from models.storage.gone import count_of

KEPT = timedelta(days=8)
"""Seven days until update ids may start anew, and a day of an update's life (Bot API, `Update.update_id`)."""


class SeenUpdate(Base):
    """An update that was handled; a copy of it changes nothing."""

    __tablename__ = "seen_updates"
    __table_args__ = (Index("ix_seen_updates_seen_at", "seen_at"), {"sqlite_with_rowid": False})

    bot_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    update_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    seen_at: Mapped[datetime]


def _recording(numbers: str) -> TextClause:
    return text(
        f"INSERT INTO seen_updates (bot_id, update_id, seen_at) SELECT :bot_id, {numbers}"
        " ON CONFLICT DO NOTHING RETURNING update_id"
    ).bindparams(bindparam("ids", type_=Numbers()), bindparam("now", type_=Moment()))


RECORD = {
    "postgresql": _recording("id, :now FROM unnest(:ids) AS id"),
    "sqlite": _recording("value, :now FROM json_each(:ids) WHERE true"),
}
"""One parameter for the whole batch: a statement of 300 parameters costs ten times as much to send."""


async def new_updates(db: AsyncSession, bot_id: int, ids: Iterable[int], now: datetime) -> set[int]:
    """Record updates as seen and return those that were not; the others are copies."""
    record = RECORD[db.get_bind().dialect.name]
    fresh = await db.scalars(record, {"bot_id": bot_id, "ids": sorted(set(ids)), "now": now})
    return set(fresh)


async def purge(db: AsyncSession, before: datetime) -> int:
    """Forget what was seen before a moment; return how many."""
    return count_of(await db.execute(delete(SeenUpdate).where(SeenUpdate.seen_at < before)))
