"""Giving and taking roles, on record each time: from the command line and from the desk alike."""

from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models import accounts
from models.accounts import Account, Role
from models.storage.keys import Keys
from models.trust import audit
from models.trust.audit import Act, Entry


async def appoint(
    db: AsyncSession,
    keys: Keys,
    account_id: int,
    role: Role,
    now: datetime,
    by: int | None,
    valid_until: date | None = None,
    territory: str = "",
) -> bool:
    """Give a role to an account, which need not have written yet; False when it is held just so already.

    A role held for another territory or time is replaced. `by` is None from the command line.
    """
    if await db.get(Account, account_id) is None:
        await accounts.meet(db, {account_id: "id"}, now)
    before = await accounts.held(db, account_id, role)
    if before is not None and (before.territory, before.valid_until) == (territory, valid_until):
        return False
    await accounts.revoke(db, account_id, role, now, by)
    await accounts.grant(db, account_id, role, now, by, valid_until, territory)
    until = valid_until and valid_until.isoformat()
    details = {"role": role.value, "territory": territory, "until": until}
    await audit.note(db, keys, [Entry(Act.GRANTED, by, None, f"accounts:{account_id}", details)], now)
    return True


async def dismiss(
    db: AsyncSession, keys: Keys, account_id: int, role: Role, now: datetime, by: int | None
) -> bool:
    """Take a role back, at once; False when it is not held."""
    if await accounts.held(db, account_id, role) is None:
        return False
    await accounts.revoke(db, account_id, role, now, by)
    entry = Entry(Act.REVOKED, by, None, f"accounts:{account_id}", {"role": role.value})
    await audit.note(db, keys, [entry], now)
    return True
