"""Alarms: officers hear, once a day and account, of who may be gathering NIKs; it stays on record."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from models import accounts
from models.accounts import Role
from models.agency import agents, quotas
from models.owing import deliveries
from models.storage.keys import Keys
from models.trust import audit
from models.trust.audit import Act, Entry

ALARM: Final = "alarm"
"""The kind of news that an account brings many NIKs."""

TOLD: Final = (Role.OFFICER, Role.ADMINISTRATOR)


class Why(StrEnum):
    """Why officers are alerted: a limit was reached again within a week, or much was typed, not filed."""

    REACHED = "reached"
    UNFILED = "unfiled"


@dataclass(frozen=True, slots=True)
class Alarm:
    """An account that officers should look at, why, and the figure behind it."""

    account_id: int
    why: Why
    count: int


async def sound(db: AsyncSession, keys: Keys, alarm: Alarm, today: date, now: datetime) -> bool:
    """Owe every officer the news and write it into the audit log, once a day; return whether it was new."""
    if not await quotas.note_alarmed(db, keys.sender_index(alarm.account_id), today, now):
        return False
    agent = await agents.open_request(db, alarm.account_id)
    badge = agent.badge if agent is not None and agent.stands(today) else None
    payload = {"why": alarm.why, "count": alarm.count, "account": alarm.account_id, "badge": badge}
    officers = await accounts.holders(db, TOLD, now)
    owed = [_owed(each, alarm, payload, today, now) for each in officers]
    await deliveries.owe(db, keys, owed, now)
    entry = Entry(
        Act.ALARMED,
        alarm.account_id,
        subject=f"accounts:{alarm.account_id}",
        details={"why": alarm.why, "count": alarm.count},
    )
    await audit.note(db, keys, [entry], now)
    return True


def _owed(
    officer: int, alarm: Alarm, payload: dict[str, object], today: date, now: datetime
) -> deliveries.Owed:
    return deliveries.Owed(
        lane=deliveries.Lane.TRANSACTION,
        promise=deliveries.Promise.AT_LEAST_ONCE,
        dedupe=f"{ALARM}:{alarm.account_id}:{today}:{officer}",
        chat_id=officer,
        kind=ALARM,
        payload=payload,
        not_before=now,
        account_id=officer,
    )
