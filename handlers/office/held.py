"""Frozen registrations on the desk: who registered whom and how, and what the officer finds.

Somebody said "Ini bukan saya". An officer lets it go on, or closes it; both sides are told. Buttons carry
`v1|y|action|application`. Whoever registered somebody does not decide on it.
"""

from collections.abc import Awaitable, Callable

from telegram import Update

from conversations.engine import Words
from handlers.agency.registrants import registrant
from handlers.batch import Context
from handlers.office.reach import is_ours
from handlers.render import Teller, base36, id_of
from handlers.workers import own_news
from models.applications import Application, key_of
from models.consents import Consent
from models.ownership import freezes
from models.trust.audit import Act
from models.workers import Worker
from post.keyboards import Button, Inline, Style
from rules.nik import Nik


async def tapped(update: Update, context: Context) -> None:
    """Do what a button of the desk says, while the registration is frozen."""
    query = update.callback_query
    assert query is not None  # noqa: S101 - only taps are routed here
    context.answer(query.id)
    action, code = (*(query.data or "").split("|"), "", "")[2:4]
    number = id_of(code)
    application = None if number is None else await freezes.frozen(context.batch.db, number)
    if application is None or action not in ACTS:
        context.say(context.words("held.past"))
    elif application.account_id == context.account.id:
        context.say(context.words("held.not_oneself"))
    elif not await is_ours(context, application):
        context.say(context.words("held.elsewhere", reference=application.reference))
    else:
        await ACTS[action](context, application)


async def see(context: Context, application: Application) -> None:
    """Say what is known of a frozen registration, and offer what can be done; the look is on record."""
    context.audit(Act.OPENED, application.worker_id, _subject(application))
    text = Teller(context.language).html(Words("held.page", await _values(context, application)))
    thaw = _button(context, "held.thaw", "thaw", application, "success")
    close = _button(context, "held.close", "close", application, "danger")
    context.say(text, Inline(((thaw,), (close,))), protect=True)


async def _values(context: Context, application: Application) -> dict[str, object]:
    batch = context.batch
    worker = await batch.db.get_one(Worker, application.worker_id)
    key = await key_of(batch.db, batch.keys, worker.id)
    consent = await batch.db.get_one(Consent, application.consent_id)
    held = application.frozen_at or batch.now
    return {
        "reference": application.reference,
        "nik": Nik(worker.opened(key, "nik") or "").masked,
        "by": await registrant(batch.db, batch.keys, application, batch.today),
        "basis": Words(f"held.basis.{consent.basis.value}"),
        "channel": Words(f"held.channel.{consent.channel}"),
        "day": application.submitted_at.astimezone(batch.zone).date(),
        "payer": Words(f"papers.payer.{application.payer}"),
        "state": Words(f"commands.state.{application.state.value}"),
        "held": held.astimezone(batch.zone).date(),
    }


async def thaw(context: Context, application: Application) -> None:
    """Let a registration go on that was found right; both sides are told."""
    said_by = application.frozen_by
    await freezes.thaw(context.batch.db, application, context.batch.now)
    context.audit(Act.THAWED, application.worker_id, _subject(application))
    context.say(context.words("held.thawed", reference=application.reference))
    await _tell_both(context, application, said_by, "thawed")


async def close(context: Context, application: Application) -> None:
    """Close a registration that was found wrong; both sides are told."""
    batch, said_by = context.batch, application.frozen_by
    await freezes.close(batch.db, batch.keys, application, context.account.id, batch.now)
    context.audit(Act.REFUSED, application.worker_id, _subject(application), frozen=True)
    context.say(context.words("held.closed", reference=application.reference))
    await _tell_both(context, application, said_by, "closed")


async def _tell_both(context: Context, application: Application, said_by: int | None, news: str) -> None:
    await own_news.tell(context, application.account_id, news, application)
    if said_by is not None:
        await own_news.tell(context, said_by, f"{news}_worker", application)


def _subject(application: Application) -> str:
    return f"applications:{application.id}"


def _button(context: Context, words: str, action: str, application: Application, style: Style) -> Button:
    return Button(context.words(words), data=f"v1|y|{action}|{base36(application.id)}", style=style)


ACTS: dict[str, Callable[[Context, Application], Awaitable[None]]] = {
    "see": see,
    "thaw": thaw,
    "close": close,
}
"""What the buttons about a frozen registration do."""
