"""Deliveries: every message we owe, until it is sent or it is known why not.

queued → sending → sent | uncertain | dead | broken; queued → cancelled | expired.
A caller claims, commits, sends, closes, commits. Whoever dies in between is found by the sweep.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any

import orjson
from sqlalchemy import Index, LargeBinary, case, delete, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, one_of, table_of
from models.clock import from_now
from models.conflicts import Row, insert_returning
from models.ids import new_id
from models.keys import Keys


class Lane(IntEnum):
    """Who goes first: a lower lane waits for nobody above it."""

    REPLY = 0
    TRANSACTION = 1
    REMINDER = 2
    BROADCAST = 3


class Promise(StrEnum):
    """What is promised of a message when its fate is in doubt.

    A  at least once: it is sent again, and carries its reference
    B  at most once: it is left uncertain and shown to the officers
    """

    AT_LEAST_ONCE = "A"
    AT_MOST_ONCE = "B"


class Fate(StrEnum):
    """Where a delivery stands.

    queued     waits for its time and its turn
    sending    claimed by a sender until the lease ends
    sent       Telegram has it
    uncertain  Telegram may have it; nobody sends it again
    dead       the chat cannot be reached
    cancelled  no longer wanted
    expired    its time went by
    broken     our own request was wrong
    """

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    DEAD = "dead"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    BROKEN = "broken"


OPEN = (Fate.QUEUED, Fate.SENDING, Fate.UNCERTAIN)


class Delivery(Base):
    """One message owed; `dedupe` is unique for ever, the payload is sealed and emptied at the end."""

    __tablename__ = "deliveries"
    __table_args__ = (
        Index(
            "ix_deliveries_queued",
            "lane",
            "not_before",
            "id",
            sqlite_where=text("state = 'queued'"),
            postgresql_where=text("state = 'queued'"),
        ),
        Index(
            "ix_deliveries_sending",
            "lease_until",
            sqlite_where=text("state = 'sending'"),
            postgresql_where=text("state = 'sending'"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    lane: Mapped[int]
    promise: Mapped[Promise] = mapped_column(one_of(Promise))
    dedupe: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int | None] = mapped_column(Id, index=True)
    chat_id: Mapped[int] = mapped_column(Id)
    kind: Mapped[str]
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    not_before: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    state: Mapped[Fate] = mapped_column(one_of(Fate))
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int]
    message_id: Mapped[int | None] = mapped_column(Id)
    error: Mapped[str | None]
    created_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Owed:
    """A message to be owed: `dedupe` names it for ever, `payload` is JSON."""

    lane: Lane
    promise: Promise
    dedupe: str
    chat_id: int
    kind: str
    payload: dict[str, Any] = field(repr=False)
    not_before: datetime
    account_id: int | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery in the hand of one sender, with its payload open."""

    id: int
    lane: Lane
    promise: Promise
    dedupe: str
    account_id: int | None
    chat_id: int
    kind: str
    payload: dict[str, Any] = field(repr=False)
    attempts: int


async def owe(db: AsyncSession, keys: Keys, owed: Iterable[Owed], now: datetime) -> int:
    """Owe messages and return how many are new; one whose dedupe name is known changes nothing."""
    rows = [_row(keys, each, now) for each in sorted(owed, key=lambda each: each.dedupe)]
    return len(await insert_returning(db, Delivery, rows, Delivery.id))


async def claim(db: AsyncSession, keys: Keys, now: datetime, limit: int, lease: timedelta) -> list[Claimed]:
    """Take what is due, first lanes first, for as long as the lease; commit before sending."""
    due = (
        select(Delivery.id)
        .where(Delivery.state == Fate.QUEUED, Delivery.not_before <= now)
        .where(or_(Delivery.expires_at.is_(None), Delivery.expires_at > now))
        .order_by(Delivery.lane, Delivery.not_before, Delivery.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    taken = (
        update(table_of(Delivery))
        .where(Delivery.id.in_(select(due.c.id)))
        .values(state=Fate.SENDING, lease_until=from_now(lease), attempts=Delivery.attempts + 1)
        .returning(*table_of(Delivery).c)
    )
    rows = (await db.execute(taken)).all()
    return [_claimed(keys, row) for row in sorted(rows, key=lambda row: (row.lane, row.not_before, row.id))]


async def close(
    db: AsyncSession, delivery_id: int, fate: Fate, *, message_id: int | None = None, error: str | None = None
) -> bool:
    """Note what a send came to; False when the row was closed or erased meanwhile."""
    values: Row = {"state": fate, "lease_until": None, "message_id": message_id, "error": error}
    if fate is not Fate.UNCERTAIN:
        values["payload"] = b""
    return await _change(db, delivery_id, values)


async def later(db: AsyncSession, delivery_id: int, not_before: datetime, error: str | None = None) -> bool:
    """Put a claimed row back until a moment; False when it was closed or erased meanwhile."""
    return await _change(
        db, delivery_id, {"state": Fate.QUEUED, "not_before": not_before, "lease_until": None, "error": error}
    )


async def sweep(db: AsyncSession) -> int:
    """Take back what dead senders held: class A is queued again, class B is uncertain. Return how many."""
    fate = case((Delivery.promise == Promise.AT_LEAST_ONCE, Fate.QUEUED.value), else_=Fate.UNCERTAIN.value)
    found = await db.execute(
        update(table_of(Delivery))
        .where(Delivery.state == Fate.SENDING, Delivery.lease_until < from_now())
        .values(state=fate, lease_until=None)
        .returning(Delivery.id)
    )
    return len(found.all())


async def expire(db: AsyncSession, now: datetime) -> int:
    """Close what waited beyond its time, and return how many."""
    found = await db.execute(
        update(table_of(Delivery))
        .where(Delivery.state == Fate.QUEUED, Delivery.expires_at <= now)
        .values(state=Fate.EXPIRED, payload=b"")
        .returning(Delivery.id)
    )
    return len(found.all())


async def cancel(db: AsyncSession, account_id: int, lanes: Iterable[Lane] = Lane) -> int:
    """Cancel what an account is still owed in these lanes, and return how many."""
    found = await db.execute(
        update(table_of(Delivery))
        .where(Delivery.account_id == account_id, Delivery.state == Fate.QUEUED)
        .where(Delivery.lane.in_([int(lane) for lane in lanes]))
        .values(state=Fate.CANCELLED, payload=b"")
        .returning(Delivery.id)
    )
    return len(found.all())


async def erase(db: AsyncSession, account_id: int) -> None:
    """Delete every trace of what an account was owed or sent."""
    await db.execute(delete(Delivery).where(Delivery.account_id == account_id))


async def _change(db: AsyncSession, delivery_id: int, values: Row) -> bool:
    statement = (
        update(table_of(Delivery))
        .where(Delivery.id == delivery_id, Delivery.state.in_(OPEN))
        .values(**values)
    )
    return (await db.execute(statement.returning(Delivery.id))).first() is not None


def _row(keys: Keys, owed: Owed, now: datetime) -> Row:
    delivery_id = new_id(now)
    return {
        "id": delivery_id,
        "lane": int(owed.lane),
        "promise": owed.promise,
        "dedupe": owed.dedupe,
        "account_id": owed.account_id,
        "chat_id": owed.chat_id,
        "kind": owed.kind,
        "payload": keys.seal("deliveries", delivery_id, "payload", orjson.dumps(owed.payload)),
        "not_before": owed.not_before,
        "expires_at": owed.expires_at,
        "state": Fate.QUEUED,
        "attempts": 0,
        "created_at": now,
    }


def _claimed(keys: Keys, row: Any) -> Claimed:
    return Claimed(
        id=row.id,
        lane=Lane(row.lane),
        promise=row.promise,
        dedupe=row.dedupe,
        account_id=row.account_id,
        chat_id=row.chat_id,
        kind=row.kind,
        payload=orjson.loads(keys.open("deliveries", row.id, "payload", row.payload)),
        attempts=row.attempts,
    )
