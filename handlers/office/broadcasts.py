"""/siar: one message to many. The officer sends the message itself and chooses whom it is for, by buttons.

Buttons carry `v1|b|action|broadcast|more`. What a draft is, only its author changes; a second person agrees;
the author, who agreed, and administrators stop it. Each tap asks again who the sender is to the broadcast.
"""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Final

from telegram import Message as Update_
from telegram import Update

from conversations.broadcast import broadcast as flow
from conversations.broadcast import broadcast_region
from handlers.agency.programme_pages import title
from handlers.batch import Context, Place
from handlers.office import broadcast_pages as pages
from handlers.office.broadcast_controls import agree, go, pause, refuse, say_held, show, stop, subject
from handlers.office.broadcast_copies import saying
from handlers.render import base36, id_of
from models import accounts, dialogues
from models.accounts import Role
from models.agency import agents, programmes
from models.broadcasting import broadcast_news, broadcasts
from models.broadcasting.broadcasts import MAY_BROADCAST, Broadcast, Stage
from models.broadcasting.segments import SEGMENTS, Term
from models.trust.audit import Act
from models.trust.second_person import covers
from rules import broadcasts as rules

KINDS: Final = ("text", "photo", "document", "voice")
"""What a message to many may be."""

LISTED: Final = 5
OFFERED: Final = 20
"""How many broadcasts, and how many lists and agents, are offered."""

MOST_TERMS: Final = 8
Act_ = Callable[[Context, Broadcast, list[str]], Awaitable[None]]


async def offer(update: Update, context: Context) -> None:
    """/siar: list the sender's broadcasts and offer a new one; without any, ask for the message at once."""
    theirs = await broadcasts.of_author(context.batch.db, context.account.id, LISTED)
    if theirs:
        context.say(context.words("broadcasts.list"), pages.listing(context.language, theirs))
    else:
        context.begin(flow)


async def take(context: Context, place: Place, message: Update_) -> None:
    """Note the message to be sent to many; it stays in the chat, whatever it shows, and is never read."""
    kind = next((kind for kind in KINDS if getattr(message, kind, None)), None)
    batch, account = context.batch, context.account
    if kind is None or message.media_group_id is not None:
        context.say(context.words("broadcasts.kinds"))
        context.show(place.turn())
        return
    territories = await accounts.territories_of(batch.db, account.id, MAY_BROADCAST, batch.now)
    await _leave(context, place)
    if not territories:
        context.say(context.words("desk.not_yours"))
        return
    origin = (message.chat_id, message.message_id)
    held = await broadcasts.begin(
        batch.db, batch.keys, account.id, origin, kind, territories, context.language, batch.now
    )
    await show(context, held, [])


async def add_region(context: Context, place: Place) -> None:
    """Add the place that was chosen to whom a broadcast is for."""
    told = dict(place.draft.answers)
    held = await broadcasts.hold(context.batch.db, id_of(told["broadcast"]) or 0)
    await _leave(context, place)
    if held is None or held.account_id != context.account.id or held.stage is not Stage.DRAFT:
        context.say(context.words("broadcasts.past"))
        return
    found = told["region"]
    _add(held, Term("region", found["code"], bool(told["excepted"]), found["label"]))
    await show(context, held, [])


async def _leave(context: Context, place: Place) -> None:
    await dialogues.forget(context.batch.db, place.dialogue)
    context.stand_at(None)


async def tapped(update: Update, context: Context) -> None:
    """Do what a button of a broadcast says, if the sender may do that to this broadcast now."""
    query = update.callback_query
    assert query is not None  # noqa: S101 - only taps are routed here
    context.answer(query.id)
    action, number, *more = [*(query.data or "").split("|")[2:], "", "", "", ""][:6]
    if action == "new":
        context.begin(flow)
        return
    held = await broadcasts.hold(context.batch.db, id_of(number) or 0)
    if held is None or action not in ACTS or not await _may(context, held, action):
        context.say(context.words("broadcasts.past"))
        return
    await ACTS[action](context, held, more)


async def _may(context: Context, held: Broadcast, action: str) -> bool:
    """Return whether the sender is to a broadcast what an action asks for, and it stands as it must."""
    own = held.account_id == context.account.id
    if action in MAKING:
        return own and held.stage is Stage.DRAFT
    if action in AGREEING:
        allowed = await broadcast_news.seconds(context.batch.db, held, context.batch.now)
        return held.stage is Stage.ASKED and context.account.id in allowed
    if own or held.approved_by == context.account.id:
        return True
    roles = await accounts.roles_of(context.batch.db, [context.account.id], context.batch.now)
    return Role.ADMINISTRATOR in roles[context.account.id]


async def whom(context: Context, held: Broadcast, more: list[str]) -> None:
    """Offer the segments, to be in or, with "x", not to be in."""
    excepted = "x" if more[0] == "x" else ""
    words = "broadcasts.choose_except" if excepted else "broadcasts.choose"
    context.say(context.words(words), pages.segments(context.language, held, excepted))


async def pick(context: Context, held: Broadcast, more: list[str]) -> None:
    """Offer the values of a segment; a region is written, and some have nothing to choose."""
    segment, excepted = more[0], "x" if more[1] == "x" else ""
    if segment == "region":
        context.begin(broadcast_region, {"broadcast": base36(held.id), "excepted": bool(excepted)})
    elif segment in pages.ALONE:
        await add(context, held, [segment, "", excepted])
    elif segment in SEGMENTS:
        offered = await _offered(context, held, segment)
        name = context.words(f"broadcasts.segment.{segment}")
        words = "broadcasts.choose_value" if offered else "broadcasts.nothing_to_choose"
        keyboard = pages.values(context.language, held, segment, excepted, offered)
        context.say(context.words(words, segment=name), keyboard)


async def _offered(context: Context, held: Broadcast, segment: str) -> pages.Choices:
    """Return the values of a segment, those that the database knows included."""
    db, today = context.batch.db, context.batch.today
    match segment:
        case "programme":
            lists = [
                one for one in await programmes.handed_on(db, OFFERED) if _inside(held, one.village_code)
            ]
            return [(base36(one.id), title(one)) for one in lists]
        case "agent":
            standing = await agents.approved(db, today, OFFERED)
            every = ("all", context.words("broadcasts.all_agents"))
            return [every, *((base36(one.id), one.badge) for one in standing if _inside(held, one.territory))]
    return pages.choices(context.language, segment)


def _inside(held: Broadcast, code: str) -> bool:
    return covers(held.territories, [code])


async def add(context: Context, held: Broadcast, more: list[str]) -> None:
    """Add a term to whom a broadcast is for."""
    segment, value, excepted = more[0], more[1], more[2] == "x"
    offered = dict(await _offered(context, held, segment)) if segment in SEGMENTS else {}
    if segment not in pages.ALONE and value not in offered:
        context.say(context.words("broadcasts.past"))
        return
    numbered = segment in ("programme", "agent") and value != "all"
    stored = str(id_of(value)) if numbered else value
    _add(held, Term(segment, stored, excepted, offered.get(value, "")))
    await show(context, held, [])


def _add(held: Broadcast, term: Term) -> None:
    others = [one for one in held.terms if (one.name, one.value) != (term.name, term.value)]
    held.choose([*others, term][:MOST_TERMS])


async def clear(context: Context, held: Broadcast, _: list[str]) -> None:
    """Take every term back."""
    held.choose([])
    await show(context, held, [])


async def count(context: Context, held: Broadcast, _: list[str]) -> None:
    """Have the recipients counted; the answer comes by itself."""
    held.choose(held.terms)
    held.stage, held.planned_after = Stage.COUNTING, 0
    context.say(context.words("broadcasts.counting"))


async def test(context: Context, held: Broadcast, _: list[str]) -> None:
    """Send the message to its author alone, as the recipients will get it."""
    context.batch.say(saying(held, context.batch.keys, context.account.id), context.account.id)
    await show(context, held, [])


async def when(context: Context, held: Broadcast, _: list[str]) -> None:
    """Offer the days on which it can begin."""
    context.say(context.words("broadcasts.when"), pages.days(context.language, held, context.batch.now))


async def day(context: Context, held: Broadcast, more: list[str]) -> None:
    """Offer the hours of a day."""
    chosen = _day(more[0])
    if chosen is None or chosen not in rules.days_offered(context.batch.now):
        await when(context, held, [])
        return
    keyboard = pages.hours(context.language, held, chosen, context.batch.now)
    context.say(context.words("broadcasts.hour"), keyboard)


async def at(context: Context, held: Broadcast, more: list[str]) -> None:
    """Note when it is to begin; without a day, at once."""
    chosen, hour = _day(more[0]), int(more[1]) if more[1].isdecimal() and len(more[1]) < 3 else -1
    if more[0] and (chosen is None or hour not in rules.hours_offered(chosen, context.batch.now)):
        await when(context, held, [])
        return
    held.wanted_at = None if chosen is None else rules.at_hour(chosen, hour)
    await show(context, held, [])


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


async def send(context: Context, held: Broadcast, more: list[str]) -> None:
    """Let it go to as many as were shown: held for a moment, or until a second person agrees."""
    if not held.counted or more[0] != str(held.counted):
        await show(context, held, [])
        return
    batch, names = context.batch, [term.name for term in held.terms]
    context.audit(Act.BROADCAST, subject=subject(held), recipients=held.counted, segments=names)
    if held.let_go(held.counted, batch.now) is not Stage.ASKED:
        await say_held(context, held)
    elif await broadcast_news.ask_seconds(batch.db, batch.keys, held, batch.now):
        context.say(context.words("broadcasts.waits", most=rules.limits()["approval_above"]))
    else:
        context.say(context.words("broadcasts.nobody"))


async def drop(context: Context, held: Broadcast, _: list[str]) -> None:
    """Throw a draft away."""
    await broadcasts.forget(context.batch.db, held)
    context.say(context.words("broadcasts.dropped"))


MAKING: Final[dict[str, Act_]] = {
    "whom": whom,
    "pick": pick,
    "add": add,
    "clear": clear,
    "count": count,
    "test": test,
    "when": when,
    "day": day,
    "at": at,
    "send": send,
    "drop": drop,
}
"""What only the author does, as long as it is a draft."""

AGREEING: Final[dict[str, Act_]] = {"yes": agree, "no": refuse}
"""What only a second person does."""

ACTS: Final[dict[str, Act_]] = MAKING | AGREEING | {"see": show, "pause": pause, "go": go, "stop": stop}
"""What the buttons of a broadcast do."""
