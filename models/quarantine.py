"""Quarantine: updates that could not be handled, sealed with their error until somebody looks."""

from datetime import datetime, timedelta

from sqlalchemy import LargeBinary, delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.storage.base import Base, Id
from models.storage.ids import new_id
from models.storage.keys import Keys

KEPT = timedelta(days=30)
"""How long a row lives; it may hold what a person typed."""


class Quarantine(Base):
    """One update set aside; `sender_index` finds it when its sender asks to be erased."""

    __tablename__ = "quarantine"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    bot_id: Mapped[int] = mapped_column(Id)
    update_id: Mapped[int] = mapped_column(Id)
    update: Mapped[bytes] = mapped_column(LargeBinary)
    error: Mapped[bytes] = mapped_column(LargeBinary)
    sender_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    at: Mapped[datetime] = mapped_column(index=True)

    def opened(self, keys: Keys) -> tuple[bytes, str]:
        """Return the update as it came, and the error it raised."""
        update = keys.open("quarantine", self.id, "update", self.update)
        return update, keys.open("quarantine", self.id, "error", self.error).decode()


async def put(
    db: AsyncSession,
    keys: Keys,
    bot_id: int,
    update_id: int,
    update: bytes,
    error: str,
    sender: int | None,
    now: datetime,
) -> int:
    """Set an update aside and return the row's id; the caller records it as seen in the same transaction."""
    row_id = new_id(now)
    row = Quarantine(
        id=row_id,
        bot_id=bot_id,
        update_id=update_id,
        update=keys.seal("quarantine", row_id, "update", update),
        error=keys.seal("quarantine", row_id, "error", error.encode(errors="backslashreplace")),
        sender_index=None if sender is None else keys.sender_index(sender),
        at=now,
    )
    db.add(row)
    await db.flush()
    return row_id


async def purge(db: AsyncSession, before: datetime) -> None:
    """Forget what was set aside before a moment."""
    await db.execute(delete(Quarantine).where(Quarantine.at < before))
