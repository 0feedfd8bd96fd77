"""Members of an association: who opens its link hears who invites, registers himself, and may leave again.

Whether the coordinator may see the member's name is asked once, with two equal answers, and is no until
somebody says yes. Buttons carry `v1|w|a|action|…`, and every tap asks again whose membership it is.
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Final

from conversations.engine import Words, resume
from conversations.registration import registration
from handlers.batch import Context, Place
from handlers.render import Teller, base36, id_of
from locales import say
from models import dialogues
from models.agency import agents, associations, head_counts
from models.agency.agents import Agent
from models.agency.associations import AssociationMember
from post.keyboards import Button, Inline

LETTER: Final = "w"
"""What tells the links of associations from others."""

TEXT_VERSION: Final = "2026-11"
"""The version of the question whether the coordinator may see a member's name."""

OFFERED: Final = {"who": "self", "payer": "association"}
"""What the form of a member offers: to be confirmed, question by question."""


def about(action: str, more: str = "") -> str:
    """Return what a button about an association carries: nothing personal."""
    return f"v1|w|a|{action}|{more}"


async def opened(context: Context, token: str) -> bool:
    """Answer who opened the link of an association: who invites, and what the coordinator will see."""
    agent, name = await _inviting(context, token)
    if agent is None:
        context.say(context.words("associations.link_over"))
        _show_place(context)
    elif agent.account_id == context.account.id:
        context.say(context.words("associations.own_link"))
        _show_place(context)
    elif (held := await associations.member(context.batch.db, agent.id, context.account.id)) is not None:
        _say_membership(context, held, name)
        _show_place(context)
    else:
        join = Button(context.words("associations.join"), data=about("join", token), style="primary")
        no = Button(context.words("associations.not_now"), data=about("not"))
        text = Teller(context.language).html(Words("associations.invited", {"name": name}))
        context.say(text, Inline(((join,), (no,))))
    return True


async def _inviting(context: Context, token: str) -> tuple[Agent | None, str]:
    """Return the association a link invites to, and what it is called; None while it does not hold."""
    batch = context.batch
    agent = await associations.by_token(batch.db, token, batch.now, batch.today)
    name = None if agent is None else await name_of(context, agent)
    return (None, "") if name is None else (agent, name)


async def name_of(context: Context, agent: Agent) -> str | None:
    """Return what an association is called; None for one whose coordinator was erased."""
    known = await agents.opened(context.batch.db, context.batch.keys, [agent])
    return known[0].told.office if known else None


async def join(context: Context, token: str) -> None:
    """Make the sender a member, and ask whether the coordinator may see the name."""
    batch, account_id = context.batch, context.account.id
    agent, name = await _inviting(context, token)
    if agent is None or agent.account_id == account_id:
        context.say(context.words("associations.link_over"))
    elif not await associations.join(batch.db, agent.id, account_id, batch.now):
        await begin(context)
    else:
        ask_name(context, agent.id, name)


def ask_name(context: Context, agent_id: int, name: str) -> None:
    """Ask whether the coordinator may see the sender's name: two buttons alike, and no holds till then."""
    answers = tuple(
        Button(context.words(f"associations.name.{word}"), data=about(word, base36(agent_id)))
        for word in ("yes", "no")
    )
    context.say(
        Teller(context.language).html(Words("associations.ask_name", {"name": name})), Inline((answers,))
    )


async def answer_name(context: Context, code: str, *, shows: bool) -> None:
    """Note whether the coordinator may see the sender's name, and go on to the form."""
    held = await _own(context, code)
    if held is None:
        context.say(context.words("associations.past"))
        return
    first = held.answered_at is None
    await _note(context, held.agent_id, shows=shows)
    context.say(context.words("associations.shown" if shows else "associations.hidden"))
    if first:
        await begin(context)


async def _note(context: Context, agent_id: int, *, shows: bool) -> None:
    digest = hashlib.sha256(say(context.language, "associations.ask_name").encode()).digest()
    words = (TEXT_VERSION, digest, context.language)
    batch = context.batch
    await associations.answer(
        batch.db, agent_id, context.account.id, shows_name=shows, words=words, now=batch.now
    )


async def begin(context: Context) -> None:
    """Go on with the sender's own form if one is begun, or begin one; who has sent one need not again.

    What is answered stays as it is: that the association pays is offered where nothing was said of it yet.
    """
    batch, account_id = context.batch, context.account.id
    if await head_counts.has_filed(batch.db, account_id):
        context.say(context.words("associations.filed_before"))
        return
    waiting = await dialogues.open_ones(batch.db, batch.keys, account_id)
    places = [batch.place_of(one) for one in waiting if one.flow == registration.name]
    mine = next((place for place in places if place.draft.answers.get("who") != "other"), None)
    if mine is None:
        if waiting:
            context.say(context.words("associations.other_form_kept"))
        context.begin(registration, offered=OFFERED)
    else:
        _go_on(context, mine)


def _go_on(context: Context, place: Place) -> None:
    """Put a form that was begun before in front, with what the association offers beside it."""
    draft = place.draft
    former = {name: value for name, value in OFFERED.items() if name not in draft.answers} | dict(
        draft.former
    )
    place.take(resume(place.flow, replace(draft, former=former)))
    if context.place is not place:
        context.stand_at(place)
    context.say(context.words("associations.form_kept"))
    context.show(place.turn())


async def leave(context: Context, code: str) -> None:
    """Let the sender leave an association: nothing of the membership stays, the registration does."""
    held = await _own(context, code)
    if held is None:
        context.say(context.words("associations.past"))
        return
    await associations.leave(context.batch.db, context.account.id, held.agent_id)
    context.say(context.words("associations.left"))
    _show_place(context)


async def show_own(context: Context) -> bool:
    """Say which associations the sender is a member of; False when there is none."""
    found = await associations.of_account(context.batch.db, context.account.id)
    for held, agent in found:
        _say_membership(context, held, await name_of(context, agent) or "-")
    return bool(found)


def _say_membership(context: Context, held: AssociationMember, name: str) -> None:
    seen = "shown" if held.shows_name else "hidden"
    values = {"name": name, "seen": Words(f"associations.{seen}")}
    other = "no" if held.shows_name else "yes"
    code = base36(held.agent_id)
    change = Button(context.words(f"associations.name.{other}"), data=about(other, code))
    away = Button(context.words("associations.leave"), data=about("leave", code))
    context.say(
        Teller(context.language).html(Words("associations.member", values)), Inline(((change,), (away,)))
    )


async def _own(context: Context, code: str) -> AssociationMember | None:
    """Return the sender's membership of the association a button names."""
    number = id_of(code)
    if number is None:
        return None
    return await associations.member(context.batch.db, number, context.account.id)


def _show_place(context: Context) -> None:
    if context.place is not None:
        context.show(context.place.turn())


async def _yes(context: Context, code: str) -> None:
    await answer_name(context, code, shows=True)


async def _no(context: Context, code: str) -> None:
    await answer_name(context, code, shows=False)


async def _not_now(context: Context, _: str) -> None:
    context.say(context.words("associations.nothing_done"))
    _show_place(context)


ACTS: Final[Mapping[str, Callable[[Context, str], Awaitable[None]]]] = {
    "join": join,
    "not": _not_now,
    "yes": _yes,
    "no": _no,
    "leave": leave,
}
"""What a member's buttons do."""
