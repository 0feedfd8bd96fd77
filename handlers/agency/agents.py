"""Agents as everybody meets them: asking to be one, and asking whether somebody is one (/cekagen)."""

from telegram import Update

from conversations.agency import agency, path_of, territory_of
from conversations.engine import Words
from handlers.batch import Context, Place
from handlers.news import ASKS_TO_BE_AGENT, tell_officers
from handlers.render import Teller
from models import dialogues
from models.agency import agents
from models.agency.agents import BADGE, Agent, Kind, Known, Stage, Told
from models.references import read_reference
from post.keyboards import Button, Inline
from rules.names import first_word


async def ask(update: Update, context: Context) -> None:
    """/jadi_agen: say how a request stands, or begin one."""
    standing = await agents.open_request(context.batch.db, context.account.id)
    if standing is None:
        context.begin(agency)
    elif standing.stage is Stage.APPLIED:
        context.say(context.words("agency.waiting"))
    elif standing.stands(context.batch.today):
        context.say(*badge_words(context, standing))
    else:
        context.say(context.words("agency.ran_out"))


async def file_request(context: Context, place: Place) -> None:
    """File a finished request and let the officers know."""
    batch = context.batch
    answers = agency.live(place.draft.answers)
    told = Told(
        kind=Kind(answers["kind"]),
        territory=territory_of(answers),
        name=answers["name"],
        office=answers["office"],
        number=answers.get("number") or answers.get("letter"),
    )
    await batch.db.flush()
    agent = await agents.apply(batch.db, place.dialogue, told, batch.now)
    context.stand_at(None)
    if agent is None:
        await dialogues.forget(batch.db, place.dialogue)
        context.say(context.words("agency.waiting"))
        return
    await dialogues.end(batch.db, place.dialogue)
    await tell_officers(context, ASKS_TO_BE_AGENT, f"agency:{agent.id}", {"territory": told.territory})
    context.say(context.words("agency.sent"))


async def check(update: Update, context: Context) -> None:
    """/cekagen BADGE: say whether somebody who came is an agent, whose, where and until when."""
    words = (update.message.text or "").split(maxsplit=1) if update.message else []
    badge = read_reference(words[1], BADGE) if len(words) > 1 else None
    if badge is None:
        context.say(context.words("agency.check_usage"))
        return
    agent = await agents.by_badge(context.batch.db, badge)
    known = [] if agent is None else await agents.opened(context.batch.db, context.batch.keys, [agent])
    if not known or not known[0].agent.stands(context.batch.today):
        text = Words("agency.check_unknown", {"badge": badge})
    else:
        text = Words("agency.check_stands", card(known[0]))
    context.say(Teller(context.language).html(text))


def card(known: Known) -> dict[str, object]:
    """Return what anybody may know of an agent: what his identity card says, and no number."""
    agent, told = known.agent, known.told
    return {
        "badge": agent.badge,
        "name": first_word(told.name),
        "kind": Words(f"agency.kind.{told.kind.value}"),
        "office": told.office,
        "territory": path_of(told.territory),
        "until": agent.valid_until or agent.applied_at.date(),
    }


def badge_words(context: Context, agent: Agent) -> tuple[str, Inline]:
    """Return what an agent is told of his own standing, with his badge to copy."""
    values = {"badge": agent.badge, "territory": path_of(agent.territory), "until": agent.valid_until}
    copy = Button(context.words("agency.copy_badge"), copy=agent.badge)
    text = Teller(context.language).html(Words("agency.stands", values))
    return text, Inline(((copy,),))
