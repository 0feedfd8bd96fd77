"""Who hears of a broadcast: its author, and those who may agree to it as a second person."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from models.broadcasting.broadcasts import BROADCAST_NEWS, Broadcast
from models.owing.deliveries import Lane, Owed, Promise, owe
from models.storage.keys import Keys
from models.trust import second_person


async def seconds(db: AsyncSession, held: Broadcast, now: datetime) -> set[int]:
    """Return the accounts in reach that may agree to a broadcast."""
    return await second_person.able(db, held.account_id, held.territories, now)


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
