"""/slip: files for who registered somebody, and what the code on them tells whoever scans it."""

import re
from datetime import date, timedelta
from typing import Any

from models.accounts import Account
from models.applications import Application
from models.memberships import Life, end, of_application
from models.owing.deliveries import Delivery, Fate
from models.ownership.status_links import StatusLink
from models.quarantine import Quarantine
from tests.handlers.test_callback_data import assert_says_nothing, listen
from tests.handlers.test_status import file_again
from tests.handlers.walking import TOLD, go_to, register
from tests.papers.seen import links, rendered, words
from tests.town import Chat, Town

WRONG = "Kode itu tidak kami kenali"


def files(chat: Chat) -> list[tuple[str, bytes, bool]]:
    """Every file on somebody's screen: its name, its bytes, and whether it is protected."""
    return [(m.file.name, m.file.content, m.protected) for m in chat.phone.messages if m.by_bot and m.file]


def pdfs(chat: Chat, name: str) -> list[bytes]:
    """The files of a name, the oldest first."""
    return [content for found, content, _ in files(chat) if found == name]


async def prints(chat: Chat, label: str = "BPU-") -> None:
    """Ask for paper and tap a button; the file arrives."""
    await chat.says("/slip")
    await chat.taps(label)
    for _ in range(3):  # files to one chat come a moment apart
        await chat.catches_up()
        chat.later(seconds=5)


async def printed(chat: Chat) -> str:
    """Print the only slip; the word after /start that its code holds."""
    await prints(chat)
    chat.later(minutes=2)
    (link,) = links(rendered(pdfs(chat, "slip.pdf")[-1])[0])
    return re.sub(r"^https://t\.me/daftar_bpu_bot\?start=", "", link)


async def scanned(place: Town, name: str, word: str) -> Chat:
    """Somebody new who scanned a code."""
    chat = place.person(name)
    await chat.says(f"/start {word}")
    return chat


async def test_a_slip_arrives_as_a_file_to_print(place: Town) -> None:
    siti = place.person()
    await register(siti)
    await prints(siti)
    (name, content, protected) = files(siti)[0]
    said = words(content)

    assert ("slip.pdf", False) == (name, protected)
    assert await place.reference() in said
    assert "Rahayu Lestari" in said
    assert "************9001" in said
    assert "Cibiuk Kaler" in said
    assert [] == [told for told in ("5708909001", "Kenanga", "86012345678", "1990", "1.250") if told in said]


async def test_the_code_opens_the_status_and_nothing_else(place: Town) -> None:
    siti = place.person()
    await register(siti)
    word = await printed(siti)
    stranger = await scanned(place, "Budi", word)

    assert re.fullmatch(r"s[A-Za-z0-9_-]{22}", word)
    assert 1 == len(stranger.heard)
    assert await place.reference() in stranger.heard[0]
    assert "Diterima, menunggu diperiksa" in stranger.heard[0]
    assert "Belum ada iuran yang tercatat" in stranger.heard[0]
    assert "175" in stranger.heard[0]
    assert [] == [told for told in (*TOLD, "Cibiuk", "8.400", "Uang sendiri") if told in stranger.heard[0]]


async def test_months_that_are_paid_are_named_in_words(place: Town) -> None:
    siti = place.person()
    await register(siti)
    await place.register("2026-11")
    word = await printed(siti)
    before = (await scanned(place, "Budi", word)).heard[0]
    await siti.says("/iuran")
    await siti.taps("Sudah bayar")
    await siti.taps("1 bulan")
    after = (await scanned(place, "Dewi", word)).heard[0]
    place.simulator.clock.advance(timedelta(days=200))
    late = (await scanned(place, "Agus", word)).heard[0]

    assert "Belum ada iuran yang tercatat" in before
    assert "Terdaftar di BPJS Ketenagakerjaan" in after
    assert "tercatat sampai <b>" not in after
    assert "tercatat sampai November 2026" in after
    assert "perlindungan mungkin sudah berakhir" in late
    assert "masih dilindungi" not in late


async def test_what_a_list_pays_is_a_promise_and_no_payment(place: Town) -> None:
    siti = place.person()
    await register(siti)
    await place.register("2026-11")
    (filed,) = await place.all(Application)
    async with place.database.begin() as db:
        membership = await of_application(db, filed.id)
        assert membership
        membership.sponsor_until = date(2027, 3, 31)
    heard = (await scanned(place, "Budi", await printed(siti))).heard[0]

    assert "pihak lain sampai Maret 2027. Pembayarannya belum tercatat" in heard


async def test_a_membership_that_is_over_is_told_without_saying_why(place: Town) -> None:
    siti = place.person()
    await register(siti)
    await place.register("2026-11")
    word = await printed(siti)
    (filed,) = await place.all(Application)
    async with place.database.begin() as db:
        membership = await of_application(db, filed.id)
        assert membership
        await end(db, membership.id, Life.DECEASED, place.simulator.clock.now())

    assert "tercatat selesai" in (await scanned(place, "Budi", word)).heard[0]


async def test_printing_anew_turns_the_former_code_off(place: Town) -> None:
    siti = place.person()
    await register(siti)
    first = await printed(siti)
    second = await printed(siti)
    budi, dewi = await scanned(place, "Budi", first), await scanned(place, "Dewi", second)

    assert WRONG in budi.heard[0]
    assert await place.reference() in dewi.heard[0]


async def test_wrong_revoked_and_foreign_codes_are_answered_alike(place: Town) -> None:
    siti = place.person()
    await register(siti)
    former = await printed(siti)
    await printed(siti)
    heard = [
        (await scanned(place, f"Orang {number}", word)).heard
        for number, word in enumerate((former, "s" + "x" * 22, "s" + "é" * 22, "s9901010101809002------"))
    ]

    assert [1, 1] == [len(one) for one in heard[:2]]
    assert heard[0] == heard[1] == heard[3]
    assert 0 == await place.rows(Quarantine)


async def test_after_five_wrong_codes_an_hour_there_is_silence(place: Town) -> None:
    siti = place.person()
    await register(siti)
    right = await printed(siti)
    thief = place.person("Maling")
    heard = []
    for number in range(7):
        await thief.says(f"/start s{number:022}")
        heard.append(len(thief.heard))
    await thief.says(f"/start {right}")
    silent = list(thief.heard)
    thief.later(minutes=61)
    await thief.says(f"/start {right}")

    assert [1, 1, 1, 1, 1, 0, 0] == heard
    assert [] == silent
    assert await place.reference() in thief.heard[0]


async def test_a_form_that_is_open_stays_before_who_scans(place: Town) -> None:
    siti = place.person()
    await register(siti)
    word = await printed(siti)
    agus = place.person("Agus")
    await go_to(agus, "address")
    await agus.says(f"/start {word}")

    assert await place.reference() in agus.heard[0]
    assert "alamat" in agus.heard[-1]


async def test_everything_is_slips_and_a_sheet(place: Town) -> None:
    agent = place.person("Budi")
    await go_to(agent, "review")
    references = await file_again(agent, 23)
    await prints(agent, "Semua (23)")
    slips, (sheet,) = pdfs(agent, "slip.pdf"), pdfs(agent, "daftar.pdf")
    on_slips = [words(pdf, page) for pdf, pages in zip(slips, (20, 3), strict=True) for page in range(pages)]

    assert references == [re.findall(r"BPU-\w{4}-\w{4}", said)[0] for said in on_slips]
    assert references == re.findall(r"BPU-\w{4}-\w{4}", f"{words(sheet, 0)} {words(sheet, 1)}")
    assert 46 == await place.rows(StatusLink)


async def test_a_list_has_a_button_for_the_newest_only(place: Town) -> None:
    agent = place.person("Budi")
    await go_to(agent, "review")
    await file_again(agent, 20)
    await agent.says("/slip")

    assert 15 + 2 == len(agent.buttons)  # all of them on paper, and the hand-over


async def test_nobody_prints_what_somebody_else_filed(place: Town) -> None:
    siti = place.person()
    await register(siti)
    await siti.says("/slip")
    data = siti.callback("BPU-")
    thief = place.person("Maling")
    await thief.says("/start")
    for forged in (data, "v1|p|all|", "v1|p|one|", "v1|p|", "v1|p|one|zzzzzzzzzzzzzzzzzzzz"):
        thief.phone.tap(max(thief.said), forged)
    said = await thief.hears()

    assert 5 == len(said)
    assert all("tidak ada lagi dalam daftar Anda" in text for text in said)
    assert [0, 0] == [await place.rows(table) for table in (StatusLink, Delivery)]


async def test_a_double_tap_is_one_print(place: Town) -> None:
    siti = place.person()
    await register(siti)
    await siti.says("/slip")
    siti.tap("BPU-")
    siti.tap("BPU-")
    await siti.hears()
    await siti.catches_up()
    (pdf,) = pdfs(siti, "slip.pdf")
    (link,) = links(rendered(pdf)[0])

    assert await place.reference() in (await scanned(place, "Budi", link.partition("=")[2])).heard[0]


async def test_a_file_that_may_have_arrived_comes_again_as_it_was(place: Town) -> None:
    siti = place.person()
    await register(siti)
    await siti.says("/slip")
    place.simulator.faults([{"method": "sendDocument", "calls": [1], "do": "cut_after"}])
    await siti.taps("BPU-")
    await siti.catches_up()
    place.simulator.clock.advance(timedelta(minutes=5))
    await siti.catches_up()
    first, second = pdfs(siti, "slip.pdf")

    assert first == second
    assert [Fate.SENT] == [row.state for row in await place.all(Delivery) if row.kind == "papers"]


async def test_who_has_filed_nothing_is_told_how_to_begin(place: Town) -> None:
    siti = place.person()
    await siti.says("/slip")

    assert ["Belum ada pendaftaran yang bisa dicetak. Mulai dengan /daftar"] == siti.heard
    assert 1 == await place.rows(Account)


async def test_what_was_erased_meanwhile_is_not_printed(place: Town) -> None:
    siti = place.person()
    await register(siti)
    await siti.says("/slip")
    await siti.taps("BPU-")
    await siti.says("/hapus_data")
    await siti.taps("Hapus semua")
    await siti.taps("Ya, hapus semuanya")
    await siti.catches_up()

    assert [] == files(siti)


async def test_buttons_and_rows_name_nobody(place: Town) -> None:
    collected = listen(place)
    siti = place.person()
    await register(siti)
    collected.clear()
    word = await printed(siti)
    rows: list[Any] = [
        str(row.__dict__) for table in (StatusLink, Delivery) for row in await place.all(table)
    ]

    assert collected
    assert_says_nothing(collected)
    assert [] == [row for row in rows for told in (word[1:], *TOLD) if told in row]
