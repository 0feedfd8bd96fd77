"""Opt-outs: whoever wants no reminders gets none, also after their name comes back in an import."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.storage.base import Base, Id, table_of
from models.storage.conflicts import insert_new


class OptOut(Base):
    """A NIK, by its blind index, that is not reminded; `account_id` is who said so."""

    __tablename__ = "opt_outs"

    nik_index: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    stopped_at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(Id)


async def stop(db: AsyncSession, nik_index: bytes, account_id: int | None, now: datetime) -> None:
    """Remind nobody of this NIK from now on; saying so twice changes nothing."""
    await insert_new(db, OptOut, [{"nik_index": nik_index, "stopped_at": now, "account_id": account_id}])


async def lift(db: AsyncSession, nik_indexes: Iterable[bytes]) -> int:
    """Remind of these NIKs again, and return how many had been stopped."""
    wanted = list(nik_indexes)
    lifted = await db.execute(delete(OptOut).where(OptOut.nik_index.in_(wanted)).returning(OptOut.nik_index))
    return len(lifted.all())


async def is_stopped(db: AsyncSession, nik_index: bytes) -> bool:
    """Say whether reminders of a NIK were stopped."""
    return await db.scalar(select(OptOut.stopped_at).where(OptOut.nik_index == nik_index)) is not None


def stops(nik_index: Any) -> ColumnElement[bool]:
    """Return the condition that reminders of a NIK were stopped."""
    return exists().where(OptOut.nik_index == nik_index).correlate_except(OptOut)


async def forget(db: AsyncSession, account_id: int) -> None:
    """Forget who stopped reminders; they stay stopped."""
    theirs = update(table_of(OptOut)).where(OptOut.account_id == account_id)
    await db.execute(theirs.values(account_id=None))
