"""The chat page in a real browser: what a bot sends is drawn, and what a person does reaches the bot."""

from urllib.parse import quote

import pytest
from playwright.async_api import Browser, expect

from simulator.server import Simulator
from tests.browser.village import Village, buttons, phone

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63b0d9100600"
    "02f8014545f08f600000000049454e44ae426082"
)


async def test_an_empty_chat_offers_to_start_and_then_to_write(village: Village) -> None:
    await village.bot("setMyDescription", description="Membantu mendaftar.")
    page = await village.open()
    siti = phone(page)
    await expect(siti.get_by_test_id("about")).to_have_text("Membantu mendaftar.")
    await siti.get_by_test_id("start").click()
    await expect(siti.get_by_test_id("message")).to_contain_text("/start")
    await siti.get_by_test_id("composer").fill("Halo\nBu")
    await siti.get_by_test_id("composer").press("Enter")
    await expect(siti.get_by_test_id("message")).to_have_count(2)

    assert [update["message"]["text"] for update in await village.updates()] == ["/start", "Halo\nBu"]


async def test_html_becomes_nodes_and_never_markup(village: Village) -> None:
    village.siti.text("<img src=x onerror=alert(1)>")
    await village.bot(
        "sendMessage",
        chat_id=village.siti.id,
        parse_mode="HTML",
        text="😀 <b>tebal <i>miring</i></b> <code>kode</code> <tg-spoiler>rahasia</tg-spoiler> "
        '&lt;script&gt; <a href="https://example.org/a">tautan</a> <blockquote>kutipan</blockquote>',
    )
    page = await village.open()
    first, second = await phone(page).get_by_test_id("message").all()
    await expect(first).to_contain_text("<img src=x onerror=alert(1)>")
    await expect(second.locator("strong > em")).to_have_text("miring")
    await expect(second.locator("a")).to_have_attribute("href", "https://example.org/a")
    await expect(second.locator("blockquote")).to_have_text("kutipan")
    await second.locator(".spoiler").click()
    await expect(second.locator(".spoiler")).to_have_text("rahasia")
    await second.locator("code").click()
    await expect(page.get_by_test_id("toast")).to_be_visible()

    assert await page.locator("article img, article script").count() == 0


async def test_a_tapped_button_spins_until_the_bot_answers(village: Village) -> None:
    village.siti.text("/start")
    row = [
        {"text": "Benar", "callback_data": "y", "style": "success"},
        {"text": "Ubah", "callback_data": "n"},
    ]
    await village.bot("sendMessage", chat_id=village.siti.id, text="Benar?", reply_markup=buttons(row))
    page = await village.open()
    await village.updates()
    yes, change = await phone(page).get_by_test_id("inline-button").all()
    await yes.click()
    await expect(yes).to_have_attribute("aria-busy", "true")
    [tap] = [update["callback_query"] for update in await village.updates()]
    await village.bot("answerCallbackQuery", callback_query_id=tap["id"], text="Tersimpan")
    await expect(phone(page).get_by_test_id("toast")).to_have_text("Tersimpan")
    await expect(yes).not_to_have_attribute("aria-busy", "true")
    await change.click()
    await expect(change).to_have_attribute("aria-busy", "true")
    [again] = [update["callback_query"] for update in await village.updates()]
    await village.bot(
        "answerCallbackQuery", callback_query_id=again["id"], text="Sudah lewat", show_alert=True
    )
    await expect(phone(page).get_by_test_id("alert")).to_contain_text("Sudah lewat")
    await page.get_by_test_id("dialog-ok").click()
    await expect(page.get_by_test_id("alert")).to_have_count(0)

    assert (tap["data"], again["data"]) == ("y", "n")


async def test_sharing_the_number_asks_first(village: Village) -> None:
    village.siti.text("/start")
    keyboard = {"keyboard": [[{"text": "Bagikan", "request_contact": True}], [{"text": "Kembali"}]]}
    markup = {
        **keyboard,
        "one_time_keyboard": True,
        "resize_keyboard": True,
        "input_field_placeholder": "Nomor",
    }
    await village.bot("sendMessage", chat_id=village.siti.id, text="Nomor?", reply_markup=markup)
    page = await village.open()
    await village.updates()
    siti = phone(page)
    await expect(siti.get_by_test_id("composer")).to_have_attribute("placeholder", "Nomor")
    await siti.get_by_test_id("reply-button").first.click()
    await expect(siti.get_by_test_id("dialog")).to_contain_text("Bagikan nomor Anda?")
    await siti.get_by_test_id("dialog-no").click()
    await siti.get_by_test_id("reply-button").first.click()
    await siti.get_by_test_id("dialog-ok").click()
    await expect(siti.get_by_test_id("message").last).to_have_attribute("data-kind", "contact")
    await expect(siti.get_by_test_id("reply-keyboard")).to_be_hidden()
    [update] = await village.updates()

    assert update["message"]["contact"]["user_id"] == village.siti.id


async def test_a_reply_keyboard_comes_answers_and_is_taken_away(village: Village) -> None:
    village.siti.text("/start")
    page = await village.open()
    siti = phone(page)
    keyboard = {"keyboard": [["Ya", "Tidak"], [{"text": "Lokasi", "request_location": True}]]}
    await village.bot("sendMessage", chat_id=village.siti.id, text="Mau?", reply_markup=keyboard)
    await siti.get_by_test_id("reply-button").nth(0).click()
    await expect(siti.get_by_test_id("message").last).to_contain_text("Ya")
    await siti.get_by_test_id("reply-button").nth(2).click()
    await siti.locator("[name=place]").select_option(label="Jayapura (WIT)")
    await siti.get_by_test_id("dialog-ok").click()
    await expect(siti.get_by_test_id("message").last).to_have_attribute("data-kind", "location")
    await siti.get_by_test_id("keyboard-toggle").click()
    await expect(siti.get_by_test_id("reply-keyboard")).to_be_hidden()
    await siti.get_by_test_id("keyboard-toggle").click()
    removed = {"remove_keyboard": True}
    await village.bot("sendMessage", chat_id=village.siti.id, text="Baik.", reply_markup=removed)
    await expect(siti.get_by_test_id("reply-button")).to_have_count(0)
    place = (await village.updates())[-1]["message"]["location"]

    assert round(place["longitude"]) == 141


async def test_commands_are_listed_and_filtered_while_typing(village: Village) -> None:
    commands = [
        {"command": "lanjut", "description": "Lanjut"},
        {"command": "bahasa", "description": "Bahasa"},
    ]
    await village.bot("setMyCommands", commands=commands)
    village.siti.text("/start")
    page = await village.open()
    siti = phone(page)
    await siti.get_by_test_id("commands").click()
    await expect(siti.get_by_test_id("menu-command")).to_have_count(2)
    await page.keyboard.press("Escape")
    await siti.get_by_test_id("composer").press_sequentially("/ba")
    await expect(siti.get_by_test_id("menu-command")).to_have_count(1)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(siti.get_by_test_id("message").last).to_contain_text("/bahasa")
    await expect(siti.get_by_test_id("composer")).to_have_value("")


async def test_edited_deleted_and_protected_messages_show_it(village: Village) -> None:
    village.siti.text("/start")
    sent = [
        await village.bot("sendMessage", chat_id=village.siti.id, text=text, protect_content=text == "NIK")
        for text in ("satu", "dua", "NIK")
    ]
    page = await village.open()
    first, second, third = (await phone(page).get_by_test_id("message").all())[1:]
    await village.bot(
        "editMessageText", chat_id=village.siti.id, message_id=sent[0]["message_id"], text="satu lagi"
    )
    await village.bot("deleteMessage", chat_id=village.siti.id, message_id=sent[1]["message_id"])
    await expect(first.get_by_test_id("edited")).to_have_text("diedit")
    await expect(second).to_contain_text("Pesan dihapus")
    await expect(second).not_to_contain_text("dua")
    await expect(third.locator(".bubble")).to_have_css("user-select", "none")
    await third.locator(".bubble").click(button="right")
    await expect(page.get_by_test_id("message-forward")).to_have_count(0)


async def test_an_own_message_is_edited_and_another_forwarded(village: Village) -> None:
    village.siti.text("salah")
    await village.bot("sendMessage", chat_id=village.siti.id, text="Nomor 12")
    page = await village.open()
    siti = phone(page)
    await village.updates()
    await siti.get_by_test_id("message").first.locator(".bubble").click(button="right")
    await page.get_by_test_id("message-edit").click()
    await siti.get_by_test_id("composer").fill("benar")
    await siti.get_by_test_id("send").click()
    await expect(siti.get_by_test_id("message").first).to_contain_text("benar")
    await siti.get_by_test_id("message").nth(1).hover()
    await siti.get_by_test_id("message-menu").nth(1).click()
    await page.get_by_test_id("message-forward").click()
    await expect(siti.get_by_test_id("message").last).to_contain_text("Diteruskan")
    edited, forwarded = await village.updates()

    assert edited["edited_message"]["text"] == "benar"
    assert forwarded["message"]["forward_origin"]["type"] == "user"


@pytest.mark.parametrize(
    ("entry", "kind", "name"), [("photo", "photo", "a.png"), ("document", "document", "a.csv")]
)
async def test_a_file_is_sent_with_its_caption(village: Village, entry: str, kind: str, name: str) -> None:
    village.budi.text("/start")
    page = await village.open()
    budi = phone(page, 1)
    await budi.get_by_test_id("attach").click()
    async with page.expect_file_chooser() as choosing:
        await page.get_by_test_id(f"attach-{entry}").click()
    chooser = await choosing.value
    await chooser.set_files({"name": name, "mimeType": "image/png", "buffer": PIXEL})
    await budi.locator("[name=caption]").fill("dari RW 04")
    await budi.get_by_test_id("dialog-ok").click()
    last = budi.get_by_test_id("message").last
    await expect(last).to_have_attribute("data-kind", kind)
    await expect(last).to_contain_text("dari RW 04")

    assert (await village.updates())[-1]["message"]["caption"] == "dari RW 04"


async def test_stickers_and_sounds_are_at_hand(village: Village) -> None:
    village.budi.text("/start")
    page = await village.open()
    budi = phone(page, 1)
    await budi.get_by_test_id("attach").click()
    await page.get_by_test_id("attach-sticker").click()
    await budi.get_by_test_id("sticker-choice").first.click()
    await expect(budi.get_by_test_id("message").last).to_have_attribute("data-kind", "sticker")
    await budi.get_by_test_id("attach").click()
    await page.get_by_test_id("attach-voice").click()
    await budi.get_by_test_id("voice-sample").click()
    await expect(budi.get_by_test_id("message").last).to_have_attribute("data-kind", "voice")

    start, sticker, voice = [update["message"] for update in await village.updates()]

    assert "text" in start
    assert "sticker" in sticker
    assert "voice" in voice


async def test_blocking_asks_first_and_can_be_undone(village: Village) -> None:
    village.siti.text("/start")
    page = await village.open()
    siti = phone(page)
    await siti.get_by_test_id("phone-menu").click()
    await page.get_by_test_id("menu-block").click()
    await siti.get_by_test_id("dialog-ok").click()
    await expect(siti.get_by_test_id("composer")).to_be_hidden()
    await siti.get_by_test_id("unblock").click()
    await expect(siti.get_by_test_id("composer")).to_be_visible()
    states = [u["my_chat_member"]["new_chat_member"]["status"] for u in (await village.updates())[1:]]

    assert states == ["kicked", "member"]


async def test_the_clock_moves_to_tomorrow_the_eighth_and_next_month(village: Village) -> None:
    page = await village.open()
    seen = []
    for name in ("hour", "tomorrow", "eighth", "next-month"):
        await page.get_by_test_id(f"clock-{name}").click()
        await expect(page.get_by_test_id("toast")).to_be_visible()
        seen.append(f"{village.simulator.clock.now():%d.%m %H}")
        await page.get_by_test_id("toast").click()
    await page.get_by_test_id("clock-custom").click()
    await page.get_by_test_id("clock-custom-value").fill("2026-09-15T14:30")
    await page.get_by_test_id("dialog-ok").click()
    await expect(page.get_by_test_id("clock-now")).to_contain_text("15 Sep 2026")
    await expect(page.get_by_test_id("clock-now")).to_contain_text("14.30")

    assert seen == ["03.08 06", "04.08 02", "08.08 02", "01.09 02"]


async def test_another_person_can_be_added(village: Village) -> None:
    page = await village.open()
    await page.get_by_test_id("add-person").click()
    await page.locator("[name=first_name]").fill("Maryam")
    await page.locator("[name=label]").fill("Bendahara")
    await page.get_by_test_id("dialog-ok").click()
    await expect(phone(page, 3)).to_contain_text("Maryam")
    await expect(phone(page, 3)).to_contain_text("Bendahara")


async def test_the_page_finds_its_way_back_after_the_simulator_was_away(browser: Browser) -> None:
    simulator = Simulator()
    siti = simulator.person(first_name="Siti", label="Pekerja")
    siti.text("Sebelum")
    page = await browser.new_page()
    async with simulator.serve() as url:
        await page.goto(url)
        await expect(phone(page).get_by_test_id("message")).to_have_count(1)
    await expect(page.get_by_test_id("lost")).to_be_visible()
    siti.text("Sesudah")
    async with simulator.serve(int(url.rpartition(":")[2])):
        await expect(phone(page).get_by_test_id("message")).to_have_count(2, timeout=15_000)
        await expect(page.get_by_test_id("lost")).to_be_hidden()
        await page.context.close()


@pytest.mark.parametrize("shared", [False, True])
async def test_a_link_to_the_bot_opens_on_the_phone_one_chooses(village: Village, shared: bool) -> None:
    link = "https://t.me/daftar_bpu_bot?start=kode-7_x"
    share = f"https://t.me/share/url?url={quote(link, safe='')}&text=Mohon%20bantu"
    village.siti.text("/start")
    await village.bot(
        "sendMessage", chat_id=village.siti.id, text=link,
        reply_markup=buttons([{"text": "Bagikan", "url": share}]),
    )  # fmt: skip
    page = await village.open()
    await village.updates()
    siti = phone(page)
    tapped = siti.get_by_test_id("inline-button") if shared else siti.locator("article a")
    await tapped.click()
    choices = siti.get_by_test_id("link-phone")
    await expect(choices).to_have_count(3)
    await choices.nth(1).click()
    await expect(phone(page, 1).get_by_test_id("message").last).to_contain_text("/start kode-7_x")
    (update,) = await village.updates()

    assert (village.budi.id, "/start kode-7_x") == (
        update["message"]["from"]["id"],
        update["message"]["text"],
    )
