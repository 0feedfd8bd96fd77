"""Database: the one door to what we remember. It opens only when what it promises can be kept."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import structlog
from sqlalchemy import URL
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from models.storage.engine import new_engine, normalise_url
from models.storage.gate import StartRefused
from models.storage.key_checks import KeysSource, obtain_keys
from models.storage.keys import Keys
from models.storage.mending import missing
from models.storage.revisions import code_revision, database_revision, is_empty

__all__ = ["Database", "StartRefused", "migrate", "normalise_url", "open_database"]

Announce = Callable[[str], None]
log = structlog.get_logger()


async def migrate(url: str | URL, revision: str | None = None) -> None:
    """Bring a database to a revision, the newest unless told; a second call changes nothing."""
    from models.storage import migrating  # and Alembic: a database that is up to date starts without

    await migrating.migrate(url, revision or migrating.HEAD)


class Database:
    """An engine, the keys of its data, and transactions."""

    def __init__(self, engine: AsyncEngine, keys: Keys) -> None:
        self.engine = engine
        self.keys = keys
        self._sessions = async_sessionmaker(engine, expire_on_commit=False)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        """Run a transaction: committed, durably, at the end; undone by any exception.

        On SQLite it holds the only writing connection: never begin another one inside. A changed key file is
        read before anything is sealed; one that cannot be used is reported once, and the keys stay.
        """
        async with self._sessions.begin() as db:
            if not self.keys.refresh():
                log.warning("keys.unusable")
            yield db

    async def scrub(self) -> bool:
        """Take what was erased out of SQLite's write-ahead log too; False when a reader is in the way.

        PostgreSQL recycles its own log. Outside a transaction only: a checkpoint cannot run inside one.
        """
        if self.engine.dialect.name != "sqlite":
            return True
        async with self.engine.connect() as connection:
            raw = await connection.get_raw_connection()
            assert raw.driver_connection is not None  # noqa: S101 - it was checked out just now
            async with raw.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)") as cursor:
                busy = (await cursor.fetchone())[0]
        return not busy

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


async def open_database(url: str | URL, keys_source: KeysSource, *, announce: Announce) -> Database:
    """Open the database, or raise StartRefused with the sentence that says why not.

    An empty database gets its tables; one of another revision is refused, never changed here.
    """
    where = normalise_url(url)
    engine = new_engine(where)
    try:
        await _expect_tables(engine, where, announce)
        async with AsyncSession(engine) as db, db.begin():
            keys = await obtain_keys(db, keys_source, announce)
    except OperationalError as wrong:
        await engine.dispose()
        raise StartRefused(f"The database does not answer: {str(wrong.orig).splitlines()[0]}") from None
    except BaseException:
        await engine.dispose()
        raise
    return Database(engine, keys)


async def _expect_tables(engine: AsyncEngine, where: URL, announce: Announce) -> None:
    async with engine.connect() as connection:
        empty = await connection.run_sync(is_empty)
    if empty:
        announce("The database is empty: its tables are being made.")
        await migrate(where)
    async with engine.connect() as connection:
        found, wanted = await connection.run_sync(database_revision), code_revision()
    if found != wanted:
        raise StartRefused(
            f"The database stands at revision {found}, and this release needs {wanted}. Run: bot.py migrate"
        )
    async with engine.connect() as connection:
        left = await connection.run_sync(missing)
    if left:
        raise StartRefused(f"{len(left)} indexes of the database are not built yet. Run: bot.py migrate")
