"""Records: registrations and memberships as their own people may see them, with what was done to each."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import dialogues, people
from models.agency.agents import Agent
from models.agency.programmes import Place, Programme
from models.application_events import ApplicationEvent
from models.applications import Application
from models.consents import Consent
from models.contributions import Contribution
from models.memberships import Contact, Membership
from models.office.export_members import ExportMember
from models.office.exports import Export
from models.office.returned import Given
from models.ownership.own import about_oneself, own_applications
from models.ownership.selves import filed_by_others
from models.ownership.status_links import StatusLink
from models.privacy.corrections import Correction
from models.privacy.holdings import Row, plain, together
from models.reminding.snoozes import Snooze
from models.storage.among import among
from models.storage.keys import Keys
from models.storage.sealed import PersonKey
from rules.nik import Nik

FOR_OTHERS: Final = 200
"""At most so many records of people registered for others are listed, the newest first."""

FAMILY: Final = 4
"""How many family members a form may name."""

SUMMARY: Final = ("reference", "state", "submitted_at", "village_code", "payer")


async def registrations(db: AsyncSession, keys: Keys, account_id: int) -> list[Row]:
    """Return an account's own registrations, whole; the NIK in full only where the account typed it."""
    own = await own_applications(db, account_id)
    opened = await people.keys_of(db, keys, [each.worker_id for each in own])
    return [
        await _registration(db, each, opened[each.worker_id], account_id)
        for each in own
        if each.worker_id in opened
    ]


async def _registration(db: AsyncSession, one: Application, key: PersonKey, account_id: int) -> Row:
    typed = one.account_id == account_id
    names = (*SUMMARY, "updated_at", "programmes", "months", "first_month", "frozen_at", "closed_as")
    told = {name: getattr(one, name) for name in names}
    return plain(told) | {
        "filed_by": "you" if typed else "somebody_else",
        "taken_over": one.worker_account_id == account_id,
        "answers": answers_for(one.told(key), typed=typed),
        "consent": await _consent(db, one),
        "history": await _history(db, one, key, account_id),
        "corrections": await _corrections(db, one, key),
        "sent_to_office": await _exported(db, one),
        "on_lists": await _listed(db, one),
        "papers": await _papers(db, one),
    }


def answers_for(told: Any, *, typed: bool) -> Row:
    """Return answers as they were told; the NIK masked for who did not type it."""
    answers = dict(told)
    if not typed and "nik" in answers:
        answers["nik"] = Nik(str(answers["nik"])).masked
    return answers


async def _consent(db: AsyncSession, one: Application) -> Row:
    consent = await db.get_one(Consent, one.consent_id)
    names = ("given_at", "text_version", "text_sha256", "language", "channel", "basis", "manner")
    return plain({name: getattr(consent, name) for name in names})


async def _history(db: AsyncSession, one: Application, key: PersonKey, account_id: int) -> list[Row]:
    query = select(ApplicationEvent).where(ApplicationEvent.application_id == one.id)
    found = []
    for event in await db.scalars(query.order_by(ApplicationEvent.id)):
        told = event.told(key)
        given = Given() if told is None else Given.read(told)
        by = "you" if event.by_account == account_id else "office" if event.by_account else "clock"
        row = {"at": event.at, "from": event.from_state, "to": event.to_state, "by": by}
        row |= {"reasons": ", ".join(given.reasons) or None, "words": given.words or None}
        found.append(plain(row))
    return found


async def _corrections(db: AsyncSession, one: Application, key: PersonKey) -> list[Row]:
    query = select(Correction).where(Correction.application_id == one.id).order_by(Correction.id)
    return [
        plain({"wanted": each.asked(key), "former": each.before(key), "decided_at": each.decided_at})
        for each in await db.scalars(query)
    ]


async def _exported(db: AsyncSession, one: Application) -> list[Row]:
    query = (
        select(Export.made_at, ExportMember.outcome)
        .join(ExportMember, ExportMember.export_id == Export.id)
        .where(ExportMember.application_id == one.id)
    )
    return [plain(row) for row in (await db.execute(query)).mappings()]


async def _listed(db: AsyncSession, one: Application) -> list[Row]:
    query = (
        select(Programme.village_code, Programme.year, Place.number, Place.decision)
        .join(Place, Place.programme_id == Programme.id)
        .where(Place.application_id == one.id)
    )
    return [plain(row) for row in (await db.execute(query)).mappings()]


async def _papers(db: AsyncSession, one: Application) -> list[Row]:
    query = select(StatusLink.paper, StatusLink.made_at).where(StatusLink.application_id == one.id)
    return [plain(row) for row in (await db.execute(query)).mappings()]


async def memberships(db: AsyncSession, keys: Keys, account_id: int) -> list[Row]:
    """Return the memberships of an account's own registrations: months, amounts, who is reached for them."""
    own = [each.worker_id for each in await own_applications(db, account_id)]
    opened = await people.keys_of(db, keys, own)
    query = select(Membership).where(among(Membership.worker_id, own)).order_by(Membership.id)
    return [
        await _membership(db, each, opened[each.worker_id], account_id) for each in await db.scalars(query)
    ]


async def _membership(db: AsyncSession, one: Membership, key: PersonKey, account_id: int) -> Row:
    names = ("first_month", "programmes", "money", "village_code", "zone", "protection_until", "state")
    told = plain({name: getattr(one, name) for name in (*names, "sponsor_until", "started_at", "ended_at")})
    code = one.payment_code and key.open_text("memberships", one.id, "payment_code", one.payment_code)
    sealed = {"income": one.monthly_income(key), "kpj": one.number(key), "payment_code": code}
    months = select(Contribution).where(Contribution.membership_id == one.id).order_by(Contribution.id)
    chain = select(Contact).where(Contact.membership_id == one.id).order_by(Contact.position)
    snoozes = select(Snooze.month, Snooze.until).where(Snooze.membership_id == one.id)
    return (
        told
        | plain(sealed)
        | {
            "contributions": [_month(each, key) for each in await db.scalars(months)],
            "contacts": [
                plain(
                    {
                        "relation": each.relation,
                        "agreed_at": each.agreed_at,
                        "you": each.account_id == account_id,
                    }
                )
                for each in await db.scalars(chain)
            ],
            "snoozes": [plain(row) for row in (await db.execute(snoozes)).mappings()],
        }
    )


def _month(one: Contribution, key: PersonKey) -> Row:
    names = ("month", "amount", "money", "sign", "known_by", "channel", "at")
    receipt = one.receipt and key.open_text("contributions", one.id, "receipt", one.receipt)
    return plain({name: getattr(one, name) for name in names} | {"receipt": receipt})


async def drafts(db: AsyncSession, keys: Keys, account_id: int) -> list[Row]:
    """Return the forms an account has open, with what was answered so far."""
    return [
        plain(
            {"form": each.flow, "answers": each.draft.get("answers", {}), "former": each.draft.get("former")}
        )
        for each in await dialogues.open_ones(db, keys, account_id)
    ]


async def agent(db: AsyncSession, keys: Keys, account_id: int) -> list[Row]:
    """Return what an account told as an agent."""
    query = select(Agent).where(Agent.account_id == account_id).order_by(Agent.id)
    found = list(await db.scalars(query))
    opened = await people.keys_of(db, keys, [each.person_id for each in found])
    return [_agent(each, opened[each.person_id]) for each in found if each.person_id in opened]


def _agent(one: Agent, key: PersonKey) -> Row:
    sealed = {"name": one.name, "number": one.number, "office": one.office}
    told = {
        name: key.open_text("agents", one.id, name, value)
        for name, value in sealed.items()
        if value is not None
    }
    names = ("badge", "kind", "territory", "stage", "applied_at", "decided_at", "valid_until")
    return told | plain({name: getattr(one, name) for name in names})


async def filed_for_others(db: AsyncSession, keys: Keys, account_id: int) -> list[Row]:
    """Return whom an account registered for others, by receipt number; family by relation alone."""
    own = {each.id for each in await own_applications(db, account_id)}
    query = select(Application).where(Application.account_id == account_id).order_by(Application.id.desc())
    found = [each for each in await db.scalars(query.limit(FOR_OTHERS + len(own))) if each.id not in own]
    opened = await people.keys_of(db, keys, [each.worker_id for each in found])
    rows = []
    for each in found[:FOR_OTHERS]:
        row = plain({name: getattr(each, name) for name in ("reference", "state", "submitted_at")})
        told = each.told(opened[each.worker_id]) if each.worker_id in opened else {}
        rows.append(row | {"family": [one["relation"] for one in family_in(told)]})
    return rows


def family_in(told: Any) -> list[Row]:
    """Return the family members a form names, with relation and phone."""
    found = []
    for number in range(1, FAMILY + 1):
        named = {part: told.get(f"heir{number}_{part}") for part in ("name", "relation", "phone")}
        if named["name"]:
            phone = named["phone"]
            named["phone"] = phone.get("e164") if isinstance(phone, dict) else phone
            found.append(plain(named))
    return found


async def about_me_by_others(db: AsyncSession, account_id: int) -> Sequence[Application]:
    """Return what others filed of the NIK this account is known by, the newest first."""
    if not await about_oneself(db, account_id):
        return []
    return await filed_by_others(db, account_id)


def summary(one: Application) -> Row:
    """Return what a worker sees of a registration somebody else filed: that it exists, and its state."""
    return together([plain({name: getattr(one, name) for name in SUMMARY})], SUMMARY)[0]
