"""Handing a record over to its worker: who registered somebody makes a link and a QR picture, used once.

Buttons carry `v1|h|action|argument`: an application, or the token of a link. What the worker answers, and
what those answer who are told that somebody registered them, comes here too.
"""

from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import quote

from telegram import Update

from conversations.engine import Words
from handlers import filing
from handlers.batch import Context
from handlers.render import Teller, base36, id_of
from handlers.workers import own_record
from models.applications import Application
from models.owing import deliveries
from models.owing.deliveries import Lane, Owed, Promise
from models.ownership import hand_overs
from models.ownership.hand_overs import VALID
from models.storage.tokens import new_token
from post.keyboards import Button, Inline
from rules.names import first_word

QR: Final = "hand_over_qr"
"""The kind of delivery that is a picture to be scanned from the telephone of who registered the worker."""

LISTED: Final = 15
"""How many registrations have a button of their own, the newest first."""


def button(context: Context) -> Button:
    """Return the button that lists what can be handed over."""
    return Button(context.words("hand_over.button"), data="v1|h|list|")


async def offered(context: Context) -> tuple[tuple[Button], ...]:
    """Return the row with the button that lists what can be handed over, if anything can."""
    found = await hand_overs.to_give(context.batch.db, context.account.id, 1)
    return ((button(context),),) if found else ()


async def tapped(update: Update, context: Context) -> None:
    """Do what a button says; each asks again whose record it is about."""
    query = update.callback_query
    assert query is not None  # noqa: S101 - only taps are routed here
    context.answer(query.id)
    action, argument = (*(query.data or "").split("|"), "", "")[2:4]
    if action in ACTS:
        await ACTS[action](context, argument)
    else:
        context.say(context.words("hand_over.past"))


async def choose(context: Context, _: str = "") -> None:
    """List what the sender registered for others who have not taken it over."""
    found = await hand_overs.to_give(context.batch.db, context.account.id, LISTED)
    named = zip(found, await filing.names(context, found), strict=True)
    rows = [(_named(context, one, name),) for one, name in named]
    if rows:
        context.say(context.words("hand_over.choose"), Inline(tuple(rows)))
    else:
        context.say(context.words("hand_over.none"))


def _named(context: Context, one: Application, name: str) -> Button:
    text = context.words("hand_over.one", reference=one.reference, name=name)
    return Button(text, data=f"v1|h|give|{base36(one.id)}")


async def give(context: Context, code: str) -> None:
    """Make a link for the worker of one of the sender's applications, and owe the picture of it."""
    batch, number, token = context.batch, id_of(code), new_token()
    own = context.account.id
    application = None if number is None else await hand_overs.one_to_give(batch.db, own, number)
    if application is None:
        context.say(context.words("hand_over.past"))
        return
    link = f"https://t.me/{context.bot.username}?start={own_record.LETTER}{token}"
    if not await deliveries.owe(batch.db, batch.keys, [_picture(context, application, link)], batch.now):
        context.say(context.words("hand_over.already"))
        return
    await hand_overs.give(batch.db, application, token, batch.now)
    (name,) = await filing.names(context, [application])
    _say(context, first_word(name), link)


def _say(context: Context, name: str, link: str) -> None:
    """Say how it goes, then the message to forward; the worker is named by the first word alone."""
    teller, batch = Teller(context.language), context.batch
    until = (batch.now + VALID).astimezone(batch.zone).date()
    context.say(teller.html(Words("hand_over.forward_this", {"name": name, "day": until})))
    share = Button(context.words("contacts.share_button"), url=_shared(context, link))
    words = Words("hand_over.invitation", {"name": name, "link": link})
    context.say(teller.html(words), Inline(((share,),)))


def _shared(context: Context, link: str) -> str:
    text = context.words("hand_over.share_text")
    return f"https://t.me/share/url?url={quote(link, safe='')}&text={quote(text, safe='')}"


def _picture(context: Context, application: Application, link: str) -> Owed:
    """Return the picture that is owed; a second tap within a minute owes no other. The link rests sealed."""
    now, account_id = context.batch.now, context.account.id
    return Owed(
        lane=Lane.TRANSACTION,
        promise=Promise.AT_LEAST_ONCE,
        dedupe=f"hand_over:{application.id}:{now:%Y%m%d%H%M}",
        chat_id=account_id,
        kind=QR,
        payload={"application": application.id, "link": link, "until": (now + VALID).isoformat()},
        not_before=now,
        account_id=account_id,
        expires_at=now + VALID,
    )


ACTS: dict[str, Callable[[Context, str], Awaitable[None]]] = {
    "list": choose,
    "give": give,
    "yes": own_record.accept,
    "no": own_record.refuse,
    "right": own_record.confirm,
    "notme": own_record.deny,
}
"""What the buttons about whose record it is do."""
