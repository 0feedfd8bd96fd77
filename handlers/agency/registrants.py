"""Who registered somebody, in words for the person it is about: an agent by his badge, others by no name."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from conversations.engine import Words
from handlers.agency.agents import card
from models.agency import agents
from models.applications import Application
from models.storage.keys import Keys


async def registrant(db: AsyncSession, keys: Keys, application: Application, today: date) -> Words:
    """Return who filed an application: what an agent's identity card says, or the receipt number alone."""
    agent = await agents.open_request(db, application.account_id)
    known = await agents.opened(db, keys, [agent]) if agent is not None and agent.stands(today) else []
    if not known:
        return Words("hand_over.by.somebody", {"reference": application.reference})
    told = card(known[0])
    return Words("hand_over.by.agent", {name: told[name] for name in ("badge", "name", "kind", "office")})
