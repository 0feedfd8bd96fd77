"""The officers' desk for the last protected day, as the office read it: noted, or removed."""

from datetime import date

from telegram import Update

from conversations.engine import Words
from handlers.batch import Context
from handlers.office import cases
from handlers.office.cases import Case
from models import contributions
from models.contributions import Contribution
from models.trust.audit import Act
from rules import protection
from rules.calendar import first_unprotected_month
from rules.refusal import Refused

REMOVE = "hapus"


async def protect(update: Update, context: Context) -> None:
    """/sampai REFERENCE DATE|hapus: note or remove the last protected day.

    Recorded months that the day leaves unprotected are taken back, once the officer is sure.
    """
    told = await cases.told(update, context, "payments.protect_usage")
    if told is None:
        return
    case, words = told
    if " ".join(words).casefold() == REMOVE:
        await _note(context, case, None)
        return
    try:
        until = protection.parse(" ".join(words), today=context.batch.today)
    except Refused as refusal:
        cases.say(context, Words(refusal.name, refusal.values))
        return
    lines = await _contradicting(context, case, until)
    if lines:
        values = {"reference": case.reference, "day": until, "lines": cases.lines_in(lines)}
        cases.ask(context, Words("payments.protect_sure", values), cases.sure("until", case, until, lines))
    else:
        await _note(context, case, until)


async def tapped(update: Update, context: Context) -> None:
    """Note a day that recorded months contradict, and take these back, if they are still what was shown."""
    query = update.callback_query
    assert query is not None  # noqa: S101 - only taps are routed here
    context.answer(query.id)
    _, _, _, code, day, mark, *_ = [*(query.data or "").split("|"), "", "", ""]
    case, until = await cases.tapped_on(context, code), cases.day_of(day)
    lines = [] if case is None or until is None else await _contradicting(context, case, until)
    if case is None or until is None or not lines or mark != cases.mark(lines):
        context.say(context.words("membership.past"))
        return
    await cases.take_back(context, lines)
    await _note(context, case, until)


async def _note(context: Context, case: Case, until: date | None) -> None:
    case.membership.protection_until = until
    cases.audit(context, Act.PROTECTED, case, removed=until is None)
    name = "payments.day_removed" if until is None else "payments.day_noted"
    cases.say(context, Words(name, {"reference": case.reference, "day": until}))
    await cases.tell_sender(context, case, "day_removed" if until is None else "day_noted", until=until)


async def _contradicting(context: Context, case: Case, until: date) -> list[Contribution]:
    """Return the recorded months that a last protected day leaves unprotected."""
    first = first_unprotected_month(until)
    return await contributions.standing_lines(context.batch.db, case.membership.id, first)
