"""What must be forgotten is forgotten: copies of updates, quarantine, links, forms nobody came back to."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from jobs.clock import Tick
from models import dialogues, erasures, quarantine, seen
from models.agency import imports, quotas, treasurers
from models.ownership import hand_overs, invitations, status_links
from models.storage.database import Database
from models.trust import role_links

FORM_KEPT: Final = timedelta(days=30)
"""How long an unfinished form is kept after its last answer, as the consent text says."""

CLOSED_KEPT: Final = timedelta(days=90)
"""How long a withdrawn or refused registration is kept, as the consent text says."""


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
        """Delete what is older than its time."""
        now = self._now()
        async with self._database.begin() as db:
            await seen.purge(db, now - seen.KEPT)
            await quarantine.purge(db, now - quarantine.KEPT)
            await quotas.purge(db, (now - quotas.KEPT).date())
            await invitations.purge(db, now - invitations.KEPT)
            await hand_overs.purge(db, now)
            await treasurers.purge(db, now - treasurers.KEPT)
            await role_links.purge(db, now)
            await status_links.purge(db, now - status_links.TRIED_WITHIN)
            forgotten = await imports.purge(db, now - imports.KEPT)
            forgotten += await dialogues.forget_untouched(db, now - FORM_KEPT)
            forgotten += await erasures.forget_closed(db, now - CLOSED_KEPT)
        if forgotten:
            await self._database.scrub()
