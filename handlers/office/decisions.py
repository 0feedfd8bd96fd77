"""What an officer decides about the application in hand: accepted, sent back, refused, merged."""

from collections.abc import Awaitable, Callable

from conversations.engine import Words
from conversations.repair import APPLICATION, returning
from handlers.batch import Context, Place
from handlers.office.deciding import Decision, follow
from handlers.office.looking import next_button
from handlers.office.reach import is_ours, territories
from handlers.render import Teller, base36, id_of, tidy
from handlers.status_news import ACCEPTED, MERGED, REFUSED, RETURNED, reasons_in, tell_subject
from models import dialogues
from models.applications import Application
from models.office import decisions, reviews
from models.office.returned import Given
from models.trust.audit import Act
from post.keyboards import Button, Inline
from rules import returns
from rules.refusal import Refused

Action = Callable[[Context, Application, str], Awaitable[None]]


async def accept(context: Context, application: Application, _: str) -> None:
    """Accept the application; it waits for the next file to the office."""
    batch = context.batch
    try:
        await decisions.accept(batch.db, batch.keys, application, context.account.id, batch.now)
    except Refused as refusal:
        _refused(context, refusal)
        return
    words = Words("review.accepted", _named(application))
    await _done(context, application, Decision(Act.ACCEPTED, ACCEPTED), words)


async def choose(context: Context, application: Application, mask: str) -> None:
    """Offer the reasons for sending it back: each tap ticks one, the last button sends."""
    context.say(*_reasons(context, application, _ticked(mask)))


async def tick(context: Context, application: Application, mask: str) -> None:
    """Show the reasons with other ticks, in the message that was tapped."""
    context.show_in_place(*_reasons(context, application, _ticked(mask)))


def _reasons(context: Context, application: Application, ticked: int) -> tuple[str, Inline]:
    known = list(returns.returning())
    buttons = [
        (_button(context, application, _tick(context, code, ticked, place), "tick", ticked ^ 1 << place),)
        for place, code in enumerate(known)
    ]
    send = context.words("review.send_back", count=ticked.bit_count())
    last = [(_button(context, application, send, "send", ticked, style="primary"),)] if ticked else []
    own = (_button(context, application, context.words("review.own_words"), "own", ticked),)
    see = (_button(context, application, context.words("review.see"), "see", 0),)
    words = context.words("review.why", reference=application.reference)
    return words, Inline((*buttons, *last, own, see))


def _ticked(mask: str) -> int:
    """Return the ticked reasons a button carries, as bits; none for anything else."""
    number = int(mask) if mask.isdecimal() and len(mask) < 6 else 0
    return number & (1 << len(returns.returning())) - 1


def _tick(context: Context, code: str, ticked: int, place: int) -> str:
    mark = "✅" if ticked >> place & 1 else "▫️"
    return f"{mark} {context.words(f'review.reason.{code}')}"


async def send_back(context: Context, application: Application, mask: str) -> None:
    """Send it back for the reasons that are ticked."""
    codes = returns.chosen(_ticked(mask))
    if not codes:
        await choose(context, application, "0")
        return
    await _send_back(context, application, Given(codes, returns.steps_of(codes)))


async def ask_words(context: Context, application: Application, mask: str) -> None:
    """Ask for the officer's own words, with the reasons ticked so far."""
    given = {
        APPLICATION: application.id,
        "reference": application.reference,
        "reasons": list(returns.chosen(_ticked(mask))),
    }
    context.begin(returning, given)


async def send_back_with_words(context: Context, place: Place) -> None:
    """What follows from the officer's words: the application goes back with them."""
    answers = place.draft.answers
    batch = context.batch
    await dialogues.forget(batch.db, place.dialogue)
    context.stand_at(None)
    where = await territories(context)
    held = await reviews.hold(batch.db, answers[APPLICATION], context.account.id, where, batch.now)
    if held is None:
        context.say(context.words("review.gone"), Inline(((next_button(context),),)))
        return
    codes = tuple(answers["reasons"])
    await _send_back(context, held, Given(codes, returns.steps_of(codes), answers["words"]))


async def _send_back(context: Context, application: Application, given: Given) -> None:
    batch = context.batch
    try:
        await decisions.send_back(batch.db, batch.keys, application, given, context.account.id, batch.now)
    except Refused as refusal:
        _refused(context, refusal)
        return
    words = Words("review.returned", _named(application) | {"reasons": reasons_in(given)})
    await _done(context, application, Decision(Act.RETURNED, RETURNED, given), words)


async def choose_refusal(context: Context, application: Application, _: str) -> None:
    """Offer the reasons for refusing it for good."""
    buttons = [
        (_button(context, application, context.words(f"review.reason.{code}"), "deny", code, style="danger"),)
        for code in returns.refusing()
    ]
    see = (_button(context, application, context.words("review.see"), "see", 0),)
    words = context.words("review.why_refused", reference=application.reference)
    context.say(words, Inline((*buttons, see)))


async def refuse(context: Context, application: Application, code: str) -> None:
    """Refuse it for a reason of the list."""
    if code not in returns.refusing():
        await choose_refusal(context, application, "")
        return
    batch, given = context.batch, Given((code,))
    await decisions.close(batch.db, batch.keys, application, given, context.account.id, batch.now)
    words = Words("review.refused", _named(application) | {"reasons": reasons_in(given)})
    await _done(context, application, Decision(Act.REFUSED, REFUSED, given), words)


async def merge(context: Context, application: Application, code: str) -> None:
    """Close the application in hand: the other one of the same NIK goes on."""
    other = await _other(context, application, code)
    if other is not None and await _one(context, application, other):
        words = Words("review.merged", {"gone": application.reference, "kept": other.reference})
        await _done(context, application, Decision(Act.MERGED, MERGED), words)


async def keep(context: Context, application: Application, code: str) -> None:
    """Close the other application of the same NIK: the one in hand goes on, and can be accepted."""
    other = await _other(context, application, code)
    if other is not None and not await is_ours(context, other):
        context.say(context.words("review.not_ours", reference=other.reference))
    elif other is not None and await _one(context, other, application):
        await tell_subject(context.batch, other, MERGED)
        context.audit(Act.MERGED, other.worker_id, f"applications:{other.id}")
        words = Words("review.merged", {"gone": other.reference, "kept": application.reference})
        see = _button(context, application, context.words("review.see"), "see", 0)
        context.say(Teller(context.language).html(words), Inline(((see,),)))


async def _other(context: Context, application: Application, code: str) -> Application | None:
    others = await decisions.others_of(context.batch.db, application)
    return next((one for one in others if one.id == id_of(code)), None)


async def _one(context: Context, gone: Application, kept: Application) -> bool:
    """Make one of two; False, with the reason said, where that cannot be."""
    batch = context.batch
    try:
        await decisions.merge(batch.db, batch.keys, gone, kept, context.account.id, batch.now)
    except Refused as refusal:
        _refused(context, refusal)
        return False
    return True


def _named(application: Application) -> dict[str, object]:
    return {"reference": application.reference}


def _refused(context: Context, refusal: Refused) -> None:
    context.say(Teller(context.language).html(Words(refusal.name, refusal.values)))


def _button(
    context: Context, application: Application, text: str, action: str, argument: object, **style: str
) -> Button:
    data = f"v1|d|{action}|{base36(application.id)}|{argument}"
    return Button(text, data=data, **style)  # type: ignore[arg-type]


async def _done(context: Context, application: Application, decision: Decision, words: Words) -> None:
    """Let what follows from a decision follow, and offer the next application."""
    await follow(context.batch, application, decision, context.account.id)
    context.say(tidy(Teller(context.language).html(words)), Inline(((next_button(context),),)))


ACTIONS: dict[str, Action] = {
    "ok": accept,
    "back": choose,
    "tick": tick,
    "send": send_back,
    "own": ask_words,
    "no": choose_refusal,
    "deny": refuse,
    "merge": merge,
    "keep": keep,
}
"""Decisions about the application in hand, by what their buttons carry."""
