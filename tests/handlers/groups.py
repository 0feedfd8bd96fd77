"""An association for tests: Karyo speaks for the bakso sellers, and members come by his link."""

from datetime import timedelta

from models import dialogues
from models.agency import agents
from models.agency.agents import Kind, Told
from models.consents import Basis
from tests.consenting import agrees
from tests.town import LINK, Chat, Town

NAME = "Paguyuban Bakso Cibiuk"


async def coordinator(place: Town, name: str = "Karyo", kind: Kind = Kind.ASSOCIATION) -> Chat:
    """Somebody an officer approved for two years, with the page of the association open."""
    chat, now = place.person(name), place.simulator.clock.now()
    await chat.says("/start")
    async with place.database.begin() as db:
        drafted = await dialogues.start(db, place.database.keys, chat.id, "agency", 1, {}, now)
        await agrees(db, drafted, Basis.SELF, now)
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
