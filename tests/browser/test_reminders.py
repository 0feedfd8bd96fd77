"""Months in the demonstration: the clock moves on the page, reminders come, are answered, and fall silent."""

import re
from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from aiohttp.test_utils import unused_port
from playwright.async_api import Browser, Page, expect

from rules.calendar import DAY, Step, month_after, month_of, moved, remind_by, steps_of
from rules.dates import long, month_name, short
from rules.free_days import next_loud
from tests.browser.hand import Hand
from tests.browser.village import phone
from tests.running import running

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

WIB: Final = ZoneInfo("Asia/Jakarta")
LONG: Final = 120_000
"""Milliseconds for a leap: every day on the way is lived through, on a machine that may be busy."""

WORDS: Final = {
    Step.BEFORE_7: "hari lagi",
    Step.BEFORE_3: "hari lagi",
    Step.DUE: "Hari ini batas bayar",
    Step.AFTER_1: "belum tercatat dibayar",
    Step.SECOND_MONTH: "belum tercatat sejak",
    Step.THIRD_MONTH: "belum tercatat sejak",
    Step.BEFORE_LAPSE: "Pengingat terakhir",
    Step.LAPSED: "mungkin sudah berakhir",
}
"""What each reminder of an unpaid month says, from the first to the last."""

ANSWERS: Final[Sequence[tuple[str, str, str]]] = (
    ("taps", "Daftar sekarang", "Bolehkah kami"),
    ("taps", "Ya, saya setuju", "Siapa yang akan didaftarkan?"),
    ("taps", "Saya sendiri", "Berapa NIK Anda?"),
    ("types", "9901 0157 0890 9007", "Sudah benar?"),
    ("taps", "Ya, benar", "Siapa nama lengkap"),
    ("types", "Siti Aminah", "Kapan Anda lahir?"),
    ("types", "17-8-90", "laki-laki atau perempuan?"),
    ("taps", "Perempuan", "alamat Anda"),
    ("types", "Kampung Baru RT 003 RW 001", "desa atau kelurahan mana"),
    ("types", "cibiuk kaler garut", "Desa mana"),
    ("taps", "Cibiuk Kaler", "nomor HP"),
    ("types", "086012345678", "alamat email"),
    ("taps", "Lewati", "Apa pekerjaan"),
    ("types", "jualan di pasar", "Mana yang paling cocok"),
    ("taps", "Pedagang pasar", "pekerjaan kedua"),
    ("taps", "Lewati", "Di mana Anda bekerja?"),
    ("types", "Pasar Cibiuk", "Jam berapa"),
    ("taps", "05.00–12.00", "penghasilan"),
    ("types", "1 juta", "digaji"),
    ("taps", "bekerja sendiri", "Uang siapa"),
    ("taps", "Uang sendiri", "Pilih perlindungan"),
    ("taps", "2 program", "Berapa bulan"),
    ("taps", "1 bulan", "keluarga"),
    ("taps", "Tidak sekarang", "periksa sekali lagi"),
    ("taps", "Kirim", "BPU-"),
)
"""A registration from the greeting to the receipt."""


class Months:
    """Siti's phone, the officer's, and the clock of the page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.siti = Hand(phone(page))
        self.wulan = Hand(phone(page, 2))
        self._told = self.siti.phone.locator('[data-from="bot"]')

    async def register(self) -> None:
        """Let Siti register herself, and the officer record her as a member from the present month."""
        await self.siti.phone.get_by_test_id("start").click()
        await self.siti.asked("pekerja mandiri")
        for how, what, then in ANSWERS:
            await getattr(self.siti, how)(what, then)
        receipt = re.search(r"BPU-\w{4}-\w{4}", await self._told.last.inner_text())
        assert receipt is not None
        await self.wulan.phone.get_by_test_id("start").click()
        await self.wulan.asked("pekerja mandiri")
        await self.wulan.types(f"/terdaftar {receipt[0]}", "tercatat sebagai peserta")
        await self.siti.asked("sudah tercatat di BPJS Ketenagakerjaan")

    async def today(self) -> date:
        """The day it is in the demonstration."""
        state = await self.page.evaluate("fetch('/sim/state').then((answer) => answer.json())")
        return datetime.fromisoformat(state["now"]).astimezone(WIB).date()

    async def leap(self, button: str) -> None:
        """Press a button of the clock, and wait until it has got there."""
        pressed = self.page.get_by_test_id(f"clock-{button}")
        where = str(await pressed.get_attribute("title")).removeprefix("Maju ke ")
        await pressed.click()
        await self._shows(where)

    async def leap_to(self, day: date) -> None:
        """Choose nine in the morning of a day."""
        await self.page.get_by_test_id("clock-custom").click()
        await self.page.get_by_test_id("clock-custom-value").fill(f"{day}T09:00")
        await self.page.get_by_test_id("dialog-ok").click()
        await self._shows(f"{long(day, 'id')} pukul 09.00")

    async def count(self) -> int:
        """How many messages of the bot Siti has."""
        return await self._told.count()

    async def heard(self, since: int) -> list[tuple[str, str]]:
        """Hour and words of the reminders Siti got after so many messages; not those about the tariff."""
        told = [
            (await each.locator("time").inner_text(), await each.locator(".words").inner_text())
            for each in (await self._told.all())[since:]
        ]
        return [(hour, words) for hour, words in told if "Potongan iuran" not in words]

    async def _shows(self, when: str) -> None:
        arrived = self.page.get_by_test_id("toast").filter(has_text=when)
        await expect(arrived).to_be_visible(timeout=LONG)


def sent_on(month: date) -> dict[Step, date]:
    """Return the day of each reminder of an unpaid month, the first first; a big feast hands its own on."""
    days = moved({step: steps_of(month)[step] for step in WORDS}, remind_by(month))
    return dict(sorted(days.items(), key=lambda each: each[1]))


@pytest_asyncio.fixture(loop_scope="module")
async def months(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Months]:
    """A demonstration of one's own, on a laptop; a test fails when page or program complained."""
    port, complaints = unused_port(), list[str]()
    async with running(tmp_path_factory.mktemp("demo"), "demo", PORT=str(port), FLOOD_BURST="1000") as demo:
        await demo.says("ready")
        context = await browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
        page = await context.new_page()
        page.on("console", lambda line: complaints.append(line.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(f"http://127.0.0.1:{port}")
        await expect(page.locator(".desk[data-mode]")).to_have_count(3)
        yield Months(page)
        await context.close()
        ended = await demo.stopped()

    assert complaints == []
    assert (ended.code, ended.err) == (0, ""), ended


async def test_reminders_come_are_answered_and_end_with_the_membership(months: Months) -> None:
    siti = months.siti
    await months.register()
    await siti.types("/iuran", "Iuran Siti Aminah")
    await siti.taps("Sudah bayar", "Berapa bulan")
    paid = month_of(await months.today())
    await siti.taps("1 bulan", f"sampai {month_name(paid, 'id')}")

    following = month_after(paid)
    first = min(sent_on(following).values())
    since = await months.count()
    await months.leap_to(first)
    await siti.asked(f"untuk {month_name(following, 'id')}")
    [(hour, words)] = await months.heard(since)
    assert hour == "08.00"
    assert "hari lagi" in words
    await expect(siti.phone.locator(".day").last).to_contain_text(long(first, "id"))

    await siti.taps("Besok", "kami ingatkan lagi")
    since = await months.count()
    await months.leap("tomorrow")
    if (asked := next_loud(first + DAY)) > first + DAY:
        await months.leap_to(asked)
    await siti.asked(f"untuk {month_name(following, 'id')}")
    assert len(await months.heard(since)) == 1

    await siti.taps("Pilih hari", "hari pasar")
    market = next_loud(asked + 3 * DAY)
    await siti.taps(short(market, "id"), "kami ingatkan lagi")
    since = await months.count()
    await months.leap_to(market - DAY)
    assert await months.heard(since) == []
    await months.leap_to(market)
    await siti.asked(f"untuk {month_name(following, 'id')}")
    assert len(await months.heard(since)) == 1

    await siti.taps("Sudah bayar", "Berapa bulan")
    await siti.taps("1 bulan", f"sampai {month_name(following, 'id')}")
    since = await months.count()
    await months.leap("next-month")
    assert await months.heard(since) == []

    unpaid = sent_on(month_after(following))
    await months.leap_to(max(unpaid.values()))
    await siti.asked("tidak akan mengingatkan lagi")
    told = await months.heard(since)
    assert [hour for hour, _ in told] == ["08.00"] * len(unpaid)
    assert all(WORDS[step] in words for step, (_, words) in zip(unpaid, told, strict=True)), told

    since = await months.count()
    await months.leap("next-month")
    assert await months.heard(since) == []
