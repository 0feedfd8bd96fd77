"""The commands, which work at any point of a dialogue and are never taken as an answer."""

import html
import re
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from telegram import Update

from conversations.registration import registration
from handlers import filing
from handlers.agency import (
    agents,
    associations,
    hand_over,
    practice,
    slips,
    status_links,
    today,
    treasurers,
    vouching,
)
from handlers.authority import permits
from handlers.batch import Context
from handlers.consent_words import in_full
from handlers.dialogue import nothing_open
from handlers.news import tell_officers
from handlers.office import candidates
from handlers.status_news import repair_button
from handlers.workers import household, invitations, joining, own_data, own_record, reminders, ticks
from locales import languages, say
from models import applications, dialogues, erasures
from models.applications import Application
from models.privacy.alarms import ASKED, prove
from models.states import State
from post.keyboards import Button, Inline
from rules.dates import long

LISTED = 15
"""How many registrations /status tells of, the newest first: a message holds 4,096 characters."""

LINK = re.compile(r"([a-z])([A-Za-z0-9_-]{22})")
"""What follows /start in a link of ours: a letter that tells its kind, and a token."""

LINKS: dict[str, Callable[[Context, str], Awaitable[bool]]] = {
    invitations.LETTER: invitations.opened,
    status_links.LETTER: status_links.opened,
    vouching.LETTER: vouching.opened,
    own_record.LETTER: own_record.opened,
    joining.LETTER: joining.opened,
    treasurers.LETTER: treasurers.opened,
    candidates.LETTER: candidates.opened,
}
"""Every kind of link, by its letter, and what answers who opens one."""

Command = Callable[[Update, Context], Coroutine[Any, Any, None]]


def button(context: Context, words: str, command: str, argument: str = "", **style: str) -> Button:
    """Return a button that does what a command does."""
    return Button(context.words(words), data=f"v1|c|{command}|{argument}", **style)  # type: ignore[arg-type]


async def start(update: Update, context: Context) -> None:
    """Greet; who has a form open is taken back to it, and who opened a link hears what it is for."""
    words = (update.message.text or "").split() if update.message else []
    if len(words) > 1 and await open_link(context, words[1]):
        return
    context.say(context.words("commands.start"), await greeting(context))
    if context.place is not None:
        context.say(context.words("commands.welcome_back"))
        context.show(context.place.turn())


async def open_link(context: Context, word: str) -> bool:
    """Answer who opened a link; False when a greeting is to follow."""
    found = LINK.fullmatch(word)
    if found and found[1] in LINKS:
        return await LINKS[found[1]](context, found[2])
    return await invitations.opened(context, word)  # of a former release, without a letter


async def greeting(context: Context) -> Inline:
    """Return the buttons of the greeting, and one to the desk for whoever may use it."""
    if not await permits(context, "/petugas"):
        return welcome(context)
    desk = Button(context.words("desk.button"), data="v1|j|all")
    return Inline(((desk,), *welcome(context).rows))


def welcome(context: Context) -> Inline:
    """Return the buttons of the greeting."""
    return Inline(
        (
            (button(context, "commands.register", "daftar", style="primary"),),
            (
                button(context, "commands.status_button", "status"),
                button(context, "commands.help_button", "bantuan"),
            ),
            (button(context, "commands.language_button", "bahasa"),),
        )
    )


async def register(update: Update, context: Context) -> None:
    """Begin a registration; ask first if another form is still open."""
    waiting = await dialogues.open_ones(context.batch.db, context.batch.keys, context.account.id)
    if not waiting:
        context.begin(registration)
        return
    await choose_draft(context, "commands.draft_open", waiting)


async def choose_draft(context: Context, words: str, waiting: list[dialogues.OpenDialogue]) -> None:
    """List the open forms, each a button that goes on with it, and a button for a new one."""
    rows = [(draft_button(context, one),) for one in waiting[:8]]
    new = button(context, "commands.new_form", "daftar", "new")
    context.say(context.words(words), Inline((*rows, (new,))), fleeting=True)


def draft_button(context: Context, opened: dialogues.OpenDialogue) -> Button:
    """Return the button of one open form: whom it is about and how far it is."""
    place = context.batch.place_of(opened)
    turn = place.turn()
    step, steps = turn.progress
    name = context.page(place).teller.plain(place.flow.title(place.draft.answers))
    text = context.words("commands.draft", name=name, step=step, steps=steps)
    return Button(text, data=f"v1|c|lanjut|{opened.id}")


async def go_on(update: Update, context: Context) -> None:
    """Take the sender back to the right question."""
    if context.place is not None:
        context.show(context.place.turn())
        return
    waiting = await dialogues.open_ones(context.batch.db, context.batch.keys, context.account.id)
    match waiting:
        case []:
            await nothing_open(context)
        case [one]:
            stand_and_show(context, one)
        case _:
            await choose_draft(context, "commands.which_draft", waiting)


def stand_and_show(context: Context, opened: dialogues.OpenDialogue) -> None:
    """Put an open form in front of the sender and ask its present question."""
    place = context.batch.place_of(opened)
    context.stand_at(place)
    context.show(place.turn())


async def go_on_with(context: Context, draft: str) -> None:
    """Go on with one of several open forms; only the sender's own are ever looked at."""
    if not draft:
        await go_on_any(context)
        return
    waiting = await dialogues.open_ones(context.batch.db, context.batch.keys, context.account.id)
    wanted = next((one for one in waiting if str(one.id) == draft), None)
    if wanted is None:
        await nothing_open(context)
    else:
        stand_and_show(context, wanted)


async def go_on_any(context: Context) -> None:
    """Go on with the form in front, or the only one, or ask which."""
    await go_on(Update(0), context)


async def status(update: Update, context: Context) -> None:
    """List what was last sent from this chat or taken over by it, and how far each is."""
    filed = await applications.seen_by(context.batch.db, context.account.id, LISTED)
    named = await filing.names(context, filed)
    lines = [
        context.words(
            "commands.status_line",
            reference=one.reference,
            name=html.escape(name, quote=False),
            state=context.words(f"commands.state.{status_links.shown(one)}"),
            date=long(one.submitted_at.astimezone(context.batch.zone).date(), context.language),
        )
        for one, name in zip(filed, named, strict=True)
    ]
    opened = await dialogues.open_ones(context.batch.db, context.batch.keys, context.account.id)
    waiting = sum(one.flow != practice.FLOW for one in opened)
    parts = [
        context.words("commands.status", lines="\n\n".join(lines))
        if lines
        else context.words("commands.status_none")
    ]
    if waiting:
        parts.append(context.words("commands.status_draft", count=waiting))
    repairs, hand_overs = repairs_of(context, filed, named), await hand_over.offered(context)
    context.say(
        "\n\n".join(parts), Inline((*repairs, *hand_overs)) if repairs or hand_overs else None, fleeting=True
    )
    show_place(context)


def repairs_of(context: Context, filed: list[Application], named: list[str]) -> tuple[tuple[Button], ...]:
    """Return a row for each application that came back to be put right."""
    back = [(one, name) for one, name in zip(filed, named, strict=True) if one.state is State.RETURNED]
    return tuple((repair_button(context.language, one.id, name),) for one, name in back)


async def cancel(update: Update, context: Context) -> None:
    """Ask whether the form in front is to be deleted or kept."""
    if context.place is None:
        await nothing_open(context)
        return
    draft = str(context.place.dialogue.id)
    delete = button(context, "commands.cancel_delete", "batal", draft, style="danger")
    keep = button(context, "commands.cancel_keep", "batal", "keep")
    context.say(context.words("commands.cancel_ask"), Inline(((keep,), (delete,))))


async def cancelled(context: Context, argument: str) -> None:
    """Delete the form in front, or put it away for later."""
    place = context.place
    if place is not None and argument == str(place.dialogue.id):
        await dialogues.forget(context.batch.db, place.dialogue)
        context.stand_at(None)
        context.say(context.words("commands.cancelled"))
    elif place is not None and argument == "keep":
        context.stand_at(None)
        context.say(context.words("dialogue.stopped"))
    else:
        await nothing_open(context)


async def help_(update: Update, context: Context) -> None:
    """Say what this bot can do, then where the sender stands."""
    context.say(context.words("commands.help"))
    show_place(context)


async def language(update: Update, context: Context) -> None:
    """Offer the languages there are."""
    choices = [Button(say(one, "commands.language_name"), data=f"v1|c|bahasa|{one}") for one in languages()]
    context.say(context.words("commands.language_ask"), Inline(tuple((choice,) for choice in choices)))


async def language_chosen(context: Context, wanted: str) -> None:
    """Remember the language, and go on in it."""
    if wanted not in languages():
        await language(Update(0), context)
        return
    context.account.language = wanted
    context.say(context.words("commands.language_set"))
    if context.place is None:
        context.say(context.words("commands.start"), welcome(context))
    show_place(context)


async def privacy(update: Update, context: Context) -> None:
    """Say how data are kept, then where the sender stands."""
    context.say(in_full(context.language))
    show_place(context)


async def erase(update: Update, context: Context) -> None:
    """Ask whether everything is to be stopped or deleted."""
    stop = button(context, "commands.erase_stop", "hapus_data", "stop")
    everything = button(context, "commands.erase_all", "hapus_data", "all", style="danger")
    nothing = button(context, "commands.erase_nothing", "hapus_data", "nothing")
    context.say(context.words("commands.erase_ask"), Inline(((stop,), (everything,), (nothing,))))


async def erase_chosen(context: Context, choice: str) -> None:
    """Stop, delete after one more question, or do nothing."""
    match choice:
        case "all":
            sure = button(context, "commands.erase_yes", "hapus_data", "sure", style="danger")
            nothing = button(context, "commands.erase_nothing", "hapus_data", "nothing")
            context.say(context.words("commands.erase_sure"), Inline(((sure,), (nothing,))))
        case "sure":
            await erase_everything(context)
        case "stop":
            context.stand_at(None)
            await erasures.withdraw(
                context.batch.db, context.batch.keys, context.account.id, context.batch.now
            )
            context.say(context.words("commands.withdrawn"))
        case "nothing":
            context.say(context.words("commands.nothing_changed"))
            show_place(context)
        case _:
            await erase(Update(0), context)


async def erase_everything(context: Context) -> None:
    """Destroy what this person may have destroyed, the account too; say so in the language it had."""
    batch, account = context.batch, context.account
    context.say(context.words("commands.erased"))
    context.stand_at(None)
    await batch.db.flush()
    chat, language = account.id, account.language
    erased = await erasures.erase_account(batch.db, batch.keys, chat, batch.now)
    if erased.remaining:
        await tell_officers(context, ASKED, f"{ASKED}:{erased.request}", {"request": erased.request})
    await prove(batch.db, batch.keys, chat, language, erased.request, erased.remaining, batch.now)
    batch.forget(account.id)
    batch.erased = True


async def unknown(update: Update, context: Context) -> None:
    """Say that a command is not known, then where the sender stands."""
    context.say(context.words("dialogue.unknown_command"))
    show_place(context)


def show_place(context: Context) -> None:
    """Repeat the present question after a side trip."""
    if context.place is not None:
        context.show(context.place.turn())


COMMANDS: dict[str, Command] = {
    "start": start,
    "daftar": register,
    "lanjut": go_on,
    "status": status,
    "slip": slips.offer,
    "hari_ini": today.show,
    "iuran": ticks.show,
    "rumah": household.show,
    "ingatkan": reminders.on_again,
    "jadi_agen": agents.ask,
    "cekagen": agents.check,
    "asosiasi": associations.show,
    "latihan": practice.begin,
    "batal": cancel,
    "bantuan": help_,
    "bahasa": language,
    "privasi": privacy,
    "data_saya": own_data.show,
    "hapus_data": erase,
}
"""Every command, in the order of the menu."""

TAPS: dict[str, Callable[[Context, str], Awaitable[None]]] = {
    "lanjut": go_on_with,
    "berikutnya": filing.begin_next,
    "batal": cancelled,
    "bahasa": language_chosen,
    "hari_ini": today.turn,
    "hapus_data": erase_chosen,
}
"""Commands whose buttons carry an argument."""


async def tapped(update: Update, context: Context) -> None:
    """Do what a command's button says."""
    query = update.callback_query
    assert query is not None  # noqa: S101 - only taps are routed here
    context.answer(query.id)
    name, argument = (*(query.data or "").split("|"), "", "")[2:4]
    if name == "daftar" and argument == "new":
        context.begin(registration)
    elif name in TAPS and argument:
        await TAPS[name](context, argument)
    elif name in COMMANDS:
        await COMMANDS[name](update, context)
    else:
        await nothing_open(context)
