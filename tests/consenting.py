"""Somebody has agreed: the consent that an open form of a test rests on."""

import hashlib
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.consents import Basis, Consent
from models.dialogues import OpenDialogue
from models.storage.ids import new_id


async def agrees(db: AsyncSession, drafted: OpenDialogue, basis: Basis, now: datetime) -> None:
    """Give a form the consent it rests on; the caller saves it, or files it."""
    consent = Consent(
        id=new_id(now),
        person_id=drafted.person_id,
        account_id=drafted.account_id,
        text_version="2026-11",
        text_sha256=hashlib.sha256(b"Setuju?").digest(),
        language="id",
        given_at=now,
        channel="telegram",
        basis=basis,
    )
    db.add(consent)
    await db.flush()
    drafted.consent_id = consent.id
