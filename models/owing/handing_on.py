"""Handing on: a reminder that found its chat dead goes to the next in reach of the chain, the same day."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from models.accounts import Account
from models.memberships import Contact, Membership, Relation, is_active
from models.owing.deliveries import Delivery, Fate, Lane, Promise
from models.owing.wanted import somebody_before
from models.ownership.freezes import is_frozen
from models.reminding.opt_outs import stops
from models.reminding.reminders import DIGEST, reachable
from models.storage.among import among
from models.storage.conflicts import insert_new
from models.storage.ids import new_id


async def hand_on(
    db: AsyncSession, dead: Iterable[int], delivery_ids: Iterable[int], now: datetime, day: date
) -> None:
    """Owe a digest to whoever comes next behind these accounts, for as long as those deliveries had.

    Whoever has had a digest that day already gets no second one: the next step of the calendar reaches them.
    """
    until = await db.scalar(select(func.max(Delivery.expires_at)).where(among(Delivery.id, delivery_ids)))
    rows = [
        {
            "id": new_id(now),
            "lane": int(Lane.REMINDER),
            "promise": Promise.AT_MOST_ONCE,
            "dedupe": f"digest:{account_id}:{day}",
            "account_id": account_id,
            "chat_id": account_id,
            "kind": DIGEST,
            "payload": b"",
            "not_before": now,
            "expires_at": until,
            "state": Fate.QUEUED,
            "attempts": 0,
            "created_at": now,
        }
        for account_id in await _next(db, dead)
    ]
    await insert_new(db, Delivery, rows)


async def _next(db: AsyncSession, dead: Iterable[int]) -> list[int]:
    """Return the accounts that are now the first in reach behind one of these."""
    before = aliased(Contact)
    behind = and_(before.membership_id == Contact.membership_id, before.position < Contact.position)
    query = (
        select(Contact.account_id)
        .distinct()
        .join(Account, Account.id == Contact.account_id)
        .join(Membership, Membership.id == Contact.membership_id)
        .join(before, behind)
        .where(among(before.account_id, dead), reachable(Account), ~somebody_before())
        .where(Contact.relation != Relation.SELF.value)
        .where(is_active(), ~stops(Membership.nik_index), ~is_frozen(Membership.id))
        .order_by(Contact.account_id)
    )
    return list(await db.scalars(query))
