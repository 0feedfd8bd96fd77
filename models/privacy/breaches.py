"""Breaches: whose data somebody got at, and the notice owed within 3×24 hours (UU 27/2022, art. 46)."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.accounts import Account
from models.applications import Application
from models.office.export_members import ExportMember
from models.office.exports import Export
from models.owing import deliveries
from models.privacy.alarms import owed_to
from models.storage.among import among
from models.storage.keys import Keys
from models.trust.audit import AuditRow

ALLOWED: Final = timedelta(days=3)
"""How long the law gives."""

NOTICE: Final = "breach"
"""The kind of message that tells somebody that their data were got at."""


@dataclass(frozen=True, slots=True)
class Breach:
    """What is known: from when until when, when it was found, and what narrows down who is touched.

    Each narrowing that is given must hold: filed by one of these accounts, in one of these exports (made in
    that time unless named), in this territory, looked at or changed by this account in that time.
    """

    since: datetime
    until: datetime
    found_at: datetime
    accounts: frozenset[int] = field(default_factory=frozenset)
    exports: frozenset[int] = field(default_factory=frozenset)
    territory: str = ""
    audit_by: int | None = None

    @property
    def due(self) -> datetime:
        """Until when people and the authority must be told."""
        return self.found_at + ALLOWED

    @property
    def name(self) -> str:
        """A short name that is the same for the same breach, so that nobody is told twice."""
        parts = (
            self.since,
            self.until,
            sorted(self.accounts),
            sorted(self.exports),
            self.territory,
            self.audit_by,
        )
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]

    def values(self) -> dict[str, str]:
        """Return the blanks of the notices."""
        return {
            "since": f"{self.since:%d-%m-%Y %H:%M} UTC",
            "until": f"{self.until:%d-%m-%Y %H:%M} UTC",
            "found": f"{self.found_at:%d-%m-%Y %H:%M} UTC",
            "due": f"{self.due:%d-%m-%Y %H:%M} UTC",
            "name": self.name,
        }


@dataclass(frozen=True, slots=True)
class Touched:
    """One registration that is touched: by numbers, never by name."""

    application_id: int
    person_id: int
    account_id: int
    worker_account_id: int | None

    def row(self) -> dict[str, int | None]:
        """Return it as the list has it."""
        return {
            "application": self.application_id,
            "account": self.account_id,
            "worker_account": self.worker_account_id,
        }


async def touched(db: AsyncSession, breach: Breach) -> list[Touched]:
    """Return every registration that is touched, by number."""
    columns = (Application.id, Application.worker_id, Application.account_id, Application.worker_account_id)
    query = select(*columns).where(*await _conditions(db, breach)).order_by(Application.id)
    return [Touched(*row) for row in await db.execute(query)]


async def _conditions(db: AsyncSession, breach: Breach) -> list[ColumnElement[bool]]:
    """Return what must hold: it was there in that time, and each narrowing."""
    wanted: list[ColumnElement[bool]] = [Application.submitted_at < breach.until]
    if breach.accounts:
        wanted.append(among(Application.account_id, breach.accounts))
    if breach.exports:
        inside = select(ExportMember.application_id).where(among(ExportMember.export_id, breach.exports))
        wanted.append(Application.id.in_(inside))
    if breach.territory:
        wanted.append(Application.village_code.startswith(breach.territory, autoescape=True))
    if breach.audit_by is not None:
        wanted.append(await _reached_by(db, breach, breach.audit_by))
    return wanted


async def _reached_by(db: AsyncSession, breach: Breach, account_id: int) -> ColumnElement[bool]:
    """Return the condition that an account looked at somebody, or made a file with them, in that time."""
    when = and_(AuditRow.by_account == account_id, AuditRow.at >= breach.since, AuditRow.at < breach.until)
    rows = (await db.execute(select(AuditRow.person_id, AuditRow.subject).where(when))).all()
    persons = {row.person_id for row in rows if row.person_id is not None}
    ids = _numbers(rows, "applications")
    made = select(Export.id).where(
        Export.account_id == account_id, Export.made_at >= breach.since, Export.made_at < breach.until
    )
    files = _numbers(rows, "exports") | set(await db.scalars(made))
    inside = select(ExportMember.application_id).where(among(ExportMember.export_id, files))
    return or_(among(Application.worker_id, persons), among(Application.id, ids), Application.id.in_(inside))


def _numbers(rows: Iterable[Any], table: str) -> set[int]:
    subjects = [row.subject for row in rows if (row.subject or "").startswith(f"{table}:")]
    return {int(subject.partition(":")[2]) for subject in subjects if subject.partition(":")[2].isdigit()}


def accounts_of(found: Iterable[Touched]) -> set[int]:
    """Return whom to tell: the worker where there is one, or who registered them."""
    return {each.worker_account_id or each.account_id for each in found}


async def owe(
    db: AsyncSession,
    keys: Keys,
    breach: Breach,
    found: Iterable[Touched],
    texts: Mapping[str, str],
    now: datetime,
) -> int:
    """Owe the notice to everybody touched, once for this breach; return how many are new.

    `texts` is what it says, by language.
    """
    wanted = accounts_of(found)
    known = set(await db.scalars(select(Account.id).where(among(Account.id, wanted))))
    owed = [
        owed_to(each, NOTICE, f"{NOTICE}:{breach.name}:{each}", {"texts": dict(texts)}, now)
        for each in sorted(known)
    ]
    return await deliveries.owe(db, keys, owed, now)
