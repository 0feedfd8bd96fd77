"""The step up: officers and administrators show by a PIN or an app's code that it is them.

Whoever wants what asks for it (`Rule.sure`) is asked first, and finds it again under one button afterwards:
nothing is done by itself. Buttons carry `v1|q|action`.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Message as TelegramMessage
from telegram import Update

from conversations import step_up as flows
from conversations.engine import Answers, Words
from handlers.batch import Context, Place
from handlers.office.desk import tell
from handlers.render import Teller
from locales import say
from models import accounts, dialogues
from models.accounts import Role
from models.owing.deliveries import Claimed
from models.trust import second_factors
from models.trust.audit import Act
from models.trust.second_factors import Factor, SecondFactor, Verdict
from papers import qr
from post.keyboards import Button, Inline
from post.sayings import Message, Picture, Saying

NEWS: Final = "step_up_news"
"""The kind of news that administrators get of others' PINs."""

FRESH: Final = timedelta(minutes=5)
"""Whoever changes a PIN must have given the former one within this time."""

OURS: Final = {flows.pin.name, flows.totp.name, flows.sure.name}


async def demand(update: Update, context: Context) -> None:
    """Ask the sender for the PIN or code, or to set one, before what they want."""
    query, message = update.callback_query, update.message
    if query is not None:
        context.answer(query.id)
        wanted = {"wanted": query.data or "", "label": _label(query.message, query.data or "")}
    else:
        wanted = {"wanted": (message.text or "") if message else "", "label": ""}
    await _ask(context, wanted)


def _label(message: object, data: str) -> str:
    """Return what is written on the button that was tapped."""
    keyboard = message.reply_markup if isinstance(message, TelegramMessage) else None
    found = (
        one.text
        for row in (keyboard.inline_keyboard if keyboard else ())
        for one in row
        if one.callback_data == data
    )
    return next(found, "")


async def _ask(context: Context, wanted: Answers) -> None:
    held = await second_factors.of(context.batch.db, context.account.id)
    await _forget_former(context)
    if held is None:
        context.say(context.words("pins.set_first"))
        context.begin(flows.pin, wanted)
    elif held.locked(context.batch.now):
        _say_locked(context, held)
    else:
        context.begin(flows.sure, wanted)


async def _forget_former(context: Context) -> None:
    """Forget a question of ours that was never answered."""
    for opened in await dialogues.open_ones(context.batch.db, context.batch.keys, context.account.id):
        if opened.flow in OURS:
            await _close(context, context.batch.place_of(opened))


async def _close(context: Context, place: Place) -> None:
    if context.place is place:
        context.stand_at(None)
    await dialogues.forget(context.batch.db, place.dialogue)


async def check(context: Context, place: Place) -> None:
    """Take a PIN or code that was just given."""
    wanted, said = _wanted(place), str(place.draft.answers["code"])
    await _close(context, place)
    held = await second_factors.of(context.batch.db, context.account.id)
    if held is None:
        await _ask(context, wanted)
        return
    match await second_factors.attempt(context.batch.db, context.batch.keys, held, said, context.batch.now):
        case Verdict.RIGHT:
            context.audit(Act.CONFIRMED_SELF, kind=held.kind.value)
            _go_on(context, wanted)
        case Verdict.WRONG:
            left = second_factors.TRIES - held.wrong % second_factors.TRIES
            context.say(context.words("pins.wrong", left=left))
            context.begin(flows.sure, wanted)
        case Verdict.TOO_OFTEN:
            context.audit(Act.LOCKED, wrong=held.wrong)
            _say_locked(context, held)
            await tell_others(context, "locked")
        case Verdict.LOCKED:
            _say_locked(context, held)


def _wanted(place: Place) -> dict[str, str]:
    return {name: str(place.draft.answers.get(name, "")) for name in flows.WANTED}


def _say_locked(context: Context, held: SecondFactor) -> None:
    until = held.locked_until or context.batch.now
    context.say(context.words("pins.locked", time=f"{until.astimezone(context.batch.zone):%H.%M}"))


def _go_on(context: Context, wanted: Answers) -> None:
    """Say that it was right, and offer what was wanted with one tap."""
    lock = (Button(context.words("pins.lock"), data="v1|q|lock"),)
    data, teller = str(wanted["wanted"]), Teller(context.language)
    if data.startswith("v1|"):
        label = str(wanted["label"]) or context.words("pins.go_on")
        context.say(context.words("pins.right"), Inline(((Button(label, data=data, style="primary"),), lock)))
    elif data and " " in data.strip():
        copy = (Button(context.words("pins.copy"), copy=data[:256]),)
        context.say(teller.html(Words("pins.right_again", {"command": data})), Inline((copy, lock)))
    elif data:
        context.say(teller.html(Words("pins.right_again", {"command": data})), Inline((lock,)))
    else:
        context.say(context.words("pins.right"), Inline((lock,)))


async def page(update: Update, context: Context) -> None:
    """/pin: say how the second factor stands, and offer to set, change, give or lock it."""
    held, now = await second_factors.of(context.batch.db, context.account.id), context.batch.now

    def button(words: str, action: str) -> tuple[Button, ...]:
        return (Button(context.words(words), data=f"v1|q|{action}"),)

    sets = (button("pins.set", "set"), button("pins.app", "totp"))
    if held is None:
        context.say(context.words("pins.none"), Inline(sets))
        return
    first = button("pins.lock", "lock") if held.confirmed(now) else button("pins.give", "sure")
    context.say(context.words(f"pins.has.{held.kind.value}"), Inline((first, *sets)))


async def tapped(update: Update, context: Context) -> None:
    """Do what a button of the page says."""
    query = update.callback_query
    assert query is not None  # noqa: S101 - only taps are routed here
    action = (*(query.data or "").split("|"), "")[2]
    if action == "wipe" and query.message is not None:
        context.answer(query.id)
        context.delete(query.message.message_id)
    elif action in ("set", "totp") and not await _may_change(context):
        await demand(update, context)
    else:
        context.answer(query.id)
        await ACTS.get(action, _shown)(context)


async def _may_change(context: Context) -> bool:
    held = await second_factors.of(context.batch.db, context.account.id)
    return held is None or held.confirmed(context.batch.now, FRESH)


async def _shown(context: Context) -> None:
    await page(Update(0), context)


async def _set_pin(context: Context) -> None:
    await _forget_former(context)
    context.begin(flows.pin, {"wanted": "", "label": ""})


async def _set_totp(context: Context) -> None:
    """Show a new secret once, as text and as a code to scan, and ask for the first code."""
    await _forget_former(context)
    secret, chat = second_factors.new_totp(), context.account.id
    link = second_factors.enrolment(secret, context.bot.username)
    wipe = Inline(((Button(context.words("pins.wipe"), data="v1|q|wipe"),),))
    context.batch.say(Picture(chat, qr.picture(link), context.words("pins.scan"), wipe), chat)
    context.say(context.words("pins.secret", secret=secret), wipe, protect=True)
    context.begin(flows.totp, {"secret": secret, "wanted": "", "label": ""})


async def _sure(context: Context) -> None:
    await _ask(context, {"wanted": "", "label": ""})


async def lock(context: Context) -> None:
    """Take back that the PIN or code was given: it is asked for again at once."""
    held = await second_factors.of(context.batch.db, context.account.id)
    if held is not None:
        held.confirmed_at = None
    context.say(context.words("pins.now_locked"))


async def note_pin(context: Context, place: Place) -> None:
    """Set the PIN that was chosen, tell other administrators, and ask for it once."""
    batch, pin, wanted = context.batch, str(place.draft.answers["pin"]), _wanted(place)
    await _close(context, place)
    if await _may_change(context):
        former = await second_factors.set_pin(batch.db, batch.keys, context.account.id, pin, batch.now)
        await _noted(context, Factor.PIN, former)
    await _ask(context, wanted)


async def note_totp(context: Context, place: Place) -> None:
    """Set the app whose first code was given, tell other administrators."""
    batch, answers = context.batch, place.draft.answers
    await _close(context, place)
    secret, code = str(answers["secret"]), str(answers["code"])
    if second_factors.code_step(secret, code, batch.now) is None:
        context.say(context.words("pins.app_wrong"))
        context.begin(flows.totp, {"secret": secret, "wanted": "", "label": ""})
    elif await _may_change(context):
        former = await second_factors.set_totp(batch.db, batch.keys, context.account.id, secret, batch.now)
        await _noted(context, Factor.TOTP, former)
        held = await second_factors.of(batch.db, context.account.id)
        if held is not None:  # its first code was just given
            await second_factors.attempt(batch.db, batch.keys, held, code, batch.now)
            _go_on(context, _wanted(place))
    else:
        await _ask(context, {"wanted": "v1|q|totp", "label": ""})


async def _noted(context: Context, kind: Factor, former: bool) -> None:
    context.audit(Act.SECURED, kind=kind.value, changed=former)
    context.say(context.words(f"pins.noted.{kind.value}"))
    await tell_others(context, "changed" if former else "new")


async def tell_others(
    context: Context, what: str, about: int | None = None, *, but: int | None = None
) -> None:
    """Owe the other administrators, `but` one, the news of an account, the sender's own unless it is told."""
    batch, own = context.batch, context.account.id
    about = own if about is None else about
    for each in await accounts.holders(batch.db, [Role.ADMINISTRATOR], batch.now):
        if each not in (own, but):
            dedupe = f"{NEWS}:{what}:{about}:{batch.now:%Y%m%d%H%M%S%f}:{each}"
            await tell(context, each, NEWS, dedupe, {"what": what, "account": about})


async def news(db: AsyncSession, wave: Sequence[Claimed], now: datetime) -> dict[int, tuple[Saying, ...]]:
    """Return the news of others' PINs in words, for those who still are administrators."""
    administrators = await accounts.holders(db, [Role.ADMINISTRATOR], now)
    languages = await accounts.languages_of(db, administrators)
    return {
        each.id: (Message(each.chat_id, _told(languages[each.chat_id], each)),)
        for each in wave
        if each.chat_id in languages
    }


def _told(language: str, each: Claimed) -> str:
    return say(language, f"pins.told.{each.payload['what']}", account=each.payload["account"])


ACTS: Final[dict[str, Callable[[Context], Awaitable[None]]]] = {
    "set": _set_pin,
    "totp": _set_totp,
    "sure": _sure,
    "lock": lock,
}
"""What the buttons of the page do."""
