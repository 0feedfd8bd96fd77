"""How the chat page looks: small screens, scrolling, motion, language, contrast, nothing that jumps."""

from datetime import UTC, datetime
from itertools import combinations

import pytest
from playwright.async_api import expect

from tests.browser.village import Village, buttons, phone

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

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


# Adds up what the browser itself counts as layout shift, from the loading of the page on.
JUMPS = """() => {
  window.jumps = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((entry) => { window.jumps += entry.value; }))
    .observe({type: 'layout-shift', buffered: true});
}"""


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


async def test_nothing_in_the_bar_overlaps_or_is_cut_off(village: Village) -> None:
    await village.bot("setMyName", name="Bantu Daftar BPU")
    page = await village.open()
    shown = page.locator("#title, .clock-now, .leaps button, .tool, .toggle button")
    clashes = []
    village.simulator.clock.move_to(datetime(2026, 11, 28, 13, 40, tzinfo=UTC))  # a long day to write
    for width in (820, 1024, 1180, 1200, 1280, 1366, 1424, 1440, 1560, 1600, 1920):
        await page.set_viewport_size({"width": width, "height": 900})
        boxes = await shown.evaluate_all("all => all.map((one) => one.getBoundingClientRect().toJSON())")
        clashes += [(width, a, b) for a, b in combinations(boxes, 2) if overlap(a, b)]
        if await page.locator("#title").evaluate("title => title.scrollWidth > title.clientWidth"):
            clashes.append((width, "title", "cut off"))

    assert clashes == []


def overlap(a: dict[str, float], b: dict[str, float]) -> bool:
    """Whether two boxes on the page share a spot."""
    beside = a["right"] <= b["left"] or b["right"] <= a["left"]
    return not (beside or a["bottom"] <= b["top"] or b["bottom"] <= a["top"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_word_stands_out_from_its_ground(village: Village, scheme: str) -> None:
    village.siti.text("/start")
    row = [
        {"text": style, "callback_data": "x", "style": style} for style in ("primary", "success", "danger")
    ]
    text = '<b>Halo</b> <code>kode</code> <a href="https://example.org">tautan</a> /bantuan'
    for person in (village.siti, village.budi):
        person.text("/start")
        person.file("document", b"a,b", "daftar.csv", "Daftar")
        message = {"chat_id": person.id, "text": text, "parse_mode": "HTML"}
        await village.bot(
            "sendMessage", **message, reply_markup=buttons(row, [{"text": "Lain", "callback_data": "x"}])
        )
    await village.bot("sendMessage", chat_id=village.siti.id, text="?", reply_markup={"keyboard": [["Ya"]]})
    page = await village.open(color_scheme=scheme)
    await expect(phone(page).get_by_test_id("reply-button")).to_be_visible()

    assert await page.evaluate(FAINT) == []


async def test_nothing_jumps_while_messages_and_keyboards_come_and_go(village: Village) -> None:
    village.siti.text("/start")
    page = await village.open()
    await page.evaluate(JUMPS)
    for number in range(3):
        keyboard = {"keyboard": [[f"Jawaban {number}"]]}
        message = {"chat_id": village.siti.id, "text": "Langkah " * 20, "reply_markup": keyboard}
        await village.bot("sendMessage", **message)
        await expect(phone(page).get_by_test_id("reply-button")).to_have_text(f"Jawaban {number}")
    await village.bot("sendChatAction", chat_id=village.siti.id, action="typing")
    await expect(phone(page).locator(".status")).to_contain_text("sedang mengetik")

    assert await page.evaluate("window.jumps") < 0.03
