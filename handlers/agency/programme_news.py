"""News of a village's list, put into words when it is sent: vouched for, handed on, its picture, its end."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from conversations.engine import Words
from handlers.agency.programme_pages import View, about, payer_of
from handlers.agency.treasurers import leave_button
from handlers.render import Teller
from models.accounts import languages_of
from models.agency import treasurers, verdicts
from models.agency.programmes import Programme
from models.agency.vouchings import Vouching
from models.owing.deliveries import Claimed
from models.reminding import continuations
from models.storage.keys import Keys
from papers.progress import picture
from post.keyboards import Button, Inline
from post.sayings import Message, Picture, Saying

ENDINGS: Final = {
    "maker": "programmes.news.ending",
    "treasurer": "treasurers.ending",
    "beside": "treasurers.ending_beside",
}
"""The words that the money ends: for the maker alone, for the treasurer, and for the maker beside one."""


class ProgrammeNews:
    """The words and pictures of lists, in each account's language; `zone` is the office's."""

    def __init__(self, keys: Keys, zone: ZoneInfo) -> None:
        self._keys = keys
        self._zone = zone

    async def compose(
        self, db: AsyncSession, wave: Sequence[Claimed], now: datetime
    ) -> dict[int, tuple[Saying, ...]]:
        """Return what each says now; nothing about a list that is gone."""
        languages = await languages_of(db, {each.chat_id for each in wave})
        today, said = now.astimezone(self._zone).date(), dict[int, tuple[Saying, ...]]()
        for each in wave:
            one = await db.get(Programme, int(each.payload["programme"]))
            if one is not None and each.chat_id in languages and await _wanted(db, each, one):
                view = await self._view(db, each, one, today)
                said[each.id] = (await self._saying(db, each, view, languages[each.chat_id], today),)
        return said

    async def _view(self, db: AsyncSession, owed: Claimed, one: Programme, today: date) -> View:
        seats = await verdicts.seats(db, self._keys, one, today)
        officer = bool(owed.payload.get("officer")) or owed.payload["news"] == "handed"
        return View(one, seats, officer, own=one.account_id == owed.chat_id)

    async def _saying(
        self, db: AsyncSession, owed: Claimed, view: View, language: str, today: date
    ) -> Saying:
        teller = Teller(language)
        if owed.payload["news"] == "picture":
            content = await asyncio.to_thread(picture, view.marks(), view.title, language)
            return Picture(owed.chat_id, content, teller.html(view.progress), _see(teller, view))
        words = await self._words(db, owed, view, today)
        buttons = _see(teller, view) if view.own or view.officer else _way_out(language, owed, view)
        return Message(owed.chat_id, teller.html(words), buttons)

    async def _words(self, db: AsyncSession, owed: Claimed, view: View, today: date) -> Words:
        one = view.programme
        values: dict[str, object] = {"title": view.title}
        match owed.payload["news"]:
            case "vouched":
                return await self._vouched(db, owed, values)
            case "handed":
                return Words("programmes.news.handed", values | {"progress": view.progress})
            case "needed":
                return Words("programmes.news.needed", values | {"number": owed.payload["number"]})
            case "treasurer":
                return Words(f"treasurers.news.{owed.payload['what']}", values)
            case _:
                money = {
                    "payer": payer_of(one),
                    "count": len(view.numbered),
                    "days": (one.last_day - today).days,
                    "day": one.last_day,
                    "alone": await continuations.count(db, one.id),
                }
                return Words(ENDINGS[owed.payload.get("to", "maker")], values | money)

    async def _vouched(self, db: AsyncSession, owed: Claimed, values: dict[str, object]) -> Words:
        found = await db.get_one(Vouching, int(owed.payload["vouching"]))
        who = {"post": Words(f"programmes.post.{found.post.value}"), "name": found.name_of(self._keys)}
        if found.objection is None:
            return Words("programmes.news.agreed", values | who)
        why = {"number": found.number, "reason": Words(f"vouching.reason.{found.objection.value}")}
        return Words("programmes.news.objected", values | who | why)


async def _wanted(db: AsyncSession, owed: Claimed, one: Programme) -> bool:
    """Return whether a reminder for a treasurer still finds one: all other news is always wanted."""
    if owed.payload.get("to") != "treasurer":
        return True
    return await treasurers.of_programme(db, one.id) == owed.chat_id


def _way_out(language: str, owed: Claimed, view: View) -> Inline | None:
    """Return the button by which a treasurer stops, for one who is reminded as such."""
    return leave_button(language, view.programme) if owed.payload.get("to") == "treasurer" else None


def _see(teller: Teller, view: View) -> Inline:
    """Return the way to the list."""
    return Inline(((Button(teller.plain(Words("programmes.button.back")), about("see", view.programme)),),))
