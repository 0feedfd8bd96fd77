"""Whose counts somebody may see: an officer those of the desk's territories, an agent those approved for."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.authority import OFFICE
from models import accounts
from models.agency import agents
from rules import coverage as rule


@dataclass(frozen=True, slots=True)
class Reach:
    """The region codes somebody sees counts of; an officer also sees who the members are, in shares."""

    territories: frozenset[str]
    officer: bool

    def holds(self, code: str) -> bool:
        """Return whether a place lies within."""
        return rule.within(code, self.territories)


async def reach_of(db: AsyncSession, account_id: int, now: datetime, today: date) -> Reach:
    """Return what an account may see now."""
    roles = (await accounts.roles_of(db, [account_id], now))[account_id]
    if roles & OFFICE:
        return Reach(await accounts.territories_of(db, account_id, OFFICE, now), officer=True)
    return Reach(await agents.territories(db, account_id, today), officer=False)
