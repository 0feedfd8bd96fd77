"""Transactions that wait for the database: while it is away, nothing is lost and no update is to blame."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.ext.asyncio import AsyncSession

from models.dialogues import Overtaken
from models.storage.database import Database

PAUSES: Final = (1, 2, 4)
"""Seconds between tries while the database is away; never longer, for people wait when it is back."""

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
        tries = overtaken = 0
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
                tries += 1
                self.away = True
                kind = type(getattr(away, "orig", away)).__name__
                log.warning("intake.database_away", kind=kind, attempts=tries)
                await self._pause(PAUSES[min(tries, len(PAUSES)) - 1])
