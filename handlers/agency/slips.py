"""/slip: paper for people without a phone, for who registered them: slips on A6, and all of them on a sheet.

Nothing is drawn inside an update: a tap makes the codes and owes the files, which are drawn to be sent.
Buttons carry `v1|p|one|application` and `v1|p|all|`.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Update

from handlers import filing
from handlers.agency import hand_over
from handlers.agency.status_links import LETTER
from handlers.batch import Context
from handlers.render import base36, id_of
from locales import say
from models.accounts import languages_of
from models.applications import Application
from models.owing import deliveries
from models.owing.deliveries import Claimed
from models.ownership import status_links
from models.ownership.status_links import Paper
from models.people import PersonKeyRow
from models.states import State
from models.storage.among import among
from models.storage.keys import Keys
from models.storage.sealed import PersonKey
from models.storage.tokens import new_token
from models.workers import Worker
from papers.sheet import sheet
from papers.slip import Slip, slips
from post.keyboards import Button, Inline
from post.sayings import Document, Saying
from rules.nik import Nik

PAPERS: Final = "papers"
"""The kind of delivery that is a file to print."""

LISTED: Final = 15
"""How many registrations have a button of their own, the newest first."""

MOST: Final = 200
"""How many are printed at once, the newest first."""

EACH: Final = {Paper.SLIP: 20, Paper.SHEET: 100}
"""How many registrations one file holds: a file is drawn while other messages wait."""

KEPT: Final = timedelta(days=1)
"""How long a file that cannot be sent is owed."""

DRAWN: Final[Mapping[Paper, tuple[str, Callable[[Sequence[Slip], str], bytes]]]] = {
    Paper.SLIP: ("slip.pdf", slips),
    Paper.SHEET: ("daftar.pdf", sheet),
}
"""What each kind of file is called, which names nobody, and what draws it."""


async def offer(update: Update, context: Context) -> None:
    """List what the sender has filed, each a button that prints its slip."""
    ids = await _printable(context)
    if ids:
        await _list(context, ids)
    else:
        context.say(context.words("slips.none"))
    if context.place is not None:
        context.show(context.place.turn())


async def _list(context: Context, ids: Sequence[int]) -> None:
    newest = select(Application).where(among(Application.id, ids[:LISTED])).order_by(Application.id.desc())
    filed = list(await context.batch.db.scalars(newest))
    named = zip(filed, await filing.names(context, filed), strict=True)
    rows = [(_button(context, one, name),) for one, name in named]
    if len(ids) > 1:
        everything = context.words("slips.all", count=len(ids))
        rows.append((Button(everything, data="v1|p|all|", style="primary"),))
    handed = await hand_over.offered(context)
    context.say(context.words("slips.choose"), Inline((*rows, *handed)), fleeting=True)


def _button(context: Context, one: Application, name: str) -> Button:
    text = context.words("slips.one", reference=one.reference, name=name)
    return Button(text, data=f"v1|p|one|{base36(one.id)}")


async def tapped(update: Update, context: Context) -> None:
    """Print one slip, or everything; only the sender's own are ever looked at."""
    query = update.callback_query
    assert query is not None  # noqa: S101 - only taps are routed here
    context.answer(query.id)
    action, code = (*(query.data or "").split("|"), "", "")[2:4]
    ids = await _printable(context)
    match action:
        case "one" if id_of(code) in ids:
            await _print(context, code, {Paper.SLIP: [number for number in ids if number == id_of(code)]})
        case "all" if ids:
            await print_all(context, "all", sorted(ids))
        case _:
            context.say(context.words("slips.gone"))


async def _printable(context: Context) -> list[int]:
    """Return the newest applications of the sender that were not taken back, the newest first."""
    own = (Application.account_id == context.account.id, Application.state != State.WITHDRAWN)
    newest = select(Application.id).where(*own).order_by(Application.id.desc()).limit(MOST)
    return list(await context.batch.db.scalars(newest))


async def print_all(context: Context, what: str, ids: Sequence[int]) -> None:
    """Print slips and a sheet of what the sender filed, in this order; `what` names it for a minute."""
    await _print(context, what, dict.fromkeys(Paper, ids))


async def _print(context: Context, what: str, wanted: Mapping[Paper, Sequence[int]]) -> None:
    """Make a code for each paper and owe the files; a second tap within a minute is the same print."""
    batch, name = context.batch, f"papers:{context.account.id}:{what}:{context.batch.now:%Y%m%d%H%M}"
    made = {paper: {number: new_token() for number in numbers} for paper, numbers in wanted.items()}
    files = [
        _owed(context, f"{name}:{paper.value}:{place}", paper, part)
        for paper, tokens in made.items()
        for place, part in enumerate(_parts(tokens, EACH[paper]))
    ]
    if not await deliveries.owe(batch.db, batch.keys, files[:1], batch.now):
        context.say(context.words("slips.already"))
        return
    await deliveries.owe(batch.db, batch.keys, files[1:], batch.now)
    for paper, tokens in made.items():
        await status_links.keep(batch.db, tokens, paper, batch.now)
    context.say(context.words("slips.soon"))


def _parts(tokens: Mapping[int, str], size: int) -> list[dict[int, str]]:
    rows = list(tokens.items())
    return [dict(rows[start : start + size]) for start in range(0, len(rows), size)]


def _owed(context: Context, dedupe: str, paper: Paper, tokens: Mapping[int, str]) -> deliveries.Owed:
    """Return a file that is owed. The codes rest sealed in it, so that it is the same when sent again."""
    link = f"https://t.me/{context.bot.username}?start={LETTER}"
    return deliveries.Owed(
        lane=deliveries.Lane.TRANSACTION,
        promise=deliveries.Promise.AT_LEAST_ONCE,
        dedupe=dedupe,
        chat_id=context.account.id,
        kind=PAPERS,
        payload={
            "paper": paper.value,
            "links": {str(number): link + token for number, token in tokens.items()},
        },
        not_before=context.batch.now,
        account_id=context.account.id,
        expires_at=context.batch.now + KEPT,
    )


class Papers:
    """Draws the files that are owed, each with what stands on it at that moment."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    async def compose(
        self, db: AsyncSession, wave: Sequence[Claimed], now: datetime
    ) -> dict[int, tuple[Saying, ...]]:
        """Return each file; nothing where all it was about is gone."""
        languages = await languages_of(db, {each.chat_id for each in wave})
        said: dict[int, tuple[Saying, ...]] = {}
        for each in wave:
            found = await self._read(db, each.chat_id, each.payload["links"])
            if found and each.chat_id in languages:
                said[each.id] = (await self._file(each, found, languages[each.chat_id]),)
        return said

    async def _file(self, owed: Claimed, found: Sequence[Slip], language: str) -> Document:
        """Draw beside the loop: other people's messages go on meanwhile."""
        paper = Paper(owed.payload["paper"])
        name, draw = DRAWN[paper]
        content = await asyncio.to_thread(draw, found, language)
        caption = say(language, f"slips.caption.{paper.value}")
        return Document(owed.chat_id, name, content, caption, fleeting=True)

    async def _read(self, db: AsyncSession, account_id: int, links: Mapping[str, str]) -> list[Slip]:
        """Return what stands on the papers about these applications in their order, if they are its own."""
        query = (
            select(Application, Worker, PersonKeyRow.wrapped)
            .join(Worker, Worker.id == Application.worker_id)
            .join(PersonKeyRow, PersonKeyRow.person_id == Worker.id)
            .where(Application.account_id == account_id, among(Application.id, _numbers(links)))
        )
        found = {str(row[0].id): self._slip(*row, links[str(row[0].id)]) for row in await db.execute(query)}
        return [found[number] for number in links if number in found]

    def _slip(self, application: Application, worker: Worker, wrapped: bytes, link: str) -> Slip:
        key = PersonKey.unwrap(self._keys, worker.id, wrapped)
        return Slip(
            reference=application.reference,
            name=worker.opened(key, "name") or "",
            nik=Nik(worker.opened(key, "nik") or "").masked,
            village=worker.village_name,
            payer=application.payer,
            first_month=application.first_month,
            months=application.months,
            link=link,
        )


def _numbers(links: Iterable[str]) -> list[int]:
    return [int(number) for number in links]
