"""Verifying the audit log: a walk along the chain, page by page, that stops at the first row that is not so.

A page is read as it rests, so that any changed byte of a row is found, also one that another reading would
overlook, and a row that cannot even be read is a bad one.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Self

import orjson
from sqlalchemy import Text, select, type_coerce
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from models.storage.database import Database
from models.storage.key_files import AUDIT
from models.storage.keys import Keys, KeysUnreadable
from models.trust.audit import FIRST, HEAD, Act, AuditHead, AuditRow, mark_of

PAGE: Final = 1000
"""How many rows are read at once; on SQLite others write in between."""

RESTS: Final = "%Y-%m-%d %H:%M:%S.%f"
"""How SQLite keeps a moment."""


AUDIT_HEAD: Final = "audit_head"
"""The kind of news by which administrators get the head of a day."""


@dataclass(frozen=True, slots=True)
class Head:
    """How far a log went when somebody wrote it down: the last number and its mark."""

    number: int
    mark: bytes

    def __str__(self) -> str:
        return f"{self.number}:{self.mark.hex()}"

    @classmethod
    def read(cls, text: str) -> Self:
        """Read NUMBER:MARK, or raise ValueError."""
        number, _, mark = text.strip().partition(":")
        if not (number.isascii() and number.isdecimal() and len(mark) == 2 * len(FIRST)):
            raise ValueError("a head is NUMBER:MARK")
        return cls(int(number), bytes.fromhex(mark))


async def head_of(db: AsyncSession) -> Head:
    """Return how far the log goes now."""
    row = await db.get(AuditHead, HEAD, populate_existing=True)
    return Head(0, FIRST) if row is None else Head(row.number, row.mark)


class Walk:
    """A walk along the log: `number` is how far it came, `bad` the first row that is not what was written.

    `kept` is a head somebody wrote down before: the log must still go that far, and say the same there.
    `key_id` is the audit key the walk has come to; a log ends with the newest one of the ring.
    """

    def __init__(self, keys: Keys, kept: Head | None = None) -> None:
        self.number = 0
        self.bad: int | None = None
        self.key_id = keys.first_audit_id
        self._mark = FIRST
        self._keys = keys
        self._kept = kept
        self._page = PAGE

    async def on(self, db: AsyncSession) -> bool:
        """Walk one page on; False at the end, or at a bad row."""
        try:
            rows = await self._read(db)
        except (DBAPIError, ValueError, TypeError):
            return self._look_closer()
        if not rows:
            await self._arrive(db)
            return False
        return all(self._step(row) for row in rows)

    async def _read(self, db: AsyncSession) -> Sequence[Any]:
        sqlite = db.get_bind().dialect.name == "sqlite"
        at = type_coerce(AuditRow.at, Text) if sqlite else AuditRow.at
        said = (AuditRow.by_account, AuditRow.act, AuditRow.person_id, AuditRow.subject, AuditRow.details)
        query = select(AuditRow.number, at.label("at"), *said, AuditRow.mark)
        query = query.where(AuditRow.number > self.number).order_by(AuditRow.number).limit(self._page)
        return (await db.execute(query)).all()

    def _look_closer(self) -> bool:
        """Go on row by row where a page cannot be read, and stop at the row that cannot."""
        if self._page == 1:
            self.bad = self.number + 1
        self._page = 1
        return self.bad is None

    def _step(self, row: Any) -> bool:
        """Take one row, if it is the next one and says what was written."""
        try:
            number, at, *said, mark = tuple(row)
            key_id = self._key_of(*said)
            as_written = mark_of(self._keys, key_id, self._mark, number, _moment(at), *said)
        except (ValueError, TypeError, KeysUnreadable):
            key_id, as_written, number, mark = 0, b"", 0, b""
        if number != self.number + 1 or not mark or not hmac.compare_digest(mark, as_written):
            self.bad = self.number + 1
            return False
        kept = self._kept if self._kept is not None and self._kept.number == number else None
        if kept is not None and not hmac.compare_digest(kept.mark, mark):
            self.bad = number
            return False
        self.number, self._mark, self.key_id = number, mark, key_id
        return True

    def _key_of(self, _: object, act: str, __: object, ___: object, details: str) -> int:
        """Return the key that marks a row: a newer one from a row on that says so."""
        if act != Act.REKEYED:
            return self.key_id
        number = orjson.loads(details).get(AUDIT, self.key_id)
        if not isinstance(number, int) or number < self.key_id:
            raise ValueError("a log goes on with a newer key")
        return number

    async def _arrive(self, db: AsyncSession) -> None:
        """Hold the end against the head, and against the one that was kept: nothing may be cut off."""
        cut = self._kept is not None and self._kept.number > self.number
        cut = cut or (0 < self.number and self.key_id < self._keys.audit_id)
        if cut or await head_of(db) != Head(self.number, self._mark):
            self.bad = self.number + 1


async def verify(db: AsyncSession, keys: Keys, kept: Head | None = None) -> int | None:
    """Return the number of the first row that is not what was written, or None when the whole log holds."""
    walk = Walk(keys, kept)
    while await walk.on(db):
        continue
    return walk.bad


async def verify_all(database: Database, keys: Keys, kept: Head | None = None) -> Walk:
    """Walk the whole log, a short transaction a page, so that others can write meanwhile."""
    walk = Walk(keys, kept)
    going = True
    while going:
        async with AsyncSession(database.engine) as db:
            going = await walk.on(db)
    return walk


def _moment(at: object) -> str:
    """Return a moment in ISO 8601, or raise ValueError when it does not rest as it was written."""
    if isinstance(at, datetime):
        return at.astimezone(UTC).isoformat()
    if not isinstance(at, str):
        raise TypeError("a moment rests as text")
    moment = datetime.strptime(at, RESTS).replace(tzinfo=UTC)
    if moment.strftime(RESTS) != at:
        raise ValueError("a moment rests in one way")
    return moment.isoformat()
