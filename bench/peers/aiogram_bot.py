"""The same registration on aiogram 3, as its documentation teaches: a state a question, and `FSMContext`.

Answers are kept by MemoryStorage, with KEEP=redis by RedisStorage; everything else is on its defaults.
"""

import asyncio
import os
import sqlite3
from typing import Any, Final

from aiogram import Bot, Dispatcher, F, Router
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.filters import Command, CommandStart, ExceptionTypeFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.base import BaseStorage, DefaultKeyBuilder
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.fsm.storage.redis import RedisStorage
from aiogram.types import (
    CallbackQuery,
    CopyTextButton,
    ErrorEvent,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from bench.peers import form, questions, rows
from bench.peers.sayings import Button, Saying
from models.references import new_reference
from rules.refusal import Refused

CANCEL: Final = "batal"
router = Router()


class Form(StatesGroup):
    """The questions."""

    greeted = State()
    consent = State()
    who = State()
    nik = State()
    nik_confirm = State()
    name = State()
    birth_date = State()
    sex = State()
    address = State()
    village = State()
    village_choice = State()
    phone = State()
    email = State()
    occupation = State()
    occupation_choice = State()
    occupation2 = State()
    workplace = State()
    hours = State()
    income = State()
    employs = State()
    payer = State()
    programmes = State()
    months = State()
    heirs = State()
    review = State()


def inline(button: Button) -> InlineKeyboardButton:
    """Return a button as the library writes it."""
    if button.copies is not None:
        return InlineKeyboardButton(text=button.text, copy_text=CopyTextButton(text=button.copies))
    return InlineKeyboardButton(text=button.text, callback_data=button.data, style=button.style)


def markup(saying: Saying) -> InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | None:
    """Return the buttons of a message as the library writes them."""
    if saying.takes_away:
        return ReplyKeyboardRemove()
    if saying.replies:
        (share,), *controls = saying.replies
        first = [KeyboardButton(text=share, request_contact=True)]
        others = [[KeyboardButton(text=one) for one in row] for row in controls]
        return ReplyKeyboardMarkup(keyboard=[first, *others], resize_keyboard=True, is_persistent=True)
    keyboard = [[inline(one) for one in row] for row in saying.inline]
    return InlineKeyboardMarkup(inline_keyboard=keyboard) if keyboard else None


async def send(event: Message | CallbackQuery, saying: Saying) -> None:
    """Send a message to the sender's chat."""
    message = event.message if isinstance(event, CallbackQuery) else event
    assert message is not None
    assert event.bot is not None
    await event.bot.send_message(
        message.chat.id,
        saying.text,
        reply_markup=markup(saying),
        protect_content=saying.protected or None,
    )


async def ask(event: Message | CallbackQuery, state: FSMContext, at: State, saying: Saying) -> None:
    """Ask the next question, and be there."""
    await state.set_state(at)
    await send(event, saying)


async def tapped(query: CallbackQuery, *, delete: bool = False) -> str:
    """Answer a tap, take its message away if it must go, and return the choice."""
    await query.answer()
    if delete and isinstance(query.message, Message):
        await query.message.delete()
    return form.read_choice(query.data)


def taps(step: str) -> Any:
    """Return the filter of the answers of one question."""
    return F.data.regexp(rf"^v1\|0\|{step}\|(?!!(?!skip))")


@router.message(Command(CANCEL))
async def cancel(message: Message, state: FSMContext) -> None:
    """Forget the answers."""
    await state.clear()
    await send(message, questions.cancelled())


@router.message(CommandStart())
async def start(message: Message, state: FSMContext) -> None:
    """Greet."""
    await ask(message, state, Form.greeted, questions.greeting())


@router.callback_query(Form.greeted, F.data.startswith("v1|c|daftar|"))
async def register(query: CallbackQuery, state: FSMContext) -> None:
    """Begin, with the question of consent."""
    await tapped(query)
    await state.set_data({})
    await ask(query, state, Form.consent, questions.consent())


@router.callback_query(Form.consent, taps("consent"))
async def consented(query: CallbackQuery, state: FSMContext) -> None:
    """Note the consent and ask who is to be registered."""
    answers = await state.update_data(consent=await tapped(query))
    await ask(query, state, Form.who, questions.who(answers))


@router.callback_query(Form.who, taps("who"))
async def who_chosen(query: CallbackQuery, state: FSMContext) -> None:
    """Note who is registered and ask the NIK."""
    answers = await state.update_data(who=await tapped(query))
    await ask(query, state, Form.nik, questions.nik_number(answers))


@router.message(Form.nik, F.text)
async def nik_typed(message: Message, state: FSMContext) -> None:
    """Read the NIK and read it back in groups of four."""
    await message.delete()
    answers = await state.update_data(nik=form.read_nik(message.text))
    await ask(message, state, Form.nik_confirm, questions.nik_confirm(answers))


@router.callback_query(Form.nik_confirm, taps("nik"))
async def nik_confirmed(query: CallbackQuery, state: FSMContext) -> None:
    """Keep the NIK and ask the name."""
    await tapped(query, delete=True)
    await ask(query, state, Form.name, questions.name(await state.get_data()))


@router.message(Form.name, F.text)
async def name_typed(message: Message, state: FSMContext) -> None:
    """Read the name and ask the birth date."""
    answers = await state.update_data(name=form.read_name(message.text))
    await ask(message, state, Form.birth_date, questions.birth_date(answers))


@router.message(Form.birth_date, F.text)
async def birth_date_typed(message: Message, state: FSMContext) -> None:
    """Read the birth date, compare it with the NIK, and ask the sex."""
    born = form.read_birth_date(message.text, await state.get_data())
    answers = await state.update_data(birth_date=born)
    await ask(message, state, Form.sex, questions.sex(answers))


@router.callback_query(Form.sex, taps("sex"))
async def sex_chosen(query: CallbackQuery, state: FSMContext) -> None:
    """Note the sex and ask the address."""
    answers = await state.update_data(sex=await tapped(query))
    await ask(query, state, Form.address, questions.address(answers))


@router.message(Form.address, F.text)
async def address_typed(message: Message, state: FSMContext) -> None:
    """Note the address and ask the village."""
    answers = await state.update_data(address=form.read_text(message.text))
    await ask(message, state, Form.village, questions.village(answers))


@router.message(Form.village, F.text)
@router.message(Form.village_choice, F.text)
async def village_typed(message: Message, state: FSMContext) -> None:
    """Look the village up and offer what was found."""
    query = form.read_text(message.text)
    search = form.find_villages(query, await state.get_data())
    await ask(message, state, Form.village_choice, questions.villages(query, search))


@router.callback_query(Form.village_choice, taps("village"))
async def village_chosen(query: CallbackQuery, state: FSMContext) -> None:
    """Note the village and ask the phone number, with the contact button."""
    answers = await state.update_data(village=form.read_village(await tapped(query)))
    await ask(query, state, Form.phone, questions.phone_number(answers))


@router.message(Form.phone, F.contact)
async def phone_shared(message: Message, state: FSMContext) -> None:
    """Read the contact card, take the big buttons away, and ask the e-mail address."""
    assert message.contact is not None
    answers = await state.update_data(phone=form.read_contact(message.contact.phone_number))
    await state.set_state(Form.email)
    await send(message, questions.phone_noted(answers))
    await send(message, questions.email(answers))


@router.callback_query(Form.email, taps("email"))
async def email_skipped(query: CallbackQuery, state: FSMContext) -> None:
    """Ask the occupation."""
    await tapped(query)
    answers = await state.update_data(email=None)
    await ask(query, state, Form.occupation, questions.occupation(answers))


@router.message(Form.occupation, F.text)
@router.message(Form.occupation_choice, F.text)
async def occupation_typed(message: Message, state: FSMContext) -> None:
    """Look the occupation up and offer what was found."""
    said = form.read_text(message.text)
    found = form.find_occupations(said)
    await state.update_data(occupation={"id": "", "words": said})
    await ask(message, state, Form.occupation_choice, questions.occupations_found(said, found))


@router.callback_query(Form.occupation_choice, taps("occupation"))
async def occupation_chosen(query: CallbackQuery, state: FSMContext) -> None:
    """Note the occupation and ask for a second one."""
    job = {**(await state.get_data())["occupation"], "id": await tapped(query)}
    answers = await state.update_data(occupation=job)
    await ask(query, state, Form.occupation2, questions.occupation2(answers))


@router.callback_query(Form.occupation2, taps("occupation2"))
async def occupation2_skipped(query: CallbackQuery, state: FSMContext) -> None:
    """Ask the place of work."""
    await tapped(query)
    answers = await state.update_data(occupation2=None)
    await ask(query, state, Form.workplace, questions.workplace(answers))


@router.message(Form.workplace, F.text)
async def workplace_typed(message: Message, state: FSMContext) -> None:
    """Note the place of work and ask the hours."""
    answers = await state.update_data(workplace=form.read_text(message.text))
    await ask(message, state, Form.hours, questions.working_hours(answers))


@router.callback_query(Form.hours, taps("hours"))
async def hours_chosen(query: CallbackQuery, state: FSMContext) -> None:
    """Note the hours and ask the income."""
    answers = await state.update_data(hours=await tapped(query))
    await ask(query, state, Form.income, questions.income(answers))


@router.message(Form.income, F.text)
async def income_typed(message: Message, state: FSMContext) -> None:
    """Read the income and ask whether somebody is employed."""
    answers = await state.update_data(income=form.read_income(message.text))
    await ask(message, state, Form.employs, questions.employs(answers))


@router.callback_query(Form.employs, taps("employs"))
async def employs_chosen(query: CallbackQuery, state: FSMContext) -> None:
    """Note it and ask who pays."""
    answers = await state.update_data(employs=await tapped(query))
    await ask(query, state, Form.payer, questions.payer(answers))


@router.callback_query(Form.payer, taps("payer"))
async def payer_chosen(query: CallbackQuery, state: FSMContext) -> None:
    """Note who pays and offer the programmes at the price of this month."""
    answers = await state.update_data(payer=await tapped(query))
    await ask(query, state, Form.programmes, questions.programmes(answers))


@router.callback_query(Form.programmes, taps("programmes"))
async def programmes_chosen(query: CallbackQuery, state: FSMContext) -> None:
    """Note the programmes and offer the months with their totals."""
    answers = await state.update_data(programmes=await tapped(query))
    await ask(query, state, Form.months, questions.months(answers))


@router.callback_query(Form.months, taps("months"))
async def months_chosen(query: CallbackQuery, state: FSMContext) -> None:
    """Note the months and ask about the family."""
    answers = await state.update_data(months=await tapped(query))
    await ask(query, state, Form.heirs, questions.heirs(answers))


@router.callback_query(Form.heirs, taps("heirs"))
async def heirs_chosen(query: CallbackQuery, state: FSMContext) -> None:
    """Read everything back."""
    answers = await state.update_data(heirs=await tapped(query))
    await ask(query, state, Form.review, questions.review(answers))


@router.callback_query(Form.review, taps("review"))
async def sent(query: CallbackQuery, state: FSMContext, db: sqlite3.Connection) -> None:
    """File the application and give a receipt."""
    await tapped(query, delete=True)
    answers = await state.get_data()
    form.expect_complete(answers)
    reference = new_reference()
    db.execute(rows.INSERT, rows.row(query.from_user.id, reference, answers))
    await state.clear()
    await send(query, questions.receipt(reference, answers))


@router.error(ExceptionTypeFilter(Refused))
async def refuse(event: ErrorEvent) -> None:
    """Say what was wrong, and stay at the question."""
    asked = event.update.message or event.update.callback_query
    if asked is not None and isinstance(event.exception, Refused):
        await send(asked, questions.refusal(event.exception))


def storage(keep: str) -> BaseStorage:
    """Return what keeps the states and the answers."""
    if keep == "redis":
        keys = DefaultKeyBuilder(prefix=os.environ["REDIS_PREFIX"])
        return RedisStorage.from_url(os.environ["REDIS_URL"], key_builder=keys)
    return MemoryStorage()


async def main() -> None:
    """Poll until stopped."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(os.environ["BOT_API_URL"]))
    usual = DefaultBotProperties(parse_mode=ParseMode.HTML, link_preview_is_disabled=True)
    bot = Bot(os.environ["BOT_TOKEN"], session=session, default=usual)
    dispatcher = Dispatcher(storage=storage(os.environ["KEEP"]), db=rows.open_rows(os.environ["ROWS"]))
    dispatcher.include_router(router)
    await dispatcher.start_polling(bot)


if __name__ == "__main__":
    asyncio.run(main())
