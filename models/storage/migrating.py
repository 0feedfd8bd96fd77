"""Migrations: bring a database to the revision this code knows. Alembic, configured here and nowhere else."""

import time
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg.errors import DeadlockDetected, LockNotAvailable
from sqlalchemy import URL, Connection, NullPool, text
from sqlalchemy.exc import OperationalError

from models.storage.engine import new_engine, normalise_url
from models.storage.mending import mend
from models.storage.revisions import code_revision, database_revision, is_empty

SCRIPTS = Path(__file__).parents[1] / "migrations"
HEAD, BASE = "head", "base"
ONE_AT_A_TIME = 0x6461_6674_6172
"""The advisory lock of PostgreSQL that lets one process migrate while the others wait."""


LOCK_TIMEOUT = "200ms"
"""How long a migration waits for a lock while the bot waits behind it: less than the second after which
PostgreSQL looks for deadlocks, so that the migration gives way in each of them, and never the bot.
"""

TRIES, PAUSE = 100, 0.3
"""How often a migration that did not get its lock is tried again, and after how many seconds."""


async def migrate(url: str | URL, revision: str = HEAD) -> None:
    """Bring a database to a revision, the newest unless told; a second call changes nothing.

    An empty one and SQLite, which has one writer anyway, in one transaction. PostgreSQL in use migration by
    migration, with locks that last an instant, so that the former release goes on writing.
    """
    engine = new_engine(normalise_url(url), statement_timeout="0", silence=None, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            in_use = not await connection.run_sync(is_empty)
        if in_use and engine.dialect.name == "postgresql":
            async with engine.connect() as connection:
                await connection.run_sync(_migrate_in_use, revision)
        else:
            async with engine.begin() as connection:
                await connection.run_sync(upgrade, revision)
    finally:
        await engine.dispose()


def upgrade(connection: Connection, revision: str = HEAD) -> None:
    """Run the migrations to a revision, up or down, on a connection whose transaction has begun."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = '60s'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ONE_AT_A_TIME})
        connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
    _run(connection, revision)


def _migrate_in_use(connection: Connection, revision: str) -> None:
    """Run each migration in a transaction of its own, then build the indexes that were left out."""
    connection.execute(text("SET lock_timeout = '60s'"))
    connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": ONE_AT_A_TIME})
    connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
    found = database_revision(connection)
    connection.commit()
    for step in _steps(found, revision):
        _step(connection, step)
    if database_revision(connection) == code_revision():
        connection.execute(text("SET lock_timeout = 0"))  # an index that is built beside holds nobody up
        connection.commit()
        mend(connection.execution_options(isolation_level="AUTOCOMMIT"))


def _step(connection: Connection, revision: str) -> None:
    """Go one migration up or down, as soon as every table can be had for an instant."""
    for left in reversed(range(TRIES)):
        try:
            with connection.begin():
                _run(connection, revision, gentle=True)
        except OperationalError as busy:
            if not (left and isinstance(busy.orig, LockNotAvailable | DeadlockDetected)):
                raise
            time.sleep(PAUSE)
        else:
            return


def _run(connection: Connection, revision: str, *, gentle: bool = False) -> None:
    settings = settings_for(connection, gentle=gentle)
    if _is_below(revision, database_revision(connection)):
        command.downgrade(settings, revision)
    else:
        command.upgrade(settings, revision)


def _steps(found: str | None, revision: str) -> list[str]:
    """Return the revisions on the way, one migration from each to the next."""
    if found is not None and _is_below(revision, found):
        return [*_between(found, revision)[1:], revision]
    return _between(revision, found or BASE)[::-1]


def _between(upper: str, lower: str) -> list[str]:
    """Return the revisions above one up to another, the highest first."""
    return [one.revision for one in _scripts().iterate_revisions(upper, lower)]


def _is_below(revision: str, found: str | None) -> bool:
    if found is None or revision == HEAD:
        return False
    return revision == BASE or (revision != found and revision in _between(found, BASE))


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(settings_for())


def settings_for(connection: Connection | None = None, *, gentle: bool = False) -> Config:
    """Return Alembic's settings: where the scripts are, and the connection they run on."""
    settings = Config()
    settings.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    settings.attributes.update(connection=connection, gentle=gentle)
    return settings
