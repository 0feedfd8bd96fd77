"""Taking over: a worker whose record somebody else made makes it the own one, once, by a link.

Who registered them keeps seeing what they entered, and stays in the chain behind the worker.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models import contacts, memberships
from models.applications import Application
from models.contacts import Agreement
from models.memberships import Relation
from models.ownership import hand_overs


async def take(
    db: AsyncSession, token: str, account_id: int, text_sha256: bytes, now: datetime
) -> Application | None:
    """Note an account as the worker of what a link hands over; None when the link does nothing any more.

    The worker comes first in the chain of the membership: now, or when it begins (models/memberships.py).
    """
    application = await hand_overs.hold(db, token, now)
    if application is None or application.account_id == account_id:
        return None
    membership = await memberships.of_application(db, application.id)
    if membership is not None and not await _can_be_first(db, membership.id, account_id):
        return None
    if await hand_overs.spend(db, token, now, text_sha256) is None:
        return None
    application.worker_account_id, application.updated_at = account_id, now
    await db.flush()
    if membership is not None:
        await _put_first(db, membership.id, account_id, Agreement(now, text_sha256))
    return application


async def _can_be_first(db: AsyncSession, membership_id: int, account_id: int) -> bool:
    """Return whether nobody else is in the chain as the worker; one in a chain is the worker once."""
    await contacts.hold(db, membership_id)
    chain = await contacts.chain(db, membership_id)
    return not any(link.relation is Relation.SELF and link.account_id != account_id for link in chain)


async def _put_first(db: AsyncSession, membership_id: int, account_id: int, agreement: Agreement) -> None:
    await contacts.drop(db, membership_id, account_id)
    await contacts.add(db, membership_id, account_id, Relation.SELF, agreement)
