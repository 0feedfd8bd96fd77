"""The treasurer of a list, who need not be who made it: named by a link used once, dismissed with one tap.

The maker's buttons are those of the list (`handlers/agency/programmes.py`); who opened the link has
`v1|w|t|yes|token`, `v1|w|t|no|token` and `v1|w|t|leave|list`. A treasurer learns how many are on the list,
who pays and until when, and nothing of anybody on it.
"""

from typing import Final
from urllib.parse import quote

from telegram import Update

from conversations.engine import Words
from handlers.agency.programme_pages import View, payer_of, title
from handlers.batch import Context
from handlers.office.desk import tell
from handlers.render import Teller, base36, id_of
from models.agency import programmes, treasurers
from models.agency.programmes import PROGRAMME_NEWS, Programme
from models.agency.treasurers import VALID, Treasurer
from post.keyboards import Button, Inline

LETTER: Final = "u"
"""What tells these links from others."""


def leave_button(language: str, one: Programme) -> Inline:
    """Return the way out, under whatever a treasurer is told of a list."""
    words = Teller(language).plain(Words("treasurers.button.leave"))
    return Inline(((Button(words, data=f"v1|w|t|leave|{base36(one.id)}"),),))


async def give(context: Context, view: View, _: str, __: str) -> None:
    """Make a link for the treasurer, in a message to forward; links made before are over."""
    if not view.own:
        context.say(context.words("programmes.past"))
        return
    batch, one, teller = context.batch, view.programme, Teller(context.language)
    token = await treasurers.ask(batch.db, one, batch.now)
    link = f"https://t.me/{context.bot.username}?start={LETTER}{token}"
    until = (batch.now + VALID).astimezone(batch.zone).date()
    context.say(teller.html(Words("treasurers.forward_this", {"day": until})))
    text = quote(context.words("treasurers.share_text"), safe="")
    address = f"https://t.me/share/url?url={quote(link, safe='')}&text={text}"
    share = Button(context.words("contacts.share_button"), url=address)
    values = {"title": title(one), "link": link}
    context.say(teller.html(Words("treasurers.please", values)), Inline(((share,),)))


async def dismiss(context: Context, view: View, _: str, __: str) -> None:
    """Let a list have no treasurer any more: the maker is reminded again."""
    if not view.own:
        context.say(context.words("programmes.past"))
        return
    former = await treasurers.dismiss(context.batch.db, view.programme.id, context.batch.now)
    if former is not None:
        await _news(context, view.programme, former, "dismissed")
    context.say(context.words("treasurers.dismissed"))


async def opened(context: Context, token: str) -> bool:
    """Answer who opened the link: what a treasurer is told, and whether they want to be one."""
    asked, one = await _asked(context, token)
    if asked is None or one is None:
        context.say(context.words("treasurers.link_over"))
    elif one.account_id == context.account.id:
        context.say(context.words("treasurers.own_link"))
    else:
        values = {
            "title": title(one),
            "day": one.last_day,
            "payer": payer_of(one),
        }
        answers = tuple(
            Button(context.words(f"treasurers.button.{word}"), data=f"v1|w|t|{word}|{token}")
            for word in ("yes", "no")
        )
        text = Teller(context.language).html(Words("treasurers.asked", values))
        context.say(text, Inline(tuple((answer,) for answer in answers)))
    if context.place is not None:
        context.show(context.place.turn())
    return True


async def _asked(context: Context, token: str) -> tuple[Treasurer | None, Programme | None]:
    """Return what a link asks for and the list it is about, held until the transaction ends."""
    batch = context.batch
    found = await treasurers.by_token(batch.db, token, batch.now)
    one = None if found is None else await programmes.hold(batch.db, found.programme_id)
    again = None if one is None else await treasurers.by_token(batch.db, token, batch.now)
    return again, one


async def tapped(update: Update, context: Context) -> None:
    """Take the answer of who opened a link, or let a treasurer go."""
    query = update.callback_query
    assert query is not None  # noqa: S101 - only taps are routed here
    context.answer(query.id)
    action, more = (*(query.data or "").split("|"), "", "")[3:5]
    if action == "leave":
        await _leave(context, more)
        return
    asked, one = await _asked(context, more)
    if asked is None or one is None or one.account_id == context.account.id or action not in ("yes", "no"):
        context.say(context.words("treasurers.link_over"))
    elif action == "yes":
        await _take(context, asked, one)
    else:
        await treasurers.refuse(context.batch.db, asked, context.batch.now)
        context.say(context.words("treasurers.refused"))
        await _tell_maker(context, one, "refused")


async def _take(context: Context, asked: Treasurer, one: Programme) -> None:
    batch, former = context.batch, await treasurers.of_programme(context.batch.db, one.id)
    await treasurers.take(batch.db, one, asked, context.account.id, batch.now)
    if former is not None and former != context.account.id:
        await _news(context, one, former, "dismissed")
    values = {"title": title(one), "day": one.last_day}
    text = Teller(context.language).html(Words("treasurers.taken", values))
    context.say(text, leave_button(context.language, one))
    await _tell_maker(context, one, "taken")


async def _leave(context: Context, code: str) -> None:
    """Let the sender be the treasurer of a list no more."""
    number = id_of(code)
    one = None if number is None else await programmes.hold(context.batch.db, number)
    if one is None or await treasurers.of_programme(context.batch.db, one.id) != context.account.id:
        context.say(context.words("treasurers.past"))
        return
    await treasurers.end(context.batch.db, one.id, context.batch.now)
    context.say(context.words("treasurers.left"))
    await _tell_maker(context, one, "left")


async def _tell_maker(context: Context, one: Programme, news: str) -> None:
    if one.account_id is not None:
        await _news(context, one, one.account_id, news)


async def _news(context: Context, one: Programme, account_id: int, news: str) -> None:
    name = f"programme:treasurer:{news}:{one.id}:{account_id}:{context.batch.now:%Y%m%d%H%M%S}"
    payload = {"news": "treasurer", "what": news, "programme": one.id}
    await tell(context, account_id, PROGRAMME_NEWS, name, payload)
