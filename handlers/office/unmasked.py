"""An application in full, for the officer who has it in hand: put together when it is sent, gone in a day."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.office.looking import answers_of, buttons, sender_words
from handlers.office.review_page import html, page
from models.accounts import languages_of
from models.office import reviews
from models.office.decisions import others_of
from models.owing.deliveries import Claimed
from models.storage.keys import Keys
from post.sayings import Message, Saying


class Unmasked:
    """Puts applications into words as they were typed."""

    def __init__(self, keys: Keys, zone: ZoneInfo) -> None:
        self._keys = keys
        self._zone = zone

    async def compose(
        self, db: AsyncSession, wave: Sequence[Claimed], _: datetime
    ) -> Mapping[int, tuple[Saying, ...]]:
        """Return each page, for as long as the application is in that officer's hands."""
        languages = await languages_of(db, {each.chat_id for each in wave})
        said: dict[int, tuple[Saying, ...]] = {}
        for each in wave:
            application = await reviews.in_hand(db, int(each.payload["application"]), each.chat_id)
            if application is not None and each.chat_id in languages:
                language = languages[each.chat_id]
                answers = await answers_of(db, self._keys, application)
                sender = await sender_words(db, application.account_id)
                text = html(language, page(application, answers, sender, self._zone, full=True))
                keyboard = buttons(language, application, await others_of(db, application))
                said[each.id] = (Message(each.chat_id, text, keyboard, protect=True),)
        return said
