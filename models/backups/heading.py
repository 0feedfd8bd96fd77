"""The heading and the end of a backup: what it is of, whose keys it needs, and that nobody else made it."""

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

import orjson
from sqlalchemy import Connection

from models.backups.layout import VERSION, Unreadable
from models.storage.gate import StartRefused
from models.storage.keys import Keys
from models.storage.revisions import database_revision


@dataclass(frozen=True, slots=True)
class Heading:
    """What a part of a backup is: of which moment and revision, sealed with which keys, counted with which.

    `checks` are values that only those keys give, by the name of the key; `digest_key` has 32 bytes.
    """

    apart: bool
    revision: str
    at: datetime
    engine: str
    checks: Mapping[str, str]
    digest_key: bytes

    @classmethod
    def now(cls, connection: Connection, keys: Keys, at: datetime, digest_key: bytes, *, apart: bool) -> Self:
        """Return the heading of a part that is made now."""
        checks = {name: value.hex() for name, value in keys.check_values().items()}
        revision = str(database_revision(connection))
        return cls(apart, revision, at, connection.dialect.name, checks, digest_key)

    @classmethod
    def read(cls, line: bytes) -> Self:
        """Read the first line of a part, or raise Unreadable."""
        try:
            told = orjson.loads(line)
            if told["backup"] != VERSION:
                raise Unreadable("The backup is of another make: restore it with the release that made it.")
            at = datetime.fromisoformat(told["at"])
            key = bytes.fromhex(told["digest_key"])
            return cls(told["apart"], told["revision"], at, told["from"], told["keys"], key)
        except (ValueError, KeyError, TypeError):
            raise Unreadable("The file is no backup of ours.") from None

    def line(self) -> bytes:
        """Return the first line of a part."""
        told: dict[str, Any] = {
            "backup": VERSION,
            "apart": self.apart,
            "revision": self.revision,
            "at": self.at,
            "from": self.engine,
            "keys": self.checks,
            "digest_key": self.digest_key.hex(),
        }
        return orjson.dumps(told)

    def expect(self, keys: Keys) -> None:
        """Raise StartRefused unless these are the keys whose data the backup holds."""
        ours = {name: value.hex() for name, value in keys.check_values().items()}
        for name, value in self.checks.items():
            if not hmac.compare_digest(ours.get(name, ""), value):
                raise StartRefused(f"The key `{name}` of this backup is not in the keys that were given.")


class Mark:
    """What only who has the keys can put under a part: over its heading and each table's digest."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._spoken = hashlib.sha256()

    def hear(self, line: bytes) -> None:
        """Take a line in; rows are counted in the digest of their table."""
        if line.startswith(b"{"):
            self._spoken.update(line + b"\n")

    def line(self) -> bytes:
        """Return the last line."""
        return orjson.dumps({"whole": True, "mark": self._value()})

    def expect(self, line: bytes) -> None:
        """Raise Unreadable unless this is the last line of what was heard."""
        told = orjson.loads(line or b"{}")
        if not hmac.compare_digest(str(told.get("mark")), self._value()):
            raise Unreadable("The backup was not made with these keys, or was changed since.")

    def _value(self) -> str:
        return self._keys.audit_mark(b"backup\0" + self._spoken.digest()).hex()


def until_marked(lines: Iterator[bytes], mark: Mark) -> Iterator[bytes]:
    """Return the lines up to the last one, which is held against the mark, and see that nothing follows."""
    for line in lines:
        if line.startswith(b'{"whole"'):
            mark.expect(line)
            if next(lines, None) is not None:
                raise Unreadable("The backup goes on behind its end.")
            return
        mark.hear(line)
        yield line
    raise Unreadable("The backup ends in the middle.")
