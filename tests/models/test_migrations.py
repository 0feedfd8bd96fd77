"""Migrations: what they make is what the models say, on both engines."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, inspect, text

from models.storage.base import Base
from models.storage.database import StartRefused, migrate, normalise_url, open_database
from models.storage.engine import new_engine
from models.storage.keys import Keys
from models.storage.migrating import settings_for, upgrade
from models.storage.revisions import code_revision, database_revision, is_empty, known_revisions
from models.tables import TABLES

SQLITE = """
    SELECT type, name, sql FROM sqlite_master
     WHERE type <> 'trigger' AND name NOT LIKE 'sqlite_%' ORDER BY name
"""
POSTGRESQL = """
    SELECT 'column', table_name || '.' || column_name,
           concat_ws(' ', data_type, is_nullable, column_default)
      FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL
    SELECT 'constraint', conname, pg_get_constraintdef(oid)
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
"""


async def on(url: str, work: Callable[[Connection], Any]) -> Any:
    engine = new_engine(normalise_url(url), poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


def schema(connection: Connection) -> set[tuple[str, str, str]]:
    """Return what there is; of SQLite's own statements the words, for constraints may stand in any order."""
    sqlite = connection.dialect.name == "sqlite"
    rows = connection.execute(text(SQLITE if sqlite else POSTGRESQL)).all()
    return {
        (kind, name, " ".join(sorted(re.findall(r"[\w']+", sql))) if sqlite else sql)
        for kind, name, sql in rows
        if "alembic" not in name
    }


async def test_the_migrations_make_what_the_models_say(empty_url: str) -> None:
    await migrate(empty_url)
    migrated = await on(empty_url, schema)
    await on(empty_url, lambda connection: command.downgrade(settings_for(connection), "base"))
    await on(empty_url, Base.metadata.create_all)

    assert migrated == await on(empty_url, schema)


async def test_nothing_is_left_to_migrate(database_url: str) -> None:
    def differences(connection: Connection) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))

    assert [] == await on(database_url, differences)


async def test_up_down_up_ends_where_it_began(database_url: str) -> None:
    first = await on(database_url, schema)
    await on(database_url, lambda connection: command.downgrade(settings_for(connection), "base"))
    below = await on(database_url, lambda connection: set(inspect(connection).get_table_names()))
    await migrate(database_url)

    assert {"alembic_version"} == below
    assert first == await on(database_url, schema)


async def test_migrating_twice_changes_nothing(database_url: str) -> None:
    before = await on(database_url, schema)
    await migrate(database_url)

    assert before == await on(database_url, schema)
    assert code_revision() == await on(database_url, database_revision)


async def test_the_revisions_are_those_alembic_finds() -> None:
    scripts = ScriptDirectory.from_config(settings_for())

    assert scripts.get_current_head() == code_revision()
    assert {one.revision for one in scripts.walk_revisions()} == known_revisions()


async def test_a_database_that_was_never_migrated_has_no_revision(empty_url: str) -> None:
    assert await on(empty_url, database_revision) is None


async def test_a_migration_that_fails_leaves_an_empty_database(empty_url: str) -> None:
    def fail_at_the_end(connection: Connection) -> None:
        upgrade(connection)
        raise RuntimeError("the power went")

    with pytest.raises(RuntimeError):
        await on(empty_url, fail_at_the_end)

    assert await on(empty_url, is_empty)


COVERAGE = ("applications", "memberships", "programmes", "contributions", "places")
TRIGGERS = {f"coverage_{table}_{event}" for table in COVERAGE for event in ("insert", "update", "delete")}
WALL = {"sqlite": {"audit_log_no_UPDATE", "audit_log_no_DELETE"}, "postgresql": {"audit_log_is_kept"}}


def triggers(connection: Connection) -> set[str]:
    """Return the triggers there are."""
    sqlite = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    postgresql = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    return set(connection.scalars(text(sqlite if connection.dialect.name == "sqlite" else postgresql)))


async def test_no_migration_loses_a_trigger(empty_url: str, engine_name: str) -> None:
    """A table that a migration makes anew, as SQLite needs for some changes, has lost its triggers."""
    await migrate(empty_url, "0013")
    await migrate(empty_url)
    assert TRIGGERS | WALL[engine_name] == await on(empty_url, triggers)
    await migrate(empty_url, "0013")
    assert set() == await on(empty_url, triggers)
    await migrate(empty_url)
    assert TRIGGERS | WALL[engine_name] == await on(empty_url, triggers)


async def test_a_database_in_use_ends_with_the_same_schema(empty_url: str, database_url: str) -> None:
    await migrate(empty_url, "0009")
    await migrate(empty_url)

    assert await on(database_url, schema) == await on(empty_url, schema)


async def test_an_index_that_is_missing_is_built_before_the_bot_starts(
    empty_url: str, engine_name: str, keys: Keys
) -> None:
    if engine_name == "sqlite":
        pytest.skip("SQLite builds every index within the migration")
    await migrate(empty_url)
    whole = await on(empty_url, schema)
    await on(empty_url, lambda connection: connection.execute(text("DROP INDEX ix_applications_waiting")))
    invalid = "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_applications_state'::regclass"
    await on(empty_url, lambda connection: connection.execute(text(invalid)))

    with pytest.raises(StartRefused, match="2 indexes"):
        await open_database(empty_url, keys.text(), announce=lambda _: None)
    await migrate(empty_url)
    assert whole == await on(empty_url, schema)
    await (await open_database(empty_url, keys.text(), announce=lambda _: None)).close()


def test_every_table_is_listed() -> None:
    assert {table.__tablename__ for table in TABLES} == set(Base.metadata.tables)
