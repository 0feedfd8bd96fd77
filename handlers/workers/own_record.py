"""The worker's side of a record that somebody else made: taking it over by a link, or "Ini bukan saya".

A link that was used, ran out or never was one is answered alike, and who tries too many hears nothing for a
while. Nothing is shown but what the worker knows: the name and NIK masked, who registered, who pays.
"""

import hashlib
from typing import Final

from conversations.engine import Words
from handlers.agency.registrants import registrant
from handlers.batch import Context
from handlers.render import Teller, id_of
from handlers.workers import own_news
from locales import say
from models.applications import Application, key_of
from models.ownership import freezes, hand_overs, selves, status_links, taking
from models.states import State
from models.trust.audit import Act
from models.workers import Worker
from post.keyboards import Button, Inline
from rules.names import masked
from rules.nik import Nik

LETTER: Final = "h"
"""What tells these links from others."""

ASKED: Final = "hand_over.ask"
"""The words a worker agrees to."""


async def opened(context: Context, token: str) -> bool:
    """Answer who opened a link; no greeting follows."""
    if await _is_silenced(context):
        return True
    application = await hand_overs.by_token(context.batch.db, token, context.batch.now)
    if application is None:
        await _not_open(context, token)
    elif application.account_id == context.account.id:
        context.say(context.words("hand_over.oneself"))
    else:
        await _ask(context, application, token)
    if context.place is not None:
        context.show(context.place.turn())
    return True


async def _ask(context: Context, application: Application, token: str) -> None:
    """Show whose record it is, and ask."""
    batch = context.batch
    worker = await batch.db.get_one(Worker, application.worker_id)
    key = await key_of(batch.db, batch.keys, worker.id)
    values = {
        "name": masked(worker.opened(key, "name") or "-"),
        "nik": Nik(worker.opened(key, "nik") or "").masked,
        "by": await registrant(batch.db, batch.keys, application, batch.today),
        "day": application.submitted_at.astimezone(batch.zone).date(),
        "payer": Words(f"papers.payer.{application.payer}"),
        "months": application.months,
    }
    yes = Button(context.words("hand_over.yes"), data=f"v1|h|yes|{token}", style="success")
    no = Button(context.words("hand_over.not_me"), data=f"v1|h|no|{token}", style="danger")
    context.say(Teller(context.language).html(Words(ASKED, values)), Inline(((yes,), (no,))), protect=True)


async def accept(context: Context, token: str) -> None:
    """Make the record the sender's own, once, and tell who registered."""
    if await _is_silenced(context):
        return
    batch, account = context.batch, context.account
    agreed = hashlib.sha256(say(context.language, ASKED).encode()).digest()
    application = await taking.take(batch.db, token, account.id, agreed, batch.now)
    if application is None:
        await _not_open(context, token)
        return
    context.say(context.words("hand_over.taken", reference=application.reference))
    if account.stopped_at is not None:
        context.say(context.words("contacts.still_stopped"))
    await own_news.tell(context, application.account_id, "taken", application)


async def refuse(context: Context, token: str) -> None:
    """Freeze what a link would hand over, on the word of who opened it."""
    if await _is_silenced(context):
        return
    batch = context.batch
    application = await hand_overs.hold(batch.db, token, batch.now)
    if application is None or application.account_id == context.account.id:
        await _not_open(context, token)
        return
    await hand_overs.spend(batch.db, token, batch.now)
    await _freeze(context, application.id, "link")


async def confirm(context: Context, code: str) -> None:
    """Thank a worker who says that a registration by somebody else is right; nothing changes."""
    if await _is_about_sender(context, code):
        context.say(context.words("hand_over.right"))
    else:
        context.say(context.words("hand_over.past"))


async def deny(context: Context, code: str) -> None:
    """Freeze a registration by somebody else, on the word of the worker who was told of it."""
    number = id_of(code)
    if number is not None and await _is_about_sender(context, code):
        await _freeze(context, number, "told")
    else:
        context.say(context.words("hand_over.past"))


async def _is_about_sender(context: Context, code: str) -> bool:
    number = id_of(code)
    return number is not None and await selves.is_about(context.batch.db, number, context.account.id)


async def _freeze(context: Context, application_id: int, road: str) -> None:
    """Freeze an application at once; who registered is told kindly, and every officer hears of it."""
    batch = context.batch
    application = await freezes.freeze(batch.db, application_id, context.account.id, batch.now)
    if application is None:
        found = await batch.db.get_one(Application, application_id)
        context.say(context.words(f"hand_over.{_why_not(found)}"))
        return
    context.audit(Act.FROZEN, application.worker_id, f"applications:{application.id}", road=road)
    await own_news.tell(context, application.account_id, "frozen", application)
    await own_news.tell_office(context, application)
    context.say(context.words("hand_over.frozen", reference=application.reference))


def _why_not(application: Application) -> str:
    """Return the words for why an application is not frozen now: it was before, is over, or was looked at."""
    if application.state is State.WITHDRAWN:
        return "closed_before"
    return "looked_at" if application.frozen_at is None else "frozen_before"


async def _is_silenced(context: Context) -> bool:
    return await status_links.is_silenced(context.batch.db, context.account.id, context.batch.now)


async def _not_open(context: Context, token: str) -> None:
    """Answer about a link that does nothing: alike for all, but for the one who answered it before."""
    batch, account_id = context.batch, context.account.id
    answered = await hand_overs.answered_by(batch.db, token, account_id)
    if answered is None:
        await status_links.note_wrong(batch.db, account_id, batch.now)
        context.say(context.words("hand_over.link_wrong"))
    elif answered.worker_account_id == account_id:
        context.say(context.words("hand_over.yours_already"))
    else:
        context.say(context.words("hand_over.frozen_before"))
