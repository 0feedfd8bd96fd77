"""Links by which a candidate takes a role: once, within a week, and only what an administrator laid down.

Only the SHA-256 of the token rests here. A link gives nothing once whoever made it is no administrator any
more, once it was turned off, or once the role's own last day is over.
"""

from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, LargeBinary, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.accounts import Grant, Role, in_force
from models.storage.base import Base, Id, one_of, table_of
from models.storage.ids import new_id
from models.storage.keys import Keys
from models.storage.tokens import TOKEN, digest, new_token
from models.trust import audit
from models.trust.audit import Act, Entry

VALID: Final = timedelta(days=7)
"""How long a link can be used."""


class RoleLink(Base):
    """A role offered by a link: for which territory, until which last day, by whom (None: command line)."""

    __tablename__ = "role_links"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    token_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    role: Mapped[Role] = mapped_column(one_of(Role, "offered_role"))
    territory: Mapped[str]
    valid_until: Mapped[date | None]
    made_by: Mapped[int | None] = mapped_column(Id)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    spent_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


async def offer(
    db: AsyncSession,
    keys: Keys,
    role: Role,
    territory: str,
    valid_until: date | None,
    now: datetime,
    by: int | None,
) -> str:
    """Make a link for a role and return its token, which is kept nowhere."""
    token, number = new_token(), new_id(now)
    db.add(
        RoleLink(
            id=number,
            token_sha256=digest(token),
            role=role,
            territory=territory,
            valid_until=valid_until,
            made_by=by,
            made_at=now,
            expires_at=now + VALID,
        )
    )
    await db.flush()
    until = valid_until and valid_until.isoformat()
    details = {"role": role.value, "territory": territory, "until": until}
    await audit.note(db, keys, [Entry(Act.OFFERED, by, None, f"role_links:{number}", details)], now)
    return token


async def by_token(db: AsyncSession, token: str, now: datetime) -> RoleLink | None:
    """Return what a link offers while it can be used, held until the transaction ends; None for any other."""
    if not TOKEN.fullmatch(token):
        return None
    query = select(RoleLink).where(RoleLink.token_sha256 == digest(token)).with_for_update()
    found = await db.scalar(query, execution_options={"populate_existing": True})
    if found is None:
        return None
    still = await db.scalar(select(RoleLink.id).where(RoleLink.id == found.id, *_open(now)))
    return None if still is None else found


async def spend(db: AsyncSession, link: RoleLink, now: datetime) -> None:
    """Use up a link that is held."""
    link.spent_at = now
    await db.flush()


async def open_ones(db: AsyncSession, now: datetime, most: int) -> list[RoleLink]:
    """Return the links that can be used now, the newest first."""
    query = select(RoleLink).where(*_open(now)).order_by(RoleLink.id.desc()).limit(most)
    return list(await db.scalars(query, execution_options={"populate_existing": True}))


async def turn_off(db: AsyncSession, keys: Keys, number: int, now: datetime, by: int) -> bool:
    """Turn a link off that nobody has used; False where there is none."""
    ended = await db.scalar(
        update(table_of(RoleLink))
        .where(RoleLink.id == number, RoleLink.spent_at.is_(None), RoleLink.ended_at.is_(None))
        .values(ended_at=now)
        .returning(RoleLink.id)
    )
    if ended is None:
        return False
    entry = Entry(Act.OFFERED, by, None, f"role_links:{number}", {"what": "turned off"})
    await audit.note(db, keys, [entry], now)
    return True


async def purge(db: AsyncSession, before: datetime) -> None:
    """Forget links that ran out before a moment; the audit log keeps what was offered and given."""
    await db.execute(delete(table_of(RoleLink)).where(RoleLink.expires_at < before))


def _open(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Unused, in time, and made by who still is an administrator, or on the command line."""
    administrator = select(Grant.id).where(
        Grant.account_id == RoleLink.made_by, Grant.role == Role.ADMINISTRATOR, in_force(now)
    )
    return (
        RoleLink.spent_at.is_(None),
        RoleLink.ended_at.is_(None),
        RoleLink.expires_at > now,
        or_(RoleLink.valid_until.is_(None), RoleLink.valid_until >= now.date()),
        or_(RoleLink.made_by.is_(None), administrator.exists()),
    )
