"""The chat page in a real browser: what a bot sends is drawn, and what a person does reaches the bot."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Locator, Page, async_playwright, expect

from simulator.clock import Clock
from simulator.phone import Phone
from simulator.server import Simulator

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
).split()
NOON = datetime(2026, 8, 3, 5, 0, tzinfo=UTC)  # 12.00 WIB, a Monday
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63b0d9100600"
    "02f8014545f08f600000000049454e44ae426082"
)

# Every visible text with its contrast against the nearest opaque background, when below 4.5.
FAINT = """() => {
  const pen = Object.assign(document.createElement('canvas'), {width: 1, height: 1})
    .getContext('2d', {willReadFrequently: true});
  const over = (under, colour) => {
    pen.fillStyle = `rgb(${under.join(' ')})`; pen.fillRect(0, 0, 1, 1);
    pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1);
    return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (rgb) => rgb.map((c) => c / 255)
    .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, at) => sum + c * [0.2126, 0.7152, 0.0722][at], 0);
  const ground = (node) => {
    const line = [];
    for (let at = node; at; at = at.parentElement) line.unshift(getComputedStyle(at).backgroundColor);
    return line.reduce(over, [255, 255, 255]);
  };
  const faint = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !node.checkVisibility() || node.closest('[inert], dialog')) continue;
    const under = ground(node);
    const [a, b] = [light(over(under, getComputedStyle(node).color)), light(under)].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < 4.5) faint.push([node.className, walk.currentNode.data.trim(), contrast.toFixed(2)]);
  }
  return faint;
}"""


@dataclass
class Village:
    """Three people with their phones on one page, and a bot that the test itself plays."""

    simulator: Simulator
    url: str
    http: aiohttp.ClientSession
    browser: Browser
    siti: Phone
    budi: Phone
    ratna: Phone
    complaints: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    async def bot(self, method: str, **arguments: Any) -> Any:
        """The bot calls a method of the Bot API."""
        address = f"{self.url}/bot{self.simulator.token}/{method}"
        async with self.http.post(address, json=arguments) as response:
            answer = await response.json()
            assert answer["ok"], answer
            return answer["result"]

    async def updates(self) -> list[dict[str, Any]]:
        """What the bot has not been told yet."""
        updates = await self.bot("getUpdates", timeout=0)
        if updates:
            await self.bot("getUpdates", offset=updates[-1]["update_id"] + 1, timeout=0)
        return list(updates)

    async def open(self, width: int = 1440, height: int = 900, **choices: Any) -> Page:
        """The page in a fresh browser window."""
        context = await self.browser.new_context(viewport={"width": width, "height": height}, **choices)
        self.contexts.append(context)
        page = await context.new_page()
        page.on("console", lambda line: self.complaints.append(line.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        await page.goto(self.url)
        await expect(page.get_by_test_id("phone-2")).to_be_visible()
        return page


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for all tests of this file."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def village(browser: Browser) -> AsyncIterator[Village]:
    """A fresh world at noon; a test fails when the page complained in the console."""
    simulator = Simulator(Clock(frozen_at=NOON), slow_repeats=False)
    people = [("Siti", "Aminah", "Pekerja"), ("Budi", "Santoso", "Agen"), ("Ratna", "Dewi", "Petugas")]
    phones = [simulator.person(first_name=a, last_name=b, label=c) for a, b, c in people]
    async with simulator.serve() as url, aiohttp.ClientSession() as http:
        village = Village(simulator, url, http, browser, *phones)
        yield village
        for context in village.contexts:
            await context.close()

    assert village.complaints == []


def phone(page: Page, index: int = 0) -> Locator:
    """The phone of the person at that place."""
    return page.get_by_test_id(f"phone-{index}")


def buttons(*rows: list[dict[str, Any]]) -> dict[str, Any]:
    """An inline keyboard."""
    return {"inline_keyboard": list(rows)}


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
        text="😀 <b>tebal <i>miring</i></b> <code>kode</code> <tg-spoiler>rahasia</tg-spoiler> &lt;script&gt; "
        '<a href="https://example.org/a">tautan</a> <blockquote>kutipan</blockquote>',
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
    row = [{"text": "Benar", "callback_data": "y", "style": "success"}, {"text": "Ubah", "callback_data": "n"}]
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
    await village.bot("answerCallbackQuery", callback_query_id=again["id"], text="Sudah lewat", show_alert=True)
    await expect(phone(page).get_by_test_id("alert")).to_contain_text("Sudah lewat")
    await page.get_by_test_id("dialog-ok").click()
    await expect(page.get_by_test_id("alert")).to_have_count(0)

    assert (tap["data"], again["data"]) == ("y", "n")


async def test_sharing_the_number_asks_first(village: Village) -> None:
    village.siti.text("/start")
    keyboard = {"keyboard": [[{"text": "Bagikan", "request_contact": True}], [{"text": "Kembali"}]]}
    markup = {**keyboard, "one_time_keyboard": True, "resize_keyboard": True, "input_field_placeholder": "Nomor"}
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
    commands = [{"command": "lanjut", "description": "Lanjut"}, {"command": "bahasa", "description": "Bahasa"}]
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


@pytest.mark.parametrize(("entry", "kind", "name"), [("photo", "photo", "a.png"), ("document", "document", "a.csv")])
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

    assert [list(u["message"])[-1] for u in await village.updates()][1:] == ["sticker", "voice"]


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


async def test_a_small_screen_shows_one_phone_with_tabs_and_counts_news(village: Village) -> None:
    village.budi.text("/start")
    page = await village.open(390, 844, has_touch=True, is_mobile=True)
    await expect(phone(page)).to_be_in_viewport(ratio=0.9)
    await village.bot("sendMessage", chat_id=village.budi.id, text="Halo Pak Budi")
    await expect(page.get_by_test_id("tab-1").locator(".badge")).to_have_text("1")
    await page.get_by_test_id("tab-1").tap()
    await expect(phone(page, 1)).to_be_in_viewport(ratio=0.9)
    await expect(page.get_by_test_id("tab-1").locator(".badge")).to_be_hidden()

    assert await page.evaluate("document.documentElement.scrollWidth") == 390


async def test_the_newest_message_stays_in_sight_unless_one_reads_further_up(village: Village) -> None:
    for number in range(40):
        village.siti.text(f"pesan {number}")
    page = await village.open()
    messages = phone(page).get_by_test_id("message")
    await expect(messages.last).to_be_in_viewport()
    markup = {"keyboard": [["Ya"], ["Tidak"], ["Nanti"], ["Batal"]]}
    await village.bot("sendMessage", chat_id=village.siti.id, text="Pilih", reply_markup=markup)
    await expect(messages.last).to_contain_text("Pilih")
    await expect(messages.last).to_be_in_viewport(ratio=1)
    await messages.nth(3).scroll_into_view_if_needed()
    await expect(phone(page).locator(".jump")).to_be_visible()
    await village.bot("sendMessage", chat_id=village.siti.id, text="Baru")
    await expect(phone(page).locator(".jump")).to_contain_text("1")
    await expect(messages.nth(3)).to_be_in_viewport()
    await phone(page).locator(".jump").click()
    await expect(messages.last).to_be_in_viewport()


async def test_typing_and_an_effect_are_seen_but_not_by_those_who_want_less_motion(village: Village) -> None:
    village.siti.text("/start")
    page = await village.open()
    calm = await village.open(reduced_motion="reduce")
    await village.bot("sendChatAction", chat_id=village.siti.id, action="typing")
    await expect(phone(page).locator(".status")).to_contain_text("sedang mengetik")
    effect = "5046509860389126442"
    await village.bot("sendMessage", chat_id=village.siti.id, text="Selesai!", message_effect_id=effect)
    await expect(phone(page).get_by_test_id("confetti")).to_be_attached()
    await expect(phone(calm).get_by_test_id("message").last).to_contain_text("Selesai!")

    assert await calm.get_by_test_id("confetti").count() == 0


async def test_the_page_speaks_english_when_asked_and_the_bot_does_not_change(village: Village) -> None:
    village.siti.text("Selamat pagi")
    page = await village.open()
    await expect(page.locator("html")).to_have_attribute("lang", "id")
    await page.get_by_test_id("language").get_by_text("EN").click()
    await expect(page.get_by_test_id("clock-tomorrow")).to_have_text("Tomorrow")
    await expect(phone(page).locator(".day")).to_have_text("Monday, 3 August 2026")
    await expect(phone(page).get_by_test_id("message")).to_contain_text("Selamat pagi")
    await expect(phone(page).get_by_test_id("composer")).to_have_attribute("placeholder", "Message…")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_word_stands_out_from_its_ground(village: Village, scheme: str) -> None:
    village.siti.text("/start")
    row = [{"text": style, "callback_data": "x", "style": style} for style in ("primary", "success", "danger")]
    text = '<b>Halo</b> <code>kode</code> <a href="https://example.org">tautan</a> /bantuan'
    for person in (village.siti, village.budi):
        person.text("/start")
        person.file("document", b"a,b", "daftar.csv", "Daftar")
        message = {"chat_id": person.id, "text": text, "parse_mode": "HTML"}
        await village.bot("sendMessage", **message, reply_markup=buttons(row, [{"text": "Lain", "callback_data": "x"}]))
    await village.bot("sendMessage", chat_id=village.siti.id, text="?", reply_markup={"keyboard": [["Ya"]]})
    page = await village.open(color_scheme=scheme)
    await expect(phone(page).get_by_test_id("reply-button")).to_be_visible()

    assert await page.evaluate(FAINT) == []
