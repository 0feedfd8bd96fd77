"""Putting one's own data right: at once while the office has not acted, then as a task with a clock."""

from datetime import timedelta

import pytest

from handlers.render import base36
from jobs.housekeeping import Housekeeping
from models.applications import Application
from models.data_requests import DataRequest, Request
from models.privacy.corrections import Correction
from models.trust.audit import Act, AuditRow
from tests.handlers.chains import officer
from tests.handlers.walking import register
from tests.loop import accept
from tests.town import Chat, Town

ADDRESS = "Gang Mawar 12"


async def corrects(chat: Chat, address: str = ADDRESS) -> None:
    """Ask for another address, from /data_saya to the end."""
    await chat.says("/data_saya")
    await chat.catches_up()
    chat.later(seconds=5)
    await chat.catches_up()
    await chat.taps("Betulkan data")
    await chat.taps("Rahayu")
    await chat.taps("Alamat")
    await chat.says(address)
    await chat.taps("Kirim")


async def address_of(place: Town) -> str:
    """The address that stands in the registration now."""
    application: Application = (await place.all(Application))[-1]
    told = application.told(await place.key(application.worker_id))
    return str(told["address"])


async def the_one(place: Town) -> tuple[DataRequest, Correction]:
    """The request to correct, and what it wants."""
    request = next(row for row in await place.all(DataRequest) if row.request is Request.CORRECT)
    return request, (await place.all(Correction))[0]


async def accepted(place: Town) -> Chat:
    """Somebody whose registration the office has accepted, with an officer about."""
    siti = place.person()
    await register(siti)
    await place.officer()
    await accept(siti)
    return siti


async def test_it_holds_at_once_while_the_office_has_not_acted(place: Town) -> None:
    siti = place.person()
    await register(siti)
    await corrects(siti)
    request, correction = await the_one(place)
    key = await place.key(correction.person_id)

    assert "sudah dibetulkan" in siti.heard[-1]
    assert ADDRESS == await address_of(place)
    assert {"address": "Jalan Kenanga 7"} == correction.before(key)
    assert request.done_at is not None
    assert request.account_id is None


async def test_afterwards_it_is_a_task_and_the_officer_does_it(place: Town) -> None:
    siti = await accepted(place)
    await corrects(siti)
    request, _ = await the_one(place)
    before = await address_of(place)
    wulan = await place.officer()
    await wulan.says("/hak_data")
    await wulan.taps("membetulkan")
    seen = wulan.heard[-1]
    await wulan.taps("Selesai")
    siti.later(seconds=5)
    await siti.catches_up()

    assert timedelta(hours=72) == request.due_at - request.asked_at
    assert "Jalan Kenanga 7" == before
    assert "Jalan Kenanga 7" in seen
    assert ADDRESS in seen
    assert ADDRESS == await address_of(place)
    assert "sudah dijalankan" in siti.heard[-1]
    assert (await the_one(place))[0].done_at is not None
    assert {Act.OPENED.value, Act.HANDLED.value} <= {row.act for row in await place.all(AuditRow)}


async def test_it_is_refused_with_a_reason_and_the_person_is_told(place: Town) -> None:
    siti = await accepted(place)
    await corrects(siti)
    wulan = await place.officer()
    await wulan.says("/hak_data")
    await wulan.taps("membetulkan")
    await wulan.taps("belum terbukti")
    siti.later(seconds=5)
    await siti.catches_up()

    assert "Bawalah KTP" in siti.heard[-1]
    assert "Jalan Kenanga 7" == await address_of(place)
    assert "unproven" == (await the_one(place))[0].answer


async def test_officers_are_alarmed_after_48_hours_and_not_before(place: Town) -> None:
    siti = await accepted(place)
    await corrects(siti)
    wulan = await place.officer()
    await wulan.catches_up()
    heard = []
    for hours in (47, 2, 2):
        siti.later(hours=hours)
        await Housekeeping(place.database, place.simulator.clock.now).forget()
        await wulan.catches_up()
        heard.append(any("48 jam" in text for text in wulan.heard))

    assert [False, True, False] == heard


async def test_nobody_decides_about_the_own_request(place: Town) -> None:
    wulan = await officer(place, "Wulan Sari")
    await register(wulan)
    await accept(wulan)
    await corrects(wulan)
    await wulan.says("/hak_data")
    await wulan.taps("membetulkan")

    assert "petugas lain" in wulan.heard[-1]


@pytest.mark.parametrize("data", ["v1|l|c|app|{id}", "v1|l|c|step|{id}|nik"])
async def test_nobody_corrects_what_another_one_filed(place: Town, data: str) -> None:
    siti, budi = place.person(), place.person("Budi")
    await register(siti)
    await budi.says("/start")
    number = (await place.all(Application))[0].id
    await budi.presses(data.format(id=base36(number)))

    assert "tidak bisa dibetulkan" in budi.heard[-1]


async def test_nothing_changed_is_no_request(place: Town) -> None:
    siti = place.person()
    await register(siti)
    await corrects(siti, "Jalan Kenanga 7")

    assert "Tidak ada yang berubah" in siti.heard[-1]
    assert 0 == await place.rows(DataRequest)


async def test_a_task_of_somebody_erased_is_over(place: Town) -> None:
    siti = place.person()
    await register(siti)
    await place.officer()
    await corrects(siti)
    await siti.says("/hapus_data")
    await siti.taps("Hapus semua")
    await siti.taps("Ya, hapus semuanya")

    assert 0 == await place.rows(Correction)
    assert all(row.done_at for row in await place.all(DataRequest))


async def test_what_remains_with_the_office_is_erased_by_an_officer_with_proof(place: Town) -> None:
    siti = await accepted(place)
    await siti.says("/hapus_data")
    await siti.taps("Hapus semua")
    await siti.taps("Ya, hapus semuanya")
    await siti.catches_up()
    first = siti.heard[-1]
    wulan = await place.officer()
    await wulan.says("/hak_data")
    await wulan.taps("menghapus")
    await wulan.taps("Selesai")
    siti.later(seconds=5)
    await siti.catches_up()

    assert "Bukti penghapusan" in first
    assert "1 pendaftaran" in first
    assert "kuncinya dimusnahkan" in siti.heard[-1]
    assert 0 == await place.rows(Application)
    assert [] == [row for row in await place.all(DataRequest) if row.account_id or row.done_at is None]
