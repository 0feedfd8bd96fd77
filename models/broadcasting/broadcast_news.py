"""Who hears of a broadcast: its author, and those who may agree to it as a second person."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.accounts import Account, Grant, in_force
from models.broadcasting.broadcasts import BROADCAST_NEWS, MAY_BROADCAST, Broadcast
from models.owing.deliveries import Lane, Owed, Promise, owe
from models.storage.keys import Keys


async def seconds(db: AsyncSession, held: Broadcast, now: datetime) -> set[int]:
    """Return the accounts in reach that may agree to a broadcast.

    Officers and administrators in whose territories the author's lie, never the author.
    """
    query = (
        select(Grant.account_id, Grant.territory)
        .join(Account, Account.id == Grant.account_id)
        .where(Grant.role.in_(MAY_BROADCAST), in_force(now), Account.unreachable.is_(None))
    )
    reach: dict[int, list[str]] = defaultdict(list)
    for account_id, territory in await db.execute(query):
        reach[account_id].append(territory)
    return {
        account_id
        for account_id, theirs in reach.items()
        if account_id != held.account_id and covers(theirs, held.territories)
    }


def covers(outer: Collection[str], inner: Iterable[str]) -> bool:
    """Return whether each region of `inner` lies in one of `outer`."""
    return all(any(code.startswith(one) for one in outer) for code in inner)


async def tell_author(
    db: AsyncSession, keys: Keys, held: Broadcast, news: str, now: datetime, **more: Any
) -> None:
    """Owe the author some news of a broadcast."""
    if held.account_id is not None:
        await _tell(db, keys, held, [held.account_id], news, now, more)


async def ask_seconds(db: AsyncSession, keys: Keys, held: Broadcast, now: datetime) -> bool:
    """Ask everybody who may agree; return whether there is anybody."""
    asked = await seconds(db, held, now)
    await _tell(db, keys, held, asked, "asked", now, {})
    return bool(asked)


async def _tell(
    db: AsyncSession,
    keys: Keys,
    held: Broadcast,
    accounts: Iterable[int],
    news: str,
    now: datetime,
    more: dict[str, Any],
) -> None:
    owed = [
        Owed(
            lane=Lane.TRANSACTION,
            promise=Promise.AT_LEAST_ONCE,
            dedupe=f"broadcast_news:{held.id}:{news}:{now:%Y%m%d%H%M%S%f}:{each}",
            chat_id=each,
            kind=BROADCAST_NEWS,
            payload={"broadcast": held.id, "news": news, **more},
            not_before=now,
            account_id=each,
        )
        for each in sorted(accounts)
    ]
    await owe(db, keys, owed, now)
