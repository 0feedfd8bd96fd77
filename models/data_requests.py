"""What people ask of their own data, each with the clock of 3×24 hours (UU 27/2022, articles 30 to 42)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import LargeBinary, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.storage.base import Base, Id, one_of, table_of
from models.storage.ids import new_id

ALLOWED = timedelta(days=3)
"""How long the law gives us."""

LATE = timedelta(hours=48)
"""After so long without an answer the officers are alarmed."""


class Request(StrEnum):
    """What was asked: to stop the use of the data, to destroy them, or to put something right."""

    WITHDRAW = "withdraw"
    ERASE = "erase"
    CORRECT = "correct"


class DataRequest(Base):
    """One request; `done_at` is empty while the office still has something to do.

    `account_id` is whom to tell, and is there only as long as the request is open: one that is done names
    nobody. `answer` is how it ended.
    """

    __tablename__ = "data_requests"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    account_index: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    request: Mapped[Request] = mapped_column(one_of(Request))
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(index=True)
    done_at: Mapped[datetime | None]
    account_id: Mapped[int | None] = mapped_column(Id)
    answer: Mapped[str | None]


def data_request(
    account_index: bytes, request: Request, now: datetime, *, done: bool, account_id: int | None = None
) -> DataRequest:
    """Return the record of a request made now; `account_id` is kept only while it is open."""
    return DataRequest(
        id=new_id(now),
        account_index=account_index,
        request=request,
        asked_at=now,
        due_at=now + ALLOWED,
        done_at=now if done else None,
        account_id=None if done else account_id,
    )


async def waiting(db: AsyncSession, limit: int | None = None) -> Sequence[DataRequest]:
    """Return what the office still has to answer, what is due first before."""
    query = select(DataRequest).where(DataRequest.done_at.is_(None)).order_by(DataRequest.due_at)
    return list(await db.scalars(query.limit(limit)))


async def late(db: AsyncSession, now: datetime) -> Sequence[DataRequest]:
    """Return what was asked 48 hours ago or longer and is not answered."""
    query = select(DataRequest).where(DataRequest.done_at.is_(None), DataRequest.asked_at <= now - LATE)
    return list(await db.scalars(query.order_by(DataRequest.due_at)))


async def open_one(db: AsyncSession, request_id: int) -> DataRequest | None:
    """Return a request that waits, locked."""
    query = select(DataRequest).where(DataRequest.id == request_id, DataRequest.done_at.is_(None))
    found: DataRequest | None = await db.scalar(
        query.with_for_update(), execution_options={"populate_existing": True}
    )
    return found


async def close(db: AsyncSession, request: DataRequest, answer: str, now: datetime) -> None:
    """Note how a request ended; from now on it names nobody."""
    request.done_at, request.answer, request.account_id = now, answer, None
    await db.flush()


async def close_all(db: AsyncSession, account_index: bytes, answer: str, now: datetime) -> None:
    """Note that what an account asked for is over."""
    theirs = (DataRequest.account_index == account_index, DataRequest.done_at.is_(None))
    over = {"done_at": now, "answer": answer, "account_id": None}
    await db.execute(update(table_of(DataRequest)).where(*theirs).values(over))
