"""An association for tests: Karyo speaks for the bakso sellers, and members come by his link."""

import hashlib
from datetime import timedelta

from models import dialogues
from models.agency import agents
from models.agency.agents import Kind, Told
from models.consents import Basis, Consent
from models.storage.ids import new_id
from tests.town import LINK, Chat, Town

NAME = "Paguyuban Bakso Cibiuk"


async def coordinator(place: Town, name: str = "Karyo", kind: Kind = Kind.ASSOCIATION) -> Chat:
    """Somebody an officer approved for two years, with the page of the association open."""
    chat, now = place.person(name), place.simulator.clock.now()
    await chat.says("/start")
    async with place.database.begin() as db:
        drafted = await dialogues.start(db, place.database.keys, chat.id, "agency", 1, {}, now)
        consent = Consent(
            id=new_id(now),
            person_id=drafted.person_id,
            account_id=chat.id,
            text_version="2026-11",
            text_sha256=hashlib.sha256(b"Setuju?").digest(),
            language="id",
            given_at=now,
            channel="telegram",
            basis=Basis.SELF,
        )
        db.add(consent)
        await db.flush()
        drafted.consent_id = consent.id
        told = Told(kind, "320540", "Karyo Sutrisno", NAME)
        agent = await agents.apply(db, drafted, told, now)
        assert agent is not None
        await dialogues.end(db, drafted)
        await agents.approve(db, agent, chat.id, now, (now + timedelta(days=800)).date())
    await chat.says("/asosiasi")
    return chat


async def invites(karyo: Chat) -> str:
    """The word in the coordinator's link."""
    await karyo.says("/asosiasi")
    await karyo.taps("Tautan undangan")
    found = LINK.search(karyo.heard[-1])
    assert found, karyo.heard
    return found[1]


async def joins(place: Town, name: str, word: str, *, shows: bool) -> Chat:
    """Let somebody open the link, join and say whether the name may be seen."""
    chat = place.people.get(name) or place.person(name)
    await chat.says(f"/start {word}")
    await chat.taps("Bergabung")
    await chat.taps("Ya, nama saya" if shows else "Tidak, nama saya")
    return chat
