"""The officers' desk for agents: requests, approvals for a territory and a time, and their end.

Buttons carry `v1|a|action|request|argument`, nothing personal.
"""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Final

from telegram import Update

from conversations.agency import path_of
from conversations.engine import Words
from handlers.batch import Context
from handlers.news import AGENCY
from handlers.office.desk import tell
from handlers.render import Teller, base36, id_of, rows
from models.agency import agents
from models.agency.agents import Agent, Known, Stage
from models.trust.audit import Act
from post.keyboards import Button, Inline, Style
from rules.calendar import month_after
from rules.names import first_word

LISTED: Final = 20
"""How many requests, and how many agents, one page names."""

TERMS: Final = (6, 12)
"""For how many months an officer may approve."""


async def show(update: Update, context: Context) -> None:
    """/agen: list the requests that wait and the agents there are, each a button."""
    batch = context.batch
    asked = await agents.waiting(batch.db, LISTED)
    standing = await agents.approved(batch.db, batch.today, LISTED)
    known = await agents.opened(batch.db, batch.keys, [*asked, *standing])
    if not known:
        context.say(context.words("agency.none"))
        return
    buttons = tuple((Button(_titled(context, each), data=_data("see", each.agent)),) for each in known)
    values = {"waiting": len(asked), "standing": len(standing)}
    context.say(Teller(context.language).html(Words("agency.list", values)), Inline(buttons), fleeting=True)


def _titled(context: Context, known: Known) -> str:
    mark = "agency.asked_line" if known.agent.stage is Stage.APPLIED else "agency.standing_line"
    values = {
        "name": first_word(known.told.name),
        "kind": Words(f"agency.kind.{known.told.kind.value}"),
        "territory": path_of(known.told.territory),
    }
    return Teller(context.language).plain(Words(mark, values))


async def tapped(update: Update, context: Context) -> None:
    """Do what a button of the desk says."""
    query = update.callback_query
    assert query is not None  # noqa: S101 - only taps are routed here
    context.answer(query.id)
    action, number, argument = (*(query.data or "").split("|"), "", "", "")[2:5]
    wanted = id_of(number)
    agent = None if wanted is None else await agents.hold(context.batch.db, wanted)
    known = [] if agent is None else await agents.opened(context.batch.db, context.batch.keys, [agent])
    if not known or action not in ACTS:
        context.say(context.words("agency.gone"))
        return
    await ACTS[action](context, known[0], argument)


async def see(context: Context, known: Known, _: str) -> None:
    """Say who asks, and offer what can be done."""
    agent, told = known.agent, known.told
    context.audit(Act.OPENED, agent.person_id, f"agents:{agent.id}")
    values = {
        "name": told.name,
        "kind": Words(f"agency.kind.{told.kind.value}"),
        "number": told.number or Words("dialogue.not_given"),
        "office": told.office,
        "territory": path_of(told.territory),
        "badge": agent.badge,
        "standing": _standing(agent, context.batch.today),
    }
    text = Teller(context.language).html(Words("agency.page", values))
    context.say(text, Inline(_choices(context, agent)), protect=True)


def _standing(agent: Agent, today: date) -> Words:
    if agent.stage is Stage.APPROVED and agent.valid_until is not None:
        name = "agency.until" if agent.stands(today) else "agency.over"
        return Words(name, {"until": agent.valid_until})
    return Words(f"agency.stage.{agent.stage.value}")


def _choices(context: Context, agent: Agent) -> tuple[tuple[Button, ...], ...]:
    def button(words: str, action: str, argument: str = "", style: Style | None = None) -> Button:
        return Button(context.words(words), data=_data(action, agent, argument), style=style)

    terms = [button(f"agency.approve.{months}", "yes", str(months), "success") for months in TERMS]
    match agent.stage:
        case Stage.APPLIED:
            return (*rows(terms), (button("agency.refuse", "no", style="danger"),))
        case Stage.APPROVED:
            return (*rows(terms), (button("agency.end", "end", style="danger"),))
    return ()


async def approve(context: Context, known: Known, months: str) -> None:
    """Approve a request, or prolong an approval, by so many months from today; the agent is told."""
    agent, batch = known.agent, context.batch
    terms = {str(term): term for term in TERMS}
    if months not in terms or agent.stage not in (Stage.APPLIED, Stage.APPROVED):
        context.say(context.words("agency.gone"))
        return
    if agent.account_id == context.account.id:
        context.say(context.words("agency.not_oneself"))
        return
    until = last_day(batch.today, terms[months])
    await agents.approve(batch.db, agent, context.account.id, batch.now, until)
    await _done(context, known, "approved")


def last_day(today: date, months: int) -> date:
    """Return the last day of an approval: the end of the month that many months ahead."""
    return date.fromordinal(month_after(today.replace(day=1), months + 1).toordinal() - 1)


async def refuse(context: Context, known: Known, _: str) -> None:
    """Refuse a request; the one who asked is told."""
    await _close(context, known, Stage.APPLIED, Stage.REFUSED)


async def end(context: Context, known: Known, _: str) -> None:
    """Take an approval back at once; the agent is told."""
    await _close(context, known, Stage.APPROVED, Stage.ENDED)


async def _close(context: Context, known: Known, before: Stage, after: Stage) -> None:
    agent, batch = known.agent, context.batch
    if agent.stage is not before:
        context.say(context.words("agency.gone"))
        return
    await agents.close(batch.db, agent, context.account.id, batch.now, after)
    await _done(context, known, after.value)


async def _done(context: Context, known: Known, what: str) -> None:
    """Say what was done, and owe the agent the news of it."""
    agent = known.agent
    values = {"name": known.told.name, "until": agent.valid_until or ""}
    context.say(Teller(context.language).html(Words(f"agency.done.{what}", values)))
    until = agent.valid_until and agent.valid_until.isoformat()
    details = {"account": agent.account_id, "territory": agent.territory, "until": until}
    context.audit(AUDITED[what], agent.person_id, f"agents:{agent.id}", **details)
    payload = {"what": what, "badge": agent.badge, "until": until, "territory": agent.territory}
    dedupe = f"agency:{agent.id}:{what}:{context.batch.now:%Y%m%d%H%M%S%f}"
    await tell(context, agent.account_id, AGENCY, dedupe, payload)


AUDITED: Final = {
    "approved": Act.APPROVED_AGENT,
    Stage.REFUSED.value: Act.REFUSED_AGENT,
    Stage.ENDED.value: Act.ENDED_AGENT,
}
"""What is on record for each thing that was done."""


def _data(action: str, agent: Agent, argument: str = "") -> str:
    return f"v1|a|{action}|{base36(agent.id)}" + (f"|{argument}" if argument else "")


ACTS: dict[str, Callable[[Context, Known, str], Awaitable[None]]] = {
    "see": see,
    "yes": approve,
    "no": refuse,
    "end": end,
}
"""What the buttons of the desk do."""
