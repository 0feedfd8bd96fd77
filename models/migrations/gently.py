"""How PostgreSQL is migrated while the former release still writes: no index is built under a lock.

An index of a table that was there before is left out of its migration, and built beside the writers once the
newest revision is reached (`models/storage/mending.py`). A migration takes all tables before its first
statement, in the order in which the bot writes, so that the two do not meet crosswise, for an instant.
"""

from typing import Any

from alembic.ddl.postgresql import PostgresqlImpl
from sqlalchemy import Index, Table, text

from models.storage.base import Base


class Gently(PostgresqlImpl):
    """Alembic's own, but for indexes; `gentle` is set for a database that is in use."""

    __dialect__ = "postgresql"
    gentle = False

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._made: set[str] = set()
        self._held = False

    def _exec(self, *given: Any, **named: Any) -> Any:
        """Execute a statement; before the first one take every table."""
        if self.gentle and not self._held:
            self._held = True
            self._hold_everything()
        return super()._exec(*given, **named)

    def _hold_everything(self) -> None:
        assert self.connection is not None  # noqa: S101 - migrations are never written to a file
        found = self.connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        there = set(found)
        names = ", ".join(f'"{one.name}"' for one in Base.metadata.sorted_tables if one.name in there)
        if names:
            self.connection.execute(text(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE"))

    def create_table(self, table: Table, **named: Any) -> None:
        """Make a table; its indexes are built at once, because it is empty."""
        self._made.add(table.name)
        super().create_table(table, **named)

    def create_index(self, index: Index, **named: Any) -> None:
        """Build an index now, unless its table was there before."""
        if not self.gentle or (index.table is not None and index.table.name in self._made):
            super().create_index(index, **named)

    def drop_index(self, index: Index, **named: Any) -> None:
        """Drop an index; one that was left out is not there."""
        super().drop_index(index, **{**named, "if_exists": True})
