"""The same registration written the usual way: python-telegram-bot's ConversationHandler on its defaults.

One state per question, the answers in `user_data`, each reply sent where it is decided, `run_polling`. With
KEEP=pickle it also keeps its answers as the library's guide says: PicklePersistence and `persistent=True`.
"""

import os
import sqlite3
from functools import partial
from pathlib import Path
from typing import Any, Final

from telegram import (
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    Update,
)
from telegram.constants import ParseMode
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    PicklePersistence,
    filters,
)

from bench.peers import form, questions, rows
from bench.peers.sayings import Button, Saying
from models.references import new_reference
from rules.refusal import Refused

Context = ContextTypes.DEFAULT_TYPE

NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)

(
    GREETED,
    CONSENT,
    WHO,
    NIK,
    NIK_CONFIRM,
    NAME,
    BIRTH_DATE,
    SEX,
    ADDRESS,
    VILLAGE,
    VILLAGE_CHOICE,
    PHONE,
    EMAIL,
    OCCUPATION,
    OCCUPATION_CHOICE,
    OCCUPATION2,
    WORKPLACE,
    HOURS,
    INCOME,
    EMPLOYS,
    PAYER,
    PROGRAMMES,
    MONTHS_PAID,
    HEIRS,
    REVIEW,
) = range(25)


def answers_of(context: Context) -> dict[str, Any]:
    """Return the answers of the sender so far."""
    answers: dict[str, Any] = (context.user_data or {})["answers"]
    return answers


def inline(button: Button) -> InlineKeyboardButton:
    """Return a button as the library writes it."""
    if button.copies is not None:
        return InlineKeyboardButton(button.text, copy_text=CopyTextButton(button.copies))
    return InlineKeyboardButton(button.text, callback_data=button.data, style=button.style)


def markup(saying: Saying) -> InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | None:
    """Return the buttons of a message as the library writes them."""
    if saying.takes_away:
        return ReplyKeyboardRemove()
    if saying.replies:
        (share,), *controls = saying.replies
        first = [KeyboardButton(share, request_contact=True)]
        return ReplyKeyboardMarkup([first, *controls], resize_keyboard=True, is_persistent=True)
    keyboard = [[inline(one) for one in row] for row in saying.inline]
    return InlineKeyboardMarkup(keyboard) if keyboard else None


async def send(update: Update, saying: Saying) -> None:
    """Send a message to the sender's chat."""
    assert update.effective_chat is not None
    await update.effective_chat.send_message(
        saying.text,
        parse_mode=ParseMode.HTML,
        link_preview_options=NO_PREVIEW,
        reply_markup=markup(saying),
        protect_content=saying.protected or None,
    )


async def refuse(update: Update, refused: Refused, state: int) -> int:
    """Say what was wrong, and stay at the question."""
    await send(update, questions.refusal(refused))
    return state


def text_of(update: Update) -> str:
    """Return the words of a message, cleaned."""
    assert update.message is not None
    return form.read_text(update.message.text)


async def tapped(update: Update, *, delete: bool = False) -> str:
    """Answer a tap, take its message away if it must go, and return the choice."""
    query = update.callback_query
    assert query is not None
    await query.answer()
    if delete and query.message is not None:
        await query.delete_message()
    return form.read_choice(query.data)


async def start(update: Update, context: Context) -> int:
    """Greet."""
    await send(update, questions.greeting())
    return GREETED


async def register(update: Update, context: Context) -> int:
    """Begin, with the question of consent."""
    await tapped(update)
    assert context.user_data is not None
    context.user_data["answers"] = {}
    await send(update, questions.consent())
    return CONSENT


async def consented(update: Update, context: Context) -> int:
    """Note the consent and ask who is to be registered."""
    answers = answers_of(context)
    answers["consent"] = await tapped(update)
    await send(update, questions.who(answers))
    return WHO


async def who_chosen(update: Update, context: Context) -> int:
    """Note who is registered and ask the NIK."""
    answers = answers_of(context)
    answers["who"] = await tapped(update)
    await send(update, questions.nik_number(answers))
    return NIK


async def nik_typed(update: Update, context: Context) -> int:
    """Read the NIK and read it back in groups of four."""
    assert update.message is not None
    await update.message.delete()
    answers = answers_of(context)
    try:
        answers["nik"] = form.read_nik(update.message.text)
    except Refused as refused:
        return await refuse(update, refused, NIK)
    await send(update, questions.nik_confirm(answers))
    return NIK_CONFIRM


async def nik_confirmed(update: Update, context: Context) -> int:
    """Keep the NIK and ask the name."""
    await tapped(update, delete=True)
    await send(update, questions.name(answers_of(context)))
    return NAME


async def name_typed(update: Update, context: Context) -> int:
    """Read the name and ask the birth date."""
    answers = answers_of(context)
    try:
        answers["name"] = form.read_name(text_of(update))
    except Refused as refused:
        return await refuse(update, refused, NAME)
    await send(update, questions.birth_date(answers))
    return BIRTH_DATE


async def birth_date_typed(update: Update, context: Context) -> int:
    """Read the birth date, compare it with the NIK, and ask the sex."""
    answers = answers_of(context)
    try:
        answers["birth_date"] = form.read_birth_date(text_of(update), answers)
    except Refused as refused:
        return await refuse(update, refused, BIRTH_DATE)
    await send(update, questions.sex(answers))
    return SEX


async def sex_chosen(update: Update, context: Context) -> int:
    """Note the sex and ask the address."""
    answers = answers_of(context)
    answers["sex"] = await tapped(update)
    await send(update, questions.address(answers))
    return ADDRESS


async def address_typed(update: Update, context: Context) -> int:
    """Note the address and ask the village."""
    answers = answers_of(context)
    answers["address"] = text_of(update)
    await send(update, questions.village(answers))
    return VILLAGE


async def village_typed(update: Update, context: Context) -> int:
    """Look the village up and offer what was found."""
    query = text_of(update)
    try:
        search = form.find_villages(query, answers_of(context))
    except Refused as refused:
        return await refuse(update, refused, VILLAGE)
    await send(update, questions.villages(query, search))
    return VILLAGE_CHOICE


async def village_chosen(update: Update, context: Context) -> int:
    """Note the village and ask the phone number, with the contact button."""
    answers = answers_of(context)
    answers["village"] = form.read_village(await tapped(update))
    await send(update, questions.phone_number(answers))
    return PHONE


async def phone_shared(update: Update, context: Context) -> int:
    """Read the contact card, take the big buttons away, and ask the e-mail address."""
    assert update.message is not None
    assert update.message.contact is not None
    answers = answers_of(context)
    answers["phone"] = form.read_contact(update.message.contact.phone_number)
    await send(update, questions.phone_noted(answers))
    await send(update, questions.email(answers))
    return EMAIL


async def email_skipped(update: Update, context: Context) -> int:
    """Ask the occupation."""
    await tapped(update)
    answers = answers_of(context)
    answers["email"] = None
    await send(update, questions.occupation(answers))
    return OCCUPATION


async def occupation_typed(update: Update, context: Context) -> int:
    """Look the occupation up and offer what was found."""
    said = text_of(update)
    try:
        found = form.find_occupations(said)
    except Refused as refused:
        return await refuse(update, refused, OCCUPATION)
    answers_of(context)["occupation"] = {"id": "", "words": said}
    await send(update, questions.occupations_found(said, found))
    return OCCUPATION_CHOICE


async def occupation_chosen(update: Update, context: Context) -> int:
    """Note the occupation and ask for a second one."""
    answers = answers_of(context)
    answers["occupation"]["id"] = await tapped(update)
    await send(update, questions.occupation2(answers))
    return OCCUPATION2


async def occupation2_skipped(update: Update, context: Context) -> int:
    """Ask the place of work."""
    await tapped(update)
    answers = answers_of(context)
    answers["occupation2"] = None
    await send(update, questions.workplace(answers))
    return WORKPLACE


async def workplace_typed(update: Update, context: Context) -> int:
    """Note the place of work and ask the hours."""
    answers = answers_of(context)
    answers["workplace"] = text_of(update)
    await send(update, questions.working_hours(answers))
    return HOURS


async def hours_chosen(update: Update, context: Context) -> int:
    """Note the hours and ask the income."""
    answers = answers_of(context)
    answers["hours"] = await tapped(update)
    await send(update, questions.income(answers))
    return INCOME


async def income_typed(update: Update, context: Context) -> int:
    """Read the income and ask whether somebody is employed."""
    answers = answers_of(context)
    try:
        answers["income"] = form.read_income(text_of(update))
    except Refused as refused:
        return await refuse(update, refused, INCOME)
    await send(update, questions.employs(answers))
    return EMPLOYS


async def employs_chosen(update: Update, context: Context) -> int:
    """Note it and ask who pays."""
    answers = answers_of(context)
    answers["employs"] = await tapped(update)
    await send(update, questions.payer(answers))
    return PAYER


async def payer_chosen(update: Update, context: Context) -> int:
    """Note who pays and offer the programmes at the price of this month."""
    answers = answers_of(context)
    answers["payer"] = await tapped(update)
    await send(update, questions.programmes(answers))
    return PROGRAMMES


async def programmes_chosen(update: Update, context: Context) -> int:
    """Note the programmes and offer the months with their totals."""
    answers = answers_of(context)
    answers["programmes"] = await tapped(update)
    await send(update, questions.months(answers))
    return MONTHS_PAID


async def months_chosen(update: Update, context: Context) -> int:
    """Note the months and ask about the family."""
    answers = answers_of(context)
    answers["months"] = await tapped(update)
    await send(update, questions.heirs(answers))
    return HEIRS


async def heirs_chosen(update: Update, context: Context) -> int:
    """Read everything back."""
    answers = answers_of(context)
    answers["heirs"] = await tapped(update)
    await send(update, questions.review(answers))
    return REVIEW


async def sent(db: sqlite3.Connection, update: Update, context: Context) -> int:
    """File the application and give a receipt."""
    await tapped(update, delete=True)
    answers = answers_of(context)
    form.expect_complete(answers)
    assert update.effective_user is not None
    reference = new_reference()
    db.execute(rows.INSERT, rows.row(update.effective_user.id, reference, answers))
    await send(update, questions.receipt(reference, answers))
    return ConversationHandler.END


async def cancel(update: Update, context: Context) -> int:
    """Forget the answers."""
    await send(update, questions.cancelled())
    return ConversationHandler.END


def tap(step: str, callback: Any) -> CallbackQueryHandler[Context, Any]:
    """Return the handler of the answers of one question."""
    return CallbackQueryHandler(callback, pattern=rf"^v1\|0\|{step}\|(?!!(?!skip))")


def typed(callback: Any) -> MessageHandler[Context, Any]:
    """Return the handler of a typed answer."""
    return MessageHandler(filters.TEXT & ~filters.COMMAND, callback)


def conversation(db: sqlite3.Connection, *, persistent: bool) -> ConversationHandler[Context]:
    """Return the whole dialogue: every state with the handler of its answer; `db` takes the final rows."""
    return ConversationHandler(
        entry_points=[CommandHandler("start", start)],
        states={
            GREETED: [CallbackQueryHandler(register, pattern=r"^v1\|c\|daftar\|")],
            CONSENT: [tap("consent", consented)],
            WHO: [tap("who", who_chosen)],
            NIK: [typed(nik_typed)],
            NIK_CONFIRM: [tap("nik", nik_confirmed)],
            NAME: [typed(name_typed)],
            BIRTH_DATE: [typed(birth_date_typed)],
            SEX: [tap("sex", sex_chosen)],
            ADDRESS: [typed(address_typed)],
            VILLAGE: [typed(village_typed)],
            VILLAGE_CHOICE: [tap("village", village_chosen), typed(village_typed)],
            PHONE: [MessageHandler(filters.CONTACT, phone_shared)],
            EMAIL: [tap("email", email_skipped)],
            OCCUPATION: [typed(occupation_typed)],
            OCCUPATION_CHOICE: [tap("occupation", occupation_chosen), typed(occupation_typed)],
            OCCUPATION2: [tap("occupation2", occupation2_skipped)],
            WORKPLACE: [typed(workplace_typed)],
            HOURS: [tap("hours", hours_chosen)],
            INCOME: [typed(income_typed)],
            EMPLOYS: [tap("employs", employs_chosen)],
            PAYER: [tap("payer", payer_chosen)],
            PROGRAMMES: [tap("programmes", programmes_chosen)],
            MONTHS_PAID: [tap("months", months_chosen)],
            HEIRS: [tap("heirs", heirs_chosen)],
            REVIEW: [tap("review", partial(sent, db))],
        },
        fallbacks=[CommandHandler("batal", cancel)],
        name="registration",
        persistent=persistent,
    )


def application(keep: str, kept: Path) -> Application[Any, Any, Any, Any, Any, Any]:
    """Return the bot, everything on its defaults; with "pickle" it keeps its answers in that folder."""
    url = os.environ["BOT_API_URL"]
    builder = ApplicationBuilder().token(os.environ["BOT_TOKEN"]).base_url(f"{url}/bot")
    if keep == "pickle":
        builder = builder.persistence(PicklePersistence(filepath=kept / "conversations"))
    return builder.build()


def main() -> None:
    """Poll until stopped."""
    keep = os.environ["KEEP"]
    bot = application(keep, Path(os.environ["KEPT"]))
    db = rows.open_rows(os.environ["ROWS"])
    bot.add_handler(conversation(db, persistent=keep == "pickle"))
    bot.run_polling()


if __name__ == "__main__":
    main()
