"""What becomes of claimed deliveries, many at once: their fates, and what follows for their chats."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Update, bindparam, case, func, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.accounts import mark_unreachable
from models.owing.deliveries import Claimed, Delivery, Fate, in_state, is_open
from models.storage.among import among
from models.storage.base import table_of
from models.storage.pairs import pairs, pairs_of

CHAT_DEAD: Final = "chat dead"
"""What is noted where another message found out that a chat cannot be reached."""

WAITS: Final = (is_open(Delivery), ~in_state(Fate.SENDING))
"""The condition that a message waits; with its chat it fits the index of chats and no other."""

QUEUED_FOR: Final = (Delivery.chat_id == bindparam("_chat", type_=Delivery.chat_id.type), *WAITS)
"""The condition that a message waits for a chat."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """What one claim came to: a final fate, or QUEUED for `not_before` (None: as it was).

    `chat_id` is where a group has moved to. `alone`: only this message waits, not all others of its chat too.
    """

    claimed: Claimed
    fate: Fate
    not_before: datetime | None = None
    message_id: int | None = None
    error: str | None = None
    chat_id: int | None = None
    alone: bool = False


async def settle(db: AsyncSession, settlements: Sequence[Settlement]) -> None:
    """Note what claims came to. What was erased, or is in another's hand by now, stays as it is.

    One exception: what was sent is sent, in whosever hand it is.
    """
    sent = {each.claimed.id: each.message_id for each in settlements if each.fate is Fate.SENT}
    if sent:
        await (await db.connection()).execute(_SENT, pairs_of(sent))
    await _many(db, _SETTLE, [_values(each) for each in settlements if each.fate is not Fate.SENT])


def _sending() -> Update:
    """Return the statement that notes all that was sent, with the numbers of the messages."""
    told = pairs()
    return (
        update(table_of(Delivery))
        .where(Delivery.id == told.c.key)
        .where(in_state(Fate.QUEUED) | in_state(Fate.SENDING) | in_state(Fate.UNCERTAIN))
        .values(state=Fate.SENT, message_id=told.c.value, error=None, payload=b"", lease_until=None)
    )


def _settling() -> Update:
    """Return the statement that settles one claim; it is built once, for building takes long."""
    mine = in_state(Fate.SENDING) | in_state(Fate.UNCERTAIN)
    return (
        update(table_of(Delivery))
        .where(Delivery.id == bindparam("_id"), mine, Delivery.attempts == bindparam("_attempts"))
        .values(
            state=bindparam("_state", type_=Delivery.state.type),
            not_before=func.coalesce(
                bindparam("_not_before", type_=Delivery.not_before.type), Delivery.not_before
            ),
            chat_id=func.coalesce(bindparam("_chat"), Delivery.chat_id),
            message_id=bindparam("_message"),
            error=bindparam("_error"),
            payload=case((bindparam("_keep"), Delivery.payload), else_=b""),
            lease_until=None,
        )
    )


async def space(db: AsyncSession, until: Mapping[int, datetime]) -> None:
    """Let what waits for these chats wait until a moment at least."""
    chats: dict[datetime, list[int]] = defaultdict(list)
    for chat, moment in until.items():
        chats[moment].append(chat)
    for moment, theirs in sorted(chats.items()):
        waits = update(table_of(Delivery)).where(among(Delivery.chat_id, theirs), *WAITS)
        await (await db.connection()).execute(
            waits.where(Delivery.not_before < moment).values(not_before=moment)
        )


async def bury(db: AsyncSession, reasons: Mapping[int, str]) -> None:
    """Note chats that cannot be reached, and cancel what they are owed."""
    for chat_id, reason in sorted(reasons.items()):
        await mark_unreachable(db, chat_id, reason)
    cancelled = {"state": Fate.CANCELLED, "payload": b"", "error": CHAT_DEAD}
    waits = update(table_of(Delivery)).where(*QUEUED_FOR)
    await _many(db, waits.values(cancelled), [{"_chat": chat} for chat in sorted(reasons)])


async def move(db: AsyncSession, chat_id: int, new_chat_id: int) -> None:
    """Send what waits for a group to what it has become."""
    waits = update(table_of(Delivery)).where(*QUEUED_FOR)
    await _many(db, waits.values(chat_id=new_chat_id), [{"_chat": chat_id}])


_SETTLE: Final = _settling()
_SENT: Final = _sending()


async def _many(db: AsyncSession, statement: Update, rows: Sequence[dict[str, Any]]) -> None:
    """Run one statement for many rows, which both engines do fast."""
    if rows:
        await (await db.connection()).execute(statement, rows)


def _values(settlement: Settlement) -> dict[str, Any]:
    return {
        "_id": settlement.claimed.id,
        "_attempts": settlement.claimed.attempts,
        "_state": settlement.fate,
        "_not_before": settlement.not_before,
        "_chat": settlement.chat_id,
        "_message": settlement.message_id,
        "_error": settlement.error,
        "_keep": settlement.fate in (Fate.QUEUED, Fate.UNCERTAIN),
    }
