"""News of the loop with the office: a file is made, somebody in it changed, the office refused somebody."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.engine import Words
from handlers.render import Teller, tidy
from handlers.status_news import repair_button
from models import people
from models.accounts import languages_of
from models.applications import Application
from models.owing.deliveries import Claimed
from models.states import State
from models.storage.among import among
from models.storage.keys import Keys
from post.keyboards import Inline
from post.sayings import Message, Saying

EXPORT: Final = "export"
"""The kind of news that a file for the office was made and sent, or could not be."""

CHANGED: Final = "export_changed"
"""The kind of news that somebody in an export is no longer to be registered."""

REFUSED: Final = "office_refused"
"""The kind of news, to the sender, that the office refused somebody, with its reason."""

NAMED: Final = 50
"""How many receipt numbers one message names."""

Said = Mapping[int, tuple[Saying, ...]]
Telling = tuple[Claimed, Words]


class ExportNews:
    """Puts such news into words, in each account's language."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    async def made(self, db: AsyncSession, owed: Sequence[Claimed], _: datetime) -> Said:
        """Return what came of exports, in numbers."""
        return await _said(db, [(each, _made(each)) for each in owed])

    async def changed(self, db: AsyncSession, owed: Sequence[Claimed], _: datetime) -> Said:
        """Return whom the office gives back, by receipt number."""
        return await _said(db, [(each, _changed(each)) for each in owed])

    async def refused(self, db: AsyncSession, owed: Sequence[Claimed], _: datetime) -> Said:
        """Return the office's reasons to those who sent the registration, while it waits for a repair."""
        ids = [int(each.payload["application"]) for each in owed]
        query = select(Application).where(among(Application.id, ids), Application.state == State.RETURNED)
        found = {one.id: one for one in await db.scalars(query)}
        opened = await people.keys_of(db, self._keys, [one.worker_id for one in found.values()])
        words: list[Telling] = []
        for each in owed:
            one = found.get(int(each.payload["application"]))
            if one is not None and one.account_id == each.chat_id and one.worker_id in opened:
                name = str(one.told(opened[one.worker_id])["name"])
                values = {"name": name, "reference": one.reference, "reason": str(each.payload["reason"])}
                words.append((each, Words("office.refused_told", values)))
        return await _said(db, words, {each.id: int(each.payload["application"]) for each, _ in words})


async def _said(db: AsyncSession, words: Sequence[Telling], repairs: Mapping[int, int] | None = None) -> Said:
    """Return messages; under those about a registration to be repaired, the button that begins it."""
    languages = await languages_of(db, {each.chat_id for each, _ in words})
    said = {}
    for each, told in words:
        if each.chat_id in languages:
            language = languages[each.chat_id]
            number = repairs.get(each.id) if repairs else None
            keyboard = None if number is None else Inline(((repair_button(language, number),),))
            said[each.id] = (Message(each.chat_id, tidy(Teller(language).html(told)), keyboard),)
    return said


def _made(each: Claimed) -> Words:
    told = each.payload
    if told.get("failed"):
        return Words("exports.failed")
    if not told["rows"]:
        return Words("exports.nothing")
    left_out = Words("exports.left_out", {"count": told["left_out"]}) if told["left_out"] else ""
    differs = "" if told["same"] or told["left_out"] else Words("exports.differs")
    values = {"rows": told["rows"], "parts": told["parts"], "left_out": left_out, "differs": differs}
    return Words("exports.done", values)


def _changed(each: Claimed) -> Words:
    references = each.payload["references"]
    lines = tuple(Words("exports.reference", {"reference": one}) for one in references[:NAMED])
    return Words("exports.changed", {"count": len(references), "lines": lines})
