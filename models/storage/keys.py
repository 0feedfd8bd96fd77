"""Keys: the master keys, the key of the blind indexes and that of the audit log, apart from the database.

The file, or the setting that holds its content, has one key a line (or between semicolons):

    master 1 <base64 of 32 bytes>
    master 2 <base64 of 32 bytes>
    index 1 <base64 of 32 bytes>
    audit 1 <base64 of 32 bytes>

The master with the highest number seals; the others only open. The audit key chains what is on record:
whoever has the others cannot rewrite who did what. Lines that begin with # are remarks.
"""

import base64
import binascii
import fcntl
import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NoReturn, Self

from models.storage.envelope import KEY_BYTES, Box, CannotOpen, key_id_of

MASTER, INDEX, AUDIT = "master", "index", "audit"
ROLES = (MASTER, INDEX, AUDIT)
REMARK = """\
# Whoever holds these keys can read the people's data. Without them the data is lost for ever.
# Keep this file apart from the database and its backups, and a copy of it on paper.
"""


class KeysUnreadable(Exception):
    """The text of the keys is not what it should be; the message says where, and never what."""


class KeyThere(Exception):
    """The keys already have a key of this role, which nothing may replace."""


class Keys:
    """The keys of one installation: they seal, make blind indexes, and chain the audit log."""

    __slots__ = ("_audit", "_boxes", "_index", "_raw", "_sealing")

    def __init__(self, raw: Mapping[tuple[str, int], bytes]) -> None:
        masters = sorted(number for role, number in raw if role == MASTER)
        indexes = sorted(number for role, number in raw if role == INDEX)
        if not masters or not indexes:
            raise KeysUnreadable("The keys need at least one line `master` and one line `index`.")
        self._raw = dict(raw)
        self._boxes = {number: Box(raw[MASTER, number], number) for number in masters}
        self._sealing = self._boxes[masters[-1]]
        self._index = raw[INDEX, indexes[-1]]
        self._audit = next((raw[line] for line in sorted(raw) if line[0] == AUDIT), None)

    def __repr__(self) -> str:
        return f"Keys(masters {', '.join(map(str, self._boxes))})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("keys are not pickled")

    @classmethod
    def generate(cls) -> Self:
        """Return a new ring: one key of each role."""
        return cls({(role, 1): secrets.token_bytes(KEY_BYTES) for role in ROLES})

    @property
    def complete(self) -> bool:
        """Whether the ring has a key of every role; a file of an older release has none for the audit log."""
        return self._audit is not None

    def with_new_master(self) -> Self:
        """Return the ring with one more master key, which seals from now on."""
        return type(self)({**self._raw, (MASTER, max(self._boxes) + 1): secrets.token_bytes(KEY_BYTES)})

    @classmethod
    def read(cls, text: str) -> Self:
        """Read the content of a key file, or raise KeysUnreadable."""
        raw: dict[tuple[str, int], bytes] = {}
        for number, line in _lines(text):
            role, key_id, key = _key(number, line)
            if (role, key_id) in raw:
                raise KeysUnreadable(f"Line {number} of the keys: {role} {key_id} is there twice.")
            raw[role, key_id] = key
        return cls(raw)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a key file."""
        return cls.read(path.read_text("ascii"))

    def text(self) -> str:
        """Return the content of the key file."""
        lines = (
            f"{role} {number} {base64.b64encode(key).decode()}\n" for (role, number), key in self._lines()
        )
        return REMARK + "".join(lines)

    def write(self, path: Path) -> None:
        """Write a key file that only its owner reads, whole or not at all; never over another one."""
        path.parent.mkdir(parents=True, exist_ok=True)
        half = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        try:
            _write_durably(half, self.text())
            os.link(half, path)
        finally:
            half.unlink(missing_ok=True)
        _sync_directory(path.parent)

    @classmethod
    def add_audit(cls, path: Path) -> None:
        """Add a new audit key to a key file, whole or not at all; raise KeyThere when it has one.

        What the file held stays as it was. Two who add at once add one: the second waits, then finds it.
        """
        with path.open("rb") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            text = path.read_text("ascii")
            if cls.read(text).complete:
                raise KeyThere
            key = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
            half = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
            try:
                _write_durably(half, f"{text.rstrip()}\n{AUDIT} 1 {key}\n")
                half.replace(path)
            finally:
                half.unlink(missing_ok=True)
            _sync_directory(path.parent)

    def seal(self, table: str, row: int, column: str, data: bytes) -> bytes:
        """Seal a value of nobody's own, for one row and column, with the newest master key."""
        return self._sealing.seal(table, row, column, data)

    def open(self, table: str, row: int, column: str, sealed: bytes) -> bytes:
        """Open a value sealed with any master key of the ring, or raise CannotOpen."""
        box = self._boxes.get(key_id_of(sealed))
        if box is None:
            raise CannotOpen(f"{table}.{column} was sealed with a master key that is not in the ring")
        return box.open(table, row, column, sealed)

    @property
    def sealing_id(self) -> int:
        """The number of the master key that seals."""
        return self._sealing.key_id

    def nik_index(self, nik: str) -> bytes:
        """Return what tells two rows of one NIK, and tells nothing to who has no key."""
        return self._blind("nik", nik)

    def sender_index(self, user_id: int) -> bytes:
        """Return what finds an account's quarantined updates and its erasure, without naming it."""
        return self._blind("sender", str(user_id))

    def audit_mark(self, data: bytes) -> bytes:
        """Return the mark that chains a row of the audit log to the one before."""
        if self._audit is None:
            raise KeysUnreadable("The keys have no line `audit`.")
        return hmac.digest(self._audit, b"audit\0v1\0" + data, hashlib.sha256)

    def export_mark(self, data: bytes) -> bytes:
        """Return what tells whether two files for the office say the same, 32 bytes."""
        return hmac.digest(self._index, b"export\0v1\0" + data, hashlib.sha256)

    def check_values(self) -> dict[str, bytes]:
        """Return for each key, by its name, what the database keeps to know it again."""
        return {
            f"{role} {number}": hmac.digest(key, b"check\0v1\0" + role.encode(), hashlib.sha256)
            for (role, number), key in self._lines()
        }

    def _blind(self, label: str, value: str) -> bytes:
        return hmac.digest(self._index, f"{label}\0v1\0{value}".encode(), hashlib.sha256)

    def _lines(self) -> Iterable[tuple[tuple[str, int], bytes]]:
        return sorted(self._raw.items(), key=lambda line: (ROLES.index(line[0][0]), line[0][1]))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.replace(";", "\n").splitlines(), start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, line


def _key(number: int, line: str) -> tuple[str, int, bytes]:
    match line.split():
        case [role, key_id, key] if role in ROLES and key_id.isdecimal() and 0 < int(key_id) < 65536:
            return role, int(key_id), _decoded(number, key)
    raise KeysUnreadable(
        f"Line {number} of the keys is not `master`, `index` or `audit`, a number, and a key."
    )


def _decoded(number: int, key: str) -> bytes:
    try:
        raw = base64.b64decode(key, validate=True)
    except binascii.Error:
        raw = b""
    if len(raw) != KEY_BYTES:
        raise KeysUnreadable(f"Line {number} of the keys: a key is the base64 of 32 bytes.")
    return raw


def _write_durably(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
