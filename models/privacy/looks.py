"""Looks: who looked at somebody's data or changed them, from the audit log (UU 27/2022, article 32)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.accounts import Grant, Role
from models.agency.agents import Agent, Stage
from models.applications import Application
from models.office.export_members import ExportMember
from models.ownership.own import own_applications
from models.storage.among import among
from models.trust.audit import AuditRow

MOST: Final = 2000
"""At most so many, the newest first."""

TOLD: Final = ("reason", "reasons", "frozen", "count")
"""What of a row's details is told: never another person's number."""


@dataclass(frozen=True, slots=True)
class Look:
    """One row: when, what, in which role, with which badge, about which record, and why."""

    at: datetime
    act: str
    role: str
    badge: str | None
    reference: str | None
    reason: str | None


async def looks_at(db: AsyncSession, account_id: int) -> list[Look]:
    """Return every row of the log that concerns an account or its own records, the newest first."""
    own = await own_applications(db, account_id)
    persons = [each.worker_id for each in own]
    subjects = [f"accounts:{account_id}", *(f"applications:{each.id}" for each in own)]
    files = select(ExportMember.export_id).where(among(ExportMember.application_id, [one.id for one in own]))
    subjects += [f"exports:{number}" for number in await db.scalars(files.distinct())]
    asked = select(Agent.person_id).where(Agent.account_id == account_id)
    persons += list(await db.scalars(asked))
    concerned = or_(among(AuditRow.person_id, persons), AuditRow.subject.in_(subjects))
    query = select(AuditRow).where(concerned).order_by(AuditRow.number.desc()).limit(MOST)
    rows = list(await db.scalars(query))
    actors = {row.by_account for row in rows if row.by_account is not None}
    roles, badges = await _roles(db, actors), await _badges(db, actors)
    return [_look(row, account_id, own, roles, badges) for row in rows]


def _look(
    row: AuditRow,
    account_id: int,
    own: list[Application],
    roles: dict[int, list[Grant]],
    badges: dict[int, str],
) -> Look:
    names = {f"applications:{each.id}": each.reference for each in own}
    by = row.by_account
    return Look(
        at=row.at,
        act=row.act,
        role="you" if by == account_id else _role(roles.get(by or 0, []), row.at) if by else "operator",
        badge=badges.get(by or 0) if by != account_id else None,
        reference=names.get(row.subject or ""),
        reason=_reason(row.details),
    )


def _role(held: Iterable[Grant], at: datetime) -> str:
    """Return the highest role somebody held at a moment."""
    then = {each.role for each in held if each.granted_at <= at and (each.revoked_at or at) >= at}
    ranked = (Role.ADMINISTRATOR, Role.OFFICER, Role.AGENT)
    return next((role.value for role in ranked if role in then), Role.WORKER.value)


def _reason(details: str) -> str | None:
    told: dict[str, Any] = orjson.loads(details)
    parts = [f"{name}: {told[name]}" for name in TOLD if told.get(name) not in (None, "", [])]
    return ", ".join(parts) or None


async def _roles(db: AsyncSession, accounts: Iterable[int]) -> dict[int, list[Grant]]:
    held: dict[int, list[Grant]] = {}
    for each in await db.scalars(select(Grant).where(among(Grant.account_id, accounts))):
        held.setdefault(each.account_id, []).append(each)
    return held


async def _badges(db: AsyncSession, accounts: Iterable[int]) -> dict[int, str]:
    approved = select(Agent).where(among(Agent.account_id, accounts), Agent.stage == Stage.APPROVED)
    return {each.account_id: each.badge for each in await db.scalars(approved)}
