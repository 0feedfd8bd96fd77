"""Recipients of a broadcast: one delivery each, made at the start, let go little by little.

A recipient that is not let go rests beyond its own expiry, so that no sender claims it: pausing is letting
nothing more go and laying back the few that were. So each zone is written to only while it is open.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Date,
    LargeBinary,
    Select,
    String,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from models.accounts import Account
from models.applications import Application
from models.broadcasting.broadcasts import BROADCAST, Broadcast
from models.broadcasting.segments import Condition, matching, zone_of_account
from models.owing.deliveries import Delivery, Fate, Lane, Promise, in_state
from models.owing.settlements import CHAT_DEAD
from models.reminding.reminders import COLUMNS
from models.storage.among import among
from models.storage.base import Id, Moment, table_of
from models.storage.conflicts import insertion
from models.storage.ids import first_of_run
from rules.calendar import ZONES

REST: Final = timedelta(hours=1)
"""How far beyond its expiry a recipient rests that is not let go: no search for what is due comes there."""

MIXED: Final = 10_007
"""A prime number by which a sample is drawn: neighbours by number are none in it."""

OURS: Final = "sender died"
"""What is noted where a sender of ours was killed, which says nothing against the message."""

STOPPED: Final = "stopped"
FAILED: Final = (Fate.UNCERTAIN, Fate.BROKEN)
ENDED: Final = (Fate.SENT, Fate.UNCERTAIN, Fate.BROKEN, Fate.DEAD)
UNKNOWN_CHAT: Final = "chat not found"


@dataclass(frozen=True, slots=True)
class Listed:
    """A recipient in a report: the account, the receipt number of what it filed last, its end and why."""

    account_id: int
    reference: str | None
    fate: Fate
    reason: str | None


async def count(db: AsyncSession, condition: Condition, after: int, upto: int) -> int:
    """Return how many of the accounts behind one up to another fit."""
    fitting = (
        select(func.count()).select_from(Account).where(Account.id > after, Account.id <= upto, condition)
    )
    return await db.scalar(fitting) or 0


async def sample(
    db: AsyncSession, condition: Condition, after: int, upto: int, salt: int, most: int
) -> list[int]:
    """Return a few accounts of these that fit; which ones depends on the salt (`mixed`)."""
    fitting = select(Account.id).where(Account.id > after, Account.id <= upto, condition)
    order = (Account.id + literal(salt % MIXED)) % MIXED
    return list(await db.scalars(fitting.order_by(order, Account.id).limit(most)))


def mixed(account_id: int, salt: int) -> tuple[int, int]:
    """Return by what a sample is chosen: the least of all."""
    return (account_id + salt % MIXED) % MIXED, account_id


async def portion(db: AsyncSession, after: int, size: int) -> int | None:
    """Return the last of the next so many accounts, None at the end."""
    ids = select(Account.id).where(Account.id > after).order_by(Account.id).limit(size).subquery()
    upto: int | None = await db.scalar(select(func.max(ids.c.id)))
    return upto


async def plan(
    db: AsyncSession, held: Broadcast, condition: Condition, upto: int, expires_at: datetime, now: datetime
) -> int:
    """Make the recipients among the accounts behind `planned_after` up to one; return how many are new."""
    rows = _rows(held.id, condition, held.planned_after, upto)
    insert = insertion(db, Delivery).from_select(list(COLUMNS), rows)
    new = insert.on_conflict_do_nothing(index_elements=["dedupe"]).returning(Delivery.id)
    values = {"base": first_of_run(now), "rests": expires_at + REST, "ends": expires_at, "now": now}
    return len((await db.execute(new, values)).all())


def _rows(number: int, condition: Condition, after: int, upto: int) -> Any:
    """The deliveries of a portion of accounts, at rest; `step` is the zone, and there is no payload."""
    now = bindparam("now", type_=Moment)
    rows: Any = select(
        bindparam("base", type_=Id) + func.row_number().over(),
        literal(int(Lane.BROADCAST)),
        literal(Promise.AT_MOST_ONCE.value),
        literal(f"{BROADCAST}:{number}:", String) + cast(Account.id, String),
        Account.id,
        Account.id,
        literal(BROADCAST),
        literal(number, Id),
        cast(null(), Date),
        zone_of_account(),
        literal(b"", LargeBinary),
        bindparam("rests", type_=Moment),
        bindparam("ends", type_=Moment),
        literal(Fate.QUEUED.value),
        literal(0),
        now,
    )
    return rows.where(Account.id > after, Account.id <= upto, condition)


async def release(db: AsyncSession, held: Broadcast, zones: Sequence[str], most: int, now: datetime) -> int:
    """Let recipients of these zones go, at most so many; return how many."""
    if not zones or most <= 0:
        return 0
    resting = (
        select(Delivery.id)
        .where(*_of(held.id), in_state(Fate.QUEUED), Delivery.step.in_(list(zones)))
        .where(Delivery.not_before > held.expires_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    return await _change(db, resting, {"not_before": now})


async def lay_back(db: AsyncSession, held: Broadcast) -> int:
    """Let those rest again that were let go and are in nobody's hand; return how many."""
    waiting = (
        select(Delivery.id)
        .where(*_of(held.id), in_state(Fate.QUEUED), Delivery.step.in_(ZONES))
        .where(Delivery.not_before < held.expires_at)
        .with_for_update(skip_locked=True)
    )
    assert held.expires_at is not None  # noqa: S101 - nothing was planned before
    return await _change(db, waiting, {"not_before": held.expires_at + REST})


async def cancel(db: AsyncSession, held: Broadcast, most: int) -> int:
    """Cancel recipients that are in nobody's hand, at most so many; return how many."""
    waiting = (
        select(Delivery.id)
        .where(*_of(held.id), in_state(Fate.QUEUED))
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    return await _change(db, waiting, {"state": Fate.CANCELLED, "error": "cancelled"})


async def on_the_way(db: AsyncSession, held: Broadcast) -> tuple[int, datetime | None]:
    """Return how many are let go and have no end yet, and since when the first of them."""
    going = select(func.count(), func.min(Delivery.not_before)).where(
        *_of(held.id), Delivery.step.in_(ZONES), Delivery.not_before < held.expires_at
    )
    total, first = 0, None
    for fate in (Fate.QUEUED, Fate.SENDING):
        number, since = (await db.execute(going.where(in_state(fate)))).one()
        total += number
        first = min((moment for moment in (first, since) if moment is not None), default=None)
    return total, first


async def is_over(db: AsyncSession, held: Broadcast) -> bool:
    """Return whether every recipient has a final state."""
    for fate in (Fate.QUEUED, Fate.SENDING):
        left = select(Delivery.id).where(*_of(held.id), in_state(fate)).limit(1)
        if await db.scalar(left) is not None:
            return False
    return True


async def window(db: AsyncSession, held: Broadcast, since: datetime) -> tuple[int, Counter[str]]:
    """Return how many that were let go since a moment have ended, and why how many of these failed.

    Who blocks us is no failure, nor is what a sender of ours left when it was killed.
    """
    recent = (*_of(held.id), Delivery.step.in_(ZONES), Delivery.not_before >= since)
    ended = await db.scalar(
        select(func.count()).where(*recent, Delivery.state.in_(ENDED)).select_from(Delivery)
    )
    of_the_message = or_(
        Delivery.state.in_(FAILED), (Delivery.state == Fate.DEAD) & (Delivery.error == UNKNOWN_CHAT)
    )
    failed = (
        select(Delivery.error, func.count())
        .where(*recent, Delivery.state.in_((*FAILED, Fate.DEAD)), of_the_message)
        .where(func.coalesce(Delivery.error, "").not_in((OURS, STOPPED)))
        .group_by(Delivery.error)
    )
    reasons = Counter({str(reason): number for reason, number in await db.execute(failed)})
    return ended or 0, reasons


async def still(db: AsyncSession, held: Broadcast, accounts: Collection[int], today: date) -> set[int]:
    """Return those of the accounts that are still in reach and meant, right before they are written to."""
    if not accounts:
        return set()
    meant = matching(held.terms, held.territories, today)
    return set(await db.scalars(select(Account.id).where(among(Account.id, accounts), meant)))


async def tally(db: AsyncSession, number: int) -> Counter[Fate]:
    """Return how many recipients of a broadcast came to what.

    Whose chat turned out to be dead by another message is unreachable, and was not left unsent.
    """
    found = select(Delivery.state, func.count()).where(*_of(number)).group_by(Delivery.state)
    counts = Counter({row[0]: row[1] for row in await db.execute(found)})
    if counts[Fate.CANCELLED]:
        gone = select(func.count(Delivery.id)).where(*_of(number), _found_dead())
        dead = await db.scalar(gone) or 0
        counts.subtract({Fate.CANCELLED: dead, Fate.DEAD: -dead})
    return counts


def _found_dead() -> ColumnElement[bool]:
    return in_state(Fate.CANCELLED) & (Delivery.error == CHAT_DEAD)


async def listed(db: AsyncSession, number: int) -> list[Listed]:
    """Return the unreachable and the uncertain, each with the receipt number of what it filed last."""
    reference = (
        select(Application.reference)
        .where(Application.account_id == Delivery.account_id)
        .order_by(Application.id.desc())
        .limit(1)
        .correlate(Delivery)
        .scalar_subquery()
    )
    query = (
        select(Delivery.account_id, reference, Delivery.state, Delivery.error)
        .where(*_of(number), or_(Delivery.state.in_((Fate.DEAD, Fate.UNCERTAIN)), _found_dead()))
        .order_by(Delivery.state, Delivery.account_id)
    )
    rows = await db.execute(query)
    return [
        Listed(account, receipt, Fate.DEAD if fate is Fate.CANCELLED else fate, reason)
        for account, receipt, fate, reason in rows
    ]


def _of(number: int) -> tuple[ColumnElement[bool], ...]:
    """Return the condition of a broadcast's recipients, in the words of their index."""
    lane = Delivery.lane == literal_column(str(int(Lane.BROADCAST)))
    return lane, Delivery.subject_id == number


async def _change(db: AsyncSession, which: Select[Any], values: dict[str, Any]) -> int:
    chosen = which.cte("chosen")
    changed = (
        update(table_of(Delivery))
        .where(Delivery.id.in_(select(chosen.c.id)))
        .values(values)
        .returning(Delivery.id)
    )
    return len((await db.execute(changed)).all())
