"""Accounts: who talks to the bot, in which language, and with whose authority."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    bindparam,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.storage.among import among, among_those
from models.storage.base import Base, Id, one_of
from models.storage.conflicts import insert_new, insert_returning
from models.storage.ids import new_id

NOTED = timedelta(hours=1)
"""How exactly `seen_at` is kept: a busy person costs one write an hour, not one a message."""


class Account(Base):
    """Somebody who talks to the bot; the id is Telegram's.

    `dialogue_id` is the draft in front of them, `unreachable` why Telegram refuses to deliver, and
    `stopped_at` when they told us to stop: nothing is sent to them then but answers.
    """

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    language: Mapped[str]
    dialogue_id: Mapped[int | None] = mapped_column(Id)  # no foreign key: a dialogue already points here
    unreachable: Mapped[str | None]
    stopped_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class Role(StrEnum):
    """What an account may be besides a worker, which everyone is.

    agent          registers other people, sees only their own
    officer        reviews applications, imports, sends broadcasts
    administrator  gives and takes roles
    """

    WORKER = "worker"
    AGENT = "agent"
    OFFICER = "officer"
    ADMINISTRATOR = "administrator"


class Grant(Base):
    """A role given to an account, by whom, and until when; what was taken back stays on record.

    `valid_until` is the last day it holds, None for a role without end. `territory` is a region code of 0 to
    10 digits: an officer's desk shows what lies in it, all of Indonesia for none.
    """

    __tablename__ = "grants"
    __table_args__ = (
        Index(
            "uq_grants_in_force",
            "account_id",
            "role",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(Id, ForeignKey("accounts.id"))
    role: Mapped[Role] = mapped_column(one_of(Role))
    granted_at: Mapped[datetime]
    granted_by: Mapped[int | None] = mapped_column(Id)
    valid_until: Mapped[date | None]
    territory: Mapped[str] = mapped_column(server_default="")
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[int | None] = mapped_column(Id)


async def meet(db: AsyncSession, people: Mapping[int, str], now: datetime) -> dict[int, Account]:
    """Return the accounts of these people, locked in the order of their ids; newcomers get one.

    `people` tells for each Telegram id the language guessed for a newcomer. Whoever writes is reachable.
    """
    known = await _locked(db, people)
    missing = people.keys() - known.keys()
    if missing:
        await insert_new(db, Account, [_newcomer(each, people[each], now) for each in sorted(missing)])
        known |= await _locked(db, missing)
    await _note(db, known, now)
    return known


async def grant(
    db: AsyncSession,
    account_id: int,
    role: Role,
    now: datetime,
    by: int | None,
    valid_until: date | None = None,
    territory: str = "",
) -> bool:
    """Give a role, by nobody from the command line; False for one already held, which stays as it is."""
    row = {
        "id": new_id(now),
        "account_id": account_id,
        "role": role,
        "granted_at": now,
        "granted_by": by,
        "valid_until": valid_until,
        "territory": territory,
    }
    return bool(await insert_returning(db, Grant, [row], Grant.id))


async def held(db: AsyncSession, account_id: int, role: Role) -> Grant | None:
    """Return the grant of a role that was not taken back, though its last day may be over."""
    query = select(Grant).where(
        Grant.account_id == account_id, Grant.role == role, Grant.revoked_at.is_(None)
    )
    found: Grant | None = await db.scalar(query, execution_options={"populate_existing": True})
    return found


async def all_held(db: AsyncSession, now: datetime, after: int = 0, limit: int | None = None) -> list[Grant]:
    """Return the roles held now by anybody, the oldest first, from behind a grant's number on."""
    query = select(Grant).where(in_force(now), Grant.id > after).order_by(Grant.id).limit(limit)
    return list(await db.scalars(query, execution_options={"populate_existing": True}))


async def revoke(db: AsyncSession, account_id: int, role: Role, now: datetime, by: int | None) -> None:
    """Take a role back, at once."""
    held = (Grant.account_id == account_id, Grant.role == role, Grant.revoked_at.is_(None))
    await db.execute(update(Grant).where(*held).values(revoked_at=now, revoked_by=by))


async def mark_unreachable(db: AsyncSession, account_id: int, reason: str) -> None:
    """Note that Telegram refuses to deliver to an account; its next update revives it."""
    await db.execute(update(Account).where(Account.id == account_id).values(unreachable=reason))


def in_force(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a role is held: not taken back, and not past its last day (UTC)."""
    return _lasting(now.date())


def _lasting(today: date | BindParameter[date]) -> ColumnElement[bool]:
    return Grant.revoked_at.is_(None) & or_(Grant.valid_until.is_(None), Grant.valid_until >= today)


HELD_ROLES = select(Grant.account_id, Grant.role).where(
    among_those(Grant.account_id, "accounts"), _lasting(bindparam("today", type_=Date()))
)
WRITING = select(Account).where(among_those(Account.id, "accounts")).order_by(Account.id).with_for_update()
"""Statements that are asked all the time are made once."""


async def roles_of(db: AsyncSession, ids: Iterable[int], now: datetime) -> dict[int, frozenset[Role]]:
    """Return the roles each account holds now; everyone is a worker."""
    held = {account_id: {Role.WORKER} for account_id in ids}
    asked = {"accounts": sorted(held), "today": now.date()}
    for account_id, role in await db.execute(HELD_ROLES, asked):
        held[account_id].add(role)
    return {account_id: frozenset(roles) for account_id, roles in held.items()}


async def territories_of(
    db: AsyncSession, account_id: int, roles: Iterable[Role], now: datetime
) -> frozenset[str]:
    """Return the region codes in which an account holds one of these roles now; "" is all of Indonesia."""
    held = select(Grant.territory).where(
        Grant.account_id == account_id, Grant.role.in_(list(roles)), in_force(now)
    )
    return frozenset(await db.scalars(held))


async def holders(db: AsyncSession, roles: Iterable[Role], now: datetime) -> dict[int, bool]:
    """Return the accounts that hold one of these roles now, each with whether Telegram delivers to it."""
    query = (
        select(Account.id, Account.unreachable)
        .distinct()
        .join(Grant, Grant.account_id == Account.id)
        .where(Grant.role.in_(list(roles)), in_force(now))
    )
    return {row.id: row.unreachable is None for row in await db.execute(query)}


async def desk_of(db: AsyncSession, village_code: str, now: datetime) -> dict[int, bool]:
    """Return officers whose territory holds a village and every administrator, each with whether in reach."""
    inside = literal(village_code).startswith(Grant.territory)
    query = (
        select(Account.id, Account.unreachable)
        .distinct()
        .join(Grant, Grant.account_id == Account.id)
        .where(in_force(now), or_(Grant.role == Role.ADMINISTRATOR, (Grant.role == Role.OFFICER) & inside))
    )
    return {row.id: row.unreachable is None for row in await db.execute(query)}


async def languages_of(db: AsyncSession, ids: Iterable[int]) -> dict[int, str]:
    """Return the language of each account."""
    query = select(Account.id, Account.language).where(among(Account.id, ids))
    return {row.id: row.language for row in await db.execute(query)}


async def _locked(db: AsyncSession, ids: Iterable[int]) -> dict[int, Account]:
    asked = {"accounts": sorted(ids)}
    accounts = await db.scalars(WRITING, asked, execution_options={"populate_existing": True})
    return {account.id: account for account in accounts}


def _newcomer(account_id: int, language: str, now: datetime) -> dict[str, object]:
    return {"id": account_id, "language": language, "created_at": now, "seen_at": now}


async def _note(db: AsyncSession, accounts: Mapping[int, Account], now: datetime) -> None:
    for account in accounts.values():
        if account.unreachable is not None:
            account.unreachable = None
        if now - account.seen_at > NOTED:
            account.seen_at = now
    await db.flush()
