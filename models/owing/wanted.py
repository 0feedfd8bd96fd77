"""Wanted: whether a planned reminder still is, asked of the ledger right before it is sent."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from models.accounts import Account
from models.contributions import paid_through
from models.memberships import Contact, Membership, Relation, is_active
from models.owing.deliveries import Delivery
from models.ownership.freezes import is_frozen
from models.reminding.continuations import goes_on
from models.reminding.opt_outs import stops
from models.reminding.reminders import DIGEST, reachable
from models.reminding.snoozes import puts_off
from models.storage.among import among
from rules.calendar import SPONSOR_ENDS, UNTIL_DUE, Step, steps_from
from rules.standing import next_unpaid, wins

AROUND_DUE: Final = (*UNTIL_DUE, Step.AFTER_1)
"""Steps that go by the very day up to which one is protected, where it is known."""

OFFERING: Final = tuple(step.value for step in SPONSOR_ENDS)
"""Steps that offer to go on alone."""

OF_ANY_MONTH: Final = (Step.ASKED, Step.RELIEF_END, *SPONSOR_ENDS)
"""Steps that need not be about the month to pay next."""


async def wanted(db: AsyncSession, delivery_ids: Iterable[int], today: date) -> set[int]:
    """Return those reminders and digests that are still wanted, asked right before they are sent.

    Not any more: the month is covered or protected, not due yet by the last protected day that was told, no
    longer the one to pay next, put off to a later day, opted out of, the membership over, its registration
    frozen ("Ini bukan saya"), or its worker dead; and the end of a sponsor's months, for who said
    already to go on alone.
    """
    ids = list(delivery_ids)
    alive = and_(is_active(), ~stops(Membership.nik_index), ~is_frozen(Membership.id))
    single = (
        select(
            Delivery.id,
            Delivery.month,
            Delivery.step,
            Membership.first_month,
            Membership.protection_until,
            Membership.sponsor_until,
            paid_through(Membership.id).label("paid"),
        )
        .join(Membership, Membership.id == Delivery.subject_id)
        .where(among(Delivery.id, ids), alive, ~puts_off(Membership.id, Delivery.month, today))
        .where(
            ~and_(
                Delivery.step.in_([step.value for step in SPONSOR_ENDS]),
                goes_on(Membership.id, Membership.sponsor_until),
            )
        )
    )
    digests = (
        select(Delivery.id)
        .distinct()
        .join(Contact, Contact.account_id == Delivery.account_id)
        .join(Membership, Membership.id == Contact.membership_id)
        .where(among(Delivery.id, ids), Delivery.kind == DIGEST, alive)
        .where(Contact.relation != Relation.SELF.value)
    )
    open_months = {row.id for row in await db.execute(single) if _is_open(row, today)}
    return open_months | set(await db.scalars(digests))


async def to_see_to(db: AsyncSession, account_ids: Iterable[int]) -> dict[int, set[int]]:
    """Return for each account the memberships of others it is to be reminded of: the first in reach does.

    None whose reminders were stopped, by the worker or by somebody for the worker.
    """
    accounts = set(account_ids)
    query = (
        select(Contact.account_id, Membership.id)
        .join(Membership, Membership.id == Contact.membership_id)
        .where(among(Contact.account_id, accounts), Contact.relation != Relation.SELF.value)
        .where(is_active(), ~stops(Membership.nik_index), ~is_frozen(Membership.id), ~somebody_before())
    )
    found: dict[int, set[int]] = {each: set() for each in accounts}
    for account_id, membership_id in await db.execute(query):
        found[account_id].add(membership_id)
    return found


def somebody_before() -> ColumnElement[bool]:
    """Somebody earlier in the chain is in reach, or the worker told us to stop."""
    contact, account = aliased(Contact), aliased(Account)
    stopped = and_(contact.relation == Relation.SELF.value, account.stopped_at.is_not(None))
    earlier = exists().where(
        contact.membership_id == Contact.membership_id,
        contact.position < Contact.position,
        account.id == contact.account_id,
        or_(reachable(account), stopped),
    )
    return earlier.correlate(Contact)


def _is_open(row: Any, today: date) -> bool:
    """Return whether the month of a reminder is still to be paid, and the day of its step has come."""
    unpaid, _ = next_unpaid(row.first_month, row.paid, row.protection_until)
    if unpaid > row.month:
        return False
    step = Step(row.step)
    if unpaid < row.month and row.sponsor_until is None and step not in OF_ANY_MONTH:
        return False
    if not wins(row.protection_until, row.paid):
        return True
    if step in AROUND_DUE:
        return steps_from(row.protection_until)[step] <= today
    return step is not Step.FIRST_PAYMENT
