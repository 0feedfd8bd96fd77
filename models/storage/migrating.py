"""Migrations: bring a database to the revision this code knows. Alembic, configured here and nowhere else."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, NullPool, inspect, text

from models.storage.engine import new_engine, normalise_url

SCRIPTS = Path(__file__).parents[1] / "migrations"
ONE_AT_A_TIME = 0x6461_6674_6172
"""The advisory lock of PostgreSQL that lets one process migrate while the others wait."""


async def migrate(url: str | URL) -> None:
    """Bring a database to the newest revision, in one transaction; a second call changes nothing."""
    engine = new_engine(normalise_url(url), statement_timeout="0", poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(upgrade)
    finally:
        await engine.dispose()


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Run the migrations up to a revision on a connection whose transaction has begun."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = '60s'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ONE_AT_A_TIME})
        connection.execute(text("SET LOCAL lock_timeout = '2s'"))
    settings = settings_for(connection)
    command.upgrade(settings, revision)


def settings_for(connection: Connection | None = None) -> Config:
    """Return Alembic's settings: where the scripts are, and the connection they run on."""
    settings = Config()
    settings.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    settings.attributes["connection"] = connection
    return settings


@cache
def code_revision() -> str | None:
    """Return the revision this code was written for."""
    return ScriptDirectory.from_config(settings_for()).get_current_head()


@cache
def known_revisions() -> frozenset[str]:
    """Return every revision that the migrations of this release lead to."""
    return frozenset(each.revision for each in ScriptDirectory.from_config(settings_for()).walk_revisions())


def database_revision(connection: Connection) -> str | None:
    """Return the revision a database stands at, or None when it was never migrated."""
    return MigrationContext.configure(connection).get_current_revision()


def is_empty(connection: Connection) -> bool:
    """Say whether the database has no table at all."""
    return not inspect(connection).get_table_names()
