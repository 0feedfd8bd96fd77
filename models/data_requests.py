"""What people ask of their own data, each with the clock of 3×24 hours (UU 27/2022, articles 30 to 42)."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from models.storage.base import Base, Id, one_of
from models.storage.ids import new_id

ALLOWED = timedelta(days=3)
"""How long the law gives us."""


class Request(StrEnum):
    """What was asked: to stop the use of the data, or to destroy them."""

    WITHDRAW = "withdraw"
    ERASE = "erase"


class DataRequest(Base):
    """One request; `done_at` is empty while the office still has something to do. It names nobody."""

    __tablename__ = "data_requests"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    account_index: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    request: Mapped[Request] = mapped_column(one_of(Request))
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(index=True)
    done_at: Mapped[datetime | None]


def data_request(account_index: bytes, request: Request, now: datetime, *, done: bool) -> DataRequest:
    """Return the record of a request made now."""
    return DataRequest(
        id=new_id(now),
        account_index=account_index,
        request=request,
        asked_at=now,
        due_at=now + ALLOWED,
        done_at=now if done else None,
    )
