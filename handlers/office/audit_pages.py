"""The audit log as administrators read it: page by page, the newest first, by numbers and never by name.

Buttons carry `v1|s|audit|<row>`: what lies before a row is shown.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Update

from conversations.engine import Words
from handlers.batch import Context
from handlers.render import Teller, base36, id_of, tidy
from locales import say
from models import accounts
from models.accounts import Role
from models.applications import Application
from models.owing.deliveries import Claimed
from models.storage.among import among
from models.trust import audit
from models.trust.audit import AuditRow
from models.trust.audit_checks import head_of
from post.keyboards import Button, Inline
from post.sayings import Message, Saying

PAGE: Final = 10
"""How many rows a page has."""

NEWEST: Final = 1 << 62
"""Every row lies before this one."""

DETAILS: Final = 80
"""At most so many letters of what a row says besides."""


async def show(update: Update, context: Context) -> None:
    """/audit: show the newest rows."""
    await page(context, "")


async def page(context: Context, before: str) -> None:
    """Show the rows that lie before one; the newest for none."""
    db, start = context.batch.db, id_of(before) or NEWEST
    found = await audit.pages(db, PAGE + 1, before=start)
    if not found:
        context.say(context.words("audit.empty"))
        return
    shown, more = found[:PAGE], len(found) > PAGE
    references = await _references(db, shown)
    lines = tuple(_line(context, row, references) for row in shown)
    values = {"lines": lines, "head": str(await head_of(db))}
    older = Button(context.words("audit.older"), data=f"v1|s|audit|{base36(shown[-1].number)}")
    keyboard = Inline(((older,),)) if more else None
    context.say(tidy(Teller(context.language).html(Words("audit.page", values))), keyboard)


def _line(context: Context, row: AuditRow, references: Mapping[str, str]) -> Words:
    values = {
        "number": row.number,
        "at": _at(context, row.at),
        "who": Words("audit.command_line") if row.by_account is None else row.by_account,
        "act": Words(f"audit.act.{row.act}"),
        "what": references.get(row.subject or "", row.subject or ""),
        "details": "" if row.details == "{}" else row.details[:DETAILS],
    }
    return Words("audit.line", values)


def _at(context: Context, at: datetime) -> str:
    return f"{at.astimezone(context.batch.zone):%d-%m-%Y %H:%M}"


async def _references(db: AsyncSession, rows: Sequence[AuditRow]) -> dict[str, str]:
    """Return the receipt number of each application the rows are about, by the subject that names it."""
    kind = f"{Application.__tablename__}:"
    ids = {int(row.subject.removeprefix(kind)) for row in rows if (row.subject or "").startswith(kind)}  # type: ignore[union-attr]
    known = await db.execute(select(Application.id, Application.reference).where(among(Application.id, ids)))
    return {f"{kind}{row.id}": row.reference for row in known}


async def heads(db: AsyncSession, wave: Sequence[Claimed], now: datetime) -> dict[int, tuple[Saying, ...]]:
    """Return the daily head of the log in words, for those who still are administrators."""
    administrators = await accounts.holders(db, [Role.ADMINISTRATOR], now)
    languages = await accounts.languages_of(db, administrators)
    said: dict[int, tuple[Saying, ...]] = {}
    for each in wave:
        if each.chat_id in languages:
            language = languages[each.chat_id]
            day = Teller(language).html(date.fromisoformat(each.payload["day"]))
            text = say(language, "audit.head", day=day, head=each.payload["head"])
            said[each.id] = (Message(each.chat_id, text, silent=True),)
    return said
