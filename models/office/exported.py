"""What an export shows of applications: read a page at a time, opened with each worker's own key."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.agency.agents import Agent, Stage
from models.agency.programmes import Place, Programme
from models.applications import Application
from models.consents import Consent
from models.people import PersonKeyRow
from models.states import State
from models.storage.among import among
from models.storage.keys import Keys
from models.storage.sealed import PersonKey


@dataclass(frozen=True, slots=True)
class Listed:
    """The village list somebody has a numbered place on: its code, decree and funding."""

    wadah: str = ""
    sk_number: str = ""
    funding: str = ""


@dataclass(frozen=True, slots=True)
class Exported:
    """An application as its columns tell, with its answers open, its consent, its agent and its list."""

    id: int
    reference: str
    village_code: str
    first_month: date
    programmes: int
    months: int
    payer: str
    occupation_id: str
    submitted_at: datetime
    flags: tuple[str, ...]
    answers: Mapping[str, Any] = field(repr=False)
    basis: str
    channel: str
    consent_version: str
    consent_at: datetime
    badge: str
    listed: Listed


def wadah_code() -> ColumnElement[str]:
    """Return the code of the list an application has a numbered place on, as SQL; "" for none."""
    code = Programme.funding + "-" + Programme.village_code + "-" + cast(Programme.year, String)
    placed = (
        select(func.max(code))
        .join(Place, Place.programme_id == Programme.id)
        .where(Place.application_id == Application.id, Place.number.is_not(None))
    )
    return func.coalesce(placed.correlate(Application).scalar_subquery(), literal(""))


async def opened(db: AsyncSession, keys: Keys, ids: Iterable[int]) -> dict[int, Exported]:
    """Return applications by their ids; those withdrawn, frozen or erased by now are left out."""
    wanted = list(ids)
    shown = (
        Application.id,
        Application.reference,
        Application.worker_id,
        Application.account_id,
        Application.village_code,
        Application.first_month,
        Application.programmes,
        Application.months,
        Application.payer,
        Application.occupation_id,
        Application.submitted_at,
        Application.flags,
        Application.answers,
    )
    query = (
        select(*shown, PersonKeyRow.wrapped, Consent.basis, Consent.channel)
        .add_columns(Consent.text_version, Consent.given_at)
        .join(PersonKeyRow, PersonKeyRow.person_id == Application.worker_id)
        .join(Consent, Consent.id == Application.consent_id)
        .where(among(Application.id, wanted))
        .where(Application.state != State.WITHDRAWN, Application.frozen_at.is_(None))
    )
    rows = list(await db.execute(query))
    badges = await _badges(db, {row.account_id for row in rows})
    lists = await _lists(db, wanted)
    return {row.id: _opened(keys, row, badges.get(row.account_id, ""), lists) for row in rows}


async def _badges(db: AsyncSession, accounts: set[int]) -> dict[int, str]:
    query = select(Agent.account_id, Agent.badge).where(
        among(Agent.account_id, accounts), Agent.stage == Stage.APPROVED
    )
    return {row.account_id: row.badge for row in await db.execute(query)}


async def _lists(db: AsyncSession, ids: Iterable[int]) -> dict[int, Listed]:
    query = (
        select(Place.application_id, Programme.funding, Programme.village_code)
        .add_columns(Programme.year, Programme.sk_number)
        .join(Programme, Programme.id == Place.programme_id)
        .where(among(Place.application_id, ids), Place.number.is_not(None))
    )
    found = [
        (f"{row.funding}-{row.village_code}-{row.year}", row.sk_number or "", row.funding, row.application_id)
        for row in await db.execute(query)
    ]
    return {number: Listed(code, decree, funding) for code, decree, funding, number in sorted(found)}


def _opened(keys: Keys, row: Any, badge: str, lists: Mapping[int, Listed]) -> Exported:
    key = PersonKey.unwrap(keys, row.worker_id, row.wrapped)
    return Exported(
        id=row.id,
        reference=row.reference,
        village_code=row.village_code,
        first_month=row.first_month,
        programmes=row.programmes,
        months=row.months,
        payer=row.payer,
        occupation_id=row.occupation_id,
        submitted_at=row.submitted_at,
        flags=tuple(row.flags),
        answers=key.open_json("applications", row.id, "answers", row.answers),
        basis=row.basis.value,
        channel=row.channel,
        consent_version=row.text_version,
        consent_at=row.given_at,
        badge=badge,
        listed=lists.get(row.id, Listed()),
    )
