"""Administration from a phone: roles and PINs, the audit log, the texts people agree to, the dated tables.

Buttons carry `v1|s|action|argument`, nothing personal; those that change something `v1|s|role|action|grant`.
"""

from collections.abc import Awaitable, Callable
from typing import Final

from telegram import Update

from conversations.administration import LINK, appointment, territory_of, until_of
from conversations.agency import path_of
from conversations.engine import Words
from handlers.authority import is_sure, permits
from handlers.batch import Context, Place
from handlers.office import audit_pages, candidates, step_up, tables
from handlers.office.role_news import tell_role
from handlers.render import Teller, base36, id_of
from models import accounts, dialogues
from models.accounts import Grant, Role
from models.trust import appointing, second_factors
from models.trust.audit import Act
from post.keyboards import Button, Inline

MENU: Final = {
    "give": "role|give",
    "roles": "roles|0",
    "links": "links|",
    "log": "audit|",
    "texts": "texts|",
    "tables": "tables|",
    "payers": "payers|",
    "layouts": "layouts|",
}
"""What the first page offers, by its words, and what each button carries."""

PAGE: Final = 8
"""How many roles a page lists."""


async def show(update: Update, context: Context) -> None:
    """/atur: list what can be seen and changed here."""
    rows = tuple((_button(context, f"administration.{name}", data),) for name, data in MENU.items())
    context.say(context.words("administration.menu"), Inline(rows))


async def who_am_i(update: Update, context: Context) -> None:
    """/siapa: tell the sender the own numeric id, which an administrator needs to give a role."""
    number = str(context.account.id)
    copy = Button(context.words("administration.copy"), copy=number)
    context.say(context.words("administration.your_id", account=number), Inline(((copy,),)))


async def tapped(update: Update, context: Context) -> None:
    """Do what a button says."""
    query = update.callback_query
    assert query is not None  # noqa: S101 - only taps are routed here
    context.answer(query.id)
    action, argument, number = (*(query.data or "").split("|"), "", "", "")[2:5]
    if action == "role" and argument == "give":
        context.begin(appointment)
    elif action == "role" and argument == "unlink":
        await candidates.turn_off(context, number)
    elif action == "role" and argument in CHANGES:
        await _change(context, CHANGES[argument], number)
    elif action in PAGES:
        await PAGES[action](context, argument)
    else:
        context.say(context.words("administration.past"))


def _button(context: Context, words: str, data: str) -> Button:
    return Button(context.words(words), data=f"v1|s|{data}")


async def _roles(context: Context, after: str) -> None:
    """List roles that are held now, each a button."""
    batch, teller = context.batch, Teller(context.language)
    found = await accounts.all_held(batch.db, batch.now, id_of(after) or 0, PAGE + 1)
    rows = [(Button(teller.plain(_line(one)), data=f"v1|s|grant|{base36(one.id)}"),) for one in found[:PAGE]]
    if len(found) > PAGE:
        rows.append((_button(context, "administration.more", f"roles|{base36(found[PAGE - 1].id)}"),))
    context.say(context.words("administration.held"), Inline(tuple(rows)))


def _line(one: Grant) -> Words:
    role = Words(f"appointment.role.{one.role.value}")
    where = path_of(one.territory) if one.territory else Words("appointment.reach.all")
    return Words("administration.line", {"account": str(one.account_id), "role": role, "territory": where})


async def _one(context: Context, number: str) -> None:
    """Show one role, with what can be done about it."""
    one = await _held(context, number)
    if one is None:
        context.say(context.words("administration.past"))
        return
    until = one.valid_until or Words("appointment.until.open")
    since = one.granted_at.astimezone(context.batch.zone).date()
    values = {"line": _line(one), "until": until, "since": since}
    rows = [(_button(context, "administration.take", f"role|take|{number}"),)]
    if await second_factors.of(context.batch.db, one.account_id) is not None:
        rows.append((_button(context, "administration.unpin", f"role|unpin|{number}"),))
    context.say(Teller(context.language).html(Words("administration.one", values)), Inline(tuple(rows)))


async def _held(context: Context, number: str) -> Grant | None:
    wanted = id_of(number)
    one = None if wanted is None else await context.batch.db.get(Grant, wanted, populate_existing=True)
    return one if one is not None and one.revoked_at is None else None


async def _change(context: Context, change: Callable[[Context, Grant], Awaitable[None]], number: str) -> None:
    """Change something about somebody else's role: nobody can lock himself out."""
    one = await _held(context, number)
    if one is None:
        context.say(context.words("administration.past"))
    elif one.account_id == context.account.id:
        context.say(context.words("administration.not_oneself"))
    else:
        await change(context, one)


async def _take(context: Context, one: Grant) -> None:
    """Take a role back at once; other administrators and its holder are told."""
    batch = context.batch
    await appointing.dismiss(batch.db, batch.keys, one.account_id, one.role, batch.now, context.account.id)
    context.say(Teller(context.language).html(Words("administration.taken", {"line": _line(one)})))
    await step_up.tell_others(context, "revoked", one.account_id)
    await tell_role(context, one.account_id, "revoked", one.role)


async def _unpin(context: Context, one: Grant) -> None:
    """Take somebody's forgotten PIN away."""
    await second_factors.forget(context.batch.db, one.account_id)
    context.audit(Act.UNLOCKED, None, f"accounts:{one.account_id}")
    context.say(context.words("administration.unpinned"))
    await step_up.tell_others(context, "reset", one.account_id)


async def give(context: Context, place: Place) -> None:
    """Give the role that was read back, or make the link for it, if its giver still may and is sure."""
    batch, answers = context.batch, appointment.live(place.draft.answers)
    await dialogues.forget(batch.db, place.dialogue)
    context.stand_at(None)
    if not (await permits(context, "/atur") and await is_sure(context)):
        context.say(context.words("administration.not_sure"))
        return
    role, until, territory = Role(answers["role"]), until_of(answers, batch.today), territory_of(answers)
    if until is not None and until < batch.today:
        context.say(context.words("administration.until_past"))
        return
    if answers["account"] == LINK:
        await candidates.offer(context, role, territory, until)
        return
    account = int(answers["account"])
    if account == context.account.id:
        context.say(context.words("administration.not_oneself"))
        return
    by = context.account.id
    await appointing.appoint(batch.db, batch.keys, account, role, batch.now, by, until, territory)
    context.say(context.words("administration.given"))
    await step_up.tell_others(context, "granted", account)
    await tell_role(context, account, "granted", role)


CHANGES: Final[dict[str, Callable[[Context, Grant], Awaitable[None]]]] = {"take": _take, "unpin": _unpin}
"""What can be done about a role; each asks to be sure."""

PAGES: Final[dict[str, Callable[[Context, str], Awaitable[None]]]] = {
    "audit": audit_pages.page,
    "roles": _roles,
    "grant": _one,
    "links": candidates.show,
    **tables.PAGES,
}
"""What the other buttons show."""
