"""What a sender takes of the deliveries: what is due is claimed, what dead senders held is taken back.

A sender claims, commits, sends, settles (models/owing/settlements.py), commits. Leases end by the
database's clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from sqlalchemy import ColumnElement, Executable, Integer, bindparam, case, func, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from models.owing.deliveries import PLACE, Claimed, Delivery, Fate, Lane, Promise, in_state, is_open
from models.storage.base import table_of
from models.storage.clock import from_now
from models.storage.envelope import CannotOpen
from models.storage.keys import Keys

PORTION: Final = 5_000
"""How many rows one statement closes, so that none takes long."""


NEEDED: Final = (
    *("id", "lane", "promise", "dedupe", "account_id", "chat_id", "kind", "payload", "attempts"),
    *("subject_id", "month", "step", "not_before"),
)
"""What a sender wants to know of a message, and in which order they go."""


@dataclass(frozen=True, slots=True)
class Swept:
    """How many messages of dead senders are sent again, and of how many nobody will ever know."""

    again: int
    uncertain: int


async def lanes_due(db: AsyncSession, now: datetime) -> list[Lane]:
    """Return the lanes in which anything is due, the first first: cheap enough to be asked every second."""
    due = (await db.execute(_LANES_DUE, {"_now": now})).one()
    return [lane for lane, is_due in zip(Lane, due, strict=True) if is_due]


async def next_due(db: AsyncSession, now: datetime) -> datetime | None:
    """Return when the next message becomes due after a moment; None when none waits."""
    first = [
        select(func.min(Delivery.not_before))
        .where(in_state(Fate.QUEUED), Delivery.lane == int(lane), Delivery.not_before > now)
        .scalar_subquery()
        for lane in Lane
    ]
    moments = (await db.execute(select(*first))).one()
    return min((moment for moment in moments if moment is not None), default=None)


async def claim(
    db: AsyncSession,
    keys: Keys,
    now: datetime,
    limit: int,
    lease: timedelta,
    lanes: Iterable[Lane] = Lane,
) -> list[Claimed]:
    """Take what is due, first lanes first, for as long as the lease; commit before sending.

    Of one chat only the first message is taken, and none while another is on its way: they arrive in order.
    """
    wave: list[Claimed] = []
    for lane in sorted(lanes):
        if limit > len(wave):
            wave += await _claim_in(db, keys, lane, now, limit - len(wave), lease)
    return wave


async def sweep(db: AsyncSession) -> Swept:
    """Take back what dead senders held: class A is queued again, class B is uncertain."""
    fate = case((Delivery.promise == Promise.AT_LEAST_ONCE, Fate.QUEUED.value), else_=Fate.UNCERTAIN.value)
    now = select(from_now()).scalar_subquery()  # asked once: PostgreSQL would ask it of every row
    found = await db.execute(
        update(table_of(Delivery))
        .where(in_state(Fate.SENDING), Delivery.lease_until < now)
        .values(state=fate, lease_until=None, error="sender died")
        .returning(Delivery.state)
    )
    states = [row.state for row in found]
    return Swept(states.count(Fate.QUEUED), states.count(Fate.UNCERTAIN))


async def take_back_places(db: AsyncSession, not_before: datetime) -> None:
    """Owe again what a former run had in hand of the sight of where people stand; it may come twice."""
    in_hand = (Delivery.kind == PLACE, in_state(Fate.SENDING))
    again = {"state": Fate.QUEUED, "lease_until": None, "not_before": not_before}
    await db.execute(update(table_of(Delivery)).where(*in_hand).values(again))


async def expire(db: AsyncSession, now: datetime, limit: int = PORTION) -> int:
    """Close what waited beyond its time, at most one portion, and return how many."""
    late = (
        select(Delivery.id)
        .where(in_state(Fate.QUEUED), Delivery.expires_at <= now)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("late")
    )
    found = await db.execute(
        update(table_of(Delivery))
        .where(Delivery.id.in_(select(late.c.id)))
        .values(state=Fate.EXPIRED, payload=b"")
        .returning(Delivery.id)
    )
    return len(found.all())


async def _claim_in(
    db: AsyncSession, keys: Keys, lane: Lane, now: datetime, limit: int, lease: timedelta
) -> list[Claimed]:
    values = {"_lane": int(lane), "_now": now, "_limit": limit, "_lease": lease.total_seconds()}
    rows = (await (await db.connection()).execute(_CLAIM, values)).all()
    return [_claimed(keys, row) for row in sorted(rows, key=lambda row: (row.not_before, row.id))]


def _due(lane: int | ColumnElement[int]) -> tuple[ColumnElement[bool], ...]:
    """Return what makes a message of a lane due `_now`; each lane is one stretch of the index."""
    now = bindparam("_now", type_=Delivery.not_before.type)
    in_time = or_(Delivery.expires_at.is_(None), Delivery.expires_at > now)
    return in_state(Fate.QUEUED), Delivery.lane == lane, Delivery.not_before <= now, in_time


def _on_its_way() -> ColumnElement[bool]:
    """Return the condition that another message is being sent into the same chat."""
    other = aliased(Delivery)
    return select(other.id).where(*_same_chat(other), in_state(Fate.SENDING, other)).exists()


def _before_it() -> ColumnElement[bool]:
    """Return the condition that an earlier message of the lane waits for the same chat."""
    other = aliased(Delivery)
    earlier = tuple_(other.not_before, other.id) < tuple_(Delivery.not_before, Delivery.id)
    same_lane = other.lane - Delivery.lane == 0  # as a difference: not by the index of the whole lane
    return (
        select(other.id).where(*_same_chat(other), in_state(Fate.QUEUED, other), same_lane, earlier).exists()
    )


def _same_chat(other: type[Delivery]) -> tuple[ColumnElement[bool], ...]:
    """Return the condition that another open message is for the same chat, in the words of the index."""
    return other.chat_id == Delivery.chat_id, is_open(other)


def _claiming() -> Executable:
    """Return the statement that claims in one lane; it is built once, for building takes long."""
    due = (
        select(Delivery.id)
        .where(*_due(bindparam("_lane", type_=Delivery.lane.type)), ~_on_its_way(), ~_before_it())
        .order_by(Delivery.not_before, Delivery.id)
        .limit(bindparam("_limit", type_=Integer()))
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    return (
        update(table_of(Delivery))
        .where(Delivery.id.in_(select(due.c.id)))
        .values(state=Fate.SENDING, lease_until=from_now("_lease"), attempts=Delivery.attempts + 1)
        .returning(*(table_of(Delivery).c[name] for name in NEEDED))
    )


_CLAIM: Final = _claiming()
_LANES_DUE: Final = select(*(select(Delivery.id).where(*_due(int(lane))).exists() for lane in Lane))


def _claimed(keys: Keys, row: Any) -> Claimed:
    payload = _opened(keys, row)
    return Claimed(
        id=row.id,
        lane=Lane(row.lane),
        promise=row.promise,
        dedupe=row.dedupe,
        account_id=row.account_id,
        chat_id=row.chat_id,
        kind=row.kind,
        payload=payload or {},
        attempts=row.attempts,
        subject_id=row.subject_id,
        month=row.month,
        step=row.step,
        readable=payload is not None,
    )


def _opened(keys: Keys, row: Any) -> dict[str, Any] | None:
    """Return the payload, empty for one that never had any; None when no key opens it."""
    if not row.payload:
        return {}
    try:
        payload: dict[str, Any] = orjson.loads(keys.open("deliveries", row.id, "payload", row.payload))
    except CannotOpen:
        return None
    return payload
