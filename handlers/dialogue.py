"""One update in, one turn out, whatever the flow."""

from dataclasses import replace

from telegram import Update

from conversations.engine import Reply, Turn, advance, back, edit
from handlers import reading
from handlers.batch import Context, Place
from handlers.endings import CHECKS, EFFECTS, ENDINGS, WATCHES, taken_whole
from handlers.render import PERSONAL, base36, rows
from models.dialogues import open_ones
from post.keyboards import Button, Inline, NoKeyboard
from rules.text import clean

LONGEST = 300
"""No answer has more letters: one that is read back among our own words must fit into a message."""


async def replied(update: Update, context: Context) -> None:
    """Take a text or a contact card as the answer to the present question."""
    message, place = update.effective_message, context.place
    assert message is not None  # noqa: S101 - only messages are routed here
    if place is None:
        await nothing_open(context)
        return
    text = clean(message.text or "")
    name = reading.control(text)
    if name is None and await taken_whole(context, message):
        return
    turn = place.turn()
    if sum(map(str.isdigit, text)) >= 16 or (turn.step is not None and turn.step.secret):
        context.delete(message.message_id)
    if place.flow.name in PERSONAL:
        context.batch.leaving.append((message.chat_id, message.message_id))
    if message.contact is None:
        if name is not None and (name != "!skip" or (turn.step is not None and turn.step.optional)):
            await control(context, place, name)
            return
        if reading.is_question(text):
            side_question(context, place)
            return
    if len(text) > LONGEST:
        too_long = context.words("dialogue.length", got=len(text), least=1, most=LONGEST)
        context.say(context.page(place).under_banner(too_long))
        context.show(turn)
        return
    options = context.page(place).options(turn)
    reply = reading.reply_of(message, context.batch.today, options, place.flow.wording)
    if reply.tapped is not None and reply.tapped.startswith("!") and reply.tapped != "!keep":
        await control(context, place, reply.tapped)
        return
    await go(context, place, advance(place.flow, place.draft, reply))


async def tapped(update: Update, context: Context) -> None:
    """Take a tap, if it belongs to the question that is asked now."""
    query = update.callback_query
    assert query is not None  # noqa: S101 - only taps are routed here
    place = context.place
    parts = (query.data or "").split("|")
    now = place.turn() if place else None
    if (
        place is None
        or now is None
        or now.step is None
        or len(parts) != 4
        or not _present(context, parts, place, now)
    ):
        context.answer(query.id, context.words("dialogue.past_toast"))
        await past(context)
        return
    context.answer(query.id)
    choice = parts[3]
    if query.message is not None and (now.step.secret or choice == "send"):
        context.delete(query.message.message_id)
    if choice.startswith("!") and choice not in ("!skip", "!keep"):
        await control(context, place, choice)
    else:
        await go(context, place, advance(place.flow, place.draft, Reply(context.batch.today, tapped=choice)))


def _present(context: Context, parts: list[str], place: Place, now: Turn) -> bool:
    """Return whether such a button is, or was, under the question that is asked now."""
    mark, draft, step, choice = parts
    if mark != "v1" or draft != base36(place.dialogue.id) or now.step is None or step != now.step.name:
        return False
    if choice.startswith("!") or any(choice == one.value for one in context.page(place).options(now)):
        return True
    afresh = now.step.kind.options(now.step, now.draft, context.batch.today)
    return any(choice == option.value for option in afresh)


async def control(context: Context, place: Place, name: str) -> None:
    """Do what a control button says: why, back, stop, skip, change."""
    match name.split("."):
        case ["!why"]:
            why(context, place)
        case ["!back"]:
            await go(context, place, back(place.flow, place.draft))
        case ["!stop"]:
            stop(context, place)
        case ["!skip"]:
            reply = Reply(context.batch.today, tapped="!skip")
            await go(context, place, advance(place.flow, place.draft, reply))
        case ["!edit"]:
            what_to_change(context, place)
        case ["!edit", step]:
            await go(context, place, edit(place.flow, place.draft, step))
        case _:
            context.show(place.turn())


async def go(context: Context, place: Place, turn: Turn) -> None:
    """Remember a turn, do what follows from it, and say it."""
    turn = await _checked(context, place, turn)
    watch = WATCHES.get(place.flow.name)
    if watch is not None:
        turn = watch(place.draft, turn)
    keyboard_shown = place.turn().shows_keyboard
    place.take(turn)
    if turn.answered is not None:
        effect = EFFECTS.get((place.flow.name, turn.answered.name))
        if effect is not None:
            await effect(context, place)
    if turn.finished:
        await ENDINGS[place.flow.name](context, place)
    else:
        context.show(turn, keyboard_shown=keyboard_shown)


async def _checked(context: Context, place: Place, turn: Turn) -> Turn:
    """Return a turn, or the present question again with what stands against half an answer."""
    half = turn.draft.half
    if half is None or half is place.draft.half:
        return turn
    check = CHECKS.get((place.flow.name, half["step"]))
    refusal = await check(context, half["understood"]) if check else None
    return turn if refusal is None else replace(place.turn(), refusal=refusal)


def why(context: Context, place: Place) -> None:
    """Explain why the present question is asked, and ask it again."""
    turn = place.turn()
    if turn.step is not None:
        page = context.page(place)
        context.say(page.under_banner(page.teller.html(page.words(turn.step, "why", turn))))
        context.show(turn)


def side_question(context: Context, place: Place) -> None:
    """Answer a question that came in place of an answer: it is never taken as one."""
    context.say(context.page(place).under_banner(context.words("dialogue.side_question")))
    why(context, place)


def stop(context: Context, place: Place) -> None:
    """Pause: every answer is kept, and what is written from now on is no answer until /lanjut."""
    turn = place.turn()
    go_on = Button(context.words("dialogue.continue"), data="v1|c|lanjut|", style="primary")
    keyboard_shown = turn.step is not None and turn.step.contact
    context.stand_at(None)
    stopped = context.page(place).under_banner(context.words("dialogue.stopped"))
    context.say(stopped, NoKeyboard() if keyboard_shown else Inline(((go_on,),)))


def what_to_change(context: Context, place: Place) -> None:
    """List the answers, each a button that asks it again."""
    turn = place.turn()
    page = context.page(place)
    if turn.step is None:
        return
    answered = [step for step in place.flow.applying(place.draft.answers) if step.name in place.draft.answers]
    buttons = [
        Button(
            page.teller.plain(page.words(step, "label", turn)), page.callback(turn.step, f"!edit.{step.name}")
        )
        for step in answered
        if step.name != "consent"
    ]
    to_review = Button(context.words("dialogue.to_review"), page.callback(turn.step, "!review"))
    asked = page.under_banner(context.words("dialogue.what_to_change"))
    context.say(asked, Inline((*rows(buttons), (to_review,))))


async def past(context: Context) -> None:
    """Say that a button is past, and show the present question."""
    place = context.place
    if place is None:
        await nothing_open(context)
    else:
        context.say(context.page(place).under_banner(context.words("dialogue.past")))
        context.show(place.turn())


async def nothing_open(context: Context) -> None:
    """Say that no form is open, and how to begin or to go on."""
    paused = await open_ones(context.batch.db, context.batch.keys, context.account.id)
    name, words = ("lanjut", "dialogue.continue") if paused else ("daftar", "commands.register")
    button = Button(context.words(words), data=f"v1|c|{name}|", style="primary")
    context.say(context.words("dialogue.paused" if paused else "dialogue.no_form"), Inline(((button,),)))
