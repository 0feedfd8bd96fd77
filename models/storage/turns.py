"""Whose turn it is: what one process does with a person, it does to the end before another one begins.

PostgreSQL keeps this in advisory locks of one connection, so a process that dies lets go of everybody. They
keep the words to a person in the order of their effects; that an effect happens once never rests on them.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable
from contextlib import asynccontextmanager
from typing import Final

from sqlalchemy import bindparam, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from models.storage.among import Numbers
from models.storage.database import Database

TAKE: Final = text("SELECT id FROM unnest(:ids) AS id WHERE pg_try_advisory_lock(id)").bindparams(
    bindparam("ids", type_=Numbers())
)
GIVE_BACK: Final = text("SELECT pg_advisory_unlock_all()")


class Turns:
    """Takes people for as long as a batch is handled and answered; who is taken elsewhere is left out.

    On SQLite there is one process, and everybody is free.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._shared = database.engine.dialect.name == "postgresql"
        self._connection: AsyncConnection | None = None
        self._one = asyncio.Lock()

    @asynccontextmanager
    async def of(self, people: Iterable[int]) -> AsyncIterator[Collection[int]]:
        """Yield those of these people nobody else is busy with; they are let go of at the end."""
        wanted = sorted(set(people))
        if not self._shared or not wanted:
            yield wanted
            return
        async with self._one:
            taken = await self._take(wanted)
            try:
                yield taken
            finally:
                if taken:
                    await self._give_back()

    async def close(self) -> None:
        """Let go of the connection."""
        await self._forget()

    async def _take(self, wanted: list[int]) -> list[int]:
        try:
            connection = await self._open()
            return list(await connection.scalars(TAKE, {"ids": wanted}))
        except BaseException:
            await self._forget()
            raise

    async def _open(self) -> AsyncConnection:
        if self._connection is None:
            connection = await self._database.engine.connect()
            self._connection = await connection.execution_options(isolation_level="AUTOCOMMIT")
        return self._connection

    async def _give_back(self) -> None:
        """Unlock everybody; a connection that is gone has done so by itself."""
        if self._connection is not None:
            try:
                await asyncio.shield(self._connection.execute(GIVE_BACK))
            except BaseException as error:
                await self._forget()
                if not isinstance(error, DBAPIError):
                    raise

    async def _forget(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.invalidate()
            await connection.close()
