"""Head counts: how many members of an association have come how far, and the names of those who agreed.

Everything is derived from what the members filed for themselves; nothing is counted twice or stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import contributions
from models.agency.associations import AssociationMember
from models.applications import Application
from models.consents import Basis, Consent
from models.memberships import Life, Membership
from models.people import PersonKeyRow
from models.states import State
from models.storage.keys import Keys
from models.storage.sealed import PersonKey
from models.workers import Worker
from rules.calendar import month_of
from rules.standing import standing


@dataclass(frozen=True, slots=True)
class HeadCount:
    """How many came by the link, and of these: have sent nothing yet, wait for the office, are registered.

    Of the registered: have this month recorded as paid, and are late.
    """

    joined: int = 0
    begun: int = 0
    filed: int = 0
    registered: int = 0
    paid: int = 0
    late: int = 0


@dataclass(frozen=True, slots=True)
class Named:
    """A member who agreed that the coordinator sees the name."""

    person_id: int
    name: str = field(repr=False)


async def head_count(db: AsyncSession, agent_id: int, today: date) -> HeadCount:
    """Count the members of an association as they stand on a day, with two statements."""
    rows = await _newest(db, agent_id)
    filed = [row for row in rows if row.state is not None and row.state is not State.REGISTERED]
    registered = [row for row in rows if row.state is State.REGISTERED]
    active = [row.Membership for row in registered if row.Membership and row.Membership.state is Life.ACTIVE]
    covered = await contributions.covered(db, [one.id for one in active])
    return HeadCount(
        joined=len(rows),
        begun=len(rows) - len(filed) - len(registered),
        filed=len(filed),
        registered=len(registered),
        paid=sum(month_of(today) in covered[one.id] for one in active),
        late=sum(_is_late(one, covered[one.id], today) for one in active),
    )


async def names(db: AsyncSession, keys: Keys, agent_id: int, first: int, most: int) -> list[Named]:
    """Return names of members who agreed and have registered themselves, from one on, who joined first first.

    One more than `most` are returned where there are more.
    """
    shown = [row for row in await _newest(db, agent_id) if row.shows_name and row.worker_id is not None]
    page = [row.worker_id for row in shown[first : first + most + 1]]
    query = (
        select(Worker, PersonKeyRow.wrapped)
        .join(PersonKeyRow, PersonKeyRow.person_id == Worker.id)
        .where(Worker.id.in_(page))
    )
    found = {
        worker.id: worker.opened(PersonKey.unwrap(keys, worker.id, wrapped), "name") or ""
        for worker, wrapped in await db.execute(query)
    }
    return [Named(each, found[each]) for each in page if each in found]


async def has_filed(db: AsyncSession, account_id: int) -> bool:
    """Return whether an account has filed for itself and did not take it back."""
    own = (Application.account_id == account_id, Consent.basis == Basis.SELF)
    query = select(Application.id).join(Consent, Consent.id == Application.consent_id)
    return await db.scalar(query.where(*own, Application.state != State.WITHDRAWN).limit(1)) is not None


async def _newest(db: AsyncSession, agent_id: int) -> Sequence[Any]:
    """Return each member with what they last filed for themselves and did not take back, if anything."""
    own = (
        select(Application)
        .join(Consent, Consent.id == Application.consent_id)
        .where(Consent.basis == Basis.SELF, Application.state != State.WITHDRAWN)
        .where(
            Application.account_id.in_(
                select(AssociationMember.account_id).where(AssociationMember.agent_id == agent_id)
            )
        )
        .subquery()
    )
    query = (
        select(
            AssociationMember.account_id,
            AssociationMember.shows_name,
            own.c.state,
            own.c.worker_id,
            Membership,
        )
        .join(own, own.c.account_id == AssociationMember.account_id, isouter=True)
        .join(Membership, Membership.application_id == own.c.id, isouter=True)
        .where(AssociationMember.agent_id == agent_id)
        .order_by(AssociationMember.joined_at, AssociationMember.account_id, own.c.id)
    )
    return list({row.account_id: row for row in await db.execute(query)}.values())


def _is_late(one: Membership, covered: set[date], today: date) -> bool:
    stands = standing(one.first_month, covered, today, one.protection_until, one.sponsor_until)
    return stands.arrears > 0
