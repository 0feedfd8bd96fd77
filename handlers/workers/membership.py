"""A member's own pages behind /iuran: what was paid, until when one is protected, and where one lives.

Only who is in the chain of contacts of a membership may see or change it; that is asked within the
transaction, at every tap and again when a dialogue ends.
"""

from collections.abc import Awaitable, Callable
from datetime import date

from telegram import Update

from conversations import membership as flows
from conversations.engine import Draft, Flow, Month, Value, Words, resume
from handlers.batch import Context, Place
from handlers.render import Teller, base36, tidy
from handlers.workers import history
from handlers.workers.contributions import NEAR, next_words, owed_words, say_standing
from handlers.workers.members import Member, about, member_of
from models import contributions, dialogues
from models.contributions import KnownBy
from models.memberships import Relation
from models.reminding import moves
from post.keyboards import Button, Inline
from rules import regions
from rules.calendar import first_unprotected_month

Page = Callable[[Context, Member, str], Awaitable[None]]


async def tapped(update: Update, context: Context) -> None:
    """Open the page a button names, if the sender is a contact of that member."""
    query = update.callback_query
    assert query is not None  # noqa: S101 - only taps are routed here
    context.answer(query.id)
    _, _, action, code, more, *_ = [*(query.data or "").split("|"), "", "", ""]
    member = await member_of(context.batch, context.account.id, code)
    if member is None or action not in PAGES:
        context.say(context.words("membership.past"))
        return
    await PAGES[action](context, member, more)


async def see(context: Context, member: Member, _: str) -> None:
    """Say the member's standing, as /iuran does for who has one."""
    await say_standing(context, member)


async def more(context: Context, member: Member, _: str) -> None:
    """Offer what else there is to see or to change."""
    code, zone = member.membership.village_code, member.membership.zone
    known = regions.regions()
    values = {
        "name": member.name,
        "place": known.path(code) if known.knows(code) else "",
        "zone": flows.zone_words(zone),
    }
    pages = (
        ("log", "membership.history_button"),
        ("until", "membership.until_button"),
        ("move", "membership.move_button"),
    )
    buttons = [(Button(context.words(words), data=about(page, member)),) for page, words in pages]
    back = Button(context.words("dialogue.back"), data=about("see", member))
    text = Teller(context.language).html(Words("membership.more", values))
    context.say(tidy(text), Inline((*buttons, (back,))))


async def begin_protection(context: Context, member: Member, _: str) -> None:
    """Ask until which day the member is protected."""
    await _begin(context, flows.protection, await _given(context, member))


async def begin_move(context: Context, member: Member, _: str) -> None:
    """Ask where the member lives now."""
    await _begin(context, flows.move, flows.given(member.id, _name(member)))


PAGES: dict[str, Page] = {
    "see": see,
    "more": more,
    "log": history.show,
    "undo": history.ask_to_undo,
    "undone": history.undo,
    "until": begin_protection,
    "move": begin_move,
}
"""What the buttons of a member's pages open or do."""


async def _begin(context: Context, flow: Flow, given: dict[str, Value]) -> None:
    """Begin a dialogue about a member; one about the same that was left open gives way to it."""
    batch = context.batch
    for opened in await dialogues.open_ones(batch.db, batch.keys, context.account.id):
        place = batch.place_of(opened)
        if opened.flow == flow.name and place.draft.answers.get("member") == given["member"]:
            await dialogues.forget(batch.db, place.dialogue)
    context.begin(flow, given)


async def _given(context: Context, member: Member) -> dict[str, Value]:
    """Return what the dialogue about the protected day must know of the ledger."""
    lines = await contributions.standing_lines(context.batch.db, member.id, date.min)
    return flows.given(
        member.id,
        _name(member),
        known=member.membership.protection_until,
        counted=max((line.month for line in lines), default=None),
        office=max((line.month for line in lines if line.known_by not in history.REPORTED), default=None),
    )


def _name(member: Member) -> str | None:
    return None if member.relation is Relation.SELF else member.name


async def note_protection(context: Context, place: Place) -> None:
    """Note the told day, or that there is none any more; reported months it contradicts are taken back.

    What the office confirmed is not, and nothing is that the sender was not asked about.
    """
    member = await _member(context, place)
    if member is None:
        return
    batch, until = context.batch, flows.day_in(place.draft.answers, "until")
    first = date.max if until is None else first_unprotected_month(until)
    lines = await contributions.standing_lines(batch.db, member.id, first)
    given = await _given(context, member)
    office = [line.month for line in lines if line.known_by not in history.REPORTED]
    if office:
        ask_anew(context, place, given, Words("protection.confirmed", {"month": Month(max(office))}))
    elif lines and any(given[key] != place.draft.answers[key] for key in ("counted", "office")):
        ask_anew(context, place, given, Words("membership.ledger_changed"))
    else:
        known_by = KnownBy.REPORTED_WORKER if member.relation in NEAR else KnownBy.REPORTED_AGENT
        await contributions.take_back(batch.db, lines, known_by, by=context.account.id, now=batch.now)
        member.membership.protection_until = until
        await _finish(context, place, await _protected(context, member, until))


async def _protected(context: Context, member: Member, until: date | None) -> Words:
    """Return what was noted and what follows from it today."""
    await context.batch.db.flush()
    now = await member_of(context.batch, context.account.id, base36(member.id)) or member
    values = {"owed": owed_words(now), "next": next_words(now, context.batch.today)}
    if until is None:
        return Words("membership.day_removed", values)
    past = Words("membership.day_past") if until < context.batch.today else ""
    return Words("membership.day_noted", {"whose": member.whose, "day": until, "past": past, **values})


def ask_anew(context: Context, place: Place, given: dict[str, Value], why: Words) -> None:
    """Ask for the day again, by what the ledger says now; the one just told is kept aside."""
    until = place.draft.answers["until"]
    place.take(resume(place.flow, Draft(given, {"until": until})))
    context.say(Teller(context.language).html(why))
    context.show(place.turn())


async def note_move(context: Context, place: Place) -> None:
    """Note where the member lives now."""
    member = await _member(context, place)
    if member is None:
        return
    village = place.draft.answers["village"]
    await moves.move(context.batch.db, member.membership, village["code"], context.batch.now)
    values = {"village": village["label"], "zone": flows.zone_words(member.membership.zone)}
    await _finish(context, place, Words("membership.moved", values))


async def _member(context: Context, place: Place) -> Member | None:
    """Return the member a dialogue is about; if it is not the sender's any more, end the dialogue."""
    code = base36(int(place.draft.answers["member"]))
    member = await member_of(context.batch, context.account.id, code)
    if member is None:
        await _finish(context, place, Words("membership.not_yours"))
    return member


async def _finish(context: Context, place: Place, words: Words) -> None:
    """Throw the finished draft and its key away, and say what came of it and what may come next."""
    await dialogues.forget(context.batch.db, place.dialogue)
    context.stand_at(None)
    waiting = await dialogues.open_ones(context.batch.db, context.batch.keys, context.account.id)
    named = [
        ("membership.to_contributions", "iuran"),
        *([("dialogue.continue", "lanjut")] if waiting else []),
    ]
    buttons = tuple((Button(context.words(label), data=f"v1|c|{command}|"),) for label, command in named)
    context.say(tidy(Teller(context.language).html(words)), Inline(buttons))
