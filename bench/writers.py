"""Several intakes before one database, each with people of its own who register without a pause."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sqlalchemy import event, select

from bench.filed import mistakes
from bench.hall import Hall
from bench.intakes import intake
from bench.witnesses import Witness
from handlers.durably import Pause
from handlers.intake import Intake
from models.seen import SeenUpdate
from models.storage.database import Database, open_database

AT_ONCE: Final = 12
"""People of each writer who write at the same time, and the most updates of a batch."""

ENDLESS: Final = 20_000
UNSAFE: Final = "SET synchronous_commit = off"


@dataclass(slots=True)
class Writer:
    """One intake at work; `batches` counts what it acknowledged, `bell` rings each time."""

    hall: Hall
    batches: int = 0
    ended: bool = False
    bell: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def work(self, desk: Intake) -> None:
        """Take in whatever people do, until the hall is empty."""
        self.hall.enter()
        while batch := self.hall.take(AT_ONCE):
            await desk.take(batch)
            self.hall.acknowledge(batch)
            await self._ring()
        self.ended = True
        await self._ring()

    async def past(self, batches: int) -> None:
        """Return when more batches than that were acknowledged, or nobody is left."""
        async with self.bell:
            await self.bell.wait_for(lambda: self.ended or self.batches > batches)

    async def _ring(self) -> None:
        async with self.bell:
            self.batches += 1
            self.bell.notify_all()


@dataclass(slots=True)
class Writers:
    """All of them, and everything that is wrong in the end."""

    url: str
    keys: Path
    all: list[Writer]
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    @property
    def everybody(self) -> dict[int, Witness]:
        """All people by account id."""
        return {person: one for writer in self.all for person, one in writer.hall.everybody.items()}

    @everybody.setter
    def everybody(self, _: dict[int, Witness]) -> None:
        raise AttributeError("people enter their own hall")

    @property
    def acknowledged(self) -> set[int]:
        """All updates nobody will send again."""
        return {number for writer in self.all for number in writer.hall.acknowledged}

    def sent_off(self, person: int) -> bool:
        """Say whether this person's tap on "send" was acknowledged."""
        return any(person in one.hall.everybody and one.hall.sent_off(person) for one in self.all)

    async def finish(self) -> None:
        """Let nobody new in, and return when everybody has finished."""
        for writer in self.all:
            writer.hall.people = len(writer.hall.everybody)
        await asyncio.gather(*self.tasks)

    async def faults(self) -> list[str]:
        """Return what was lost, doubled, asked again or is stuck, a line each."""
        database = await open_database(self.url, self.keys, announce=lambda _: None)
        try:
            async with database.begin() as db:
                seen = set(await db.scalars(select(SeenUpdate.update_id)))
        finally:
            await database.close()
        lost = self.acknowledged - seen
        noticed = [line for one in self.all for line in (*one.hall.faults, *one.hall.stuck())]
        filed = await mistakes(self.url, self.keys, self)
        return [*([f"{len(lost)} acknowledged updates lost"] if lost else []), *noticed, *filed]


@asynccontextmanager
async def writers(
    urls: list[str], keys: Path, pause: Pause = asyncio.sleep, *, people: int = ENDLESS, unsafe: bool = False
) -> AsyncIterator[Writers]:
    """Yield writers at work, one for each address of a database; `unsafe` ones do not wait for the disk."""
    async with contextlib.AsyncExitStack() as stack:
        made = Writers(urls[0], keys, [])
        for number, url in enumerate(urls):
            database = await open_database(url, keys, announce=lambda _: None)
            stack.push_async_callback(database.close)
            if unsafe:
                await _do_not_wait(database)
            writer = Writer(Hall(people, AT_ONCE, number))
            made.all.append(writer)
            desk = await stack.enter_async_context(intake(database, writer.hall.send, pause))
            made.tasks.append(asyncio.create_task(writer.work(desk)))
        try:
            yield made
        finally:
            for task in made.tasks:
                task.cancel()
            await asyncio.gather(*made.tasks, return_exceptions=True)


async def _do_not_wait(database: Database) -> None:
    def lower(connection: object, _: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        cursor.execute(UNSAFE)
        cursor.close()
        connection.commit()  # type: ignore[attr-defined]

    event.listen(database.engine.sync_engine, "connect", lower)
    await database.engine.dispose()
