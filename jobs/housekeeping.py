"""What must be forgotten is forgotten: copies of updates, quarantine, links, forms nobody came back to."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from jobs.clock import Tick
from models import dialogues, erasures, quarantine, seen
from models.agency import imports, quotas, treasurers
from models.ownership import hand_overs, invitations, status_links
from models.privacy import alarms, retention
from models.storage.database import Database
from models.trust import role_links
from rules.retention import kept

SEALED: Final = ("quarantine", "lists", "forms", "closed")
"""Rules that take out what somebody told: afterwards it must leave the log of the database too."""


class Housekeeping:
    """Forgets by time."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    @property
    def tick(self) -> Tick:
        """Every hour."""
        return Tick("housekeeping", 3600.0, self.forget)

    async def forget(self) -> None:
        """Delete what is older than its time, and note how much that was."""
        now = self._now()
        async with self._database.begin() as db:
            destroyed = await _destroyed(db, now)
            await retention.note(db, destroyed, now)
            await alarms.sound_late(db, self._database.keys, now)
        if any(destroyed[name] for name in SEALED):
            await self._database.scrub()


async def _destroyed(db: AsyncSession, now: datetime) -> dict[str, int]:
    """Destroy what each rule says is over; return how many rows, forms or people went by it."""
    return {
        "updates": await seen.purge(db, now - kept("updates")),
        "quarantine": await quarantine.purge(db, now - kept("quarantine")),
        "quota_days": await quotas.purge(db, (now - kept("quota_days")).date()),
        "invitations": await invitations.purge(db, now - kept("invitations")),
        "hand_overs": await hand_overs.purge(db, now - kept("hand_overs")),
        "treasurers": await treasurers.purge(db, now - kept("treasurers")),
        "role_links": await role_links.purge(db, now - kept("role_links")),
        "wrong_tries": await status_links.purge(db, now - kept("wrong_tries")),
        "lists": await imports.purge(db, now - kept("lists")),
        "forms": await dialogues.forget_untouched(db, now - kept("forms")),
        "closed": await erasures.forget_closed(db, now - kept("closed")),
    }
