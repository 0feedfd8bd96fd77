"""Two descriptions of the Bot API that are not ours: aiogram's models and python-telegram-bot's client."""

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Update
from telegram.error import Forbidden
from telegram.request import HTTPXRequest

from simulator.methods import AT_THE_DOOR, METHODS
from simulator.parameters import ACCEPTED, NEEDED
from simulator.phone import Phone
from simulator.server import Simulator
from tests.simulator.bot_api import model_of


@pytest.mark.parametrize("method", sorted(ACCEPTED))
def test_we_accept_exactly_the_names_aiogram_knows(method: str) -> None:
    assert ACCEPTED[method].keys() == model_of(method).model_fields.keys()


@pytest.mark.parametrize("method", sorted(ACCEPTED))
def test_what_aiogram_requires_we_require(method: str) -> None:
    required = {name for name, f in model_of(method).model_fields.items() if f.is_required()}
    ours = set(NEEDED.get(method, ()))

    assert required - ours <= {"url"}
    assert ours - required <= {"text"}


def test_every_method_has_its_parameters() -> None:
    assert ACCEPTED.keys() == METHODS.keys() | set(AT_THE_DOOR)


async def test_python_telegram_bot_talks_to_it(sim: Simulator, siti: Phone, url: str) -> None:
    bot = Bot(sim.token, base_url=f"{url}/bot", base_file_url=f"{url}/file/bot", request=HTTPXRequest())
    async with bot:
        buttons = InlineKeyboardMarkup([[InlineKeyboardButton("Ya", callback_data="ya", style="success")]])
        sent = await bot.send_message(
            siti.id,
            "<b>Halo</b>",
            parse_mode="HTML",
            reply_markup=buttons,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
            protect_content=True,
        )
        siti.press("Ya")
        updates = await bot.get_updates(allowed_updates=Update.ALL_TYPES)
        query = updates[0].callback_query
        assert query is not None
        await query.answer("Baik")
        await bot.edit_message_text("Selesai", siti.id, sent.message_id)
        document = await bot.send_document(siti.id, b"isi", filename="bukti.pdf", caption="Bukti")
        assert document.document is not None
        file = await document.document.get_file()
        siti.block()
        with pytest.raises(Forbidden):
            await bot.send_message(siti.id, "Halo")

        assert bytes(await file.download_as_bytearray()) == b"isi"
    assert siti.heard == ["Selesai", "Bukti"]
