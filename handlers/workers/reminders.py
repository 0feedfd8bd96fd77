"""Reminders that a person can answer: their words, their buttons, and what each answer does."""

from datetime import date, timedelta

from telegram import Update

from conversations.engine import Month, Words
from handlers.batch import Context
from handlers.news import Heard, tell_office
from handlers.render import Teller, rows
from handlers.workers import sponsored
from handlers.workers.contacts import ask_leave
from handlers.workers.contributions import record, tap, when
from handlers.workers.members import Member, member_of, members_of
from handlers.workers.sponsored import alone_button
from models import contacts, memberships
from models.memberships import Life
from models.reminding import opt_outs, snoozes
from post.keyboards import Button, Inline
from rules.calendar import SPONSOR_ENDS, Step, due_date, month_after, month_of
from rules.dates import short

STEPS = {
    Step.BEFORE_7: "before",
    Step.BEFORE_3: "before",
    Step.ASKED: "before",
    Step.DUE: "due",
    Step.AFTER_1: "late",
    Step.SECOND_MONTH: "arrears",
    Step.THIRD_MONTH: "arrears",
    Step.BEFORE_LAPSE: "before_lapse",
    Step.LAPSED: "lapsed",
    Step.FIRST_PAYMENT: "first_payment",
    Step.PREPAID_END: "prepaid_end",
    Step.SPONSOR_END_90: "sponsor_end",
    Step.SPONSOR_END_30: "sponsor_end",
    Step.SPONSOR_END_7: "sponsor_end",
    Step.RELIEF_END: "relief_end",
}
"""Which words each step of the calendar has."""

ANSWERS = ("paid", "tomorrow", "day", "notme", "died")
"""What a reminder can be answered with, before the way to end it, in the order of the buttons."""

PAID = ("1", "2", "3", "6", "12")
DAYS_OFFERED = 14

LAST_DAYS = timedelta(days=8)
"""How long before a membership ends a reminder is the last one."""


def reminder_words(member: Member, step: Step, month: date, today: date) -> Words:
    """Return the words of a reminder. It never says that an unpaid month is covered."""
    stands = member.standing
    last = month_after(month, -1)
    name = STEPS[step]
    if name == "before" and stands.due < today:
        name = "late"
    return Words(
        f"reminders.{name}",
        {
            "whose": member.whose,
            "month": Month(month),
            "amount": member.amount(month),
            "due": stands.due,
            "when": when(stands.due, today),
            "count": max(stands.arrears, 1),
            "lapse": stands.lapse_on,
            "last": member.membership.sponsor_until or Month(last),
        },
    )


def step_now(member: Member, today: date) -> Step:
    """Return which reminder fits a member today, for one that was not planned step by step."""
    stands = member.standing
    if member.sponsored(today) is not None:
        return Step.SPONSOR_END_7
    if stands.lapsed:
        return Step.LAPSED
    if today >= stands.lapse_on - LAST_DAYS:
        return Step.BEFORE_LAPSE
    if month_of(today) > stands.next_unpaid:
        return Step.SECOND_MONTH
    if stands.paid_through is None and member.membership.sponsor_until is None:
        return Step.FIRST_PAYMENT
    if stands.due < today:
        return Step.AFTER_1
    return Step.DUE if stands.due == today else Step.BEFORE_7


def reminder_buttons(language: str, member: Member, step: Step) -> Inline:
    """Return the answers a reminder takes; who joined for another can leave, and stops nobody's.

    Where a sponsor's months end, the first is to go on alone.
    """
    teller = Teller(language)
    alone = ((alone_button(language, member),),) if step in SPONSOR_ENDS else ()
    end = "stop" if member.spoken_for else "leave"
    first, *others = [
        Button(
            teller.plain(Words(f"reminders.button.{name}")),
            data=tap(name, member),
            style="success" if name == "paid" else None,
        )
        for name in (*ANSWERS, end)
    ]
    return Inline((*alone, (first,), *rows(others)))


async def tapped(update: Update, context: Context) -> None:
    """Take an answer to a reminder, if it comes from somebody who may give it and the month is still open."""
    query = update.callback_query
    assert query is not None  # noqa: S101 - only taps are routed here
    context.answer(query.id)
    parts = (query.data or "").split("|")
    member = await member_of(context.batch, context.account.id, parts[3]) if len(parts) == 5 else None
    if member is None:
        context.say(context.words("reminders.past"))
        return
    if parts[4] != f"{member.standing.next_unpaid:%Y%m}" and not parts[2].startswith(
        ("died", "stop", "notme", "notalone", "leave")
    ):
        context.say(context.words("reminders.already_paid"))
        return
    await answer(context, member, parts[2])


async def answer(context: Context, member: Member, action: str) -> None:
    """Do what an answer to a reminder says; each concerns this period only, but for death and stopping."""
    match action.split("."):
        case ["paid"]:
            ask_how_many(context, member)
        case ["paid", count] if count in PAID:
            await paid(context, member, int(count))
        case ["tick"]:
            last = await record(context, member, 1)
            teller = Teller(context.language)
            values = {"name": member.name, "month": Month(last)}
            context.say(teller.html(Words("contributions.ticked", values)))
        case ["tomorrow"]:
            await put_off(context, member, context.batch.today + timedelta(days=1))
        case ["day"]:
            ask_which_day(context, member)
        case ["day", text] if (day := _day(text)) is not None and day > context.batch.today:
            await put_off(context, member, day)
        case ["notme"]:
            await contacts.drop(context.batch.db, member.id, context.account.id)
            await say_and_tell(context, member, Heard.NOT_ME)
        case ["died"]:
            ask_died(context, member)
        case ["died", "yes"]:
            await memberships.end(context.batch.db, member.id, Life.DECEASED, context.batch.now)
            await say_and_tell(context, member, Heard.DIED)
        case ["died", "no"]:
            context.say(context.words("commands.nothing_changed"))
        case ["alone"]:
            await sponsored.go_on_alone(context, member)
        case ["notalone"]:
            await sponsored.not_alone(context, member)
        case ["stop"] if member.spoken_for:
            index = member.membership.nik_index
            await opt_outs.stop(context.batch.db, index, context.account.id, context.batch.now)
            context.say(context.words("reminders.stopped"))
        case ["stop" | "leave"]:
            await ask_leave(context, member)
        case _:
            context.say(context.words("reminders.past"))


async def say_and_tell(context: Context, member: Member, heard: Heard) -> None:
    """Say what was done, and that the officers are told where there are any to tell."""
    text = context.words(f"reminders.{heard.value}_done")
    if await tell_office(context, member, heard):
        text = f"{text}\n\n{context.words('contacts.office_told')}"
    context.say(text)


def ask_how_many(context: Context, member: Member) -> None:
    """Ask how many months were paid."""
    teller = Teller(context.language)
    words = Words("reminders.how_many", {"month": Month(member.standing.next_unpaid)})
    buttons = [
        Button(
            teller.plain(Words("offer.months.one" if count == "1" else "offer.months", {"months": count})),
            data=tap(f"paid.{count}", member),
        )
        for count in PAID
    ]
    context.say(teller.html(words), Inline(rows(buttons)))


async def paid(context: Context, member: Member, months: int) -> None:
    """Record the months as paid by the sender's word; the series goes on after the last of them."""
    last = await record(context, member, months)
    teller = Teller(context.language)
    name = "offer.months.one" if months == 1 else "offer.months"
    values = {
        "months": Words(name, {"months": months}),
        "last": Month(last),
        "due": due_date(month_after(last)),
    }
    context.say(teller.html(Words("reminders.noted_paid", values)))


async def put_off(context: Context, member: Member, day: date) -> None:
    """Remind again on a day the person chose; the due date stays."""
    await snoozes.snooze(context.batch.db, member.id, member.standing.next_unpaid, day)
    values = {"day": day, "due": member.standing.due}
    context.say(Teller(context.language).html(Words("reminders.snoozed", values)))


def ask_which_day(context: Context, member: Member) -> None:
    """Offer the days of the next two weeks."""
    days = [context.batch.today + timedelta(days=number) for number in range(1, DAYS_OFFERED + 1)]
    buttons = [Button(short(day, context.language), data=tap(f"day.{day:%Y%m%d}", member)) for day in days]
    pairs = tuple(tuple(buttons[place : place + 2]) for place in range(0, len(buttons), 2))
    context.say(context.words("reminders.which_day"), Inline(pairs))


def _day(text: str) -> date | None:
    """Return the day a button names, within the next two weeks of any day; None for anything else."""
    try:
        return date.fromisoformat(text) if len(text) == 8 else None
    except ValueError:
        return None


def ask_died(context: Context, member: Member) -> None:
    """Ask once more before reminders stop for good."""
    teller = Teller(context.language)
    yes = Button(context.words("reminders.died_yes"), data=tap("died.yes", member))
    no = Button(context.words("reminders.died_no"), data=tap("died.no", member))
    context.say(teller.html(Words("reminders.died_sure", {"whose": member.whose})), Inline(((yes, no),)))


async def on_again(update: Update, context: Context) -> None:
    """/ingatkan: remind the sender again, and everybody of the members the sender may speak for."""
    members = await members_of(context.batch, context.account.id)
    own = [member.membership.nik_index for member in members if member.spoken_for]
    lifted = await opt_outs.lift(context.batch.db, own)
    context.account.stopped_at = None
    context.say(context.words("reminders.on" if lifted else "reminders.on_already"))
