"""Draws docs/screenshot.png: the real bot, the page, three invented people (`python -m docs.screenshot`)."""

import asyncio
import base64
import struct
import zlib
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import async_playwright, expect

from tests.town import Chat, town

PICTURE = Path(__file__).parent / "screenshot.png"
HOME = ["Kampung Baru RT 003 RW 001", "cibiuk kaler garut", "[Desa Cibiuk Kaler]"]

SITI = [
    "/daftar", "[Ya, saya setuju]", "[Saya sendiri]", "9901 0157 0890 9001", "[Ya, benar]", "Siti Aminah",
    "17-8-1990", "[Perempuan]", *HOME, "0860-1234-5678", "[Lewati]", "pedagang pasar", "[Pedagang pasar]",
    "[Lewati]", "Pasar Cibiuk", "[05.00–12.00]", "1 juta", "[bekerja sendiri]", "[Uang sendiri]",
]  # fmt: skip
"""A market seller up to the question which programmes she wants, each with its price."""

BUDI = [
    "/daftar", "[Ya, saya setuju]", "[Orang lain]", "[Agen]", "[Pekerja itu sendiri]", "[Bicara langsung]",
    "9901 0103 0680 9002", "[Ya, benar]", "Slamet Riyadi", "3 Juni 1980", "[Laki-laki]", *HOME,
    "[Tidak punya HP]", "[Hubungi saya]", "[Lewati]", "tukang bakso", "[Tukang bakso]", "[Lewati]",
    "[Berkeliling]", "16.00-22.00", "50 ribu sehari", "[25 hari]", "[bekerja sendiri]", "[Donatur]",
    "[2 program]", "[1 bulan]", "[Tidak sekarang]",
]  # fmt: skip
"""An agent with the review page of a tukang bakso who has no phone."""

WULAN = ["/start"]
"""An officer at the welcome."""

PEOPLE = (("Siti", "Pekerja", SITI), ("Budi", "Agen", BUDI), ("Wulan", "Petugas", WULAN))


FROM_ITS_TOP = "message => message.closest('.log').scrollTo(0, message.offsetTop - 8)"
"""The review page is longer than the phone: its beginning tells more than its end."""


async def talk(chat: Chat, lines: list[str]) -> None:
    """Say every line in turn; one in brackets is a button to tap."""
    for line in lines:
        await (chat.taps(line.strip("[]")) if line.startswith("[") else chat.says(line))


COUNTED = """async (png) => {
  const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
  const pen = new OffscreenCanvas(image.width, image.height).getContext("2d");
  pen.drawImage(image, 0, 0);
  const { data } = pen.getImageData(0, 0, image.width, image.height);
  const bins = new Map();
  const mark = (at) => ((data[at] >> 3) << 10) | ((data[at + 1] >> 3) << 5) | (data[at + 2] >> 3);
  for (let at = 0; at < data.length; at += 4) {
    const bin = bins.get(mark(at)) ?? [0, 0, 0, 0];
    bins.set(mark(at), [bin[0] + 1, bin[1] + data[at], bin[2] + data[at + 1], bin[3] + data[at + 2]]);
  }
  const mean = ([count, ...sums]) => sums.map((sum) => Math.round(sum / count));
  const often = [...bins.values()].sort((a, b) => b[0] - a[0]).slice(0, 256).map(mean);
  const far = (a, b) => a.reduce((sum, part, at) => sum + (part - b[at]) ** 2, 0);
  const nearest = (colour) => {
    const distances = often.map((other) => far(colour, other));
    return distances.indexOf(Math.min(...distances));
  };
  for (const [name, bin] of bins) bins.set(name, nearest(mean(bin)));
  const pixels = Array.from({ length: data.length / 4 }, (_, at) => bins.get(mark(at * 4)));
  return { width: image.width, height: image.height, palette: often.flat(), pixels };
}"""
"""The 256 most frequent colours of a picture, and which of them each pixel is: a third of the bytes."""


async def drawn(address: str) -> bytes:
    """Open the page as a visitor sees it, and return what it shows as a PNG."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = await browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
        await page.goto(address)
        await expect(page.locator(".desk[data-mode]")).to_have_count(len(PEOPLE))
        await page.get_by_test_id("phone-1").get_by_test_id("message").last.evaluate(FROM_ITS_TOP)
        shot = await page.screenshot(animations="disabled", caret="hide")
        blank = await browser.new_page()
        counted = await blank.evaluate(COUNTED, base64.b64encode(shot).decode())
        await browser.close()
    return png(**counted)


def png(width: int, height: int, palette: list[int], pixels: list[int]) -> bytes:
    """Return a PNG with a palette."""
    rows = b"".join(b"\0" + bytes(pixels[at : at + width]) for at in range(0, width * height, width))
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", header), (b"PLTE", bytes(palette)), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in parts)


def _chunk(name: bytes, content: bytes) -> bytes:
    whole = name + content
    return struct.pack(">I", len(content)) + whole + struct.pack(">I", zlib.crc32(whole))


async def picture() -> bytes:
    """Let the three people talk to the bot, then draw them."""
    with TemporaryDirectory() as folder:
        async with town(f"sqlite:///{folder}/bot.sqlite3", Path(folder)) as place:
            for name, label, lines in PEOPLE:
                phone = place.simulator.person(first_name=name, label=label)
                await talk(Chat(place, phone), lines)
            return await drawn(place.url)


if __name__ == "__main__":
    PICTURE.write_bytes(asyncio.run(picture()))
