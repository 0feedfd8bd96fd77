"""A role by a link: an administrator forwards it, the candidate reads what it is and agrees, once.

Nothing is given before that. A link that was used, ran out, was turned off or never was one is answered
alike, and who tries too many hears nothing for a while. Buttons carry `v1|t|as|answer|token`.
"""

from datetime import date
from typing import Final
from urllib.parse import quote

from telegram import Update

from conversations.agency import path_of
from conversations.engine import Words
from handlers.batch import Context
from handlers.office import step_up
from handlers.office.role_news import tell_role
from handlers.render import Teller, base36, id_of
from models.accounts import Role
from models.ownership import status_links
from models.trust import appointing, role_links
from models.trust.role_links import VALID, RoleLink
from post.keyboards import Button, Inline

LETTER: Final = "r"
"""What tells these links from others."""

LISTED: Final = 20
"""How many open links one page lists."""


def values_of(role: Role, territory: str, until: date | None) -> dict[str, object]:
    """Return the blanks by which a role is read back."""
    return {
        "role": Words(f"appointment.role.{role.value}"),
        "territory": path_of(territory) if territory else Words("appointment.reach.all"),
        "until": until or Words("appointment.until.open"),
    }


async def offer(context: Context, role: Role, territory: str, until: date | None) -> None:
    """Make a link, in a message to forward."""
    batch, teller = context.batch, Teller(context.language)
    token = await role_links.offer(
        batch.db, batch.keys, role, territory, until, batch.now, context.account.id
    )
    link = link_of(context.bot.username, token)
    last = (batch.now + VALID).astimezone(batch.zone).date()
    context.say(teller.html(Words("candidates.forward_this", {"day": last})))
    text = quote(context.words("candidates.share_text"), safe="")
    address = f"https://t.me/share/url?url={quote(link, safe='')}&text={text}"
    share = Button(context.words("contacts.share_button"), url=address)
    values = values_of(role, territory, until) | {"link": link}
    context.say(teller.html(Words("candidates.please", values)), Inline(((share,),)))


def link_of(username: str, token: str) -> str:
    """Return the address a candidate opens."""
    return f"https://t.me/{username}?start={LETTER}{token}"


async def opened(context: Context, token: str) -> bool:
    """Answer who opened a link; no greeting follows."""
    if await _is_silenced(context):
        return True
    link = await role_links.by_token(context.batch.db, token, context.batch.now)
    if link is None:
        await _not_open(context)
    elif link.made_by == context.account.id:
        context.say(context.words("candidates.own_link"))
    else:
        yes = Button(context.words("candidates.yes"), data=f"v1|t|as|yes|{token}", style="success")
        no = Button(context.words("candidates.no"), data=f"v1|t|as|no|{token}")
        words = Words("candidates.asked", values_of(link.role, link.territory, link.valid_until))
        context.say(Teller(context.language).html(words), Inline(((yes,), (no,))))
    if context.place is not None:
        context.show(context.place.turn())
    return True


async def tapped(update: Update, context: Context) -> None:
    """Take the answer of who opened a link."""
    query = update.callback_query
    assert query is not None  # noqa: S101 - only taps are routed here
    context.answer(query.id)
    if await _is_silenced(context):
        return
    answer, token = (*(query.data or "").split("|"), "", "")[3:5]
    link = await role_links.by_token(context.batch.db, token, context.batch.now)
    if link is None or link.made_by == context.account.id or answer not in ("yes", "no"):
        await _not_open(context)
        return
    await role_links.spend(context.batch.db, link, context.batch.now)
    if answer == "yes":
        await _take(context, link)
    else:
        context.say(context.words("candidates.declined"))
        await _tell_maker(context, link, "declined")


async def _take(context: Context, link: RoleLink) -> None:
    """Give the role in the name of who made the link; that one and the other administrators hear of it."""
    batch, account = context.batch, context.account.id
    await appointing.appoint(
        batch.db, batch.keys, account, link.role, batch.now, link.made_by, link.valid_until, link.territory
    )
    words = Words("candidates.taken", values_of(link.role, link.territory, link.valid_until))
    context.say(Teller(context.language).html(words))
    await _tell_maker(context, link, "agreed")
    await step_up.tell_others(context, "granted", account, but=link.made_by)


async def _tell_maker(context: Context, link: RoleLink, what: str) -> None:
    if link.made_by is not None:
        await tell_role(context, link.made_by, what, link.role, account=context.account.id)


async def _is_silenced(context: Context) -> bool:
    return await status_links.is_silenced(context.batch.db, context.account.id, context.batch.now)


async def _not_open(context: Context) -> None:
    await status_links.note_wrong(context.batch.db, context.account.id, context.batch.now)
    context.say(context.words("candidates.link_over"))


async def show(context: Context, _: str) -> None:
    """List the links that can be used now, each a button that turns it off."""
    found = await role_links.open_ones(context.batch.db, context.batch.now, LISTED)
    if not found:
        context.say(context.words("candidates.none_open"))
        return
    teller, zone = Teller(context.language), context.batch.zone
    rows = [
        (
            Button(
                teller.plain(
                    Words(
                        "candidates.line",
                        values_of(one.role, one.territory, one.valid_until)
                        | {"day": one.expires_at.astimezone(zone).date()},
                    )
                ),
                data=f"v1|s|role|unlink|{base36(one.id)}",
            ),
        )
        for one in found
    ]
    context.say(context.words("candidates.open"), Inline(tuple(rows)))


async def turn_off(context: Context, number: str) -> None:
    """Turn a link off that nobody has used."""
    batch, wanted = context.batch, id_of(number)
    by = context.account.id
    if wanted is None or not await role_links.turn_off(batch.db, batch.keys, wanted, batch.now, by):
        context.say(context.words("administration.past"))
        return
    context.say(context.words("candidates.turned_off"))
