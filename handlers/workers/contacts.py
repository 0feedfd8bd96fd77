"""Who is reminded about a member: the chain in order, taking somebody out of it, and leaving it.

Buttons carry `v1|k|action|membership|argument`. Those of links (handlers/invitations.py) come here too.
"""

import zlib
from collections.abc import Awaitable, Callable, Sequence

from telegram import Update

from conversations.engine import Words
from handlers.batch import Context
from handlers.news import Change, tell_contact
from handlers.render import Teller, base36, rows
from handlers.workers import invitations
from handlers.workers.members import Member, member_of
from models import contacts
from models.contacts import Link, may_change
from models.memberships import Relation
from post.keyboards import Button, Inline


async def tapped(update: Update, context: Context) -> None:
    """Do what a button about the chain says, if it comes from somebody who may say so."""
    query = update.callback_query
    assert query is not None  # noqa: S101 - only taps are routed here
    context.answer(query.id)
    action, number, argument = (*(query.data or "").split("|"), "", "", "")[2:5]
    if action in invitations.ANSWERS:
        await invitations.ANSWERS[action](context, number)
        return
    member = await member_of(context.batch, context.account.id, number)
    if member is None or action not in ACTS:
        context.say(context.words("reminders.past"))
        return
    await ACTS[action](context, member, argument)


async def who(context: Context, member: Member, _: str = "") -> None:
    """Say who is reminded, in which order and in general words."""
    chain = await contacts.chain(context.batch.db, member.id)
    teller = Teller(context.language)
    lines = tuple(_line(link, place, context.account.id) for place, link in enumerate(chain, start=1))
    text = teller.html(Words("contacts.chain", {"name": member.first_name, "lines": lines}))
    context.say(text, _chain_buttons(context, member, chain))


def _line(link: Link, place: int, account_id: int) -> Words:
    relation = Words(f"contacts.relation.{link.relation.value}")
    own = link.account_id == account_id
    values = {
        "n": place,
        "who": Words("contacts.you", {"relation": relation}) if own else relation,
        "reach": Words("contacts.in_reach" if link.reachable else "contacts.out_of_reach"),
    }
    return Words("contacts.chain_line", values)


def _chain_buttons(context: Context, member: Member, chain: Sequence[Link]) -> Inline:
    mine = may_change(member.relation, chain)
    others = [(place, link) for place, link in enumerate(chain, start=1)
              if mine and link.account_id != context.account.id]  # fmt: skip
    out = [_take_out(context, member, chain, place, link) for place, link in others]
    add = [button(context, "contacts.add_button", "add", member)] if mine else []
    leave = button(context, "contacts.leave", "leave", member)
    return Inline(tuple((each,) for each in (*add, *out, leave)))


def _take_out(context: Context, member: Member, chain: Sequence[Link], place: int, link: Link) -> Button:
    relation = Words(f"contacts.relation.{link.relation.value}")
    text = Teller(context.language).plain(Words("contacts.take_out", {"n": place, "relation": relation}))
    return Button(text, data=f"v1|k|out|{base36(member.id)}|{place}.{_mark(chain)}")


def button(context: Context, words: str, action: str, member: Member, argument: str = "") -> Button:
    """Return a button about the chain of a member; it carries nothing personal."""
    data = f"v1|k|{action}|{base36(member.id)}" + (f"|{argument}" if argument else "")
    return Button(context.words(words), data=data)


async def take_out(context: Context, member: Member, argument: str) -> None:
    """Take the person at a place out, unless the chain is another one by now; tell that person."""
    place, _, mark = argument.partition(".")
    await contacts.hold(context.batch.db, member.id)
    chain = await contacts.chain(context.batch.db, member.id)
    at = int(place) if place.isdecimal() and len(place) < 4 else 0
    if mark != _mark(chain) or not 1 <= at <= len(chain):
        context.say(context.words("contacts.changed"))
    elif may_change(member.relation, chain) and chain[at - 1].account_id != context.account.id:
        out = chain[at - 1]
        await contacts.drop(context.batch.db, member.id, out.account_id)
        await tell_contact(context, out.account_id, Change.TAKEN_OUT, member.id, out.relation)
        context.say(context.words("contacts.taken_out", n=at))
    await who(context, member)


async def ask_leave(context: Context, member: Member, _: str = "") -> None:
    """Ask whether to leave; who is the last in reach is told that nobody will be reminded then."""
    chain = await contacts.chain(context.batch.db, member.id)
    others = [link for link in chain if link.reachable and link.account_id != context.account.id]
    words = Words("contacts.leave_sure" if others else "contacts.leave_last", {"name": member.first_name})
    yes = button(context, "contacts.leave_yes", "gone", member)
    no = button(context, "contacts.leave_no", "stay", member)
    context.say(Teller(context.language).html(words), Inline(rows([yes, no])))


async def leave(context: Context, member: Member, _: str) -> None:
    """Take the sender out of the chain."""
    await contacts.hold(context.batch.db, member.id)
    await contacts.drop(context.batch.db, member.id, context.account.id)
    words = Words("contacts.left", {"name": member.first_name})
    context.say(Teller(context.language).html(words))


async def stay(context: Context, _member: Member, _: str) -> None:
    """Leave everything as it is."""
    context.say(context.words("commands.nothing_changed"))


async def ask_relation(context: Context, member: Member, _: str) -> None:
    """Ask what the person to be added is to the worker, where there is room and the sender may."""
    chain = await contacts.chain(context.batch.db, member.id)
    if not may_change(member.relation, chain):
        context.say(context.words("contacts.not_yours"))
    elif len(chain) >= contacts.MOST:
        context.say(context.words("contacts.full", most=contacts.MOST))
    else:
        buttons = [
            button(context, f"contacts.choice.{each.value}", "new", member, each.value)
            for each in _offered(chain)
        ]
        words = Words("contacts.which", {"name": member.first_name})
        context.say(Teller(context.language).html(words), Inline(tuple((each,) for each in buttons)))


def _offered(chain: Sequence[Link]) -> list[Relation]:
    """Return what somebody who is added can be to the worker; only one can be the worker."""
    there = any(link.relation is Relation.SELF for link in chain)
    return [each for each in invitations.OFFERED if not (there and each is Relation.SELF)]


async def invite(context: Context, member: Member, argument: str) -> None:
    """Make a link for somebody of this relation, if that is one of the choices."""
    chain = await contacts.chain(context.batch.db, member.id)
    relation = next((each for each in _offered(chain) if each.value == argument), None)
    if relation is None or not may_change(member.relation, chain) or len(chain) >= contacts.MOST:
        await ask_relation(context, member, "")
    else:
        await invitations.give(context, member, relation)


def _mark(chain: Sequence[Link]) -> str:
    """Return a mark of a chain, so that a tap on an older page takes nobody else out."""
    told = "".join(f"{link.account_id}:{link.relation}" for link in chain)
    return base36(zlib.crc32(told.encode()))


ACTS: dict[str, Callable[[Context, Member, str], Awaitable[None]]] = {
    "who": who,
    "out": take_out,
    "leave": ask_leave,
    "gone": leave,
    "stay": stay,
    "add": ask_relation,
    "new": invite,
}
"""What the buttons about the chain of a member do."""
