"""Revisions: where the tables of a database stand, and where this release needs them, without Alembic.

A bot whose database is up to date starts without loading what migrates.
"""

from functools import cache
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text

VERSIONS: Final = Path(__file__).parents[1] / "migrations" / "versions"
"""A file a migration, called by its number and what it brings."""


@cache
def known_revisions() -> frozenset[str]:
    """Return every revision that the migrations of this release lead to."""
    return frozenset(file.name.partition("_")[0] for file in VERSIONS.glob("[0-9]*.py"))


@cache
def code_revision() -> str:
    """Return the revision this code was written for."""
    return max(known_revisions())


def database_revision(connection: Connection) -> str | None:
    """Return the revision a database stands at, or None when it was never migrated."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def is_empty(connection: Connection) -> bool:
    """Say whether the database has no table at all."""
    return not inspect(connection).get_table_names()
