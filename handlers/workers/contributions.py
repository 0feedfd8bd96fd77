"""Behind /iuran: where a member stands, what is due and when; and a paged list for who acts for many."""

import zlib
from collections.abc import Sequence
from datetime import date

from telegram import Update

from conversations.engine import Month, Words
from handlers.batch import Context
from handlers.render import Teller, base36, rows, tidy
from handlers.workers.members import Member, about, members_of, page_of
from locales import say
from models import contributions
from models.contacts import KEEPERS
from models.contributions import KnownBy
from models.memberships import Relation
from post.keyboards import Button, Inline
from rules.calendar import month_after

PAGE = 8
"""How many members a page of the list has."""

NEAR = (Relation.SELF, Relation.FAMILY)


async def say_standing(context: Context, member: Member) -> None:
    """Say one member's standing; the payment number, a NIK, goes only to those who typed it."""
    channels = (await context.batch.offered()).channels
    text = tidy(Teller(context.language).html(standing_words(member, context.batch.today, channels)))
    if member.invited:
        text = f"{text}\n\n{context.words('contacts.number_not_shown')}"
    context.say(text, _standing_buttons(context, member), protect=True)


def _standing_buttons(context: Context, member: Member) -> Inline:
    pay = Button(context.words("contributions.paid_button"), data=tap("paid", member), style="success")
    copy = [] if member.invited else [Button(context.words("contributions.copy_number"), copy=member.nik)]
    chain = [
        Button(context.words(f"contacts.{words}_button"), data=f"v1|k|{words}|{base36(member.id)}")
        for words in (("who", "add") if member.relation in KEEPERS else ("who",))
    ]
    more = Button(context.words("membership.more_button"), data=about("more", member))
    told = () if member.relation is Relation.SELF else ("notme", "died")
    answers = [Button(context.words(f"reminders.button.{name}"), data=tap(name, member)) for name in told]
    until = member.sponsored(context.batch.today)
    alone = (
        [] if until is None else [Button(context.words("sponsored.button.alone"), data=tap("alone", member))]
    )
    return Inline((*((one,) for one in (*alone, pay, *copy, *chain, more)), *rows(answers)))


def standing_words(member: Member, today: date, channels: str) -> Words:
    """Return a member's standing in words; it never says that an unpaid month is covered.

    `channels` are the names of where it can be paid.
    """
    return Words(
        "contributions.standing",
        {
            "name": member.name,
            "paid": _paid(member),
            "owed": owed_words(member),
            "next": next_words(member, today),
            "notes": _notes(member),
            "where": Words("contributions.where", {"channels": channels}),
        },
    )


def next_words(member: Member, today: date) -> Words:
    """Return which month is to be paid next, what it costs, and until when."""
    month, due = member.standing.next_unpaid, member.standing.due
    values = {"month": Month(month), "amount": member.amount(month), "due": due}
    return Words("contributions.next" if today <= due else "contributions.next_late", values)


def _paid(member: Member) -> Words:
    """Return what is known of the cover: the told day where it wins, else the last month of the ledger."""
    stands = member.standing
    if stands.told is not None:
        return Words("contributions.protection_until", {"day": stands.told})
    if stands.paid_through is None:
        return Words("contributions.nothing_paid")
    return Words("contributions.paid_through", {"month": Month(stands.paid_through)})


def owed_words(member: Member) -> tuple[Words, ...]:
    """Return what is late and what may follow from it; nothing where nothing is."""
    stands = member.standing
    if stands.lapsed:
        return (Words("contributions.lapsed"),)
    if not stands.arrears or stands.paid_through is None:
        return ()
    months = [month_after(stands.next_unpaid, number) for number in range(stands.arrears)]
    lines = tuple(
        Words("contributions.month_line", {"month": Month(month), "amount": member.amount(month)})
        for month in months
    )
    values = {"count": stands.arrears, "lines": lines, "lapse": stands.lapse_on}
    return (Words("contributions.arrears", values), Words("contributions.cover_unsure"))


def _notes(member: Member) -> tuple[Words, ...]:
    full, price = member.standing.jkm_full_from, member.price(member.standing.next_unpaid)
    waiting = () if full is None or member.standing.run >= 3 else (full,)
    return (
        *(Words("contributions.jkm_waiting", {"month": Month(month_after(day, -1))}) for day in waiting),
        *((Words("offer.unsettled"),) if price.unsettled else ()),
    )


def say_list(context: Context, members: list[Member], number: int, heading: str = "") -> None:
    """Say one page of the list, the soonest due first, each with a button that records a payment."""
    text, keyboard = list_page(context.language, members, number, context.batch.today, heading)
    context.say(text, keyboard)


def list_page(
    language: str, members: list[Member], number: int, today: date, heading: str = ""
) -> tuple[str, Inline]:
    """Return one page of the list and its buttons."""
    teller = Teller(language)
    shown, number, pages = page_of(members, number, PAGE)
    lines = tuple(
        line_words(member, place, today) for place, member in enumerate(shown, start=(number - 1) * PAGE + 1)
    )
    values = {"count": len(members), "page": number, "pages": pages, "lines": lines}
    text = teller.html(Words("contributions.list", values))
    ticks = tuple(_buttons(teller, member) for member in shown)
    every = Button(
        teller.plain(Words("contributions.tick_all", {"count": len(shown)})), data=f"v1|i|all|{number}"
    )
    turns = tuple(
        Button(teller.plain(Words(f"contributions.{words}")), data=f"v1|i|page|{other}")
        for words, other in (("previous", number - 1), ("following", number + 1))
        if 1 <= other <= pages
    )
    return f"{heading}\n\n{text}".strip(), Inline((*ticks, (every,), *((turns,) if turns else ())))


def _buttons(teller: Teller, member: Member) -> tuple[Button, Button]:
    """Return the buttons of one line: record a month, and open the member's own page."""
    tick = teller.plain(Words("contributions.tick", {"name": member.name}))
    see = say(teller.language, "membership.see_button")
    return Button(tick, data=tap("tick", member)), Button(see, data=about("see", member))


def line_words(member: Member, place: int, today: date) -> Words:
    """Return one line of a list: who, the month to pay next, and how far away its last day is."""
    stands = member.standing
    values = {
        "n": place,
        "name": member.name,
        "month": Month(stands.next_unpaid),
        "when": when(stands.due, today),
    }
    return Words("contributions.list_line", values)


def when(due: date, today: date) -> Words:
    """Return how far away a due date is, in words."""
    days = (due - today).days
    if days == 0:
        return Words("contributions.today")
    name = "contributions.days_left" if days > 0 else "contributions.days_late"
    return Words(name, {"days": abs(days)})


def tap(action: str, member: Member) -> str:
    """Return what a button about a member carries: action, membership and month; nothing personal."""
    return f"v1|r|{action}|{base36(member.id)}|{member.standing.next_unpaid:%Y%m}"


async def record(context: Context, member: Member, months: int) -> date:
    """Record so many months as paid by the sender's word, and return the last of them."""
    first = member.standing.next_unpaid
    paid = [month_after(first, number) for number in range(months)]
    known_by = KnownBy.REPORTED_WORKER if member.relation in NEAR else KnownBy.REPORTED_AGENT
    batch = context.batch
    await contributions.record(
        batch.db, batch.keys, member.membership, paid, known_by, by=context.account.id, now=batch.now
    )
    return paid[-1]


async def tapped(update: Update, context: Context) -> None:
    """Turn a page of the list, or record one month for everybody on it."""
    query = update.callback_query
    assert query is not None  # noqa: S101 - only taps are routed here
    context.answer(query.id)
    _, _, action, number, *_ = [*(query.data or "").split("|"), "", "", ""]
    members = await members_of(context.batch, context.account.id)
    page = int(number) if number.isdecimal() and len(number) < 6 else 1
    if not members:
        context.say(context.words("contributions.none"))
    elif action == "all":
        shown, page, _ = page_of(members, page, PAGE)
        sure = Button(context.words("dialogue.yes"), data=f"v1|i|sure|{page}|{mark(shown)}")
        context.say(context.words("contributions.tick_all_sure", count=len(shown)), Inline(((sure,),)))
    elif action == "sure":
        await _tick_all(context, members, page, query.data or "")
    else:
        say_list(context, members, page)


async def _tick_all(context: Context, members: list[Member], page: int, data: str) -> None:
    """Record a month for everybody on a page, unless the page is another one by now."""
    shown, page, _ = page_of(members, page, PAGE)
    if data.rpartition("|")[2] != mark(shown):
        context.say(context.words("reminders.past"))
    else:
        for member in shown:
            await record(context, member, 1)
        context.say(context.words("contributions.ticked_all", count=len(shown)))
    say_list(context, await members_of(context.batch, context.account.id), page)


def mark(shown: Sequence[Member]) -> str:
    """Return a mark of who is shown with which month, so that a tap on an older page records nothing."""
    told = "".join(f"{member.id}:{member.standing.next_unpaid}" for member in shown)
    return base36(zlib.crc32(told.encode()))
