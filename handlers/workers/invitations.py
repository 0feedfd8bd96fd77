"""Links into a chain: made by who may change it, opened with /start, agreed to or refused by a button."""

import hashlib
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from conversations.engine import Words
from handlers.batch import Context
from handlers.news import Change, tell_contact
from handlers.render import Teller
from handlers.workers.members import Member, first_names
from locales import say
from models import contacts
from models.contacts import Agreement
from models.memberships import Relation
from models.ownership import invitations
from models.ownership.invitations import MOST_OPEN, VALID, Invitation, Use
from post.keyboards import Button, Inline

OFFERED = (Relation.SELF, Relation.FAMILY, Relation.AGENT, Relation.HEAD_OF_RT)
"""What somebody who is added can be to the worker."""

LETTER = "k"
"""What tells these links from others."""


async def give(context: Context, member: Member, relation: Relation) -> None:
    """Make a link and say it in a message to forward; the worker is named by the first word alone."""
    batch = context.batch
    token = await invitations.invite(batch.db, member.id, context.account.id, relation, batch.now)
    if token is None:
        context.say(context.words("contacts.too_many_open", most=MOST_OPEN, days=VALID.days))
        return
    link = f"https://t.me/{context.bot.username}?start={LETTER}{token}"
    teller = Teller(context.language)
    until = (batch.now + VALID).astimezone(batch.zone).date()
    context.say(teller.html(Words("contacts.forward_this", {"day": until})))
    values = {
        "name": member.first_name,
        "relation": Words(f"contacts.relation.{relation.value}"),
        "link": link,
    }
    share = Button(context.words("contacts.share_button"), url=_shared(context, link))
    context.say(teller.html(Words(_for(relation, "contacts.invitation"), values)), Inline(((share,),)))


def _shared(context: Context, link: str) -> str:
    """Return what opens Telegram's list of chats to send a link to; its text names nobody."""
    text = context.words("contacts.share_text")
    return f"https://t.me/share/url?url={quote(link, safe='')}&text={quote(text, safe='')}"


def _for(relation: Relation, words: str) -> str:
    """Return the words for the worker, or those for everybody else."""
    return f"{words}_self" if relation is Relation.SELF else words


async def opened(context: Context, token: str) -> bool:
    """Answer who opened a link; False when it is none of ours, and a greeting follows."""
    invitation = await invitations.by_token(context.batch.db, token)
    if invitation is None:
        context.say(context.words("contacts.link_wrong"))
        return False
    if await _can_be_used(context, invitation):
        await _ask(context, invitation, token)
    else:
        _show_place(context)
    return True


async def _can_be_used(context: Context, invitation: Invitation) -> bool:
    """Return whether the sender can agree now; say why not. The chain stays as it is until the commit."""
    reason = await _obstacle(context, invitation)
    if reason is not None:
        context.say(context.words(f"contacts.{reason}", most=contacts.MOST))
    return reason is None


async def _obstacle(context: Context, invitation: Invitation) -> str | None:
    """Return the words for what stands against an agreement of the sender, or None."""
    db, use = context.batch.db, invitation.use(context.batch.now)
    if not await contacts.hold(db, invitation.membership_id):
        return "link_expired"
    chain = await contacts.chain(db, invitation.membership_id)
    if any(link.account_id == context.account.id for link in chain):
        return "already"
    if use is not Use.OPEN:
        return f"link_{use.value}"
    return "link_full" if len(chain) >= contacts.MOST else None


async def _ask(context: Context, invitation: Invitation, token: str) -> None:
    """Say who would be reminded about whom and for what, and ask."""
    words = Words(_for(invitation.relation, "contacts.ask"), await _about(context, invitation))
    yes = Button(context.words("contacts.agree"), data=f"v1|k|yes|{token}", style="success")
    no = Button(context.words("contacts.refuse"), data=f"v1|k|no|{token}")
    context.say(Teller(context.language).html(words), Inline(((yes,), (no,))))


async def _about(context: Context, invitation: Invitation) -> dict[str, object]:
    batch = context.batch
    names = await first_names(batch.db, batch.keys, [invitation.membership_id])
    relation = Words(f"contacts.relation.{invitation.relation.value}")
    return {"name": names[invitation.membership_id], "relation": relation}


async def agree(context: Context, token: str) -> None:
    """Add the sender to the chain, once, and tell who invited."""
    batch = context.batch
    invitation = await invitations.by_token(batch.db, token)
    if invitation is None:
        context.say(context.words("contacts.link_expired"))
    elif await _can_be_used(context, invitation):
        if await invitations.spend(batch.db, token, batch.now):
            await _join(context, invitation)
        else:
            context.say(context.words("contacts.link_used"))
    _show_place(context)


async def _join(context: Context, invitation: Invitation) -> None:
    batch, relation = context.batch, invitation.relation
    shown = say(context.language, _for(relation, "contacts.ask"))
    agreement = Agreement(batch.now, hashlib.sha256(shown.encode()).digest())
    await contacts.add(batch.db, invitation.membership_id, context.account.id, relation, agreement)
    words = Words(_for(relation, "contacts.agreed"), await _about(context, invitation))
    context.say(Teller(context.language).html(words))
    if context.account.stopped_at is not None:
        context.say(context.words("contacts.still_stopped"))
    await _tell(context, invitation, Change.JOINED)


async def refuse(context: Context, token: str) -> None:
    """Note that the sender does not want to; the link is used up, and who invited can ask somebody else."""
    batch = context.batch
    invitation = await invitations.by_token(batch.db, token)
    if invitation is None:
        context.say(context.words("contacts.link_expired"))
    elif await _can_be_used(context, invitation):
        if await invitations.spend(batch.db, token, batch.now):
            await _tell(context, invitation, Change.REFUSED)
        context.say(context.words("contacts.refused"))
    _show_place(context)


async def _tell(context: Context, invitation: Invitation, change: Change) -> None:
    await tell_contact(context, invitation.account_id, change, invitation.membership_id, invitation.relation)


def _show_place(context: Context) -> None:
    """Ask the present question of an open form again."""
    if context.place is not None:
        context.show(context.place.turn())


ANSWERS: dict[str, Callable[[Context, str], Awaitable[None]]] = {"yes": agree, "no": refuse}
"""What the two buttons under an opened link do."""
