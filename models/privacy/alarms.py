"""News of requests about somebody's own data: that one came, that its time runs out, how it ended."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from models import accounts, data_requests
from models.accounts import Role
from models.owing import deliveries
from models.storage.keys import Keys

ASKED: Final = "data_asked"
"""The kind of news that somebody asked for what the office has to decide."""

LATE: Final = "data_late"
"""The kind of news that a request has waited for 48 hours."""

ANSWERED: Final = "data_answered"
"""The kind of news, to who asked, of what was decided."""

PROOF: Final = deliveries.PROOF
"""The kind of message that proves an erasure to somebody who has no account any more."""

OFFICE: Final = (Role.OFFICER, Role.ADMINISTRATOR)


async def sound_late(db: AsyncSession, keys: Keys, now: datetime) -> int:
    """Owe every officer the news of each request that has waited 48 hours, once; return how many are late."""
    late = await data_requests.late(db, now)
    officers = await accounts.holders(db, OFFICE, now) if late else {}
    owed = [
        owed_to(each, LATE, f"{LATE}:{request.id}:{each}", {"request": request.id}, now)
        for request in late
        for each in officers
    ]
    if owed:
        await deliveries.owe(db, keys, owed, now)
    return len(late)


def owed_to(
    chat_id: int, kind: str, dedupe: str, payload: dict[str, Any], now: datetime, account: int | None = 0
) -> deliveries.Owed:
    """Return a message that must arrive; `account` is None for somebody whose account is erased."""
    return deliveries.Owed(
        lane=deliveries.Lane.TRANSACTION,
        promise=deliveries.Promise.AT_LEAST_ONCE,
        dedupe=dedupe,
        chat_id=chat_id,
        kind=kind,
        payload=payload,
        not_before=now,
        account_id=chat_id if account == 0 else account,
    )


async def prove(
    db: AsyncSession, keys: Keys, chat_id: int, language: str, request: int, remaining: int, now: datetime
) -> None:
    """Owe the proof of an erasure; the row goes once it is sent, for it names a chat."""
    payload = {"language": language, "request": request, "remaining": remaining}
    proof = owed_to(chat_id, PROOF, f"{PROOF}:{request}:{remaining}", payload, now, None)
    await deliveries.owe(db, keys, [proof], now)
