"""/rumah: a household's driver, ART and gardener in one place, for whoever they work for, without approval.

Buttons carry `v1|u|add`, `v1|u|ticks`, and those of a list to tick (handlers/workers/ticks.py).
"""

from collections.abc import Mapping
from typing import Final

from telegram import Update

from conversations.engine import Words
from conversations.registration import registration
from handlers import filing
from handlers.batch import Context
from handlers.render import Teller, base36
from handlers.workers import ticks
from handlers.workers.contributions import next_words
from handlers.workers.members import Member, members_of
from handlers.workers.ticks import FEW, Sheet
from models.agency import households
from models.agency.households import Helper
from models.storage.sealed import PersonKey
from post.keyboards import Button, Inline
from rules.occupations import occupations

SHOWN: Final = 20
"""How many people the page shows: a message holds 4,096 characters."""

FIRST: Final = {"who": "other", "relation": "household", "payer": "household"}
"""What the form of the first worker of a household offers: to be confirmed, question by question."""


async def show(update: Update, context: Context) -> None:
    """List those the sender registered as employer: what each does, how far it is, and what is due."""
    found = await households.helpers(context.batch.db, context.account.id, SHOWN)
    home = await _home(context)
    if not found:
        context.say(context.words("household.nobody"), Inline((_add(context),)))
        return
    standing = {member.membership.application_id: member for member in home}
    lines = tuple(_line(context, one, standing) for one in found)
    text = Teller(context.language).html(Words("household.page", {"count": len(found), "lines": lines}))
    context.say(text, Inline((*_ticks(context, home), _add(context))))
    if context.place is not None:
        context.show(context.place.turn())


async def _home(context: Context) -> list[Member]:
    ids = await households.memberships_of(context.batch.db, context.account.id)
    return await members_of(context.batch, context.account.id, ids)


def _line(context: Context, helper: Helper, standing: Mapping[int | None, Member]) -> Words:
    application, worker, wrapped = helper
    key = PersonKey.unwrap(context.batch.keys, worker.id, wrapped)
    member = standing.get(application.id)
    values = {
        "name": worker.opened(key, "name") or "",
        "job": _job(application.occupation_id),
        "reference": application.reference,
        "state": Words(f"commands.state.{application.state.value}"),
        "standing": "" if member is None else next_words(member, context.batch.today),
    }
    return Words("household.line" if member is None else "household.line_member", values)


def _job(occupation_id: str) -> str:
    known = occupations().get(occupation_id)
    return occupation_id if known is None else known.label


def _add(context: Context) -> tuple[Button]:
    return (Button(context.words("household.add"), data="v1|u|add", style="primary"),)


def _ticks(context: Context, home: list[Member]) -> tuple[tuple[Button], ...]:
    if not 1 < len(home) <= FEW:
        return ()
    return ((Button(context.words("household.ticks", count=len(home)), data="v1|u|ticks"),),)


async def tapped(update: Update, context: Context) -> None:
    """Begin the next worker's form, show the household's list to tick, or take a tick."""
    query = update.callback_query
    assert query is not None  # noqa: S101 - only taps are routed here
    action, *more = [*(query.data or "").split("|")[2:], ""]
    if action == "t":
        await ticks.tapped(context, query, more[:-1])
        return
    context.answer(query.id)
    home = await _home(context)
    if action == "add":
        await add(context)
    elif action == "ticks" and 0 < len(home) <= FEW:
        ticks.say_ticks(context, Sheet.HOME, home)
    else:
        await show(update, context)


async def add(context: Context) -> None:
    """Begin a worker's form: what it shares with the last one of the household is offered, not taken."""
    found = await households.helpers(context.batch.db, context.account.id, SHOWN)
    if found:
        await filing.begin_next(context, base36(found[-1][0].id))
    else:
        context.begin(registration, offered=FIRST)
