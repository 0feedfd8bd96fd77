"""A whole restore: load, compare, bring up to date, erase again, send nothing twice; then one commit."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Final

from sqlalchemy import URL, Connection, NullPool, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models import erasures, people
from models.applications import Application
from models.backups import streams
from models.backups.loading import GONE, Restored, load
from models.erasures import Erasure
from models.owing.deliveries import Delivery, Fate, Promise
from models.people import PersonKeyRow
from models.storage.among import among
from models.storage.backup_keys import PrivateBackupKey
from models.storage.base import table_of
from models.storage.database import Database
from models.storage.engine import new_engine, normalise_url
from models.storage.key_checks import KeysSource, obtain_keys, read_keys
from models.storage.keys import Keys
from models.workers import Worker

SAMPLE: Final = 100
"""How many people a drill opens."""

SEALED: Final = ("nik", "name", "birth_date", "phone", "address")


@dataclass(frozen=True, slots=True)
class Files:
    """The two files of a backup: the people's keys and the ledger, and everything else."""

    apart: Path
    data: Path


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a restore: what was compared, who was erased again, messages that may have gone out."""

    restored: Restored
    erased: int
    doubtful: int


async def restore(
    url: str | URL, source: KeysSource, files: Files, key: PrivateBackupKey, now: datetime
) -> Outcome:
    """Restore a backup into an empty database, whole or not at all; raise StartRefused or Unreadable."""
    from models.storage import migrating  # and Alembic, which a bot that runs does without

    keys = read_keys(source)
    engine = new_engine(normalise_url(url), statement_timeout="0", poolclass=NullPool)

    def fill(connection: Connection) -> Restored:
        with streams.opened(files.apart, key) as apart, streams.opened(files.data, key) as data:
            restored = load(connection, keys, apart, data)
        migrating.upgrade(connection)
        return restored

    try:
        async with engine.begin() as connection:
            restored = await connection.run_sync(fill)
            async with AsyncSession(connection) as db:
                await obtain_keys(db, keys.text(), announce=lambda _: None)
                erased = await _erase_again(db, keys, now)
                doubtful = await _doubt(db, now)
                await db.flush()
        await Database(engine, keys).scrub()
    finally:
        await engine.dispose()
    return Outcome(restored, erased, doubtful)


async def _erase_again(db: AsyncSession, keys: Keys, now: datetime) -> int:
    """Erase whom the ledger names, people and accounts, and whose key is gone; return how many people."""
    ledger = list(await db.scalars(select(Erasure)))
    named = [one.person_id for one in ledger if one.person_id is not None]
    there = set(await db.scalars(select(PersonKeyRow.person_id).where(among(PersonKeyRow.person_id, named))))
    shut = set(await db.scalars(select(PersonKeyRow.person_id).where(PersonKeyRow.wrapped == GONE)))
    await erasures.replay(db, shut)
    await erasures.replay_ledger(db, keys, ledger, now)
    return len(shut | there)


async def _doubt(db: AsyncSession, now: datetime) -> int:
    """Mark as uncertain what waited at the backup, was due since, and may not arrive twice."""
    waited = Delivery.state.in_((Fate.QUEUED, Fate.SENDING))
    due = (waited, Delivery.promise == Promise.AT_MOST_ONCE, Delivery.not_before <= now)
    known = {"state": Fate.UNCERTAIN, "lease_until": None, "error": "restored", "payload": b""}
    found = await db.execute(update(table_of(Delivery)).where(*due).values(**known))
    return int(found.rowcount)  # type: ignore[attr-defined]


async def open_sample(database: Database, chance: Random, whose: Collection[int] | None = None) -> int:
    """Open what is sealed of people by chance, of these or of all; return how many, or raise CannotOpen."""
    async with database.begin() as db:
        ids = sorted(await db.scalars(select(Worker.id)) if whose is None else whose)
        chosen = chance.sample(ids, min(SAMPLE, len(ids)))
        found = await people.keys_of(db, database.keys, chosen)
        for worker in await db.scalars(select(Worker).where(Worker.id.in_(chosen))):
            for column in SEALED:
                worker.opened(found[worker.id], column)
            worker.next_to_reach(found[worker.id])
        for application in await db.scalars(select(Application).where(Application.worker_id.in_(chosen))):
            application.told(found[application.worker_id])
    return len(chosen)
