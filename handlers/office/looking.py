"""One application in an officer's hands: taken, shown masked, shown in full, given back to the queue."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from conversations.engine import Answers, Words
from handlers.batch import Context
from handlers.office.desk import tell
from handlers.office.reach import territories
from handlers.office.review_page import beside, html, page
from handlers.render import base36, rows
from handlers.status_news import SEEN, tell_subject
from locales import say
from models.agency import agents
from models.agency.agents import Stage
from models.applications import Application, key_of
from models.office import reviews
from models.office.decisions import others_of
from models.owing.fleeting import UNMASKED
from models.storage.ids import new_id
from models.storage.keys import Keys
from models.trust.audit import Act
from post.keyboards import Button, Inline


def next_button(context: Context) -> Button:
    """Return the button that takes the next application."""
    return Button(context.words("review.take"), data="v1|d|next", style="primary")


async def take(context: Context) -> None:
    """Take the next application and show it; the look is written down."""
    batch = context.batch
    where = await territories(context)
    application = await reviews.take(batch.db, batch.keys, context.account.id, where, batch.now)
    if application is None:
        context.say(context.words("review.empty"))
        return
    context.audit(Act.OPENED, application.worker_id, f"applications:{application.id}")
    await see(context, application)


async def see(context: Context, application: Application, _: str = "") -> None:
    """Show one application: masked, with what can be decided."""
    batch = context.batch
    others = await others_of(batch.db, application)
    answers = await answers_of(batch.db, batch.keys, application)
    for one in others:
        words = beside(one, await answers_of(batch.db, batch.keys, one), answers, batch.zone)
        context.audit(Act.OPENED, one.worker_id, f"applications:{one.id}")
        context.say(html(context.language, words), protect=True)
    sender = await sender_words(batch.db, application.account_id)
    text = html(context.language, page(application, answers, sender, batch.zone))
    context.say(text, buttons(context.language, application, others), protect=True)


async def answers_of(db: AsyncSession, keys: Keys, application: Application) -> Answers:
    """Return what was told in an application."""
    key = await key_of(db, keys, application.worker_id)
    told: Any = application.told(key)
    return dict(told)


async def sender_words(db: AsyncSession, account_id: int) -> Words:
    """Return who filed something: an agent by badge, or somebody without one."""
    agent = await agents.open_request(db, account_id)
    if agent is None or agent.stage is not Stage.APPROVED:
        return Words("review.by_person")
    return Words("review.by_agent", {"badge": agent.badge, "kind": Words(f"agency.kind.{agent.kind.value}")})


def buttons(language: str, application: Application, others: Sequence[Application]) -> Inline:
    """Return what can be decided about an application, and about others of its NIK."""

    def button(words: str, action: str, argument: str = "", **style: str) -> Button:
        data = f"v1|d|{action}|{base36(application.id)}|{argument}"
        return Button(say(language, words), data=data, **style)  # type: ignore[arg-type]

    accept = () if application.duplicate else (button("review.accept", "ok", style="success"),)
    merges = [
        (button("review.merge", "merge", base36(one.id)), button("review.keep", "keep", base36(one.id)))
        for one in others
    ]
    decide = (button("review.return", "back", "0"), button("review.refuse", "no"))
    rest = rows([button("review.unmask", "full"), button("review.let_go", "go")])
    return Inline(tuple(row for row in (accept, *merges, decide, *rest) if row))


async def let_go(context: Context, application: Application, _: str) -> None:
    """Give an application back to the queue."""
    await reviews.let_go(context.batch.db, application.id, context.account.id)
    context.audit(Act.LET_GO, application.worker_id, f"applications:{application.id}")
    context.say(context.words("review.let_go_done"), Inline(((next_button(context),),)))


async def unmask(context: Context, application: Application, _: str) -> None:
    """Owe the officer everything as it was typed; that is written down, and the subject is told.

    It is a message of its own, which leaves the chat within a day.
    """
    context.audit(Act.UNMASKED, application.worker_id, f"applications:{application.id}")
    await tell_subject(context.batch, application, SEEN)
    payload = {"application": application.id}
    await tell(context, context.account.id, UNMASKED, f"{UNMASKED}:{new_id(context.batch.now)}", payload)
