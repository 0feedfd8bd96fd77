"""Reminders: turns the reasons of a day into deliveries, thousands at a time, without reading one of them.

Whoever answers for oneself gets a reminder of one's own; whoever acts for others gets one digest a day.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    LargeBinary,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from models.accounts import Account
from models.memberships import Contact, Membership, Relation, is_active
from models.owing.deliveries import Delivery, Fate, Lane, Promise, in_state
from models.ownership.freezes import is_frozen
from models.reminding.opt_outs import stops
from models.reminding.reasons import OPEN, Reason
from models.reminding.snoozes import puts_off
from models.storage.base import Id, Moment, table_of
from models.storage.conflicts import insertion
from models.storage.ids import RANDOM_BITS, first_of_run
from rules.calendar import LATE, hours_left

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

REMINDER: Final = "reminder"
DIGEST: Final = "digest"
DROPPED: Final = "dropped"

COLUMNS: Final = (
    *("id", "lane", "promise", "dedupe", "account_id", "chat_id", "kind", "subject_id", "month", "step"),
    *("payload", "not_before", "expires_at", "state", "attempts", "created_at"),
)


@dataclass(frozen=True, slots=True)
class Slot:
    """When the reminders of one reason may be sent: from a moment until another."""

    opens: datetime
    closes: datetime

    @classmethod
    def on(cls, day: date, zone: str, now: datetime, seconds: float = 0.0) -> "Slot":
        """Return the slot so many seconds after the opening, and no longer than six hours or the evening."""
        opens, closes = hours_left(day, zone, now)
        begin = opens + timedelta(seconds=seconds)
        return cls(begin, min(closes, begin + LATE))


@dataclass(frozen=True, slots=True)
class Batch:
    """The memberships of one zone with ids above `after` up to `upto`."""

    zone: str
    after: int
    upto: int

    @property
    def parameters(self) -> dict[str, Any]:
        """What the open memberships need to know of the batch."""
        return {"zone": self.zone, "after": self.after, "upto": self.upto}


async def prepare(db: AsyncSession) -> None:
    """Tell PostgreSQL not to compile: for a batch that takes longer than to run it."""
    if db.get_bind().dialect.name == "postgresql":
        await db.execute(text("SET LOCAL jit = off"))


async def next_batch(db: AsyncSession, zone: str, after: int, size: int) -> Batch | None:
    """Return the next so many active memberships of a zone, or None at the end."""
    ids = (
        select(Membership.id)
        .where(Membership.zone == zone, is_active(), Membership.id > after)
        .order_by(Membership.id)
        .limit(size)
        .subquery()
    )
    upto = await db.scalar(select(func.max(ids.c.id)))
    return None if upto is None else Batch(zone, after, upto)


async def count_active(db: AsyncSession) -> dict[str, int]:
    """Return how many active memberships each zone has."""
    counts = (
        select(Membership.zone, func.count().label("number")).where(is_active()).group_by(Membership.zone)
    )
    rows = await db.execute(counts)
    return {row.zone: row.number for row in rows}


async def count_paid_through(db: AsyncSession, batch: Batch, known: Mapping[str, Any]) -> Counter[date]:
    """Return how many of a batch have each last covered month, of those who answer for themselves."""
    own = exists().where(Contact.membership_id == OPEN.c.id, Contact.relation == Relation.SELF.value)
    counts = (
        select(OPEN.c.paid, func.count().label("number"))
        .where(OPEN.c.paid.is_not(None), own)
        .group_by(OPEN.c.paid)
    )
    rows = await db.execute(counts, batch.parameters | dict(known))
    return Counter({row.paid: row.number for row in rows})


async def count_by_reason(
    db: AsyncSession, batch: Batch, reasons: Sequence[Reason], known: Mapping[str, Any]
) -> Counter[int]:
    """Return how many of a batch who answer for themselves each reason falls on, by its place in the list."""
    found = _first_reasons(reasons)
    own = exists().where(Contact.membership_id == found.c.id, Contact.relation == Relation.SELF.value)
    counts = (
        select(found.c.reason, func.count().label("number"))
        .where(found.c.reason.is_not(None), own)
        .group_by(found.c.reason)
    )
    rows = await db.execute(counts, batch.parameters | dict(known))
    return Counter({row.reason: row.number for row in rows})


async def plan_batch(
    db: AsyncSession,
    day: date,
    reasons: Sequence[Reason],
    slots: Sequence[Slot],
    batch: Batch,
    known: Mapping[str, Any],
    now: datetime,
    limit: int | None = None,
) -> Counter[str]:
    """Owe the reminders of a batch; return how many are new by step, digests by their kind.

    Each reason has its slot. A slot that is over leaves an expired row, counted as dropped.
    """
    base = first_of_run(now)
    rows = _rows(day, reasons, limit)
    insert: postgresql.Insert | sqlite.Insert = insertion(db, Delivery).from_select(list(COLUMNS), rows)
    times = {f"opens_{number}": slot.opens for number, slot in enumerate(slots)}
    times |= {f"closes_{number}": slot.closes for number, slot in enumerate(slots)}
    values = batch.parameters | dict(known) | times | {"base": base, "now": now, "day": day}
    await db.execute(insert.on_conflict_do_nothing(index_elements=["dedupe"]), values)
    return await _count(db, base, now)


async def open_digests_later(db: AsyncSession, zone: str, slot: Slot) -> None:
    """Move the digests that a zone further east began too early for somebody with workers in this one."""
    here = exists().where(
        Contact.account_id == table_of(Delivery).c.account_id,
        Contact.membership_id == Membership.id,
        Contact.relation != Relation.SELF.value,
        Membership.zone == zone,
        is_active(),
    )
    early = and_(Delivery.not_before < slot.opens, Delivery.not_before > slot.opens - timedelta(hours=3))
    await db.execute(
        update(table_of(Delivery))
        .where(in_state(Fate.QUEUED), Delivery.lane == int(Lane.REMINDER), early)
        .where(Delivery.kind == DIGEST, here)
        .values(not_before=slot.opens, expires_at=slot.closes)
    )


async def _count(db: AsyncSession, base: int, now: datetime) -> Counter[str]:
    """Count what was just inserted: its ids lie close behind the base."""
    name = case(
        (Delivery.state == Fate.EXPIRED.value, DROPPED), else_=func.coalesce(Delivery.step, Delivery.kind)
    )
    fresh = (
        select(name.label("name"), func.count().label("number"))
        .where(Delivery.id > base, Delivery.id <= base + (1 << RANDOM_BITS), Delivery.created_at == now)
        .group_by(name)
    )
    return Counter({row.name: row.number for row in await db.execute(fresh)})


def _rows(day: date, reasons: Sequence[Reason], limit: int | None) -> Select[Any]:
    """The deliveries of a batch: one for each membership with a reason and somebody to reach."""
    due = _due(reasons)
    own = Contact.relation == Relation.SELF.value
    now = bindparam("now", type_=Moment)
    in_time = and_(due.c.closes > now, due.c.closes > due.c.opens)
    rows = (
        select(
            bindparam("base", type_=Id) + func.row_number().over(),
            literal(int(Lane.REMINDER)),
            literal(Promise.AT_MOST_ONCE.value),
            case((own, _reminder_name(due)), else_=_digest_name(day)),
            Contact.account_id,
            Contact.account_id,
            case((own, literal(REMINDER)), else_=literal(DIGEST)),
            case((own, due.c.id), else_=cast(null(), Id)),
            case((own, due.c.month), else_=cast(null(), Date)),
            case((own, due.c.step), else_=cast(null(), String)),
            literal(b"", LargeBinary),
            due.c.opens,
            due.c.closes,
            case((in_time, literal(Fate.QUEUED.value)), else_=literal(Fate.EXPIRED.value)),
            literal(0),
            now,
        )
        .select_from(due)
        .join(Contact, Contact.membership_id == due.c.id)
        .join(Account, Account.id == Contact.account_id)
        .where(reachable(Account), or_(Contact.position == 0, ~_somebody_before(due)))
        .where(~stops(due.c.nik_index), ~puts_off(due.c.id, due.c.month, day), ~is_frozen(due.c.id))
    )
    return rows if limit is None else rows.limit(limit)


def _due(reasons: Sequence[Reason]) -> CTE:
    """The open memberships that have a reason, each with its month, step, name and slot."""
    found = _first_reasons(reasons)

    def by_reason(values: Iterable[ColumnElement[Any]], label: str) -> ColumnElement[Any]:
        return case(dict(enumerate(values)), value=found.c.reason).label(label)

    def slot(edge: str) -> ColumnElement[Any]:
        return by_reason((bindparam(f"{edge}_{at}", type_=Moment) for at in range(len(reasons))), edge)

    months = (found.c[each.column] if each.column else literal(each.month, Date) for each in reasons)
    return (
        select(
            found.c.id,
            found.c.nik_index,
            by_reason(months, "month"),
            by_reason((literal(each.step.value, String) for each in reasons), "step"),
            by_reason((literal(each.name, String) for each in reasons), "name"),
            slot("opens"),
            slot("closes"),
        )
        .where(found.c.reason.is_not(None))
        .cte("due")
    )


def _first_reasons(reasons: Sequence[Reason]) -> CTE:
    """The open memberships, each with the place of the first reason that falls on it, or none."""
    first = case(*((reason.when, number) for number, reason in enumerate(reasons)), else_=None)
    return select(OPEN, first.label("reason")).cte("first_reasons").prefix_with("MATERIALIZED")


def _reminder_name(due: CTE) -> ColumnElement[str]:
    month = func.substr(cast(due.c.month, String), 1, 7)
    return literal("reminder:", String) + cast(due.c.id, String) + ":" + month + ":" + due.c.name


def _digest_name(day: date) -> ColumnElement[str]:
    return literal("digest:", String) + cast(Contact.account_id, String) + literal(f":{day}", String)


def reachable(account: Any) -> ColumnElement[bool]:
    """Telegram delivers to the account, and it has not told us to stop."""
    return and_(account.unreachable.is_(None), account.stopped_at.is_(None))


def _somebody_before(due: CTE) -> ColumnElement[bool]:
    """Somebody earlier in the chain is to be reached, or the worker said stop: then nobody else is."""
    contact, account = aliased(Contact), aliased(Account)
    stopped = and_(contact.relation == Relation.SELF.value, account.stopped_at.is_not(None))
    earlier = exists().where(
        contact.membership_id == due.c.id,
        contact.position < Contact.position,
        account.id == contact.account_id,
        or_(reachable(account), stopped),
    )
    return earlier.correlate(due, Contact)
