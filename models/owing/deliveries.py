"""Deliveries: every message we owe, until it is sent or it is known why not.

queued → sending → sent | uncertain | dead | broken; queued → cancelled | expired.
How they are sent is in models/owing/sending.py and models/owing/settlements.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Any, Final

import orjson
from sqlalchemy import ColumnElement, Index, LargeBinary, delete, literal_column, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.storage.among import among
from models.storage.base import Base, Id, is_literally, one_of, table_of
from models.storage.conflicts import Row, insert_returning
from models.storage.ids import new_id
from models.storage.keys import Keys


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


PLACE: Final = "place"
"""The kind of delivery that shows an account where it stands."""


class Delivery(Base):
    """One message owed; `dedupe` is unique for ever, the payload is sealed and emptied at the end.

    A reminder has no payload: `subject_id` names its membership, `month` and `step` what it is about. Nor has
    a copy of a broadcast: `subject_id` names the broadcast, `step` the zone the recipient lives in.
    """

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
            "ix_deliveries_chat",
            "chat_id",
            sqlite_where=text("state IN ('queued', 'sending')"),
            postgresql_where=text("state IN ('queued', 'sending')"),
        ),
        Index(
            "ix_deliveries_expiring",
            "expires_at",
            sqlite_where=text("state = 'queued'"),
            postgresql_where=text("state = 'queued'"),
        ),
        Index(
            "ix_deliveries_sending",
            "lease_until",
            sqlite_where=text("state = 'sending'"),
            postgresql_where=text("state = 'sending'"),
        ),
        Index(
            "ix_deliveries_uncertain",
            "not_before",
            sqlite_where=text("state = 'uncertain'"),
            postgresql_where=text("state = 'uncertain'"),
        ),
        Index(
            "ix_deliveries_broadcast",
            "subject_id",
            "state",
            "step",
            "not_before",
            sqlite_where=text("lane = 3"),
            postgresql_where=text("lane = 3"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    lane: Mapped[int]
    promise: Mapped[Promise] = mapped_column(one_of(Promise))
    dedupe: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int | None] = mapped_column(Id, index=True)
    chat_id: Mapped[int] = mapped_column(Id)
    kind: Mapped[str]
    subject_id: Mapped[int | None] = mapped_column(Id)
    month: Mapped[date | None]
    step: Mapped[str | None]
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
    """A delivery in the hand of one sender, with its payload open.

    `attempts` tells this claim from any later one; `readable` is False when the payload cannot be opened.
    """

    id: int
    lane: Lane
    promise: Promise
    dedupe: str
    account_id: int | None
    chat_id: int
    kind: str
    payload: dict[str, Any] = field(repr=False)
    attempts: int
    subject_id: int | None = None
    month: date | None = None
    step: str | None = None
    readable: bool = True


async def owe(db: AsyncSession, keys: Keys, owed: Iterable[Owed], now: datetime) -> int:
    """Owe messages and return how many are new; one whose dedupe name is known changes nothing."""
    rows = [_row(keys, each, now) for each in sorted(owed, key=lambda each: each.dedupe)]
    return len(await insert_returning(db, Delivery, rows, Delivery.id))


async def cancel(db: AsyncSession, account_id: int, lanes: Iterable[Lane] = Lane) -> int:
    """Cancel what an account is still owed in these lanes, and return how many."""
    found = await db.execute(
        update(table_of(Delivery))
        .where(Delivery.account_id == account_id, in_state(Fate.QUEUED))
        .where(Delivery.lane.in_([int(lane) for lane in lanes]))
        .values(state=Fate.CANCELLED, payload=b"")
        .returning(Delivery.id)
    )
    return len(found.all())


async def places_owed(db: AsyncSession, account_ids: Iterable[int] | None = None) -> set[int]:
    """Return the accounts, all or of these, that are owed the sight of where they stand."""
    reply = Delivery.lane == literal_column(str(int(Lane.REPLY)))  # one stretch of the index of what waits
    owed = select(Delivery.account_id).where(in_state(Fate.QUEUED), reply, Delivery.kind == PLACE)
    if account_ids is not None:
        owed = owed.where(among(Delivery.account_id, account_ids))
    return {account_id for account_id in await db.scalars(owed) if account_id is not None}


async def places_settled(db: AsyncSession, account_ids: Iterable[int]) -> None:
    """Owe no longer the sight of where they stand to accounts that were shown it by now."""
    theirs = (among(Delivery.account_id, account_ids), Delivery.kind == PLACE)
    await db.execute(delete(Delivery).where(*theirs, in_state(Fate.QUEUED)))


async def erase(db: AsyncSession, account_id: int) -> None:
    """Delete every trace of what an account was owed or sent."""
    await db.execute(delete(Delivery).where(Delivery.account_id == account_id))


def in_state(fate: Fate, of: type[Delivery] = Delivery) -> ColumnElement[bool]:
    """Return the condition on the state, in the words of the indexes of that state."""
    return is_literally(of.state, fate)


def is_open(of: type[Delivery] = Delivery) -> ColumnElement[bool]:
    """Return the condition that a message waits or is on its way, in the words of the index of chats."""
    return of.state.in_([literal_column(f"'{fate}'", of.state.type) for fate in (Fate.QUEUED, Fate.SENDING)])


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
