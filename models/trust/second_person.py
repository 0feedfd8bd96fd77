"""The second person: who may agree to what one of the office does to many: a broadcast, an export."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.accounts import Account, Grant, Role, in_force

MAY_AGREE: Final = (Role.OFFICER, Role.ADMINISTRATOR)
"""Roles that may agree."""


async def able(
    db: AsyncSession, author_id: int | None, territories: Iterable[str], now: datetime
) -> set[int]:
    """Return the accounts in reach that may agree to what an author does in some territories.

    Officers and administrators in whose territories these lie, never the author.
    """
    query = (
        select(Grant.account_id, Grant.territory)
        .join(Account, Account.id == Grant.account_id)
        .where(Grant.role.in_(MAY_AGREE), in_force(now), Account.unreachable.is_(None))
    )
    reach: dict[int, list[str]] = defaultdict(list)
    for account_id, territory in await db.execute(query):
        reach[account_id].append(territory)
    inner = list(territories)
    return {one for one, theirs in reach.items() if one != author_id and covers(theirs, inner)}


def covers(outer: Collection[str], inner: Iterable[str]) -> bool:
    """Return whether each region of `inner` lies in one of `outer`."""
    return all(any(code.startswith(one) for one in outer) for code in inner)
