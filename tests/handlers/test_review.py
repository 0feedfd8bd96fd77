"""The officers' desk: what is hidden stays so until it is asked for, and that is on record and told."""

import pytest
from sqlalchemy import select

from jobs.fleeting import Tidying
from models.accounts import Role
from models.applications import Application
from models.filing import DUPLICATE_NIK
from models.owing.fleeting import Fleeting
from models.states import State
from models.trust.audit import Act, AuditRow
from models.trust.audit_checks import verify_all
from tests.handlers.hall import VILLAGE, agent, registers
from tests.town import Chat, Town

NIK = "9901014101909003"
WHOLE = {
    "who": "other",
    "relation": "village",
    "agreement": "self",
    "agreement_how": "spoken",
    "phone": {"e164": "+6286012345678", "own": False},
    "email": None,
    "occupation2": None,
    "workplace": {"offered": "around"},
    "hours": "08:00-17:00",
    "heirs": "none",
}
"""What a whole form holds besides."""


@pytest.fixture
async def wulan(place: Town) -> Chat:
    """The officer, who has taken the only application there is."""
    budi = await agent(place)
    await registers(budi, 9003, nik=NIK, village=VILLAGE, **WHOLE)
    officer = await place.officer()
    await officer.says("/periksa")
    await officer.taps("Ambil berikutnya")
    return officer


async def acts(place: Town) -> list[str]:
    assert (await verify_all(place.database, place.database.keys)).bad is None
    async with place.database.begin() as db:
        return list(await db.scalars(select(AuditRow.act).order_by(AuditRow.number)))


async def test_the_page_is_masked_and_looking_is_on_record(place: Town, wulan: Chat) -> None:
    page = wulan.heard[0]

    assert "************9003" in page
    assert NIK not in page.replace(" ", "")
    assert "86012345678" not in page.replace("-", "")
    assert "Jalan Kenanga" not in page
    assert "tahun 1990" in page
    assert [Act.OPENED] == await acts(place)


async def test_unmasking_shows_all_is_on_record_and_told_to_the_sender(place: Town, wulan: Chat) -> None:
    budi = place.people["Budi"]
    await wulan.taps("Tampilkan lengkap")
    await wulan.catches_up()
    await budi.catches_up()

    assert "9901 0141 0190 9003" in wulan.heard[-1]
    assert "Jalan Kenanga 7" in wulan.heard[-1]
    assert [Act.OPENED, Act.UNMASKED] == await acts(place)
    assert "membuka data lengkap" in budi.heard[-1]


async def test_what_was_unmasked_leaves_the_chat_within_a_day(place: Town, wulan: Chat) -> None:
    await wulan.taps("Tampilkan lengkap")
    await wulan.catches_up()
    shown = [number for number, text in wulan.said.items() if "9901 0141 0190 9003" in text]
    noted = [note.message_id for note in await place.all(Fleeting) if note.chat_id == wulan.id]
    wulan.later(hours=21)
    await Tidying(place.database, place.office.send, place.simulator.clock.now).tidy()

    assert len(shown) == 1
    assert set(shown) <= set(noted)
    assert not [number for number, text in wulan.said.items() if "9901 0141 0190 9003" in text]
    assert [] == await place.all(Fleeting)


async def test_a_button_of_another_officer_shows_nothing(place: Town, wulan: Chat) -> None:
    unmask = wulan.callback("Tampilkan lengkap")
    rina = place.person("Rina")
    await rina.says("/start")
    await place.appoint(rina, Role.OFFICER)
    await rina.presses(unmask)

    assert "tidak lagi di tangan Anda" in rina.heard[-1]
    assert "9003" not in "".join(rina.heard)


async def test_a_refused_one_is_over_for_good(place: Town, wulan: Chat) -> None:
    budi = place.people["Budi"]
    await wulan.taps("Tolak")
    await wulan.taps("Orangnya tidak ditemukan")
    await budi.catches_up()
    (application,) = await place.all(Application)

    assert State.WITHDRAWN is application.state
    assert "tidak dapat diterima" in budi.heard[-1]
    assert "Orangnya tidak ditemukan" in budi.heard[-1]
    assert [Act.OPENED, Act.REFUSED] == await acts(place)


async def test_a_repair_that_names_a_known_nik_waits_as_a_duplicate_and_its_sender_sees_nothing_of_it(
    place: Town, wulan: Chat
) -> None:
    known = "9901014101909008"
    budi = place.people["Budi"]
    budi.later(minutes=1)
    await registers(await agent(place, "Siti"), 9008, nik=known, village=VILLAGE)
    budi = place.people["Budi"]
    for label in ("Kembalikan", "NIK tidak cocok", "Kembalikan (1 alasan)"):
        await wulan.taps(label)
    await budi.catches_up()
    await budi.taps("Perbaiki sekarang")
    await budi.says(known)
    await budi.taps("Ya, benar")
    await budi.taps("Kirim")
    (his, _) = await place.all(Application)

    assert (State.SUBMITTED, True) == (his.state, his.duplicate)
    assert DUPLICATE_NIK in his.flags
    assert "sudah" not in budi.heard[-1]


async def test_reasons_are_ticked_and_unticked(place: Town, wulan: Chat) -> None:
    await wulan.taps("Kembalikan")
    assert not any("alasan)" in label for label in wulan.buttons)
    page, before = wulan.phone.messages[-1].message_id, len(wulan.said)
    await wulan.taps("NIK tidak cocok")
    await wulan.taps("Alamat belum")
    assert "Kembalikan (2 alasan)" in wulan.buttons
    await wulan.taps("NIK tidak cocok")
    assert "Kembalikan (1 alasan)" in wulan.buttons
    assert (page, before) == (wulan.phone.messages[-1].message_id, len(wulan.said))


async def test_many_clean_ones_are_accepted_with_one_message(place: Town) -> None:
    budi, officer = await agent(place), await place.officer()
    for number in (9001, 9002, 9003):
        await registers(budi, number, nik=f"320540410190{number}", village=VILLAGE)
    await officer.says("/periksa")
    await officer.taps("Terima sekaligus: 3")
    assert 3 == officer.heard[0].count("• BPU-")
    await officer.taps("Terima 3 sekaligus")
    await budi.catches_up()

    assert {State.ACCEPTED} == {one.state for one in await place.all(Application)}
    assert ["3 pendaftaran yang Anda kirim"] == [
        heard.split(" sudah")[0].removeprefix("✅ ") for heard in budi.heard if "diterima" in heard
    ]
    assert 3 == (await acts(place)).count(Act.ACCEPTED)


async def test_two_of_one_nik_stand_side_by_side_and_one_goes_on(place: Town) -> None:
    for name, told in (("Budi", {"name": "Rahayu"}), ("Dewi", {"name": "Rahayu Lestari"})):
        await registers(await agent(place, name), 9003, nik=NIK, village=VILLAGE, **told)
        place.people[name].later(minutes=1)
    officer = await place.officer()
    await officer.says("/periksa")
    await officer.taps("Ambil berikutnya")
    beside, page = officer.heard

    assert "NIK yang sama" in beside
    assert "Rahayu | Rahayu Lestari" in beside
    assert NIK not in (beside + page).replace(" ", "")
    await officer.taps("Pakai yang ini")
    await officer.taps("Lihat lagi")
    await officer.taps("Terima")
    first, second = await place.all(Application)

    assert (State.ACCEPTED, State.WITHDRAWN, first.id) == (first.state, second.state, second.merged_into)
    await place.people["Dewi"].catches_up()
    assert "sudah selesai diperiksa dan ditutup" in place.people["Dewi"].heard[-1]
    assert "Budi" not in place.people["Dewi"].heard[-1]
