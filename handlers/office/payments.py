"""The officers' desk for contributions: months confirmed as paid, and months taken back."""

import re
from collections.abc import Sequence
from datetime import date

from telegram import Update

from conversations.engine import Month, Words
from handlers.batch import Context
from handlers.office import cases
from handlers.office.cases import Case
from models import contributions
from models.contributions import Contribution, KnownBy
from models.trust.audit import Act
from rules.calendar import month_after, month_of
from rules.money import rupiah
from rules.protection import MONTHS_AHEAD, MONTHS_BACK

MOST = 24
"""How many months one command may name."""

MONTHS = re.compile(r"([0-9]{4}-[0-9]{2})(?:\.\.([0-9]{4}-[0-9]{2}))?")


async def confirm(update: Update, context: Context) -> None:
    """/bayar REFERENCE MONTH … or MONTH..MONTH: record months as paid, because an officer saw the proof."""
    told = await cases.told(update, context, "payments.confirm_usage")
    if told is None:
        return
    case, words = told
    try:
        months = months_of(words)
    except ValueError:
        context.say(context.words("payments.confirm_usage"))
        return
    odd = _too_far(months, month_of(context.batch.today))
    if odd is not None:
        cases.say(context, Words("payments.odd_month", {"month": Month(odd)}))
        return
    await _record(context, case, months)


def _too_far(months: Sequence[date], present: date) -> date | None:
    """Return a month so far from the present one that its year must be mistyped, or None."""
    first, last = month_after(present, -MONTHS_BACK), month_after(present, MONTHS_AHEAD)
    return next((month for month in months if not first <= month <= last), None)


async def _record(context: Context, case: Case, months: Sequence[date]) -> None:
    batch, officer, known_by = context.batch, context.account.id, KnownBy.CONFIRMED_OFFICER
    lines = await contributions.record(
        batch.db, batch.keys, case.membership, months, known_by, by=officer, now=batch.now
    )
    if not lines:
        cases.say(context, Words("payments.known", {"reference": case.reference}))
        return
    cases.audit(context, Act.PAID, case, months=[f"{line.month:%Y-%m}" for line in lines])
    total = rupiah(sum(line.amount for line in lines))
    values = {"reference": case.reference, "lines": cases.lines_in(lines), "total": total}
    cases.say(context, Words("payments.confirmed", values))
    await cases.tell_sender(context, case, "confirmed", lines)


def months_of(words: Sequence[str]) -> list[date]:
    """Return the months somebody named, as YYYY-MM or YYYY-MM..YYYY-MM; ValueError for anything else."""
    months: set[date] = set()
    for word in words:
        ends = MONTHS.fullmatch(word)
        if ends is None:
            raise ValueError(word)
        first, last = (date.fromisoformat(f"{end}-01") for end in (ends[1], ends[2] or ends[1]))
        count = (last.year - first.year) * 12 + last.month - first.month + 1
        if not 1 <= count <= MOST:
            raise ValueError(word)
        months |= {month_after(first, number) for number in range(count)}
    if not 1 <= len(months) <= MOST:
        raise ValueError(len(months))
    return sorted(months)


async def correct(update: Update, context: Context) -> None:
    """/koreksi REFERENCE MONTH: ask whether everything that stands for a month is to be taken back."""
    told = await cases.told(update, context, "payments.correct_usage")
    if told is None:
        return
    case, words = told
    try:
        (month,) = months_of(words)
    except ValueError:
        context.say(context.words("payments.correct_usage"))
        return
    lines = await _standing(context, case, month)
    values = {"reference": case.reference, "month": Month(month), "lines": cases.lines_in(lines)}
    if lines:
        cases.ask(context, Words("payments.correct_sure", values), cases.sure("month", case, month, lines))
    else:
        cases.say(context, Words("payments.nothing_stands", values))


async def tapped(update: Update, context: Context) -> None:
    """Take back what stands for a month, each line with its opposite, if it is still what was shown."""
    query = update.callback_query
    assert query is not None  # noqa: S101 - only taps are routed here
    context.answer(query.id)
    _, _, _, code, day, mark, *_ = [*(query.data or "").split("|"), "", "", ""]
    case, month = await cases.tapped_on(context, code), cases.day_of(day)
    lines = [] if case is None or month is None else await _standing(context, case, month)
    if case is None or not lines or mark != cases.mark(lines):
        context.say(context.words("membership.past"))
        return
    await cases.take_back(context, lines)
    cases.audit(context, Act.CORRECTED, case, months=[f"{month:%Y-%m}"])
    values = {"reference": case.reference, "lines": cases.lines_in(lines)}
    cases.say(context, Words("payments.corrected", values))
    await cases.tell_sender(context, case, "corrected", lines)


async def _standing(context: Context, case: Case, month: date) -> list[Contribution]:
    return await contributions.standing_lines(context.batch.db, case.membership.id, month, month)
