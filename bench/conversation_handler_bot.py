"""The same registration written the usual way: python-telegram-bot's ConversationHandler on its defaults.

One state per question, the answers in `user_data`, each reply sent where it is decided, `run_polling`.
It says the same words, offers the same buttons, reads answers with the same rules and makes the same calls
of the Bot API. What it does not do is remember: a restart forgets every answer.
"""

import html
import os
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

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
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    filters,
)

from conversations.answers import OFFERED_LEVELS
from conversations.engine import Draft, Words
from conversations.offers import months_in_words
from conversations.privacy import short
from conversations.registration import expected, registration
from handlers.render import Teller, rows, tidy
from locales import say
from models.references import new_reference
from rules import dates, eligibility, hours, money, names, nik, occupations, phone, regions
from rules.refusal import Refused
from rules.text import clean

Context = ContextTypes.DEFAULT_TYPE

STEPS: Final = 21
ZONE: Final = ZoneInfo("Asia/Jakarta")
TELLER: Final = Teller("id", "registration")
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


def words(name: str, **values: object) -> str:
    """Return a message of ours in Indonesian."""
    return say("id", name, **values)


def today() -> date:
    """Return the day it is in Jakarta."""
    return datetime.now(ZONE).date()


def answers_of(context: Context) -> dict[str, Any]:
    """Return the answers of the sender so far."""
    answers: dict[str, Any] = (context.user_data or {})["answers"]
    return answers


def button(step: str, text: str, choice: str, style: str | None = None) -> InlineKeyboardButton:
    """Return a button of one question."""
    return InlineKeyboardButton(text, callback_data=f"v1|0|{step}|{choice}", style=style)


def keyboard(
    step: str, options: Sequence[InlineKeyboardButton], *, back: bool = True, skip: bool = False
) -> InlineKeyboardMarkup:
    """Return the buttons under a question: the answers, then why, skip, back and stop."""
    why = [button(step, words("dialogue.why"), "!why")]
    if skip:
        why.append(button(step, words("dialogue.skip"), "!skip"))
    stop = [button(step, words("dialogue.stop"), "!stop")]
    if back:
        stop.insert(0, button(step, words("dialogue.back"), "!back"))
    return InlineKeyboardMarkup([*laid(options), why, stop])


def laid(options: Sequence[InlineKeyboardButton]) -> list[Sequence[InlineKeyboardButton]]:
    """Lay buttons out: two short ones share a row."""
    return list(rows(options))  # type: ignore[arg-type]


def choices(step: str, values: Sequence[str]) -> list[InlineKeyboardButton]:
    """Return a button for each value of a choice."""
    style = {"agree": "success", "send": "success"}
    return [button(step, words(f"registration.{step}.{value}"), value, style.get(value)) for value in values]


def priced(step: str, answers: dict[str, Any]) -> list[InlineKeyboardButton]:
    """Return a button for each offer of a question whose answers have a price."""
    asked = registration.step(step)
    assert asked is not None
    options = asked.kind.options(asked, Draft(answers), today())
    return [button(step, TELLER.plain(option.words), option.value) for option in options]


def filled(step: str, answers: dict[str, Any]) -> str:
    """Return the words of a question with blanks of its own."""
    asked = registration.step(step)
    assert asked is not None
    who = words("registration.you")
    blanks = asked.values(Draft(answers), today())
    return TELLER.html(Words(f"registration.{step}.ask", {"who": who, **blanks}))


def half(step: str, options: Sequence[tuple[str, str]]) -> list[InlineKeyboardButton]:
    """Return the buttons that settle what is asked back."""
    return [button(step, text, f"{value}~1") for value, text in options]


def again(step: str) -> InlineKeyboardButton:
    """Return the button that asks the question again."""
    return button(step, words("dialogue.again"), "!back")


def question(number: int, text: str) -> str:
    """Return a question with the place in the dialogue above it."""
    return f"<i>{words('dialogue.progress', step=number, steps=STEPS)}</i>\n{tidy(text)}"


def understood(step: str, answer: str) -> str:
    """Return the line that reads an answer back."""
    return words("dialogue.understood", label=words(f"registration.{step}.label"), answer=answer)


async def send(update: Update, text: str, markup: Any, *, protect: bool = False) -> None:
    """Send a message to the sender's chat."""
    assert update.effective_chat is not None
    await update.effective_chat.send_message(
        text,
        parse_mode=ParseMode.HTML,
        link_preview_options=NO_PREVIEW,
        reply_markup=markup,
        protect_content=protect or None,
    )


async def refuse(update: Update, refusal: Refused, state: int) -> int:
    """Say what was wrong, and stay at the question."""
    await send(update, TELLER.html(Words(refusal.name, refusal.values)), None)
    return state


def text_of(update: Update) -> str:
    """Return the words of a message, cleaned."""
    assert update.message is not None
    return clean(update.message.text or "")


async def tapped(update: Update, *, delete: bool = False) -> str:
    """Answer a tap, take its message away if it must go, and return the choice."""
    query = update.callback_query
    assert query is not None
    await query.answer()
    if delete and query.message is not None:
        await query.delete_message()
    return (query.data or "").rpartition("|")[2].partition("~")[0]


async def start(update: Update, context: Context) -> int:
    """Greet."""
    greeting = [
        [InlineKeyboardButton(words("commands.register"), callback_data="v1|c|daftar|", style="primary")],
        [
            InlineKeyboardButton(words("commands.status_button"), callback_data="v1|c|status|"),
            InlineKeyboardButton(words("commands.help_button"), callback_data="v1|c|bantuan|"),
        ],
        [InlineKeyboardButton(words("commands.language_button"), callback_data="v1|c|bahasa|")],
    ]
    await send(update, words("commands.start"), InlineKeyboardMarkup(greeting))
    return GREETED


async def register(update: Update, context: Context) -> int:
    """Begin, with the question of consent."""
    await tapped(update)
    assert context.user_data is not None
    context.user_data["answers"] = {}
    points = "\n".join(words(one.name) for one in short())
    text = question(1, words("registration.consent.ask").replace("{points}", points))
    await send(update, text, keyboard("consent", choices("consent", ("agree",)), back=False))
    return CONSENT


async def consented(update: Update, context: Context) -> int:
    """Note the consent and ask who is to be registered."""
    await tapped(update)
    answers_of(context)["consent"] = "agree"
    first = understood("consent", words("registration.consent.agree"))
    text = f"{first}\n\n{question(2, words('registration.who.ask'))}"
    await send(update, text, keyboard("who", choices("who", ("self", "other"))))
    return WHO


async def who_chosen(update: Update, context: Context) -> int:
    """Note who is registered and ask the NIK."""
    answers_of(context)["who"] = who = await tapped(update)
    ask = words("registration.nik.ask", who=words("registration.you"))
    text = f"{understood('who', words(f'registration.who.{who}'))}\n\n{question(3, ask)}"
    await send(update, text, keyboard("nik", ()), protect=True)
    return NIK


async def nik_typed(update: Update, context: Context) -> int:
    """Read the NIK and read it back in groups of four."""
    assert update.message is not None
    await update.message.delete()
    try:
        number = nik.Nik.parse(text_of(update))
    except Refused as refusal:
        return await refuse(update, refusal, NIK)
    answers_of(context)["nik"] = number.digits
    doubts = "\n".join(words(name) for name in nik.warnings(number, regions.regions(), today=today()))
    ask = words("dialogue.nik_confirm", nik=number.grouped, doubts=doubts)
    yes = button("nik", words("dialogue.yes"), "yes~1", "success")
    await send(update, question(3, ask), keyboard("nik", (yes, again("nik"))), protect=True)
    return NIK_CONFIRM


async def nik_confirmed(update: Update, context: Context) -> int:
    """Keep the NIK and ask the name."""
    await tapped(update, delete=True)
    masked = nik.Nik(answers_of(context)["nik"]).masked
    ask = words("registration.name.ask", who=words("registration.you"))
    await send(update, f"{understood('nik', masked)}\n\n{question(4, ask)}", keyboard("name", ()))
    return NAME


async def name_typed(update: Update, context: Context) -> int:
    """Read the name and ask the birth date."""
    try:
        name = names.parse(text_of(update))
    except Refused as refusal:
        return await refuse(update, refusal, NAME)
    answers_of(context)["name"] = name
    ask = words("registration.birth_date.ask", who=words("registration.you"))
    text = f"{understood('name', html.escape(name, quote=False))}\n\n{question(5, ask)}"
    await send(update, text, keyboard("birth_date", ()))
    return BIRTH_DATE


async def birth_date_typed(update: Update, context: Context) -> int:
    """Read the birth date, compare it with the NIK, and ask the sex, the one the NIK tells first."""
    answers = answers_of(context)
    number = nik.Nik(answers["nik"])
    try:
        born = dates.parse(text_of(update), today=today())
        eligibility.check_age(born, today())
        if number.birth_date(today(), stated=born) != born:
            raise Refused("nik.other_birth_date")
    except Refused as refusal:
        return await refuse(update, refusal, BIRTH_DATE)
    answers["birth_date"] = born.isoformat()
    ask = words("registration.sex.ask", who=words("registration.you"))
    text = f"{understood('birth_date', dates.long(born, 'id'))}\n\n{question(6, ask)}"
    ordered = sorted(("female", "male"), key=lambda value: value != number.sex)
    await send(update, text, keyboard("sex", choices("sex", ordered)))
    return SEX


async def sex_chosen(update: Update, context: Context) -> int:
    """Note the sex and ask the address."""
    answers_of(context)["sex"] = sex = await tapped(update)
    ask = words("registration.address.ask", who=words("registration.you"))
    text = f"{understood('sex', words(f'registration.sex.{sex}'))}\n\n{question(7, ask)}"
    await send(update, text, keyboard("address", ()))
    return ADDRESS


async def address_typed(update: Update, context: Context) -> int:
    """Note the address and ask the village."""
    answers_of(context)["address"] = address = text_of(update)
    first = understood("address", html.escape(address, quote=False))
    text = f"{first}\n\n{question(8, words('registration.village.ask'))}"
    await send(update, text, keyboard("village", ()))
    return VILLAGE


async def village_typed(update: Update, context: Context) -> int:
    """Look the village up and offer what was found."""
    query = text_of(update)
    near = regions.regions().current(answers_of(context)["nik"][: regions.DISTRICT])
    search = regions.find_places(query, near=near, levels=OFFERED_LEVELS)
    ask = words(
        "dialogue.villages_more" if search.more else "dialogue.villages",
        query=html.escape(query, quote=False),
    )
    options = half("village", [(found.code, found.label) for found in search.found])
    await send(update, question(8, ask), keyboard("village", (*options, again("village"))))
    return VILLAGE_CHOICE


async def village_chosen(update: Update, context: Context) -> int:
    """Note the village and ask the phone number, with the contact button."""
    code = await tapped(update)
    label = regions.regions().path(code)
    answers_of(context)["village"] = {"code": code, "label": label, "data": regions.DATA_VERSION}
    ask = words("registration.phone.ask", who=words("registration.you"))
    text = f"{understood('village', label)}\n\n{question(9, ask)}"
    share = KeyboardButton(words("dialogue.share_contact"), request_contact=True)
    controls = [
        [words("registration.phone.none")],
        [words("dialogue.why")],
        [words("dialogue.back"), words("dialogue.stop")],
    ]
    markup = ReplyKeyboardMarkup([[share], *controls], resize_keyboard=True, is_persistent=True)
    await send(update, text, markup)
    return PHONE


async def phone_shared(update: Update, context: Context) -> int:
    """Read the contact card, take the big buttons away, and ask the e-mail address."""
    assert update.message is not None
    assert update.message.contact is not None
    number = phone.contact(update.message.contact.phone_number)
    answers_of(context)["phone"] = {"e164": number.e164, "verified": True}
    await send(update, understood("phone", number.masked), ReplyKeyboardRemove())
    ask = words("registration.email.ask", who=words("registration.you"))
    await send(update, question(10, ask), keyboard("email", (), skip=True))
    return EMAIL


async def email_skipped(update: Update, context: Context) -> int:
    """Ask the occupation."""
    await tapped(update)
    answers_of(context)["email"] = None
    ask = words("registration.occupation.ask", who=words("registration.you"))
    text = f"{understood('email', words('dialogue.skipped'))}\n\n{question(11, ask)}"
    await send(update, text, keyboard("occupation", [job_list("occupation")]))
    return OCCUPATION


def job_list(step: str, choice: str = "list") -> InlineKeyboardButton:
    """Return the button that shows all occupations."""
    return button(step, words("dialogue.job_list"), choice)


async def occupation_typed(update: Update, context: Context) -> int:
    """Look the occupation up and offer what was found."""
    said = text_of(update)
    if occupations.is_wage_earner(said):
        return await refuse(update, Refused("eligibility.wage_earner"), OCCUPATION)
    found = [match.occupation.id for match in occupations.find(said)]
    answers_of(context)["occupation"] = {"id": "", "words": said}
    options = half("occupation", [(one, words(f"occupations.{one}")) for one in found])
    other = half("occupation", [("lainnya", words("occupations.lainnya"))])
    buttons = (*options, job_list("occupation", "list~1"), *other, again("occupation"))
    ask = words("dialogue.job_which", words=html.escape(said, quote=False))
    await send(update, question(11, ask), keyboard("occupation", buttons))
    return OCCUPATION_CHOICE


async def occupation_chosen(update: Update, context: Context) -> int:
    """Note the occupation and ask for a second one."""
    answers_of(context)["occupation"]["id"] = chosen = await tapped(update)
    first = understood("occupation", words(f"occupations.{chosen}"))
    text = f"{first}\n\n{question(12, words('registration.occupation2.ask'))}"
    await send(update, text, keyboard("occupation2", [job_list("occupation2")], skip=True))
    return OCCUPATION2


async def occupation2_skipped(update: Update, context: Context) -> int:
    """Ask the place of work."""
    await tapped(update)
    answers_of(context)["occupation2"] = None
    ask = words("registration.workplace.ask", who=words("registration.you"))
    text = f"{understood('occupation2', words('dialogue.skipped'))}\n\n{question(13, ask)}"
    await send(update, text, keyboard("workplace", choices("workplace", ("home_village", "around"))))
    return WORKPLACE


async def workplace_typed(update: Update, context: Context) -> int:
    """Note the place of work and ask the hours."""
    answers_of(context)["workplace"] = workplace = text_of(update)
    ask = words("registration.hours.ask", who=words("registration.you"))
    text = f"{understood('workplace', html.escape(workplace, quote=False))}\n\n{question(14, ask)}"
    usual = ("08:00-17:00", "05:00-12:00", "17:00-23:00")
    options = [button("hours", words(f"registration.hours.{span[:2]}"), span) for span in usual]
    await send(update, text, keyboard("hours", options))
    return HOURS


async def hours_chosen(update: Update, context: Context) -> int:
    """Note the hours and ask the income."""
    answers_of(context)["hours"] = chosen = await tapped(update)
    ask = words("registration.income.ask", who=words("registration.you"))
    text = f"{understood('hours', hours.parse(chosen).shown)}\n\n{question(15, ask)}"
    await send(update, text, keyboard("income", ()))
    return INCOME


async def income_typed(update: Update, context: Context) -> int:
    """Read the income and ask whether somebody is employed."""
    try:
        earned = money.parse(text_of(update))
    except Refused as refusal:
        return await refuse(update, refusal, INCOME)
    answers_of(context)["income"] = earned.rupiah
    shown = words("dialogue.a_month", month=money.rupiah(earned.rupiah))
    ask = words("registration.employs.ask", who=words("registration.you"))
    text = f"{understood('income', shown)}\n\n{question(16, ask)}"
    await send(update, text, keyboard("employs", choices("employs", ("no", "yes"))))
    return EMPLOYS


async def employs_chosen(update: Update, context: Context) -> int:
    """Note it and ask who pays."""
    answers_of(context)["employs"] = chosen = await tapped(update)
    first = understood("employs", words(f"registration.employs.{chosen}"))
    text = f"{first}\n\n{question(17, words('registration.payer.ask'))}"
    payers = ("own", "household", "association", "donor", "apbdes", "apbd")
    await send(update, text, keyboard("payer", choices("payer", payers)))
    return PAYER


async def payer_chosen(update: Update, context: Context) -> int:
    """Note who pays and offer the programmes at the price of this month."""
    answers = answers_of(context)
    answers["payer"] = chosen = await tapped(update)
    first = understood("payer", words(f"registration.payer.{chosen}"))
    text = f"{first}\n\n{question(18, filled('programmes', answers))}"
    await send(update, text, keyboard("programmes", priced("programmes", answers)))
    return PROGRAMMES


async def programmes_chosen(update: Update, context: Context) -> int:
    """Note the programmes and offer the months with their totals."""
    answers = answers_of(context)
    answers["programmes"] = chosen = await tapped(update)
    first = understood("programmes", words(f"registration.programmes.{chosen}"))
    text = f"{first}\n\n{question(19, filled('months', answers))}"
    await send(update, text, keyboard("months", priced("months", answers)))
    return MONTHS_PAID


async def months_chosen(update: Update, context: Context) -> int:
    """Note the months and ask about the family."""
    answers_of(context)["months"] = chosen = await tapped(update)
    first = understood("months", TELLER.html(months_in_words(chosen)))
    text = f"{first}\n\n{question(20, words('registration.heirs.ask'))}"
    await send(update, text, keyboard("heirs", choices("heirs", ("add", "none"))))
    return HEIRS


async def heirs_chosen(update: Update, context: Context) -> int:
    """Read everything back."""
    answers = answers_of(context)
    answers["heirs"] = chosen = await tapped(update)
    first = understood("heirs", words(f"registration.heirs.{chosen}"))
    ask = filled("review", answers)
    markup = keyboard("review", choices("review", ("send",)))
    edit = [button("review", words("dialogue.edit"), "!edit")]
    send_row, *controls = markup.inline_keyboard
    whole = InlineKeyboardMarkup([send_row, edit, *controls])
    await send(update, f"{first}\n\n{question(21, ask)}", whole, protect=True)
    return REVIEW


async def sent(update: Update, context: Context) -> int:
    """Keep the application and give a receipt."""
    await tapped(update, delete=True)
    answers = answers_of(context)
    eligibility.check_age(date.fromisoformat(answers["birth_date"]), today())
    reference = new_reference()
    context.bot_data.setdefault("applications", {})[reference] = answers
    total = TELLER.html(expected(answers, today()))
    copy = InlineKeyboardButton(words("commands.copy_reference"), copy_text=CopyTextButton(reference))
    other = InlineKeyboardButton(words("commands.next_worker"), callback_data="v1|c|daftar|")
    text = words("commands.receipt", reference=reference, total=total)
    await send(update, text, InlineKeyboardMarkup([[copy], [other]]))
    return ConversationHandler.END


async def cancel(update: Update, context: Context) -> int:
    """Forget the answers."""
    await send(update, words("commands.cancelled"), None)
    return ConversationHandler.END


def tap(step: str, callback: Any) -> CallbackQueryHandler[Context, Any]:
    """Return the handler of the answers of one question."""
    return CallbackQueryHandler(callback, pattern=rf"^v1\|0\|{step}\|(?!!(?!skip))")


def typed(callback: Any) -> MessageHandler[Context, Any]:
    """Return the handler of a typed answer."""
    return MessageHandler(filters.TEXT & ~filters.COMMAND, callback)


def conversation() -> ConversationHandler[Context]:
    """Return the whole dialogue: every state with the handler of its answer."""
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
            REVIEW: [tap("review", sent)],
        },
        fallbacks=[CommandHandler("batal", cancel)],
    )


def main() -> None:
    """Poll until stopped, everything on its defaults."""
    url = os.environ["BOT_API_URL"]
    application = ApplicationBuilder().token(os.environ["BOT_TOKEN"]).base_url(f"{url}/bot").build()
    application.add_handler(conversation())
    application.run_polling()


if __name__ == "__main__":
    main()
