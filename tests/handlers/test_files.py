"""An agent sends a list: it is asked about, worked off, and what could not be taken comes back."""

from datetime import timedelta

import pytest

from handlers.filing import filing_of
from jobs.fleeting import Tidying
from jobs.imports import Imports
from models.accounts import Role, grant, revoke
from models.agency.import_parts import Part
from models.agency.imports import MOST_OPEN, Import, Stage
from models.applications import Application
from models.consents import Basis, Consent
from models.filing import DUPLICATE_NIK
from models.workers import Worker
from post.outcome import Outcome
from post.sayings import Saying
from sheets import template
from tests.sheets.lists import HEADINGS, column_of, csv_of, nik, people, person, rows_of, xlsx_of
from tests.town import JAKARTA, Chat, Town

REASONS = "Yang perlu diperbaiki"


async def holder(place: Town, role: Role, name: str = "Budi") -> Chat:
    """Somebody with a role."""
    chat = place.person(name)
    await chat.says("/start")
    async with place.database.begin() as db:
        await grant(db, chat.id, role, place.simulator.clock.now(), None)
    return chat


def imports_of(place: Town, most: int = 10_000) -> Imports:
    """Return what works lists off."""
    office, clock = place.office, place.simulator.clock.now
    return Imports(place.database, office.fetch, office.said, clock, JAKARTA, filing_of, most=most)


async def send(chat: Chat, content: bytes, name: str = "daftar.xlsx") -> str:
    """Send a list, declare that everybody agreed, and return what is said of it at the end."""
    await chat.does(lambda phone: phone.file("document", content, name))
    await chat.taps("Bicara langsung")
    await chat.taps("Hari ini")
    await imports_of(chat.town).work()
    await chat.catches_up()
    return chat.heard[-1]


def returned(chat: Chat) -> bytes:
    """Return the file that came back last."""
    files = [message.file for message in chat.phone.messages if message.by_bot and message.file]
    assert files, "no file came back"
    return files[-1].content


async def test_a_village_is_registered_with_one_file(place: Town) -> None:
    budi = await holder(place, Role.AGENT)
    rows = [*people(3), person(4, Nama="R4hayu"), person(5, Desa="Cibiuk Kalr")]
    await budi.does(lambda phone: phone.file("document", xlsx_of([HEADINGS, *rows]), "warga.xlsx"))
    assert "setiap orang" in budi.heard[-1]
    await budi.taps("Tertulis")
    assert "Kapan" in budi.heard[-1]
    await budi.taps("Dalam 7 hari")
    assert "baris demi baris" in budi.heard[-1]
    await imports_of(place).work()
    await budi.catches_up()

    assert "3 pekerja didaftarkan" in budi.heard[-1]
    assert "2 baris perlu diperbaiki" in budi.heard[-1]
    assert [nik(4), nik(5)] == column_of(returned(budi), "NIK")
    named, lived = column_of(returned(budi), REASONS)
    assert named.startswith("Nama lengkap: Ada angka di dalam nama.")
    assert "Mungkin: Desa Cibiuk Kaler, Kec. Cibiuk, Kab. Garut" in lived


async def test_what_is_filed_is_what_the_dialogue_would_have_filed(place: Town) -> None:
    budi = await holder(place, Role.AGENT)
    await send(budi, xlsx_of([HEADINGS, person(1)]))
    (application,) = await place.all(Application)
    (worker,) = await place.all(Worker)
    (consent,) = await place.all(Consent)
    key = await place.key(worker.id)

    assert (nik(1), "Rahayu Lestari") == (worker.opened(key, "nik"), worker.opened(key, "name"))
    assert ("+6286012340001", "1990-08-17") == (worker.opened(key, "phone"), str(worker.born(key)))
    assert ("own", 2, 1, "pedagang-pasar", False) == (
        application.payer,
        application.programmes,
        application.months,
        application.occupation_id,
        application.duplicate,
    )
    assert (Basis.AGENT, "self:spoken:today", "list") == (consent.basis, consent.manner, consent.channel)
    assert (budi.id, consent.id, worker.id) == (
        application.account_id,
        application.consent_id,
        consent.person_id,
    )


async def test_sending_the_corrected_file_again_doubles_nothing(place: Town) -> None:
    budi = await holder(place, Role.AGENT)
    await send(budi, xlsx_of([HEADINGS, *people(3), person(4, Nama="R4hayu")]))
    corrected = rows_of(returned(budi))
    corrected[1][1] = "Rahayu Lestari"
    said = await send(budi, xlsx_of([*corrected, *people(3)]))

    assert "1 pekerja didaftarkan" in said
    assert "3 sudah terdaftar oleh Anda" in said
    assert sorted(nik(number) for number in range(1, 5)) == sorted(await niks(place))


async def niks(place: Town) -> list[str]:
    """Return the NIK of every application."""
    return [str(worker.opened(await place.key(worker.id), "nik")) for worker in await place.all(Worker)]


async def test_a_nik_of_somebody_elses_is_filed_as_a_duplicate_and_nothing_is_said(place: Town) -> None:
    budi, wulan = await holder(place, Role.AGENT), await holder(place, Role.AGENT, "Wulan")
    first = await send(budi, xlsx_of([HEADINGS, person(1)]))
    second = await send(wulan, xlsx_of([HEADINGS, person(1)]))

    assert first == second
    assert [[], [DUPLICATE_NIK]] == [one.flags for one in await place.all(Application)]


async def test_an_officer_sends_the_list_of_a_village(place: Town) -> None:
    await send(await holder(place, Role.OFFICER), csv_of([HEADINGS, *people(2)]), "warga.csv")

    assert [Basis.VILLAGE] * 2 == [one.basis for one in await place.all(Consent)]


async def test_a_csv_comes_back_as_a_csv(place: Town) -> None:
    budi = await holder(place, Role.AGENT)
    await send(budi, csv_of([HEADINGS, person(1, Alamat="=Jalan 7", Nama="")]), "warga.csv")
    back = returned(budi).decode("utf-8-sig").splitlines()

    assert back[0] == ";".join((*HEADINGS, REASONS))
    assert ";'=Jalan 7;" in back[1]
    assert back[1].endswith(";Nama lengkap: Belum diisi.")


async def test_what_is_too_much_for_one_file_comes_back_in_several(place: Town) -> None:
    budi = await holder(place, Role.AGENT)
    rows = [person(number, Nama="") for number in range(1, 6)]
    await budi.does(lambda phone: phone.file("document", xlsx_of([HEADINGS, *rows]), "warga.xlsx"))
    await budi.taps("Bicara langsung")
    await budi.taps("Hari ini")
    await imports_of(place, most=2).work()
    await budi.catches_up()
    files = [message.file for message in budi.phone.messages if message.by_bot and message.file]

    assert ["perlu-diperbaiki.xlsx", "perlu-diperbaiki-2.xlsx", "perlu-diperbaiki-3.xlsx"] == [
        file.name for file in files
    ]
    assert [nik(number) for number in range(1, 6)] == [
        one for file in files for one in column_of(file.content, "NIK")
    ]
    assert 1 == sum("selesai diperiksa" in text for text in budi.heard)


async def test_others_hear_whose_lists_are(place: Town) -> None:
    siti = place.person("Siti")
    await siti.does(lambda phone: phone.file("document", xlsx_of([HEADINGS, person(1)]), "warga.xlsx"))

    assert "hanya bisa dikirim oleh agen dan petugas" in siti.heard[-1]
    assert 0 == await place.rows(Import)
    assert [] == [message for message in siti.phone.messages if message.file]


@pytest.mark.parametrize("command", ["/templat", "/impor"])
async def test_the_commands_are_for_those_who_may_send_lists(place: Town, command: str) -> None:
    siti = place.person("Siti")
    await siti.says(command)

    assert "hanya bisa dikirim oleh agen" in siti.heard[-1]


async def test_the_template_comes_as_a_file(place: Town) -> None:
    budi = await holder(place, Role.AGENT)
    await budi.says("/impor")
    await budi.taps("Ambil templat")

    assert template.file_of("id") == returned(budi)


async def test_nothing_is_read_of_a_list_nobody_agreed_to(place: Town) -> None:
    budi = await holder(place, Role.AGENT)
    await budi.does(lambda phone: phone.file("document", xlsx_of([HEADINGS, person(1)]), "warga.xlsx"))
    await budi.taps("Belum semua setuju")
    await imports_of(place).work()

    assert (0, 0, 0) == (await place.rows(Import), await place.rows(Part), await place.rows(Worker))
    assert [] == [message for message in budi.phone.messages if message.file]


async def test_a_list_leaves_the_chat_and_the_database_when_it_is_done(place: Town) -> None:
    budi = await holder(place, Role.AGENT)
    await send(budi, xlsx_of([HEADINGS, *people(2)]))
    (done,) = await place.all(Import)

    assert [] == [message for message in budi.phone.messages if message.file]
    assert Stage.DONE == done.stage
    assert 0 == await place.rows(Part)


async def test_a_file_that_is_no_list_is_refused_in_words(place: Town) -> None:
    budi = await holder(place, Role.AGENT)

    assert "Kolom ini belum ada" in await send(budi, csv_of([HEADINGS[:3], person(1)[:3]]), "warga.csv")
    assert "Excel lama" in await send(budi, b"\xd0\xcf\x11\xe0" + bytes(2000), "warga.xls")


async def test_pictures_are_refused_as_ever(place: Town) -> None:
    budi = await holder(place, Role.AGENT)
    await budi.does(lambda phone: phone.file("document", b"\x89PNG", "ktp.png"))

    assert 0 == await place.rows(Import)
    assert [] == [message for message in budi.phone.messages if message.file]


async def test_only_so_many_lists_at_a_time(place: Town) -> None:
    budi = await holder(place, Role.AGENT)
    for _ in range(MOST_OPEN + 1):
        await budi.does(lambda phone: phone.file("document", csv_of([HEADINGS]), "warga.csv"))

    assert f"Masih ada {MOST_OPEN} daftar" in budi.heard[-1]
    assert MOST_OPEN == await place.rows(Import)


async def test_somebody_elses_list_cannot_be_declared(place: Town) -> None:
    budi, wulan = await holder(place, Role.AGENT), await holder(place, Role.AGENT, "Wulan")
    await budi.does(lambda phone: phone.file("document", csv_of([HEADINGS, person(1)]), "warga.csv"))
    forged = budi.callback("Bicara langsung").replace("|how|", "|when|") + "|today"
    await wulan.does(lambda phone: phone.tap(wulan.phone.messages[-1].message_id, forged))

    assert "sudah lewat" in wulan.heard[-1]
    assert [Stage.ASKED] == [one.stage for one in await place.all(Import)]


async def test_a_role_that_is_taken_back_ends_the_list(place: Town) -> None:
    budi = await holder(place, Role.AGENT)
    await budi.does(lambda phone: phone.file("document", csv_of([HEADINGS, person(1)]), "warga.csv"))
    await budi.taps("Bicara langsung")
    await budi.taps("Hari ini")
    async with place.database.begin() as db:
        await revoke(db, budi.id, Role.AGENT, place.simulator.clock.now(), None)
    await imports_of(place).work()
    await budi.catches_up()

    assert "hanya bisa dikirim oleh agen" in budi.heard[-1]
    assert 0 == await place.rows(Application)


async def test_the_bar_moves(place: Town) -> None:
    budi = await holder(place, Role.AGENT)
    await budi.does(lambda phone: phone.file("document", csv_of([HEADINGS, *people(40)]), "warga.csv"))
    await budi.taps("Bicara langsung")
    await budi.taps("Hari ini")
    seen: list[str] = []
    said = place.office.said

    async def watched(saying: Saying) -> Outcome:
        outcome = await said(saying)
        seen.extend(text for text in budi.said.values() if "▓" in text or "░" in text)
        place.simulator.clock.advance(timedelta(seconds=3))
        return outcome

    office, clock = place.office, place.simulator.clock.now
    await Imports(place.database, office.fetch, watched, clock, JAKARTA, filing_of, part=10).work()

    assert [
        f"{'░' * 12} 0 dari 40 baris",
        f"{'▓' * 3}{'░' * 9} 10 dari 40 baris",
        f"{'▓' * 6}{'░' * 6} 20 dari 40 baris",
        f"{'▓' * 9}{'░' * 3} 30 dari 40 baris",
        f"{'▓' * 12} 40 dari 40 baris",
    ] == list(dict.fromkeys(seen))


async def test_impor_tells_where_lists_stand(place: Town) -> None:
    budi = await holder(place, Role.AGENT)
    await send(budi, csv_of([HEADINGS, *people(2)]), "warga.csv")
    await budi.does(lambda phone: phone.file("document", csv_of([HEADINGS, *people(2)]), "warga.csv"))
    await budi.says("/impor")

    assert "Selesai: 2 didaftarkan, 0 sudah ada, 0 perlu diperbaiki" in budi.heard[0]
    assert "menunggu jawaban Anda" in budi.heard[0]
    assert "setiap orang" in budi.heard[1]


async def test_a_list_that_telegram_does_not_delete_leaves_the_chat_later(place: Town) -> None:
    budi = await holder(place, Role.AGENT)
    place.simulator.faults([{"method": "deleteMessage", "do": "cut_before", "calls": [1]}])
    await send(budi, xlsx_of([HEADINGS, person(1)]))
    sent = [message for message in budi.phone.messages if not message.by_bot and message.file]
    await Tidying(place.database, place.office.send, place.simulator.clock.now).tidy()
    left = [message for message in budi.phone.messages if not message.by_bot and message.file]

    assert (1, 0) == (len(sent), len(left))
