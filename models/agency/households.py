"""Households: the people an account registered as the one they work for, such as a driver or a gardener."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.applications import Application
from models.consents import Basis, Consent
from models.memberships import Life, Membership
from models.people import PersonKeyRow
from models.states import State
from models.workers import Worker

Helper = tuple[Application, Worker, bytes]
"""Somebody of the household: what was filed, the worker, and the wrapped key that opens the name."""


async def helpers(db: AsyncSession, account_id: int, most: int) -> list[Helper]:
    """Return whom an account registered as employer, those taken back left out; so many at most."""
    query = (
        select(Application, Worker, PersonKeyRow.wrapped)
        .join(Consent, Consent.id == Application.consent_id)
        .join(Worker, Worker.id == Application.worker_id)
        .join(PersonKeyRow, PersonKeyRow.person_id == Worker.id)
        .where(Application.account_id == account_id, Consent.basis == Basis.EMPLOYER)
        .where(Application.state != State.WITHDRAWN)
        .order_by(Application.id)
        .limit(most)
    )
    return [(application, worker, wrapped) for application, worker, wrapped in await db.execute(query)]


async def memberships_of(db: AsyncSession, account_id: int) -> list[int]:
    """Return the ids of the active memberships of those an account registered as employer."""
    query = (
        select(Membership.id)
        .join(Application, Application.id == Membership.application_id)
        .join(Consent, Consent.id == Application.consent_id)
        .where(Application.account_id == account_id, Consent.basis == Basis.EMPLOYER)
        .where(Membership.state == Life.ACTIVE)
    )
    return list(await db.scalars(query.order_by(Membership.id)))
