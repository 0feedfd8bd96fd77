"""Posters of associations: an A4 page with the link as a code, drawn beside the loop when it is sent."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from locales import say
from models.accounts import languages_of
from models.agency import agents
from models.agency.agents import Agent
from models.owing.deliveries import Claimed
from models.storage.keys import Keys
from papers.poster import poster
from post.sayings import Document, Saying

POSTER: Final = "poster"
"""The kind of delivery that is a poster to print."""


class Posters:
    """Draws the posters that are owed, for who speaks for the association then."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    async def compose(
        self, db: AsyncSession, wave: Sequence[Claimed], now: datetime
    ) -> dict[int, tuple[Saying, ...]]:
        """Return each poster; nothing for an association that is gone or somebody else's."""
        languages = await languages_of(db, {each.chat_id for each in wave})
        said: dict[int, tuple[Saying, ...]] = {}
        for each in wave:
            agent = await db.get(Agent, int(each.payload["agent"]))
            if agent is None or agent.account_id != each.chat_id or not agent.stands(now.date()):
                continue
            language, link = languages[each.chat_id], str(each.payload["link"])
            for known in await agents.opened(db, self._keys, [agent]):
                content = await asyncio.to_thread(poster, known.told.office, link, language)
                caption = say(language, "associations.poster_caption")
                said[each.id] = (Document(each.chat_id, "poster.pdf", content, caption),)
        return said
