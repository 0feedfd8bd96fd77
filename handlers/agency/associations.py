"""/asosiasi: what the coordinator of an approved association has: a link, a poster, counts, and agreed names.

No NIK, no phone number, nothing of anybody who did not agree. The card of counts is a message to forward: the
bot itself stays out of groups. For everybody else the command shows which associations they are a member of.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Final
from urllib.parse import quote

from telegram import Update

from conversations.engine import Words
from handlers.agency.posters import POSTER
from handlers.batch import Context
from handlers.office.desk import tell
from handlers.render import Teller
from handlers.workers import joining
from handlers.workers.joining import LETTER, about, name_of
from models.agency import associations, head_counts
from models.agency.agents import Agent
from models.agency.associations import AssociationLink
from models.trust.audit import Act
from post.keyboards import Button, Inline

PAGE: Final = 20
"""How many names a page has."""


async def show(update: Update, context: Context) -> None:
    """/asosiasi: show the sender's association, or those the sender is a member of."""
    agent = await _own(context)
    if agent is not None:
        await _say_page(context, agent)
    elif not await joining.show_own(context):
        context.say(context.words("associations.none"))
    if context.place is not None:
        context.show(context.place.turn())


async def tapped(update: Update, context: Context) -> None:
    """Do what a button says: a member's own, or one of the association the sender speaks for now."""
    query = update.callback_query
    assert query is not None  # noqa: S101 - only taps are routed here
    context.answer(query.id)
    action, more = (*(query.data or "").split("|"), "", "")[3:5]
    if action in joining.ACTS:
        await joining.ACTS[action](context, more)
        return
    agent = await _own(context)
    if agent is None or action not in ACTS:
        context.say(context.words("associations.past"))
    else:
        await ACTS[action](context, agent, more)


async def _own(context: Context) -> Agent | None:
    """Return the association the sender is approved to speak for today."""
    return await associations.coordinated(context.batch.db, context.account.id, context.batch.today)


async def _say_page(context: Context, agent: Agent) -> None:
    batch = context.batch
    link = await associations.link(batch.db, agent.id, batch.now)
    values = await _counted(context, agent)
    names = ("link", "poster", "card", "names", *(("revoke",) if link is not None else ()))
    buttons = [(Button(context.words(f"associations.button.{name}"), data=about(name)),) for name in names]
    context.say(Teller(context.language).html(Words("associations.page", values)), Inline(tuple(buttons)))


async def _counted(context: Context, agent: Agent) -> dict[str, object]:
    counted = await head_counts.head_count(context.batch.db, agent.id, context.batch.today)
    name = await name_of(context, agent) or "-"
    return {"name": name, "day": context.batch.today, **asdict(counted)}


async def _link(context: Context, agent: Agent) -> AssociationLink:
    """Return the link in force, or a new one."""
    batch = context.batch
    found = await associations.link(batch.db, agent.id, batch.now)
    return found or await associations.make_link(batch.db, batch.keys, agent.id, batch.now)


def _address(context: Context, link: AssociationLink) -> str:
    return f"https://t.me/{context.bot.username}?start={LETTER}{link.opened(context.batch.keys)}"


async def give_link(context: Context, agent: Agent, _: str) -> None:
    """Say the invitation in a message to forward."""
    link, teller = await _link(context, agent), Teller(context.language)
    address = _address(context, link)
    until = link.expires_at.astimezone(context.batch.zone).date()
    context.say(teller.html(Words("associations.forward_this", {"day": until})))
    values = {"name": await name_of(context, agent) or "-", "link": address}
    text = quote(context.words("associations.share_text"), safe="")
    url = f"https://t.me/share/url?url={quote(address, safe='')}&text={text}"
    share = Button(context.words("contacts.share_button"), url=url)
    context.say(teller.html(Words("associations.invitation", values)), Inline(((share,),)))


async def give_poster(context: Context, agent: Agent, _: str) -> None:
    """Owe the sender the poster with the link: it is drawn when it is sent."""
    link = await _link(context, agent)
    name = f"poster:{link.id}:{context.batch.now:%Y%m%d%H%M}"
    await tell(
        context, context.account.id, POSTER, name, {"agent": agent.id, "link": _address(context, link)}
    )
    context.say(context.words("associations.poster_soon"))


async def give_card(context: Context, agent: Agent, _: str) -> None:
    """Say the counts in a message to forward to the group."""
    context.say(context.words("associations.card_forward"))
    context.say(Teller(context.language).html(Words("associations.card", await _counted(context, agent))))


async def show_names(context: Context, agent: Agent, page: str) -> None:
    """Show the names of members who agreed to it; that they were looked at is on record for each."""
    batch, number = context.batch, int(page) if page.isdecimal() and len(page) < 4 else 0
    found = await head_counts.names(batch.db, batch.keys, agent.id, number * PAGE, PAGE)
    shown = found[:PAGE]
    if not shown:
        context.say(context.words("associations.no_names"))
        return
    for one in shown:
        context.audit(Act.OPENED, one.person_id, f"associations:{agent.id}", seen="name")
    lines = tuple(
        Words("associations.name_line", {"n": at, "name": one.name})
        for at, one in enumerate(shown, start=number * PAGE + 1)
    )
    more = Button(context.words("associations.button.more"), data=about("names", str(number + 1)))
    text = Teller(context.language).html(Words("associations.names", {"lines": lines}))
    context.say(text, Inline(((more,),)) if len(found) > PAGE else None, protect=True)


async def ask_revoke(context: Context, agent: Agent, _: str) -> None:
    """Ask once more before posters open nothing any more."""
    sure = Button(context.words("associations.button.revoke_sure"), data=about("revoked"), style="danger")
    context.say(context.words("associations.revoke_ask"), Inline(((sure,),)))


async def revoke(context: Context, agent: Agent, _: str) -> None:
    """Let the link open nothing any more."""
    await associations.revoke(context.batch.db, agent.id)
    context.say(context.words("associations.revoked"))


ACTS: Final[Mapping[str, Callable[[Context, Agent, str], Awaitable[None]]]] = {
    "link": give_link,
    "poster": give_poster,
    "card": give_card,
    "names": show_names,
    "revoke": ask_revoke,
    "revoked": revoke,
}
"""What a coordinator's buttons do."""
