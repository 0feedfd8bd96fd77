"""/data_saya: everything held about the sender and who looked at it, as a file to read and one for machines.

One PDF, because every phone opens one in the chat, and one JSON, because the law wants a form that another
service can read. Nothing is drawn inside an update: the files are owed, drawn beside the loop, protected, and
leave the chat within a day. Each is on record.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Update

from handlers.agency.registrants import registrant
from handlers.batch import Context
from handlers.render import Teller
from handlers.workers.own_data_words import Telling
from locales import say
from models.accounts import languages_of
from models.owing import deliveries
from models.owing.deliveries import Claimed
from models.owing.fleeting import OWN_DATA
from models.privacy import holdings, looks, records
from models.storage.keys import Keys
from models.trust.audit import Act
from papers.own_data import booklet
from post.keyboards import Button, Inline
from post.sayings import Document, Saying

FORMS: Final = ("pdf", "json")
"""The files that are made, in this order."""

NAMES: Final = {"pdf": "data-saya.pdf", "json": "data-saya.json"}
"""What the files are called, which names nobody."""

FORMAT: Final = "data_saya/1"
KEPT: Final = timedelta(days=1)

Held = dict[str, Any]


async def show(update: Update, context: Context) -> None:
    """Owe the sender both files; a second wish within a minute is the same."""
    batch, account = context.batch, context.account.id
    name = f"{OWN_DATA}:{account}:{batch.now:%Y%m%d%H%M}"
    if await deliveries.owe(batch.db, batch.keys, [_owed(context, name, form) for form in FORMS], batch.now):
        context.audit(Act.DISCLOSED, None, f"accounts:{account}")
    correct = Button(context.words("own_data.correct"), data="v1|l|c|apps", style="primary")
    erase = Button(context.words("own_data.erase"), data="v1|c|hapus_data|")
    context.say(context.words("own_data.soon"), Inline(((correct,), (erase,))))
    if context.place is not None:
        context.show(context.place.turn())


def _owed(context: Context, name: str, form: str) -> deliveries.Owed:
    return deliveries.Owed(
        lane=deliveries.Lane.TRANSACTION,
        promise=deliveries.Promise.AT_LEAST_ONCE,
        dedupe=f"{name}:{form}",
        chat_id=context.account.id,
        kind=OWN_DATA,
        payload={"form": form},
        not_before=context.batch.now,
        account_id=context.account.id,
        expires_at=context.batch.now + KEPT,
    )


class OwnData:
    """Draws the files, each with what is held at that moment."""

    def __init__(self, keys: Keys, zone: ZoneInfo) -> None:
        self._keys = keys
        self._zone = zone

    async def compose(
        self, db: AsyncSession, wave: Sequence[Claimed], now: datetime
    ) -> Mapping[int, tuple[Saying, ...]]:
        """Return each file; nothing for an account that is gone."""
        languages = await languages_of(db, {each.chat_id for each in wave})
        said: dict[int, tuple[Saying, ...]] = {}
        for each in wave:
            if each.chat_id in languages:
                held = await held_about(db, self._keys, each.chat_id, now, self._zone)
                said[each.id] = (await self._file(each, held, languages[each.chat_id]),)
        return said

    async def _file(self, owed: Claimed, held: Held, language: str) -> Document:
        """Draw beside the loop: other people's messages go on meanwhile."""
        form = str(owed.payload["form"])
        content = await asyncio.to_thread(self._drawn, form, held, language)
        caption = say(language, f"own_data.caption.{form}")
        return Document(owed.chat_id, NAMES[form], content, caption, protect=True)

    def _drawn(self, form: str, held: Held, language: str) -> bytes:
        if form == "json":
            return orjson.dumps(held, option=orjson.OPT_INDENT_2)
        telling = Telling(language, self._zone)
        return booklet(telling.sections(held), telling.made(held), language)


async def held_about(db: AsyncSession, keys: Keys, account_id: int, now: datetime, zone: ZoneInfo) -> Held:
    """Return everything held about an account and its own people, and who looked at it, as JSON has it."""
    held: Held = {"format": FORMAT, "made_at": now.isoformat()}
    rows = await holdings.rows_of(db, keys, account_id)
    held["account"] = rows.pop("account", [])
    held["registrations"] = await records.registrations(db, keys, account_id)
    held["memberships"] = await records.memberships(db, keys, account_id)
    held["family"] = [
        {"reference": each["reference"], **member}
        for each in held["registrations"]
        for member in records.family_in(each["answers"])
    ]
    held["filed_by_others"] = await _by_others(db, keys, account_id, now, zone)
    held["filed_for_others"] = await records.filed_for_others(db, keys, account_id)
    held["drafts"] = await records.drafts(db, keys, account_id)
    held["agent"] = await records.agent(db, keys, account_id)
    held |= rows
    held["looks"] = [holdings.plain(_row(each)) for each in await looks.looks_at(db, account_id)]
    return held


def _row(look: looks.Look) -> dict[str, Any]:
    names = ("at", "act", "role", "badge", "reference", "reason")
    return {name: getattr(look, name) for name in names}


async def _by_others(
    db: AsyncSession, keys: Keys, account_id: int, now: datetime, zone: ZoneInfo
) -> list[dict[str, Any]]:
    """Return what others filed of the worker's own NIK: that it exists, by whom, its state."""
    today = now.astimezone(zone).date()
    found = await records.about_me_by_others(db, account_id)
    language = (await languages_of(db, [account_id])).get(account_id, "id")
    return [
        records.summary(each) | {"by": Teller(language).plain(await registrant(db, keys, each, today))}
        for each in found
    ]
