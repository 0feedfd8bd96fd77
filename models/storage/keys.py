"""Keys: the master keys, the keys of the blind indexes and of the audit log, and the public one of backups.

They rest apart from the database. The file, or the setting that holds its content, has one key a line (or
between semicolons), and lines that begin with # are remarks:

    master 1 <base64 of 32 bytes>
    master 2 <base64 of 32 bytes> waiting
    index 1 <base64 of 32 bytes>
    audit 1 <base64 of 32 bytes>
    backup 1 <age1…>

Of the masters the one with the highest number seals and the others only open; one that is `waiting` does not
seal yet. The index keys are used one upon the other: the database says how many. The audit keys chain what is
on record, each from its row on: whoever has the others cannot rewrite who did what.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NoReturn, Self

from models.storage.backup_keys import PublicBackupKey
from models.storage.envelope import Box, CannotOpen, key_id_of
from models.storage.key_files import (
    AUDIT,
    BACKUP,
    INDEX,
    MASTER,
    KeysUnreadable,
    Line,
    change_file,
    read_file,
    read_lines,
    text_of,
    write_new,
)

__all__ = ["KeyThere", "Keys", "KeysUnreadable"]


class KeyThere(Exception):
    """The keys already have a key of this role, which nothing may replace."""


class Keys:
    """The keys of one installation: they seal, make blind indexes, and chain the audit log."""

    __slots__ = ("_audits", "_boxes", "_indexes", "_indexing", "_lines", "_path", "_sealing", "_stamp")

    def __init__(self, lines: Iterable[Line]) -> None:
        self._path: Path | None = None
        self._stamp: tuple[int, ...] = ()
        self._indexing: int | None = None
        self._take(tuple(lines))

    def _take(self, lines: tuple[Line, ...]) -> None:
        boxes = {line.number: Box(line.key, line.number) for line in lines if line.role == MASTER}
        sealing = [line.number for line in lines if line.role == MASTER and not line.waiting]
        indexes = {line.number: line.key for line in lines if line.role == INDEX}
        if not sealing or not indexes:
            raise KeysUnreadable("The keys need at least one line `master` and one line `index`.")
        self._lines = lines
        self._boxes = boxes
        self._sealing = boxes[max(sealing)]
        self._indexes = dict(sorted(indexes.items()))
        self._audits = {line.number: line for line in lines if line.role == AUDIT}

    def __repr__(self) -> str:
        return f"Keys(masters {', '.join(map(str, sorted(self._boxes)))})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("keys are not pickled")

    @classmethod
    def generate(cls) -> Self:
        """Return a new ring: one key of each role but that of backups, whose private half rests elsewhere."""
        return cls(Line.new(role, 1) for role in (MASTER, INDEX, AUDIT))

    @classmethod
    def read(cls, text: str) -> Self:
        """Read the content of a key file, or raise KeysUnreadable."""
        return cls(read_lines(text))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a key file that only its owner reads; `refresh` reads it again."""
        stamp = _stamp(path)
        keys = cls.read(read_file(path))
        keys._path, keys._stamp = path, stamp
        return keys

    def refresh(self) -> bool:
        """Read the key file again if it was changed; a file that cannot be used changes nothing.

        Return False for such a file, once for each change. A key that is there already never becomes another
        one, and what left the file still opens until the process ends.
        """
        if self._path is None:
            return True
        try:
            stamp = _stamp(self._path)
        except OSError:
            stamp = ()
        try:
            if stamp == self._stamp:
                return True
            self._stamp = stamp
            lines = type(self).read(read_file(self._path)).lines
            if self._contradicted(lines):
                return False
            names = {line.name for line in lines}
            self._take((*lines, *(line for line in self._lines if line.name not in names)))
        except (KeysUnreadable, OSError, ValueError):
            return False
        return True

    def _contradicted(self, lines: Iterable[Line]) -> bool:
        ours = {line.name: line.key for line in self._lines}
        return any(ours.get(line.name, line.key) != line.key for line in lines)

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every key of the ring."""
        return self._lines

    @property
    def complete(self) -> bool:
        """Whether the ring has a key of every role; a file of an older release has none for the audit log."""
        return bool(self._audits)

    @property
    def backup(self) -> PublicBackupKey | None:
        """The key that seals backups, or None before it was made."""
        found = [(line.number, line.key) for line in self._lines if line.role == BACKUP]
        return PublicBackupKey.read(max(found)[1].decode()) if found else None

    def with_new_master(self) -> Self:
        """Return the ring with one more master key, which seals from now on."""
        return type(self)([*self._lines, Line.new(MASTER, max(self._boxes) + 1)])

    def text(self) -> str:
        """Return the content of the key file."""
        return text_of(self._lines)

    def write(self, path: Path) -> None:
        """Write a key file that only its owner reads, whole or not at all; never over another one."""
        write_new(path, self.text())

    @classmethod
    def add_audit(cls, path: Path) -> None:
        """Add a new audit key to a key file that has none; raise KeyThere when it has one."""

        def added(lines: tuple[Line, ...]) -> Iterable[Line]:
            if cls(lines).complete:
                raise KeyThere
            return [*lines, Line.new(AUDIT, 1)]

        change_file(path, added)

    def seal(self, table: str, row: int, column: str, data: bytes) -> bytes:
        """Seal a value of nobody's own, for one row and column, with the newest master key."""
        return self._sealing.seal(table, row, column, data)

    def open(self, table: str, row: int, column: str, sealed: bytes) -> bytes:
        """Open a value sealed with any master key of the ring, or raise CannotOpen."""
        return self._box(table, column, key_id_of(sealed)).open(table, row, column, sealed)

    def _box(self, table: str, column: str, key_id: int) -> Box:
        """Return a master key; one that was added since the file was read is found in the file."""
        if key_id not in self._boxes:
            self.refresh()
        if key_id not in self._boxes:
            raise CannotOpen(f"{table}.{column} was sealed with a master key that is not in the ring")
        return self._boxes[key_id]

    @property
    def sealing_id(self) -> int:
        """The number of the master key that seals."""
        return self._sealing.key_id

    def index_up_to(self, number: int) -> None:
        """Make blind indexes with the index keys up to this one: those the database was indexed with."""
        self._indexing = number

    def index_key(self, number: int) -> Callable[[bytes], bytes]:
        """Return what makes of an index under the keys before it the index under this key too."""
        key = self._indexes[number]
        return lambda index: hmac.digest(key, b"again\0v1\0" + index, hashlib.sha256)

    def nik_index(self, nik: str) -> bytes:
        """Return what tells two rows of one NIK, and tells nothing to who has no key."""
        return self._blind("nik", nik)

    def sender_index(self, user_id: int) -> bytes:
        """Return what finds an account's quarantined updates and its erasure, without naming it."""
        return self._blind("sender", str(user_id))

    @property
    def audit_id(self) -> int:
        """The number of the newest audit key that waits no longer; every log ends with it or a newer one."""
        return max((line.number for line in self._audits.values() if not line.waiting), default=0)

    @property
    def first_audit_id(self) -> int:
        """The number of the audit key every log begins with."""
        return min(self._audits, default=0)

    def audit_mark(self, data: bytes, number: int = 1) -> bytes:
        """Return the mark that chains a row of the audit log to the one before, made with this audit key."""
        if number not in self._audits:
            self.refresh()
        if number not in self._audits:
            raise KeysUnreadable(f"The keys have no line `audit {number}`.")
        return hmac.digest(self._audits[number].key, b"audit\0v1\0" + data, hashlib.sha256)

    def export_mark(self, data: bytes) -> bytes:
        """Return what tells whether two files for the office say the same, 32 bytes."""
        first = next(iter(self._indexes.values()))
        return hmac.digest(first, b"export\0v1\0" + data, hashlib.sha256)

    def check_values(self) -> dict[str, bytes]:
        """Return for each key, by its name, what the database keeps to know it again."""
        return {line.name: check_value(line) for line in self._lines}

    def _blind(self, label: str, value: str) -> bytes:
        first, *others = (
            number for number in self._indexes if self._indexing is None or number <= self._indexing
        )
        index = hmac.digest(self._indexes[first], f"{label}\0v1\0{value}".encode(), hashlib.sha256)
        for number in others:
            index = self.index_key(number)(index)
        return index


def check_value(line: Line) -> bytes:
    """Return what tells a key from any other and opens nothing, 32 bytes."""
    return hmac.digest(line.key, b"check\0v1\0" + line.role.encode(), hashlib.sha256)


def _stamp(path: Path) -> tuple[int, ...]:
    """Return what changes when a file does."""
    found = path.stat()
    return found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size
