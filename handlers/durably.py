"""Transactions that wait for the database: while it is away, nothing is lost and no update is to blame."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.ext.asyncio import AsyncSession

from models.dialogues import Overtaken
from models.storage.database import Database

PAUSES: Final = (1, 2)
"""Seconds between tries while the database is away; never longer, for people wait when it is back."""

SHORT_PAUSES: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
"""Seconds between tries when another transaction went first: the database is there."""

GAVE_WAY: Final = ("40001", "40P01")
"""PostgreSQL's codes for a transaction undone in favour of another: not serialisable, or a deadlock."""

FULL: Final = "53100"
SQLITE_FULL: Final = "database or disk is full"

OFTEN: Final = 20
"""Overtaken as often as that, the work itself is at fault."""

AWAY: Final = (OperationalError, InterfaceError, NoConnectionFree)
"""What the database raises while it is away, full or locked."""

AGAIN: Final = (*AWAY, Overtaken)
"""What a transaction is begun again for."""

Pause = Callable[[float], Awaitable[None]]
T = TypeVar("T")
log = structlog.get_logger()


class Durably:
    """Does work in transactions, each from the start when it was overtaken or the database was away."""

    def __init__(self, database: Database, pause: Pause = asyncio.sleep) -> None:
        self._database = database
        self._pause = pause
        self.away = False

    async def do(self, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
        """Return what the work returns, once it is durable; its own errors undo it and rise."""
        tries = overtaken = gave_way = 0
        while True:
            try:
                async with self._database.begin() as db:
                    result = await work(db)
                self.away = False
                return result
            except Overtaken:
                overtaken += 1
                if overtaken == OFTEN:
                    raise
            except AWAY as away:
                if _code(away) in GAVE_WAY:
                    gave_way += 1
                    await self._pause(_at(SHORT_PAUSES, gave_way))
                    continue
                tries += 1
                self.away = True
                _complain(away, tries)
                await self._pause(_at(PAUSES, tries))


def _at(pauses: Sequence[float], tries: int) -> float:
    return pauses[min(tries, len(pauses)) - 1]


def _code(away: Exception) -> str | None:
    """Return PostgreSQL's code of an error, None where there is none."""
    return getattr(getattr(away, "orig", None), "sqlstate", None)


def _complain(away: Exception, tries: int) -> None:
    """Say that we wait; a full disk needs an operator, and is an error."""
    cause = getattr(away, "orig", away)
    full = _code(away) == FULL or str(cause) == SQLITE_FULL
    if full:
        log.error("intake.database_full", kind=type(cause).__name__, attempts=tries)
    else:
        log.warning("intake.database_away", kind=type(cause).__name__, attempts=tries)
