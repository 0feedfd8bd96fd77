"""SQLite with a witness below it: everything it writes, cuts, syncs and deletes is noted, in order.

The engine, the pragmas and the statements are the bot's own; under them is SQLite as `apsw` brings it, whose file
system layer can be written in Python, behind what SQLAlchemy expects of `sqlite3`.
"""

import os
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiosqlite
import apsw

VULNERABLE: Final = "3.40.1"
"""A build that must not use WAL; what asks a connection for its version is told this one instead."""


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to a file: `create`, `write` (at a place), `truncate` (to a size), `sync`, `delete`.

    `at` is the place, the size, or for a deletion 1 when it was synced. `acknowledged` concerns no file: the intake
    has returned, and `at` tells how often it has.
    """

    what: str
    file: str = ""
    at: int = 0
    data: bytes = b""


@dataclass(slots=True)
class Recording:
    """All that happened, and a name SQLite knows this witness by while it is registered."""

    name: str
    events: list[Event] = field(default_factory=list)
    _layer: "Layer | None" = None

    def __enter__(self) -> "Recording":
        self._layer = Layer(self)
        return self

    def __exit__(self, *_: object) -> None:
        if self._layer is not None:
            self._layer.unregister()

    def note(self, what: str, file: str = "", at: int = 0, data: bytes = b"") -> None:
        """Note what happened; the file is named without its folder."""
        self.events.append(Event(what, os.path.basename(file), at, data))

    def connecting(self, path: Path, version: str) -> Callable[..., aiosqlite.Connection]:
        """Return what makes the driver's connections; `version` is told when a connection is asked, if any."""

        def connect(*_: Any, **__: Any) -> aiosqlite.Connection:
            opened: Any = lambda: Connected(str(path), self.name, version)  # noqa: E731 - a sqlite3.Connection to it
            connection = aiosqlite.Connection(opened, iter_chunk_size=64)
            connection._thread.daemon = True
            return connection

        return connect


class Layer(apsw.VFS):
    """The system's own file layer, watched."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        super().__init__(recording.name, "")

    def xOpen(self, name: Any, flags: list[int]) -> "Watched":  # noqa: N802 - SQLite's name
        """Open a file, noting when it is a new one."""
        path = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        new = not os.path.exists(path)
        opened = Watched(self._recording, path, name, flags)
        if new:
            self._recording.note("create", path)
        return opened

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802 - SQLite's name
        """Delete a file."""
        super().xDelete(filename, syncdir)
        self._recording.note("delete", filename, int(syncdir))


class Watched(apsw.VFSFile):
    """One open file, watched."""

    def __init__(self, recording: Recording, path: str, name: Any, flags: list[int]) -> None:
        self._recording = recording
        self._path = path
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - SQLite's name
        """Write."""
        super().xWrite(data, offset)
        self._recording.note("write", self._path, offset, bytes(data))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802 - SQLite's name
        """Cut off."""
        super().xTruncate(newsize)
        self._recording.note("truncate", self._path, newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802 - SQLite's name
        """Sync."""
        super().xSync(flags)
        self._recording.note("sync", self._path)


class Connected:
    """A connection that looks like `sqlite3`'s as far as the driver asks."""

    def __init__(self, path: str, layer: str, version: str) -> None:
        self._inner = apsw.Connection(path, vfs=layer)
        self.isolation_level: str | None = None
        if version:
            self._inner.create_scalar_function("sqlite_version", lambda: version, 0)

    def cursor(self) -> "Cursor":
        """Return a new cursor."""
        return Cursor(self._inner)

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> "Cursor":
        """Run one statement in a new cursor."""
        return self.cursor().execute(sql, parameters)

    def commit(self) -> None:
        """Commit, if a transaction is open."""
        if self._inner.in_transaction:
            self.execute("COMMIT")

    def rollback(self) -> None:
        """Roll back, if a transaction is open."""
        if self._inner.in_transaction:
            self.execute("ROLLBACK")

    def close(self) -> None:
        """Close."""
        self._inner.close()

    def create_function(
        self, name: str, arguments: int, function: Any, *, deterministic: bool = False
    ) -> None:
        """Give SQL a function."""
        self._inner.create_scalar_function(name, function, arguments, deterministic=deterministic)


class Cursor:
    """A cursor that holds its rows."""

    arraysize = 1

    def __init__(self, inner: apsw.Connection) -> None:
        self._inner = inner
        self._rows: list[Any] = []
        self.description: Sequence[Any] | None = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> "Cursor":
        """Run one statement and keep its rows; raise the driver's own errors."""
        before = self._inner.total_changes()
        cursor = self._inner.cursor()
        cursor.exec_trace = self._describe
        try:
            self._rows = list(cursor.execute(sql, parameters))
        except apsw.ConstraintError as wrong:
            raise sqlite3.IntegrityError(str(wrong)) from None
        except apsw.Error as wrong:
            raise sqlite3.OperationalError(str(wrong)) from None
        self.rowcount = self._inner.total_changes() - before
        self.lastrowid = self._inner.last_insert_rowid()
        return self

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> "Cursor":
        """Run one statement for each row of parameters."""
        self.rowcount = sum(self.execute(sql, row).rowcount for row in list(rows))
        return self

    def fetchone(self) -> Any:
        """Return the next row, or None."""
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int = 1) -> list[Any]:
        """Return the next rows."""
        rows, self._rows = self._rows[:size], self._rows[size:]
        return rows

    def fetchall(self) -> list[Any]:
        """Return the rows that are left."""
        rows, self._rows = self._rows, []
        return rows

    def close(self) -> None:
        """Let go of the rows."""
        self._rows = []

    def _describe(self, cursor: apsw.Cursor, _sql: str, _parameters: Any) -> bool:
        columns = cursor.get_description()
        self.description = [(column[0], *(None,) * 6) for column in columns] or None
        return True
