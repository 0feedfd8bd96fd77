"""People who register, for the tests of what we remember."""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from models import dialogues
from models.accounts import meet
from models.applications import Application
from models.consents import Basis, Consent
from models.dialogues import OpenDialogue
from models.filing import Filing, file
from models.storage.database import Database
from models.storage.ids import new_id


@pytest.fixture
def now() -> datetime:
    """A Friday morning in Jakarta."""
    return datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


@pytest.fixture
def consented(database: Database, now: datetime) -> Callable[..., Awaitable[OpenDialogue]]:
    """Begin a registration for an account, with a recorded consent."""

    async def begin(account: int, basis: Basis = Basis.SELF) -> OpenDialogue:
        async with database.begin() as db:
            await meet(db, {account: "id"}, now)
            dialogue = await dialogues.start(db, database.keys, account, "registration", 1, {}, now)
            consent = Consent(
                id=new_id(now),
                person_id=dialogue.person_id,
                account_id=account,
                text_version="2026-11",
                text_sha256=hashlib.sha256(b"Setuju?").digest(),
                language="id",
                given_at=now,
                channel="telegram",
                basis=basis,
            )
            db.add(consent)
            await db.flush()
            dialogue.consent_id = consent.id
            dialogue.keep({"consent": "agree"}, now)
            await dialogues.save(db, database.keys, [dialogue])
        return dialogue

    return begin


@pytest.fixture
def form() -> Callable[..., Filing]:
    """Fill in a form as Siti Aminah, who sells vegetables, unless told otherwise."""

    def fill(nik: str = "9901014101909001", **told: Any) -> Filing:
        siti: dict[str, Any] = {
            "nik": nik,
            "name": "Siti Aminah",
            "birth_date": date(1990, 1, 1),
            "phone": "+6286000000001",
            "address": "Jalan Melati 7",
            "contact": {"name": "Budi", "phone": "+6286000000002"},
            "answers": {"nik": nik, "name": "Siti Aminah", "income": 1_500_000},
            "village_code": "99.01.01.2001",
            "village_name": "Suka Maju",
            "region_version": "2026",
            "payer": "self",
            "money": "own",
            "programmes": 2,
            "months": 3,
            "first_month": date(2026, 12, 1),
            "sector": "other",
            "occupation_id": "vegetable_seller",
        }
        return Filing(**siti | told)

    return fill


@pytest.fixture
def files(
    database: Database,
    now: datetime,
    consented: Callable[..., Awaitable[OpenDialogue]],
    form: Callable[..., Filing],
) -> Callable[..., Awaitable[Application]]:
    """File a whole registration for an account, from the first word to the receipt."""

    async def register(account: int, nik: str = "9901014101909001", basis: Basis = Basis.SELF) -> Application:
        dialogue = await consented(account, basis)
        async with database.begin() as db:
            return await file(db, database.keys, dialogue, form(nik), now)

    return register
