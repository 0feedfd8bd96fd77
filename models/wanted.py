"""Wanted: whether a planned reminder still is, asked of the ledger right before it is sent."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.among import among
from models.contributions import paid_through
from models.deliveries import Delivery
from models.memberships import Contact, Membership, Relation, is_active
from models.opt_outs import stops
from models.reminders import DIGEST
from models.snoozes import puts_off
from rules.calendar import first_unprotected_month


async def wanted(db: AsyncSession, delivery_ids: Iterable[int], today: date) -> set[int]:
    """Return those reminders and digests that are still wanted, asked right before they are sent.

    Not any more: the month is covered or protected, put off to a later day, opted out of, the membership
    over, or its worker dead.
    """
    ids = list(delivery_ids)
    alive = and_(is_active(), ~stops(Membership.nik_index))
    single = (
        select(
            Delivery.id,
            Delivery.month,
            Membership.protection_until,
            paid_through(Membership.id).label("paid"),
        )
        .join(Membership, Membership.id == Delivery.subject_id)
        .where(among(Delivery.id, ids), alive, ~puts_off(Membership.id, Delivery.month, today))
    )
    digests = (
        select(Delivery.id)
        .distinct()
        .join(Contact, Contact.account_id == Delivery.account_id)
        .join(Membership, Membership.id == Contact.membership_id)
        .where(among(Delivery.id, ids), Delivery.kind == DIGEST, alive)
        .where(Contact.relation != Relation.SELF.value)
    )
    open_months = {row.id for row in await db.execute(single) if _is_open(row)}
    return open_months | set(await db.scalars(digests))


def _is_open(row: Any) -> bool:
    if row.paid is not None and row.paid >= row.month:
        return False
    until = row.protection_until
    return until is None or first_unprotected_month(until) <= row.month
