"""Sends the head of the audit log out once a day, so that a log that was cut off at its end is found later.

Administrators keep it in their chat, and the process's log has it too: both lie apart from the database.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import structlog

from jobs.clock import Tick
from models.accounts import Role, holders
from models.owing import deliveries
from models.owing.deliveries import Lane, Owed, Promise
from models.storage.database import Database
from models.trust.audit_checks import AUDIT_HEAD, Head, head_of

HOUR: Final = 8
"""From this hour of the office's day on; nobody is woken by it."""

log = structlog.get_logger()


class AuditHeads:
    """Owes every administrator the head of a day."""

    def __init__(self, database: Database, now: Callable[[], datetime], zone: ZoneInfo) -> None:
        self._database = database
        self._now = now
        self._zone = zone
        self._logged = ""

    @property
    def tick(self) -> Tick:
        """Every hour."""
        return Tick("audit_heads", 3600.0, self.send)

    async def send(self) -> None:
        """Owe the head of today, if it is not owed yet and anything was ever written."""
        now = self._now()
        local = now.astimezone(self._zone)
        if local.hour < HOUR:
            return
        day = local.date().isoformat()
        async with self._database.begin() as db:
            head = await head_of(db)
            administrators = await holders(db, [Role.ADMINISTRATOR], now)
            owed = [_owed(each, day, head, now) for each in administrators] if head.number else []
            await deliveries.owe(db, self._database.keys, owed, now)
        if head.number and self._logged != day:
            self._logged = day
            log.info("audit.head", head=str(head))


def _owed(account_id: int, day: str, head: Head, now: datetime) -> Owed:
    return Owed(
        lane=Lane.TRANSACTION,
        promise=Promise.AT_LEAST_ONCE,
        dedupe=f"{AUDIT_HEAD}:{day}:{account_id}",
        chat_id=account_id,
        kind=AUDIT_HEAD,
        payload={"day": day, "head": str(head)},
        not_before=now,
        account_id=account_id,
    )
