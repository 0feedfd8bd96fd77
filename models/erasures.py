"""Erasures: what /hapus_data does, and the ledger of opaque ids that every restore replays.

UU 27/2022, articles 40 to 45: the first choice stops the use of the data, the second destroys them. Both
reach what an account filed for itself and its family, unless the worker took it over since, and what it took
over as the worker; what it filed as an agent belongs to the others.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import LargeBinary, and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from models import contacts, people
from models.accounts import Account, Grant
from models.agency import agents, associations, imports, quotas, treasurers
from models.agency.agents import Agent
from models.application_events import ApplicationEvent
from models.applications import Application, move
from models.consents import Basis, Consent
from models.counting import group_cards
from models.data_requests import Request, data_request
from models.dialogues import Dialogue
from models.memberships import Membership
from models.owing import deliveries
from models.ownership import hand_overs, invitations, status_links
from models.quarantine import Quarantine
from models.states import TAKEN_BACK, State
from models.storage.among import among
from models.storage.base import Base, Id, table_of
from models.storage.ids import new_id
from models.storage.keys import Keys
from models.workers import Worker

OWN = (Basis.SELF, Basis.FAMILY)
OFFICE_ACTED = (State.ACCEPTED, State.REGISTERED)
"""States in which the office holds the data too: erasing ours is then its decision."""


class Erasure(Base):
    """One erased subject: a person's id, or the blind index of an account. A restore erases them again."""

    __tablename__ = "erasures"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    person_id: Mapped[int | None] = mapped_column(Id)
    account_index: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    erased_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Erased:
    """How many people's data were destroyed, and how many applications remain with the office."""

    people: int
    remaining: int


async def withdraw(db: AsyncSession, keys: Keys, account_id: int, now: datetime) -> int:
    """Stop: own applications are withdrawn and nothing more is sent; return how many were withdrawn."""
    stopped = [each for each in await _own(db, account_id) if each.state in TAKEN_BACK]
    for application in stopped:
        await move(db, keys, application.id, State.WITHDRAWN, by=account_id, now=now, frozen_too=True)
    await deliveries.cancel(db, account_id)
    await invitations.withdraw(db, account_id)
    await hand_overs.withdraw(db, account_id)
    await associations.leave(db, account_id)
    await status_links.revoke(db, [each.id for each in stopped])
    (await db.get_one(Account, account_id)).stopped_at = now
    db.add(data_request(keys.sender_index(account_id), Request.WITHDRAW, now, done=True))
    await db.flush()
    return len(stopped)


async def erase_account(db: AsyncSession, keys: Keys, account_id: int, now: datetime) -> Erased:
    """Destroy every draft of an account and all it filed for its own that the office has not acted on.

    Afterwards call `Database.scrub`. The account itself goes too, unless something of it remains.
    """
    own = await _own(db, account_id)
    kept = [each for each in own if each.state in OFFICE_ACTED]
    await agents.leave(db, account_id, now)
    persons = await _persons(db, account_id, own)
    await _destroy(db, persons)
    await deliveries.erase(db, account_id)
    await contacts.leave_all(db, account_id)
    await hand_overs.withdraw(db, account_id)
    await associations.leave(db, account_id)
    await treasurers.leave_all(db, account_id, now)
    await imports.erase(db, account_id)
    await quotas.forget_numbers(db, keys.sender_index(account_id))
    await group_cards.erase(db, account_id)
    await db.execute(delete(Quarantine).where(Quarantine.sender_index == keys.sender_index(account_id)))
    await _leave(db, account_id)
    _record(db, persons, keys.sender_index(account_id), now, done=not kept)
    await db.flush()
    return Erased(len(persons), len(kept))


async def forget_closed(db: AsyncSession, before: datetime) -> int:
    """Destroy what was withdrawn or refused before a moment, people and all; return how many people."""
    closed = select(Application.worker_id).where(
        Application.state == State.WITHDRAWN, Application.updated_at < before
    )
    persons = set(await db.scalars(closed))
    await _destroy(db, persons)
    return len(persons)


async def replay(db: AsyncSession, person_ids: Iterable[int]) -> None:
    """Erase people again whom a restored backup has brought back."""
    await _destroy(db, set(person_ids))


async def _own(db: AsyncSession, account_id: int) -> list[Application]:
    filed = and_(Application.account_id == account_id, Consent.basis.in_(OWN))
    not_taken = Application.worker_account_id.is_(None)
    query = (
        select(Application)
        .join(Consent, Consent.id == Application.consent_id)
        .where(or_(and_(filed, not_taken), Application.worker_account_id == account_id))
    )
    return list(await db.scalars(query.order_by(Application.id)))


async def _persons(db: AsyncSession, account_id: int, own: list[Application]) -> set[int]:
    drafted = await db.scalars(select(Dialogue.person_id).where(Dialogue.account_id == account_id))
    asked = await db.scalars(select(Agent.person_id).where(Agent.account_id == account_id))
    filed = {each.worker_id for each in own}
    return (set(drafted) | set(asked) | filed) - {
        each.worker_id for each in own if each.state in OFFICE_ACTED
    }


async def _destroy(db: AsyncSession, persons: set[int]) -> None:
    applications = select(Application.id).where(among(Application.worker_id, persons))
    await db.execute(delete(ApplicationEvent).where(ApplicationEvent.application_id.in_(applications)))
    for column in _columns_of_a_person():
        await db.execute(delete(column.class_).where(among(column, persons)))
    await people.erase(db, persons)


def _columns_of_a_person() -> tuple[InstrumentedAttribute[int], ...]:
    """Where a person's id stands, in the order in which rows may go."""
    return (
        Membership.worker_id,
        Application.worker_id,
        Dialogue.person_id,
        Agent.person_id,
        Worker.id,
        Consent.person_id,
    )


async def _leave(db: AsyncSession, account_id: int) -> None:
    account = await db.get(Account, account_id, populate_existing=True)
    if account is None:
        return
    if await _is_needed(db, account_id):
        account.dialogue_id = None
        return
    await db.execute(delete(Grant).where(Grant.account_id == account_id))
    await _forget_worker(db, account_id)
    await db.delete(account)


async def _forget_worker(db: AsyncSession, account_id: int) -> None:
    """Name an account no more in what remains with the office."""
    frozen = (Application.frozen_at.is_not(None), Application.frozen_by == account_id)
    taken = Application.worker_account_id == account_id
    await db.execute(update(table_of(Application)).where(*frozen).values(frozen_by=None))
    await db.execute(update(table_of(Application)).where(taken).values(worker_account_id=None))


async def _is_needed(db: AsyncSession, account_id: int) -> bool:
    uses = (
        select(func.count()).where(Consent.account_id == account_id),
        select(func.count()).where(Application.account_id == account_id),
        select(func.count()).where(Grant.account_id == account_id, Grant.revoked_at.is_(None)),
    )
    return any([await db.scalar(count) for count in uses])


def _record(db: AsyncSession, persons: set[int], account_index: bytes, now: datetime, *, done: bool) -> None:
    db.add_all(Erasure(id=new_id(now), person_id=each, erased_at=now) for each in sorted(persons))
    db.add(Erasure(id=new_id(now), account_index=account_index, erased_at=now))
    db.add(data_request(account_index, Request.ERASE, now, done=done))
