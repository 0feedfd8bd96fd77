"""A short list with a tick for each: one message, a tap for whoever was paid for, and one to record them.

Nothing is stored in between: which list was shown, and who is ticked on it, ride in the buttons. They carry
`v1|u|t|list|day|ticks|mark|act`: the list is read again as it was on that day, and must still be the same.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from telegram import CallbackQuery, Update

from conversations.engine import Month, Words
from handlers.batch import Context
from handlers.render import Teller, base36
from handlers.workers.contributions import line_words, mark, record, say_list, say_standing
from handlers.workers.members import Member, about, members_of, read
from models.agency import households
from models.owing.wanted import to_see_to
from models.reminding import continuations, snoozes
from post.keyboards import Button, Inline
from post.sayings import Edit
from rules.calendar import SPONSOR_ENDS, kept_for, remind_by

FEW: Final = 8
"""A list of so many or fewer has ticks; a longer one has pages."""

OLDEST: Final = timedelta(days=90)
"""A list that was shown longer ago is past."""

SEEN_TO: Final = timedelta(days=7)
"""A digest names those who are due within so many days, late, or have paid nothing yet."""


class Sheet(StrEnum):
    """Which list is ticked: who is due on a day, everybody one looks after, or the household."""

    DUE = "d"
    ALL = "a"
    HOME = "h"


HEADINGS: Final = {Sheet.DUE: "ticks.due", Sheet.ALL: "ticks.all", Sheet.HOME: "ticks.home"}


@dataclass(frozen=True, slots=True)
class Ticks:
    """A list as it was on a day, and who is ticked on it: a bit for each, the first the lowest."""

    sheet: Sheet
    day: date
    members: Sequence[Member]
    mask: int = 0

    @property
    def ticked(self) -> list[Member]:
        """Those who are ticked, in the order of the list."""
        return [member for at, member in enumerate(self.members) if self.mask >> at & 1]

    def data(self, act: str) -> str:
        """Return what a button of this list carries: nothing personal."""
        day, ticks = base36(self.day.toordinal()), base36(self.mask)
        return "|".join(("v1", "u", "t", self.sheet.value, day, ticks, mark(self.members), act))

    def page(self, language: str, today: date, before: Words | None = None) -> tuple[str, Inline]:
        """Return the list in words with its buttons; `before` is what was just recorded from it."""
        teller = Teller(language)
        lines = tuple(line_words(member, at, today) for at, member in enumerate(self.members, start=1))
        values = {"count": len(self.members), "lines": lines}
        told = [*([before] if before else []), *([Words(HEADINGS[self.sheet], values)] if lines else [])]
        return "\n\n".join(teller.html(words) for words in told), self._buttons(teller)

    def _buttons(self, teller: Teller) -> Inline:
        tell = teller.plain
        see = tell(Words("membership.see_button"))
        each = tuple(
            (
                Button(tell(_box(member, self.mask >> at & 1)), data=self.data(str(at))),
                Button(see, data=about("see", member)),
            )
            for at, member in enumerate(self.members)
        )
        if not each:
            return Inline(())
        everybody = Button(tell(Words("ticks.everybody")), data=self.data("all"))
        save = tell(Words("ticks.save", {"count": self.mask.bit_count()}))
        return Inline((*each, (everybody,), (Button(save, data=self.data("save"), style="success"),)))


def _box(member: Member, ticked: int) -> Words:
    return Words("ticks.ticked" if ticked else "ticks.open", {"name": member.name})


def is_due(member: Member, today: date, alone: Collection[int]) -> bool:
    """Return whether a digest names a member: nothing paid yet, due soon, late, or lapsed on this day.

    Whoever somebody else pays for is named when that ends soon, unless the wish to go on `alone` is known.
    """
    stands, until = member.standing, member.sponsored(today)
    if until is not None:
        return member.id not in alone and any(until - day in SPONSOR_ENDS.values() for day in kept_for(today))
    if stands.lapsed:
        return stands.lapse_on in kept_for(today)
    due = min(stands.due, remind_by(stands.next_unpaid))
    return stands.paid_through is None or due <= today + SEEN_TO


def chosen(
    members: Iterable[Member], today: date, later: Collection[tuple[int, date]], alone: Collection[int]
) -> list[Member]:
    """Return who of these a digest names: due, and not put off to a later day."""
    return [
        member
        for member in members
        if is_due(member, today, alone) and (member.id, member.standing.next_unpaid) not in later
    ]


async def show(update: Update, context: Context) -> None:
    """/iuran: say where the sender's members stand: one in full, a few with ticks, many by pages."""
    members = await members_of(context.batch, context.account.id)
    match members:
        case []:
            context.say(context.words("contributions.none"))
        case [one]:
            await say_standing(context, one)
        case _ if len(members) <= FEW:
            say_ticks(context, Sheet.ALL, members)
        case _:
            say_list(context, members, 1)


def say_ticks(context: Context, sheet: Sheet, members: Sequence[Member]) -> None:
    """Say a list as it is today, with nobody ticked."""
    today = context.batch.today
    context.say(*Ticks(sheet, today, members).page(context.language, today))


async def tapped(context: Context, query: CallbackQuery, parts: Sequence[str]) -> None:
    """Take a tap on a list, which is shown anew in its place; one that has changed is said as it is now."""
    ticks, act = await _shown(context, parts), parts[-1]
    if ticks is None:
        context.answer(query.id)
        await _say_anew(context, parts)
    elif act == "save" and not ticks.mask:
        context.answer(query.id, context.words("ticks.nobody"))
    elif act == "save":
        context.answer(query.id)
        await _save(context, query, ticks)
    else:
        context.answer(query.id)
        every = (1 << len(ticks.members)) - 1
        _edit(context, query, replace(ticks, mask=every if act == "all" else ticks.mask ^ 1 << int(act)))


async def _shown(context: Context, parts: Sequence[str]) -> Ticks | None:
    """Return the list a button stands under, if it still is what was shown; None for anything else."""
    try:
        sheet, day, mask = Sheet(parts[0]), date.fromordinal(int(parts[1], 36)), int(parts[2], 36)
        told, act = parts[3:]
        at = 0 if act in ("all", "save") else int(act)
    except (ValueError, OverflowError, IndexError):
        return None
    if not abs(day - context.batch.today) <= OLDEST:
        return None
    members = await _read(context, sheet, day)
    known = len(members) <= FEW and mark(members) == told and 0 <= mask < 1 << len(members)
    return Ticks(sheet, day, members, mask) if known and 0 <= at < len(members) else None


async def _read(context: Context, sheet: Sheet, day: date) -> list[Member]:
    """Return the sender's list as it stands on a day."""
    batch, account_id = context.batch, context.account.id
    if sheet is Sheet.ALL:
        return await read(batch.db, batch.keys, account_id, day)
    if sheet is Sheet.HOME:
        home = await households.memberships_of(batch.db, account_id)
        return await read(batch.db, batch.keys, account_id, day, home)
    ids = (await to_see_to(batch.db, [account_id]))[account_id]
    later = await snoozes.put_off(batch.db, ids, day)
    alone = await continuations.wished(batch.db, ids)
    return chosen(await read(batch.db, batch.keys, account_id, day, ids), day, later, alone)


async def _save(context: Context, query: CallbackQuery, ticks: Ticks) -> None:
    """Record a month for each who is ticked, and show what is left of the list."""
    lines = [
        Words("ticks.line", {"name": member.name, "month": Month(await record(context, member, 1))})
        for member in ticks.ticked
    ]
    saved = Words("ticks.saved", {"lines": tuple(lines)})
    _edit(context, query, Ticks(ticks.sheet, ticks.day, await _read(context, ticks.sheet, ticks.day)), saved)


def _edit(context: Context, query: CallbackQuery, ticks: Ticks, before: Words | None = None) -> None:
    """Show a list in the message that was tapped."""
    if query.message is not None:
        chat, number = query.message.chat.id, query.message.message_id
        text, keyboard = ticks.page(context.language, context.batch.today, before)
        context.batch.say(Edit(chat, number, text, keyboard), chat)


async def _say_anew(context: Context, parts: Sequence[str]) -> None:
    """Say that a list is past, and how it is now."""
    context.say(context.words("reminders.past"))
    sheet = Sheet(parts[0]) if parts and parts[0] in set(Sheet) else None
    members = [] if sheet is None else await _read(context, sheet, context.batch.today)
    if sheet is not None and 0 < len(members) <= FEW:
        say_ticks(context, sheet, members)
