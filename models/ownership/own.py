"""Whose own an application is: what an account filed for itself and its family, and what it took over."""

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.applications import Application
from models.consents import Basis, Consent

OWN = (Basis.SELF, Basis.FAMILY)
"""On these grounds a registration is its sender's own, until the worker takes it over."""


async def own_applications(db: AsyncSession, account_id: int) -> list[Application]:
    """Return what an account filed for itself and its family, and what it took over as the worker."""
    filed = and_(Application.account_id == account_id, Consent.basis.in_(OWN))
    not_taken = Application.worker_account_id.is_(None)
    query = (
        select(Application)
        .join(Consent, Consent.id == Application.consent_id)
        .where(or_(and_(filed, not_taken), Application.worker_account_id == account_id))
    )
    return list(await db.scalars(query.order_by(Application.id)))


async def about_oneself(db: AsyncSession, account_id: int) -> list[Application]:
    """Return what an account filed for itself, and what it took over: the records it is the worker of."""
    filed = and_(Application.account_id == account_id, Consent.basis == Basis.SELF)
    not_taken = Application.worker_account_id.is_(None)
    query = (
        select(Application)
        .join(Consent, Consent.id == Application.consent_id)
        .where(or_(and_(filed, not_taken), Application.worker_account_id == account_id))
    )
    return list(await db.scalars(query.order_by(Application.id)))
