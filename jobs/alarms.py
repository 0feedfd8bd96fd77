"""Alarms: what needs somebody is said in the log when it begins, hourly while it lasts, and at its end."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import structlog

from jobs.clock import Tick
from models.backups.folder import newest_at
from models.storage.database import Database
from models.watching import BACKUP, alarms, watch

AGAIN: Final = timedelta(hours=1)
log = structlog.get_logger()


class Alarms:
    """Looks once a minute; in the folder `backups` a recent one is expected, once there is any."""

    def __init__(self, database: Database, now: Callable[[], datetime], backups: Path) -> None:
        self._database = database
        self._now = now
        self._backups = backups
        self._said: dict[str, datetime] = {}

    @property
    def tick(self) -> Tick:
        """Every minute."""
        return Tick("alarms", 60.0, self.look)

    async def look(self) -> None:
        """Say what is new, what lasts, and what is over."""
        now = self._now()
        async with self._database.begin() as db:
            raised = set(alarms(await watch(db, now), now))
        if self._missed_a_backup(now):
            raised.add("backup")
        for kind in sorted(raised):
            if now - self._said.get(kind, now - AGAIN) >= AGAIN:
                log.error("alarm.raised", kind=kind)
                self._said[kind] = now
        for kind in sorted(self._said.keys() - raised):
            log.warning("alarm.over", kind=kind)
            del self._said[kind]

    def _missed_a_backup(self, now: datetime) -> bool:
        """A folder that never held a backup says nothing: they may be made elsewhere."""
        newest = newest_at(self._backups, apart=False)
        return newest is not None and now - newest > BACKUP
