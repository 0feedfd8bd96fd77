"""The audit log: who did what to whose record, and when. Rows are only ever added, each chained to the last.

A row carries a mark made with a key from the mark of the row before and from what it says itself, so that a
changed, removed or slipped-in row is found by `verify`. It names people by opaque ids, never by their data.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import LargeBinary, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.storage.base import Base, Id, table_of
from models.storage.conflicts import insert_new
from models.storage.key_files import AUDIT
from models.storage.keys import Keys
from models.trust.audit_wall import wall_in

HEAD = 1
"""The number of the one row that says how far the log goes."""

FIRST = bytes(32)
"""What stands before the first row."""


class Act(StrEnum):
    """What is written into the log.

    opened, unmasked               personal data were read: a record on the desk, its NIK and phone in full
    taken, accepted, returned,
    refused, merged, let_go        what an officer decided about an application
    frozen, thawed                 a person said "Ini bukan saya", and an officer's answer to it
    exported, results, payments    a file for the office, and files that came back from it
    broadcast, approved, stopped   messages to many
    offered, granted, revoked      roles: a link was made or turned off, one was given or taken;
                                   `approved_agent`, `refused_agent`, `ended_agent` those of agents
    paid, corrected, protected     months confirmed or taken back in the ledger, the last protected day
    configured                     payers, channels, mapping files, texts
    alarmed                        an account brought many NIKs, and officers were alerted
    confirmed_self                 a PIN or code was given for what asks for one
    secured, locked, unlocked      a PIN or code was set or changed, was tried wrong too often, was taken away
    rekeyed                        a key was rotated or retired; from one that says `audit` on, that key marks
    """

    OPENED = "opened"
    UNMASKED = "unmasked"
    TAKEN = "taken"
    LET_GO = "let_go"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    REFUSED = "refused"
    MERGED = "merged"
    REGISTERED = "registered"
    FROZEN = "frozen"
    THAWED = "thawed"
    EXPORTED = "exported"
    RESULTS = "results"
    PAYMENTS = "payments"
    BROADCAST = "broadcast"
    APPROVED = "approved"
    STOPPED = "stopped"
    OFFERED = "offered"
    GRANTED = "granted"
    REVOKED = "revoked"
    APPROVED_AGENT = "approved_agent"
    REFUSED_AGENT = "refused_agent"
    ENDED_AGENT = "ended_agent"
    PAID = "paid"
    CORRECTED = "corrected"
    PROTECTED = "protected"
    CONFIGURED = "configured"
    ALARMED = "alarmed"
    CONFIRMED_SELF = "confirmed_self"
    SECURED = "secured"
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    REKEYED = "rekeyed"


class AuditRow(Base):
    """One row: who (None for the command line or the clock), what, whose data, which record, details."""

    __tablename__ = "audit_log"

    number: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    by_account: Mapped[int | None] = mapped_column(Id, index=True)
    act: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(Id, index=True)
    subject: Mapped[str | None]
    details: Mapped[str]
    mark: Mapped[bytes] = mapped_column(LargeBinary(32))


class AuditHead(Base):
    """How far the log goes, its last mark, and the audit key in use; whoever writes holds this row."""

    __tablename__ = "audit_heads"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(Id)
    mark: Mapped[bytes] = mapped_column(LargeBinary(32))
    key_id: Mapped[int] = mapped_column(server_default="1")


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to be written: an act of an account, whose data (`person_id`), and which row of which table.

    `details` are names, counts and ids; nothing personal.
    """

    act: Act
    by: int | None
    person_id: int | None = None
    subject: str | None = None
    details: dict[str, Any] = field(default_factory=dict)


async def note(db: AsyncSession, keys: Keys, entries: Iterable[Entry], now: datetime) -> None:
    """Add rows to the log, in this order and in this transaction."""
    rows = list(entries)
    if not rows:
        return
    start = {"id": HEAD, "number": 0, "mark": FIRST, "key_id": keys.first_audit_id}
    await insert_new(db, AuditHead, [start])
    head = await db.get_one(AuditHead, HEAD, with_for_update=True, populate_existing=True)
    if head.key_id < keys.audit_id:
        rows.insert(0, rekeyed(keys.audit_id))
    for entry in rows:
        head.key_id = entry.details.get(AUDIT, head.key_id) if entry.act == Act.REKEYED else head.key_id
        row = AuditRow(
            number=head.number + 1,
            at=now.astimezone(UTC),
            by_account=entry.by,
            act=entry.act.value,
            person_id=entry.person_id,
            subject=entry.subject,
            details=orjson.dumps(entry.details, option=orjson.OPT_SORT_KEYS).decode(),
        )
        row.mark = _mark(keys, head.key_id, head.mark, row)
        db.add(row)
        head.number, head.mark = row.number, row.mark
    await db.flush()


def rekeyed(number: int) -> Entry:
    """Return the entry that seals the log so far under this audit key, with which it goes on."""
    return Entry(Act.REKEYED, None, None, f"keys:{AUDIT}", {AUDIT: number})


async def pages(
    db: AsyncSession,
    limit: int,
    *,
    after: int = 0,
    before: int | None = None,
    since: datetime | None = None,
    by: int | None = None,
) -> list[AuditRow]:
    """Return rows for people to read: after a number the oldest first, or before one the newest first."""
    query = select(AuditRow).limit(limit)
    if before is None:
        query = query.where(AuditRow.number > after).order_by(AuditRow.number)
    else:
        query = query.where(AuditRow.number < before).order_by(AuditRow.number.desc())
    if since is not None:
        query = query.where(AuditRow.at >= since)
    if by is not None:
        query = query.where(AuditRow.by_account == by)
    return list(await db.scalars(query))


def mark_of(
    keys: Keys,
    key_id: int,
    before: bytes,
    number: int,
    at: str,
    by: int | None,
    act: str,
    person: int | None,
    subject: str | None,
    details: str,
) -> bytes:
    """Return the mark of a row that says this (`at` in ISO 8601, UTC) behind a row with the mark `before`."""
    return keys.audit_mark(before + orjson.dumps([number, at, by, act, person, subject, details]), key_id)


def _mark(keys: Keys, key_id: int, before: bytes, row: AuditRow) -> bytes:
    at = row.at.isoformat()
    return mark_of(
        keys, key_id, before, row.number, at, row.by_account, row.act, row.person_id, row.subject, row.details
    )


wall_in(table_of(AuditRow))
