"""News of whose record it is: who registered a worker, that it was taken, is held, goes on or is closed.

It is owed with what it tells of, and put into words when it is sent. It names the receipt number, no person.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.engine import Words
from handlers.agency.registrants import registrant
from handlers.batch import Context
from handlers.news import tell_these
from handlers.office.desk import tell as owe
from handlers.render import Teller, base36
from models import accounts
from models.accounts import languages_of
from models.applications import Application
from models.owing.deliveries import Claimed
from models.storage.among import among
from models.storage.keys import Keys
from papers.hand_over import picture
from post.keyboards import Button, Inline
from post.sayings import Message, Picture, Saying

OWN_NEWS: Final = "own_news"
"""The kind of news about a record that who made it, and its worker, hear."""

HELD: Final = "held"
"""The kind of news that officers hear when a record is frozen."""

Said = dict[int, tuple[Saying, ...]]


async def tell(context: Context, account_id: int, news: str, application: Application) -> None:
    """Owe an account some news of a record, once for ever."""
    payload = {"news": news, "reference": application.reference}
    await owe(context, account_id, OWN_NEWS, f"own:{news}:{application.id}:{account_id}", payload)


async def tell_office(context: Context, application: Application) -> None:
    """Owe officers whose territory holds a record, and administrators, the news that it is frozen."""
    officers = await accounts.desk_of(context.batch.db, application.village_code, context.batch.now)
    payload = {"application": application.id, "reference": application.reference}
    await tell_these(context, officers, HELD, f"held:{application.id}", payload)


class OwnNews:
    """The words and the picture, in each account's language; `zone` is the office's."""

    def __init__(self, keys: Keys, zone: ZoneInfo) -> None:
        self._keys = keys
        self._zone = zone

    async def news(self, db: AsyncSession, wave: Sequence[Claimed], now: datetime) -> Said:
        """Return what those hear who made a record or are its worker."""
        return await self._each(db, wave, _news)

    async def held(self, db: AsyncSession, wave: Sequence[Claimed], now: datetime) -> Said:
        """Return what officers hear, with the way to the page; nothing for whoever is none there any more."""
        ids = {int(each.payload["application"]) for each in wave}
        found = await db.scalars(select(Application).where(among(Application.id, ids)))
        desks = {one.id: await accounts.desk_of(db, one.village_code, now) for one in found}
        told = [each for each in wave if each.chat_id in desks.get(int(each.payload["application"]), ())]
        return await self._each(db, told, _held)

    async def _each(self, db: AsyncSession, wave: Sequence[Claimed], words: Any) -> Said:
        languages = await languages_of(db, {each.chat_id for each in wave})
        return {
            each.id: (words(each, Teller(languages[each.chat_id])),)
            for each in wave
            if each.chat_id in languages
        }

    async def registered_by(self, db: AsyncSession, wave: Sequence[Claimed], now: datetime) -> Said:
        """Return what a worker hears who was registered by somebody else; nothing where that was erased."""
        languages = await languages_of(db, {each.chat_id for each in wave})
        said: Said = {}
        for each in wave:
            application = await db.get(Application, each.subject_id or 0)
            if application is not None and each.chat_id in languages:
                by = await registrant(db, self._keys, application, now.astimezone(self._zone).date())
                said[each.id] = (self._told(each, application, by, Teller(languages[each.chat_id])),)
        return said

    def _told(self, owed: Claimed, application: Application, by: Words, teller: Teller) -> Message:
        values = {
            "by": by,
            "day": application.submitted_at.astimezone(self._zone).date(),
            "payer": Words(f"papers.payer.{application.payer}"),
            "reference": application.reference,
        }
        right = _button(teller, "hand_over.right_button", f"v1|h|right|{base36(application.id)}")
        not_me = _button(teller, "hand_over.not_me", f"v1|h|notme|{base36(application.id)}")
        text = teller.html(Words("hand_over.told", values))
        return Message(owed.chat_id, text, Inline(((right,), (not_me,))))

    async def pictures(self, db: AsyncSession, wave: Sequence[Claimed], now: datetime) -> Said:
        """Return pictures of links, to be scanned; nothing where the record is gone or not theirs."""
        languages = await languages_of(db, {each.chat_id for each in wave})
        said: Said = {}
        for each in wave:
            application = await db.get(Application, int(each.payload["application"]))
            if application is not None and application.account_id == each.chat_id in languages:
                said[each.id] = (await self._picture(each, application, languages[each.chat_id]),)
        return said

    async def _picture(self, owed: Claimed, application: Application, language: str) -> Picture:
        """Draw beside the loop: other people's messages go on meanwhile."""
        until = datetime.fromisoformat(owed.payload["until"]).astimezone(self._zone).date()
        link = owed.payload["link"]
        content = await asyncio.to_thread(picture, link, application.reference, until, language)
        return Picture(owed.chat_id, content, Teller(language).html(Words("hand_over.caption")))


def _news(owed: Claimed, teller: Teller) -> Message:
    name = f"hand_over.news.{owed.payload['news']}"
    return Message(owed.chat_id, teller.html(Words(name, {"reference": owed.payload["reference"]})))


def _held(owed: Claimed, teller: Teller) -> Message:
    words = Words("held.alert", {"reference": owed.payload["reference"]})
    look = _button(teller, "held.look", f"v1|y|see|{base36(int(owed.payload['application']))}")
    return Message(owed.chat_id, teller.html(words), Inline(((look,),)))


def _button(teller: Teller, words: str, data: str) -> Button:
    return Button(teller.plain(Words(words)), data=data)
