"""The ledger of one member in plain words, the newest first, and taking back what one reported oneself.

Nobody else's name is said: who reported is told in general words.
"""

from collections.abc import Sequence

from conversations.engine import Month, Words
from handlers.batch import Context
from handlers.render import Teller, base36, id_of, tidy
from handlers.workers.contributions import NEAR
from handlers.workers.members import Member, about
from models import contributions
from models.contributions import Contribution, KnownBy
from post.keyboards import Button, Inline
from rules.money import rupiah
from rules.refusal import Refused

PAGE = 8
"""How many lines a page has."""

REPORTED = (KnownBy.REPORTED_WORKER, KnownBy.REPORTED_AGENT)
"""What is known from people's own words; the rest the office answers for."""


async def show(context: Context, member: Member, page: str = "") -> None:
    """Say one page of the ledger, with a button for each line the sender may take back."""
    lines = await contributions.ledger(context.batch.db, member.id)
    pages = max(1, -(-len(lines) // PAGE))
    number = min(max(int(page) if page.isdecimal() and len(page) < 6 else 1, 1), pages)
    shown = lines[(number - 1) * PAGE : number * PAGE]
    gone = {line.corrects for line in lines}
    values = {
        "name": member.name,
        "page": Words("membership.page", {"page": number, "pages": pages}) if pages > 1 else "",
        "lines": tuple(_line(context, line, gone=line.id in gone) for line in shown)
        or (Words("contributions.nothing_paid"),),
        "note": Words("membership.office_note") if any(map(_of_the_office, shown)) else "",
    }
    text = tidy(Teller(context.language).html(Words("membership.history", values)))
    own = [line for line in shown if _may_take_back(context, line) and line.id not in gone]
    context.say(text, _buttons(context, member, own, number, pages))


def _of_the_office(line: Contribution) -> bool:
    return line.sign > 0 and line.known_by not in REPORTED


def _may_take_back(context: Context, line: Contribution) -> bool:
    """Return whether a line is what the sender reported: then it is the sender's to take back."""
    return line.sign > 0 and line.known_by in REPORTED and line.by_account == context.account.id


def _line(context: Context, line: Contribution, *, gone: bool) -> Words:
    """Return a line in words: the month, the amount, how it is known and by whom, and when it was noted."""
    known = "own" if line.by_account == context.account.id else line.known_by.value
    kind = "how" if line.sign > 0 else "undone_by"
    values = {
        "month": Month(line.month),
        "amount": rupiah(line.amount),
        "how": Words(f"membership.{kind}.{known}"),
        "day": line.at.astimezone(context.batch.zone).date(),
    }
    if line.sign < 0:
        return Words("membership.line_undoing", values)
    return Words("membership.line_undone" if gone else "membership.line", values)


def _buttons(
    context: Context, member: Member, own: Sequence[Contribution], number: int, pages: int
) -> Inline:
    teller = Teller(context.language)
    undo = [
        Button(
            teller.plain(Words("membership.undo_button", {"month": Month(line.month)})),
            data=about("undo", member, base36(line.id)),
        )
        for line in own
    ]
    turns = [
        Button(context.words(f"contributions.{words}"), data=about("log", member, str(other)))
        for words, other in (("previous", number - 1), ("following", number + 1))
        if 1 <= other <= pages
    ]
    back = Button(context.words("dialogue.back"), data=about("more", member))
    return Inline((*((each,) for each in undo), *((tuple(turns),) if turns else ()), (back,)))


async def ask_to_undo(context: Context, member: Member, code: str) -> None:
    """Ask once whether a line is really to be taken back."""
    line = await _line_of(context, member, code)
    if line is not None and _of_the_office(line):
        context.say(context.words("membership.office_note"))
    elif line is None or not _may_take_back(context, line):
        context.say(context.words("membership.past"))
    else:
        values = {"month": Month(line.month), "amount": rupiah(line.amount)}
        yes = Button(context.words("membership.undo_yes"), data=about("undone", member, code), style="danger")
        no = Button(context.words("membership.undo_no"), data=about("log", member))
        text = Teller(context.language).html(Words("membership.undo_sure", values))
        context.say(text, Inline(((yes,), (no,))))


async def undo(context: Context, member: Member, code: str) -> None:
    """Take a line back with its opposite, once; say whether the month still counts by another's word."""
    line = await _line_of(context, member, code)
    if line is None or not _may_take_back(context, line):
        context.say(context.words("membership.past"))
        return
    batch = context.batch
    known_by = KnownBy.REPORTED_WORKER if member.relation in NEAR else KnownBy.REPORTED_AGENT
    try:
        await contributions.correct(batch.db, line, known_by, by=context.account.id, now=batch.now)
    except Refused as refusal:
        context.say(context.words(refusal.name))
        return
    counts = line.month in (await contributions.covered(batch.db, [member.id]))[member.id]
    values = {
        "month": Month(line.month),
        "amount": rupiah(line.amount),
        "note": Words("membership.still_counts") if counts else "",
    }
    context.say(tidy(Teller(context.language).html(Words("membership.undone", values))))
    await show(context, member)


async def _line_of(context: Context, member: Member, code: str) -> Contribution | None:
    """Return the line a button is about, if it is one of this member's."""
    lines = await contributions.ledger(context.batch.db, member.id)
    return next((line for line in lines if line.id == id_of(code)), None)
