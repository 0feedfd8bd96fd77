"""Lists: many workers filed at once on one declaration, each with a key and a consent of their own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import people
from models.applications import Application
from models.consents import Basis, Consent
from models.filing import Filing, file_all, prepare
from models.people import PersonKeyRow
from models.states import ACTIVE
from models.storage.base import table_of
from models.storage.conflicts import Row
from models.storage.ids import new_id
from models.storage.keys import Keys
from models.storage.sealed import PersonKey

CHANNEL = "list"
"""How a consent came to us that the sender of a list declared."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """What the sender declared once for everybody on a list: to which text, on what ground, how, when."""

    account_id: int
    text_version: str
    text_sha256: bytes
    language: str
    basis: Basis
    manner: str
    given_at: datetime


@dataclass(frozen=True, slots=True)
class Listed:
    """A worker on a list, as a form that can be filed: a new person, and the consent declared for them."""

    person_id: int
    key: PersonKey = field(repr=False)
    consent_id: int
    account_id: int
    form_version: int


async def already_filed(db: AsyncSession, keys: Keys, account_id: int, niks: Iterable[str]) -> set[str]:
    """Return which of these NIKs this very account has an active application for.

    Whether somebody else has one is nobody's business: that is filed, as a duplicate.
    """
    by_index = {keys.nik_index(nik): nik for nik in niks}
    theirs = select(Application.nik_index).where(
        Application.account_id == account_id,
        Application.state.in_(ACTIVE),
        Application.nik_index.in_(list(by_index)),
    )
    return {by_index[index] for index in await db.scalars(theirs)}


async def file_list(
    db: AsyncSession,
    keys: Keys,
    declared: Declaration,
    form_version: int,
    filings: Sequence[Filing],
    now: datetime,
) -> None:
    """File workers of a list, all of them in few statements; the caller holds the account."""
    if not filings:
        return
    listed = [_listed(declared, form_version, now) for _ in filings]
    keys_of_people = [people.row_of(keys, each.person_id, each.key) for each in listed]
    await db.execute(insert(table_of(PersonKeyRow)), keys_of_people)
    await db.execute(insert(table_of(Consent)), [_consent(declared, each) for each in listed])
    filed = [prepare(keys, each, filing, now) for each, filing in zip(listed, filings, strict=True)]
    await file_all(db, filed, now)


def _listed(declared: Declaration, form_version: int, now: datetime) -> Listed:
    return Listed(new_id(now), PersonKey.generate(), new_id(now), declared.account_id, form_version)


def _consent(declared: Declaration, listed: Listed) -> Row:
    return {
        "id": listed.consent_id,
        "person_id": listed.person_id,
        "account_id": declared.account_id,
        "text_version": declared.text_version,
        "text_sha256": declared.text_sha256,
        "language": declared.language,
        "given_at": declared.given_at,
        "channel": CHANNEL,
        "basis": declared.basis,
        "manner": declared.manner,
    }
