"""Contacts: the chain of those who can be reached about a membership, the first to be asked first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.accounts import Account
from models.memberships import Contact, Life, Membership, Relation
from models.ownership import invitations
from models.storage.base import table_of

MOST: Final = 5
"""How many people can be in a chain."""

KEEPERS: Final = (Relation.SELF, Relation.REGISTRANT)
"""Who may change a chain: the worker, and whoever registered the worker."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """When somebody agreed to be reminded, and the SHA-256 of the words they agreed to."""

    at: datetime
    text_sha256: bytes


@dataclass(frozen=True, slots=True)
class Link:
    """One person of a chain; `reachable` when Telegram delivers to them and they did not tell us to stop."""

    account_id: int
    relation: Relation
    reachable: bool


def may_change(relation: Relation, chain: Iterable[Link]) -> bool:
    """Return whether a contact of this relation may change the chain: others may when no keeper is left."""
    return relation in KEEPERS or not any(link.relation in KEEPERS for link in chain)


async def hold(db: AsyncSession, membership_id: int) -> bool:
    """Let nobody else change a chain until the transaction ends; False when the membership is over."""
    query = (
        select(Membership.id)
        .where(Membership.id == membership_id, Membership.state == Life.ACTIVE)
        .with_for_update()
    )
    return await db.scalar(query) is not None


async def chain(db: AsyncSession, membership_id: int) -> list[Link]:
    """Return who can be reached about a membership, the first to be asked first."""
    query = (
        select(Contact.account_id, Contact.relation, Account.unreachable, Account.stopped_at)
        .join(Account, Account.id == Contact.account_id)
        .where(Contact.membership_id == membership_id)
        .order_by(Contact.position)
    )
    return [
        Link(row.account_id, row.relation, row.unreachable is None and row.stopped_at is None)
        for row in await db.execute(query)
    ]


async def add(
    db: AsyncSession,
    membership_id: int,
    account_id: int,
    relation: Relation,
    agreement: Agreement | None = None,
) -> None:
    """Add somebody at the end of a chain, the worker at its head; the caller holds the membership."""
    position = await _room_first(db, membership_id) if relation is Relation.SELF else None
    if position is None:
        last = select(func.max(Contact.position)).where(Contact.membership_id == membership_id)
        highest = await db.scalar(last)
        position = 0 if highest is None else highest + 1
    row = {
        "membership_id": membership_id,
        "position": position,
        "account_id": account_id,
        "relation": relation,
        "agreed_at": agreement and agreement.at,
        "text_sha256": agreement and agreement.text_sha256,
    }
    await db.execute(insert(table_of(Contact)), [row])


async def drop(db: AsyncSession, membership_id: int, account_id: int) -> None:
    """Take somebody out of a chain, and with them the links they made into it."""
    await db.execute(
        delete(table_of(Contact)).where(
            Contact.membership_id == membership_id, Contact.account_id == account_id
        )
    )
    await invitations.withdraw(db, account_id, membership_id)


async def leave_all(db: AsyncSession, account_id: int) -> None:
    """Take somebody out of every chain they joined by a link, and forget the links they made."""
    joined = (Contact.account_id == account_id, Contact.agreed_at.is_not(None))
    await db.execute(delete(table_of(Contact)).where(*joined))
    await invitations.withdraw(db, account_id)


async def _room_first(db: AsyncSession, membership_id: int) -> int:
    """Move everybody one place back, by way of places nobody has, and return the first."""
    moving = update(table_of(Contact)).where(Contact.membership_id == membership_id)
    await db.execute(moving.values(position=-1 - Contact.position))
    await db.execute(moving.values(position=-Contact.position))
    return 0
