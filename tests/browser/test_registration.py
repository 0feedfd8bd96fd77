"""The demonstration as a visitor meets it: `bot.py demo`, a real browser, a whole registration by hand."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from aiohttp.test_utils import unused_port
from playwright.async_api import Browser, Page, expect

from tests.browser.hand import PATIENCE, Hand
from tests.browser.village import phone
from tests.running import running

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

CALM: Final[dict[str, object]] = {"reduced_motion": "reduce"}
LAPTOP: Final = CALM | {"viewport": {"width": 1440, "height": 900}}
PHONE: Final = CALM | {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63b0d9100600"
    "02f8014545f08f600000000049454e44ae426082"
)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def address(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The address of a running demonstration."""
    port, folder = unused_port(), tmp_path_factory.mktemp("demo")
    async with running(folder, "demo", PORT=str(port), FLOOD_BURST="1000") as demo:
        await demo.says("ready")
        yield f"http://127.0.0.1:{port}"
        ended = await demo.stopped()

    assert (ended.code, ended.err, ended.out.count("\n")) == (0, "", 2), ended


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, address: str, screen: dict[str, object]) -> AsyncIterator[Page]:
    """The page in a fresh window; a test fails when it complained in the console."""
    complaints: list[str] = []
    context = await browser.new_context(**screen)  # type: ignore[arg-type]
    page = await context.new_page()
    page.on("console", lambda line: complaints.append(line.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(address)
    await expect(page.locator(".desk[data-mode]")).to_have_count(3)
    yield page
    await context.close()

    assert complaints == []


@pytest.fixture
def screen() -> dict[str, object]:
    """A laptop, unless a test says otherwise."""
    return LAPTOP


async def test_siti_registers_herself_from_start_to_receipt(page: Page, tmp_path: Path) -> None:
    siti = Hand(phone(page))
    (tmp_path / "ktp.png").write_bytes(PIXEL)
    await siti.phone.get_by_test_id("start").click()
    await siti.asked("pekerja mandiri")
    await page.screenshot(path=tmp_path / "welcome.png")
    await siti.taps("Daftar sekarang", "Bolehkah kami menyimpan data Anda")
    await siti.taps("Ya, saya setuju", "Siapa yang akan didaftarkan?")
    await siti.taps("Saya sendiri", "Berapa NIK Anda?")
    await siti.sends_photo(tmp_path / "ktp.png", "Berapa NIK Anda?")
    await expect(siti.phone.locator('[data-from="person"].deleted')).to_have_count(1)
    await siti.types("9901 0157 0890 9007", "Sudah benar?")
    await expect(siti.phone.locator('[data-from="person"].deleted')).to_have_count(2)
    await siti.taps("Ya, benar", "Siapa nama lengkap Anda")
    await siti.types("Siti Aminah", "Kapan Anda lahir?")
    await siti.types("17-8-90", "laki-laki atau perempuan?")
    await siti.taps("Perempuan", "alamat Anda")
    await siti.types("Kampung Baru RT 003 RW 001", "desa atau kelurahan mana")
    await siti.types("cibiuk kaler garut", "Desa mana")
    await siti.taps("Cibiuk Kaler", "Berapa nomor HP Anda?")
    await siti.phone.get_by_test_id("reply-button").first.click()
    await expect(siti.phone.get_by_test_id("dialog")).to_contain_text("Bagikan nomor Anda?")
    await page.screenshot(path=tmp_path / "share.png")
    await siti.phone.get_by_test_id("dialog-ok").click()
    await siti.asked("alamat email")
    await expect(siti.phone.get_by_test_id("reply-keyboard")).to_be_hidden()
    await siti.taps("Lewati", "Apa pekerjaan Anda?")
    await siti.types("jualan di pasar", "Mana yang paling cocok")
    await siti.taps("Pedagang pasar", "pekerjaan kedua")
    await siti.taps("Lewati", "Di mana Anda bekerja?")
    await siti.types("Pasar Cibiuk", "Jam berapa")
    await siti.taps("05.00–12.00", "penghasilan Anda")
    await siti.types("1 juta", "punya pekerja yang digaji")
    await siti.taps("bekerja sendiri", "Uang siapa")
    await siti.taps("Uang sendiri", "Pilih perlindungan")
    await page.screenshot(path=tmp_path / "price.png")
    await siti.taps("2 program", "Berapa bulan")
    await siti.taps("1 bulan", "keluarga")
    await siti.taps("Tidak sekarang", "periksa sekali lagi")
    await siti.taps("Kirim", "BPU-")
    await page.screenshot(path=tmp_path / "receipt.png")
    await siti.types("/status", "menunggu diperiksa")

    assert await siti.phone.get_by_test_id("message").filter(has_text="9901 0157 0890 9007").count() == 0


@pytest.mark.parametrize("screen", [PHONE], ids=["phone"])
async def test_an_agent_registers_a_worker_without_a_phone_on_a_small_screen(
    page: Page, tmp_path: Path
) -> None:
    budi = Hand(phone(page, 1))
    await page.get_by_test_id("tab-1").tap()
    await expect(budi.phone).to_be_in_viewport(ratio=0.9)
    await budi.phone.get_by_test_id("start").tap()
    await budi.asked("pekerja mandiri")
    await page.screenshot(path=tmp_path / "welcome.png")
    await budi.taps("Daftar sekarang", "Bolehkah kami")
    await budi.taps("Ya, saya setuju", "Siapa yang akan didaftarkan?")
    await budi.taps("Orang lain", "hubungan Anda")
    await budi.taps("Agen", "menyetujui")
    await budi.taps("Pekerja itu sendiri", "Bagaimana persetujuan")
    await budi.taps("Bicara langsung", "Berapa NIK pekerja?")
    await budi.types("9901010101809002", "Sudah benar?")
    await budi.taps("Ya, benar", "nama lengkap")
    await budi.types("Slamet Riyadi", "Kapan Slamet Riyadi lahir?")
    await budi.types("1 Januari 1980", "laki-laki atau perempuan?")
    await budi.taps("Laki-laki", "alamat Slamet Riyadi")
    await budi.types("Dusun Krajan RT 002 RW 004", "desa atau kelurahan mana")
    await budi.types("cibiuk kaler garut", "Desa mana")
    await budi.taps("Cibiuk Kaler", "nomor HP Slamet Riyadi")
    await page.screenshot(path=tmp_path / "phone.png")
    await budi.presses("Tidak punya HP", "bisa dihubungi")
    await budi.taps("Hubungi saya", "alamat email")
    await budi.taps("Lewati", "Apa pekerjaan")
    await budi.types("tukang bakso", "Mana yang paling cocok")
    await budi.taps("Tukang bakso", "pekerjaan kedua")
    await budi.taps("Lewati", "bekerja?")
    await budi.taps("Berkeliling", "Jam berapa")
    await budi.types("16.00-22.00", "penghasilan")
    await budi.types("50 ribu sehari", "berapa hari bekerja")
    await budi.taps("25 hari", "digaji")
    await budi.taps("bekerja sendiri", "Uang siapa")
    await budi.taps("Donatur", "Pilih perlindungan")
    await budi.taps("2 program", "Berapa bulan")
    await budi.taps("1 bulan", "keluarga")
    await budi.taps("Ya, catat", "keluarga ke-1")
    await budi.types("Dewi Lestari", "hubungan")
    await budi.taps("Suami / istri", "HP")
    await budi.taps("Lewati", "lagi")
    await budi.taps("Sudah cukup", "periksa sekali lagi")
    await page.screenshot(path=tmp_path / "review.png")
    await budi.taps("Kirim", "BPU-")
    await page.screenshot(path=tmp_path / "receipt.png")

    assert await page.evaluate("document.documentElement.scrollWidth") == 390


async def test_a_form_left_today_goes_on_tomorrow_at_the_same_question(page: Page, tmp_path: Path) -> None:
    wulan = Hand(phone(page, 2))
    await wulan.phone.get_by_test_id("start").click()
    await wulan.asked("pekerja mandiri")
    await wulan.types("/daftar", "Bolehkah kami")
    await wulan.taps("Ya, saya setuju", "Siapa yang akan didaftarkan?")
    await wulan.taps("Berhenti", "lanjut")
    today = await page.get_by_test_id("clock-now").text_content()
    await page.get_by_test_id("clock-tomorrow").click()
    await expect(page.get_by_test_id("clock-now")).not_to_have_text(str(today), timeout=PATIENCE)
    await wulan.types("/lanjut", "Siapa yang akan didaftarkan?")
    await page.screenshot(path=tmp_path / "tomorrow.png")

    assert await wulan.phone.locator(".day").count() == 2
