"""Erasures: what /hapus_data does, and the ledger of opaque ids that every restore replays.

UU 27/2022, articles 40 to 45: the first choice stops the use of the data, the second destroys them. Both
reach what an account filed for itself and its family, unless the worker took it over since, and what it took
over as the worker; what it filed as an agent belongs to the others. Which column is reached how is listed in
models/privacy/reached.py, and a test walks the schema against that list.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import LargeBinary, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models import contacts, data_requests
from models.accounts import Account, Grant
from models.agency import agents, associations, imports, quotas, treasurers, vouchings
from models.agency.agents import Agent
from models.applications import Application, move
from models.consents import Consent
from models.counting import group_cards, workforces
from models.data_requests import Request, data_request
from models.dialogues import Dialogue
from models.office import canaries, export_members, reviews
from models.owing import deliveries, fleeting
from models.ownership import hand_overs, invitations, status_links
from models.ownership.own import about_oneself, own_applications
from models.privacy import destroying
from models.quarantine import Quarantine
from models.reminding import opt_outs
from models.states import TAKEN_BACK, State
from models.storage.base import Base, Id, table_of
from models.storage.ids import first_id, new_id
from models.storage.keys import Keys

OFFICE_ACTED = (State.ACCEPTED, State.REGISTERED)
"""States in which the office holds the data too: erasing ours is then its decision."""

PAGE: Final = 10_000
"""How many accounts are compared with the ledger at a time."""

FOR_EVER: Final = datetime(2999, 1, 1, tzinfo=UTC)


class Erasure(Base):
    """One erased subject: a person's id, or the blind index of an account. A restore erases them again."""

    __tablename__ = "erasures"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    person_id: Mapped[int | None] = mapped_column(Id)
    account_index: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    erased_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Erased:
    """How many people's data were destroyed, and how many applications remain with the office.

    `request` is the number of the request, by which the proof of it is named.
    """

    people: int
    remaining: int
    request: int = field(default=0, compare=False)


async def withdraw(db: AsyncSession, keys: Keys, account_id: int, now: datetime) -> int:
    """Stop: own applications are withdrawn and nothing more is sent; return how many were withdrawn.

    Nobody else is reminded of what is registered either, until the worker says /ingatkan.
    """
    stopped = [each for each in await own_applications(db, account_id) if each.state in TAKEN_BACK]
    for application in stopped:
        await move(db, keys, application.id, State.WITHDRAWN, by=account_id, now=now, frozen_too=True)
    await export_members.let_go(db, [each.id for each in stopped])
    await _silence(db, account_id, now)
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

    Afterwards call `Database.scrub`. The account itself goes too, unless something of it remains; then the
    request is a task of the office.
    """
    index = keys.sender_index(account_id)
    await data_requests.close_all(db, index, "erased", now)
    persons, kept = await _erase(db, keys, account_id, now)
    db.add_all(Erasure(id=new_id(now), person_id=each, erased_at=now) for each in sorted(persons))
    db.add(Erasure(id=new_id(now), account_index=index, erased_at=now))
    request = data_request(index, Request.ERASE, now, done=not kept, account_id=account_id)
    db.add(request)
    await db.flush()
    return Erased(len(persons), kept, request.id)


async def erase_remaining(db: AsyncSession, keys: Keys, account_id: int, now: datetime) -> int:
    """Destroy what had remained with the office, once it has decided so; return how many people's data."""
    persons, _ = await _erase(db, keys, account_id, now, office_too=True)
    db.add_all(Erasure(id=new_id(now), person_id=each, erased_at=now) for each in sorted(persons))
    await db.flush()
    return len(persons)


async def remaining(db: AsyncSession, account_id: int) -> list[Application]:
    """Return what of an account remains with the office."""
    return [each for each in await own_applications(db, account_id) if each.state in OFFICE_ACTED]


async def forget_closed(db: AsyncSession, before: datetime) -> int:
    """Destroy what was withdrawn or refused before a moment, people and all; return how many people."""
    closed = select(Application.worker_id).where(
        Application.state == State.WITHDRAWN, Application.updated_at < before
    )
    persons = set(await db.scalars(closed))
    await destroying.destroy(db, persons)
    return len(persons)


async def replay(db: AsyncSession, person_ids: Iterable[int]) -> None:
    """Erase people again whom a restored backup has brought back."""
    await destroying.destroy(db, set(person_ids))


async def replay_accounts(
    db: AsyncSession, keys: Keys, ledger: Iterable[tuple[bytes, datetime]], now: datetime
) -> int:
    """Erase accounts again whom a restored backup has brought back; return how many.

    `ledger` is blind indexes and when each was erased. What came after that moment stays: who came back is
    somebody new.
    """
    erased: dict[bytes, datetime] = {}
    for index, at in ledger:
        erased[index] = max(at, erased.get(index, at))
    found, last = 0, -1
    while page := await _accounts_behind(db, last):
        last = page[-1][0]
        for account_id, created_at in page:
            until = erased.get(keys.sender_index(account_id))
            if until is not None and created_at <= until:
                await _erase(db, keys, account_id, now, until=until)
                found += 1
    return found


async def replay_ledger(db: AsyncSession, keys: Keys, ledger: Iterable[Erasure], now: datetime) -> int:
    """Erase all that a ledger names, people and accounts; return how many accounts came back to be erased."""
    rows = list(ledger)
    await replay(db, [each.person_id for each in rows if each.person_id is not None])
    indexes = [(each.account_index, each.erased_at) for each in rows if each.account_index is not None]
    return await replay_accounts(db, keys, indexes, now)


async def _accounts_behind(db: AsyncSession, last: int) -> list[tuple[int, datetime]]:
    page = select(Account.id, Account.created_at).where(Account.id > last).order_by(Account.id).limit(PAGE)
    return [(row.id, row.created_at) for row in await db.execute(page)]


async def _erase(
    db: AsyncSession,
    keys: Keys,
    account_id: int,
    now: datetime,
    *,
    until: datetime = FOR_EVER,
    office_too: bool = False,
) -> tuple[set[int], int]:
    """Erase what an account may have erased, as far as it is older than a moment.

    Return whose data are gone, and how many applications remain with the office.
    """
    own = [each for each in await own_applications(db, account_id) if each.submitted_at <= until]
    kept = [] if office_too else [each for each in own if each.state in OFFICE_ACTED]
    await _silence(db, account_id, now)
    await agents.leave(db, account_id, now)
    persons = await _persons(db, account_id, own, until) - {each.worker_id for each in kept}
    await destroying.destroy(db, persons)
    await _forget_acts(db, keys, account_id, now)
    await _leave(db, account_id)
    return persons, len(kept)


async def _forget_acts(db: AsyncSession, keys: Keys, account_id: int, now: datetime) -> None:
    """Take an account out of everything that is not somebody's record."""
    index = keys.sender_index(account_id)
    await deliveries.erase(db, account_id)
    await fleeting.hasten(db, account_id, now)
    await contacts.leave_all(db, account_id)
    await hand_overs.withdraw(db, account_id)
    await invitations.withdraw(db, account_id)
    await associations.leave(db, account_id)
    await treasurers.leave_all(db, account_id, now)
    await vouchings.forget(db, account_id)
    await imports.erase(db, account_id)
    await canaries.forget(db, account_id)
    await reviews.forget(db, account_id)
    await workforces.forget(db, account_id)
    await opt_outs.forget(db, account_id)
    await quotas.forget_numbers(db, index)
    await group_cards.erase(db, account_id)
    await db.execute(delete(Quarantine).where(Quarantine.sender_index == index))


async def _silence(db: AsyncSession, account_id: int, now: datetime) -> None:
    """Remind nobody of the worker this account is, also where others are in the chain."""
    for each in await about_oneself(db, account_id):
        if each.state is State.REGISTERED:
            await opt_outs.stop(db, each.nik_index, None, now)


async def _persons(db: AsyncSession, account_id: int, own: list[Application], until: datetime) -> set[int]:
    drafted = await db.scalars(select(Dialogue.person_id).where(Dialogue.account_id == account_id))
    asked = await db.scalars(select(Agent.person_id).where(Agent.account_id == account_id))
    upto = first_id(until) if until < FOR_EVER else 1 << 63
    return {each.worker_id for each in own} | {each for each in (*drafted, *asked) if each <= upto}


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
    await db.flush()


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
