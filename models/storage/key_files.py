"""The text of the keys: one key a line, in a file that only its owner reads or in a setting."""

import base64
import binascii
import fcntl
import os
import secrets
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Self

from models.storage.backup_keys import BackupKeyWrong, PublicBackupKey
from models.storage.envelope import KEY_BYTES

MASTER, INDEX, AUDIT, BACKUP = "master", "index", "audit", "backup"
ROLES: Final = (MASTER, INDEX, AUDIT, BACKUP)
WAITING: Final = "waiting"
REMARK: Final = """\
# Whoever holds these keys can read the people's data. Without them the data is lost for ever.
# Keep this file apart from the database and its backups, and a copy of it on paper.
"""
TOO_OPEN: Final = stat.S_IWGRP | stat.S_IRWXO
"""What a key file grants to nobody: its group may at most read it."""


class KeysUnreadable(Exception):
    """The text of the keys is not what it should be; the message says where, and never what."""


@dataclass(frozen=True, slots=True)
class Line:
    """One key: role, number, 32 bytes (a public backup key: its text), and whether it only opens."""

    role: str
    number: int
    key: bytes = field(repr=False)
    waiting: bool = False

    @classmethod
    def new(cls, role: str, number: int, *, waiting: bool = False) -> Self:
        """Return a new random key."""
        return cls(role, number, secrets.token_bytes(KEY_BYTES), waiting)

    @property
    def name(self) -> str:
        """What the key is called: `master 1`."""
        return f"{self.role} {self.number}"

    @property
    def written(self) -> str:
        """The line of the file."""
        key = self.key.decode() if self.role == BACKUP else base64.b64encode(self.key).decode()
        return f"{self.name} {key}" + (f" {WAITING}" if self.waiting else "")


def read_lines(text: str) -> tuple[Line, ...]:
    """Read the content of a key file, or raise KeysUnreadable."""
    found: dict[str, Line] = {}
    for number, written in _numbered(text):
        line = _line(number, written)
        if line.name in found:
            raise KeysUnreadable(f"Line {number} of the keys: {line.name} is there twice.")
        found[line.name] = line
    return tuple(found.values())


def text_of(lines: Iterable[Line]) -> str:
    """Return the content of a new key file."""
    ordered = sorted(lines, key=lambda line: (ROLES.index(line.role), line.number))
    return REMARK + "".join(f"{line.written}\n" for line in ordered)


def read_file(path: Path) -> str:
    """Return the content of a key file; raise KeysUnreadable when others than its owner can read it."""
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_mode & TOO_OPEN:
            raise KeysUnreadable(f"{path} can be read or changed by others: run chmod 600 {path}")
        return file.read().decode("ascii")


def write_new(path: Path, text: str) -> None:
    """Write a file that only its owner reads, whole or not at all; never over another one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        _write_durably(half, text)
        os.link(half, path)
    finally:
        half.unlink(missing_ok=True)
    _sync_directory(path.parent)


def change_file(path: Path, change: Callable[[tuple[Line, ...]], Iterable[Line]]) -> None:
    """Give a key file other keys, whole or not at all; remarks stay. What `change` raises changes nothing.

    Two who change it at once do so one after the other.
    """
    while True:
        with path.open("rb") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            if os.fstat(held.fileno()).st_ino != path.stat().st_ino:
                continue  # another one put a new file in its place meanwhile
            text = read_file(path)
            remarks = [line for line in text.splitlines() if line.lstrip().startswith("#")]
            lines = [line.written for line in change(read_lines(text))]
            half = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
            try:
                _write_durably(half, "\n".join([*remarks, *lines]) + "\n")
                half.replace(path)
            finally:
                half.unlink(missing_ok=True)
            _sync_directory(path.parent)
            return


def settled(line: Line) -> Line:
    """Return a key that waits no longer."""
    return replace(line, waiting=False)


def _numbered(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.replace(";", "\n").splitlines(), start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, line


def _line(number: int, line: str) -> Line:
    match line.split():
        case [role, key_id, key, *rest] if role in ROLES and rest in ([], [WAITING]):
            if key_id.isdecimal() and 0 < int(key_id) < 65536:
                return Line(role, int(key_id), _decoded(number, role, key), bool(rest))
    raise KeysUnreadable(
        f"Line {number} of the keys is not `master`, `index`, `audit` or `backup`, a number, and a key."
    )


def _decoded(number: int, role: str, key: str) -> bytes:
    if role == BACKUP:
        try:
            return str(PublicBackupKey.read(key)).encode()
        except BackupKeyWrong:
            raise KeysUnreadable(f"Line {number} of the keys: a backup key begins with age1.") from None
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
