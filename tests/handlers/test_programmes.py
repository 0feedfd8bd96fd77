"""/program: a village's list from nothing to handed on, who may see what of it, and who vouches for it."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from handlers.render import base36
from models.accounts import Role, revoke
from models.agency import programmes
from models.agency.programmes import Place, Plan, Programme
from models.agency.vouchings import Vouching
from models.applications import Application
from models.quarantine import Quarantine
from tests.handlers.chains import officer
from tests.handlers.hall import BORN_TOO_EARLY, agent, fills, makes_list, registers, vouches
from tests.handlers.test_callback_data import MOST, listen
from tests.papers.seen import words as printed_words
from tests.town import Chat, Town

HIDDEN = ("desa lain", "pihak lain", "peserta aktif")


async def village(place: Town, *, old: int = 9002, count: int = 5) -> Chat:
    """An agent whose list of three places is filled; person `old` is too old, two more wait in reserve."""
    budi = await agent(place)
    for number in range(9001, 9001 + count):
        await registers(budi, number, **({"birth_date": BORN_TOO_EARLY} if number == old else {}))
    await makes_list(budi)
    await fills(budi)
    return budi


async def listed_elsewhere(place: Town, number: int) -> None:
    """Let another agent put the same NIK on the list of another village."""
    dewi = await agent(place, "Dewi")
    twin = await registers(dewi, number)
    async with place.database.begin() as db:
        now = place.simulator.clock.now()
        plan = Plan("7308012001", 2027, None, None, "SA", (await _one(place)).first_month, 12, 5)
        other = await programmes.begin(db, dewi.id, plan, now)
        await programmes.add(db, other, [twin.id], now)


async def _one(place: Town) -> Programme:
    rows: list[Programme] = await place.all(Programme)
    return next(one for one in rows if one.village_code.startswith("3205"))


def pictures(chat: Chat) -> list[bytes]:
    """The pictures on somebody's screen."""
    return [m.file.content for m in chat.phone.messages if m.by_bot and m.file and m.file.kind == "photo"]


async def test_a_list_is_made_by_answering(place: Town) -> None:
    budi = await agent(place)
    await makes_list(budi)
    (one,) = await place.all(Programme)

    assert (budi.id, 2027, "560/1/2026", "SD", 12, 3) == (
        one.account_id, one.year, one.sk_number, one.funding, one.months, one.quota,
    )  # fmt: skip
    assert "0/3 sah, 0 diperbaiki, 0 ganti, 3 masih kosong" in budi.heard[-1]
    assert "Januari 2027 sampai Desember 2027 (12 bulan)" in budi.heard[-1]
    assert "SK 560/1/2026 2 November 2026" in budi.heard[-1]


async def test_few_months_get_a_hint_and_are_the_makers_choice(place: Town) -> None:
    budi = await agent(place)
    await budi.says("/program")
    await budi.taps("Daftar baru")
    for act in ("cibiuk kaler garut", "[Desa Cibiuk Kaler]", "[2027]", "[Lewati]", "[CSR]", "[Januari 2027]"):
        await (budi.taps(act.strip("[]")) if act.startswith("[") else budi.says(act))
    await budi.says("3")
    hint = budi.heard[-1]
    await budi.taps("Ya, benar")
    await budi.taps("100")
    await budi.taps("Buat daftar")

    assert "sedikitnya 6 bulan" in hint
    assert [(3, 100, None)] == [(one.months, one.quota, one.sk_number) for one in await place.all(Programme)]


@pytest.mark.parametrize("wrong", ["0", "601", "-3", "seratus", "9" * 30, "1e2", "1½"])
async def test_a_quota_is_a_number_within_limits(place: Town, wrong: str) -> None:
    budi = await agent(place)
    await budi.says("/program")
    await budi.taps("Daftar baru")
    for act in (
        "cibiuk kaler garut",
        "[Desa Cibiuk Kaler]",
        "[2027]",
        "[Lewati]",
        "[CSR]",
        "[Januari 2027]",
        "12",
    ):
        await (budi.taps(act.strip("[]")) if act.startswith("[") else budi.says(act))
    await budi.says(wrong)

    assert "dari 1 sampai 600" in budi.heard[-1]
    assert 0 == await place.rows(Quarantine)


async def test_who_has_no_role_makes_no_list(place: Town) -> None:
    siti = place.person()
    await siti.says("/program")
    first = siti.heard[-1]
    second = await siti.presses("v1|g|new")

    assert "dibuat oleh agen atau petugas" in first
    assert first == second
    assert {} == await siti.answers()


async def test_a_failed_place_is_replaced_with_one_tap(place: Town) -> None:
    budi = await village(place)
    page = budi.heard[-1]
    await budi.taps("Lihat tempat")
    before = budi.heard[-1]
    await budi.taps("Ganti no. 2 dengan cadangan 1")
    said, after = budi.heard

    assert "2/3 sah, 0 diperbaiki, 1 ganti" in page
    assert "Cadangan: 2" in page
    assert "2. Pekerja JAAC · ❌ sudah 65 tahun" in before
    assert "Tempat 2: Pekerja JAAC diganti Pekerja JAAE" in said
    assert "2. Pekerja JAAE · 🔎 diperiksa petugas" in after
    assert not any("Ganti no." in label for label in budi.buttons)


async def test_a_double_tap_replaces_once(place: Town) -> None:
    budi = await village(place)
    await budi.taps("Lihat tempat")
    budi.tap("Ganti no. 2")
    budi.tap("Ganti no. 2")
    said = await budi.hears()
    async with place.database.begin() as db:
        out = list(await db.scalars(select(Place).where(Place.replaced_by.is_not(None))))

    assert 1 == len(out)
    assert [1, 1] == [sum(words in text for text in said) for words in ("diganti Pekerja", "sudah diganti")]


async def test_without_a_reserve_it_is_said_what_to_do(place: Town) -> None:
    budi = await village(place, count=3)
    await budi.taps("Lihat tempat")
    offered = list(budi.buttons)
    failed = next(each for each in await place.all(Place) if each.number == 2)
    async with place.database.begin() as db:
        assert await db.get(Place, failed.id)
    data = budi.callback("Lihat daftarnya").replace("|see|", "|replace|")
    budi.phone.tap(max(budi.said), f"{data}|{base36(failed.id)}|1")
    said = await budi.hears()

    assert not any("Ganti no." in label for label in offered)
    assert "Belum ada cadangan" in said[0]


async def test_what_other_roads_know_is_told_to_officers_only(place: Town) -> None:
    budi = await village(place)
    await listed_elsewhere(place, 9003)
    await budi.says("/program")
    await budi.taps("Cibiuk Kaler")
    first = budi.heard[-1]
    await budi.taps("Lihat tempat")
    own = budi.heard[-1]
    await vouched_and_handed(place, budi)
    wulan = await officer(place)
    await wulan.says("/program")
    await wulan.taps("Cibiuk Kaler")
    theirs = wulan.heard[-1]
    await wulan.taps("Lihat tempat")

    assert "2/3 sah, 0 diperbaiki, 1 ganti" in first
    assert "1/3 sah, 0 diperbaiki, 2 ganti" in theirs
    assert "3. Pekerja JAAD · ❌ ada di daftar desa lain" in wulan.heard[-1]
    assert [] == [words for words in HIDDEN if words in own]
    assert {"🔎 diperiksa petugas"} == set(re.findall(r"[13]\. Pekerja \w+ · (.*)", own))


async def test_a_forged_replacement_tells_nothing_of_other_roads(place: Town) -> None:
    budi = await village(place)
    await listed_elsewhere(place, 9003)
    mine = (await _one(place)).id
    rows = {each.number: each for each in await place.all(Place) if each.programme_id == mine}
    data = budi.callback("Gambar").replace("|picture|", "|replace|")
    heard = []
    for number in (1, 3):
        budi.phone.tap(max(budi.said), f"{data}|{base36(rows[number].id)}|1")
        heard.append((await budi.hears())[0])

    assert ["Tempat 1 tidak perlu diganti.", "Tempat 3 tidak perlu diganti."] == heard


async def test_an_officer_asks_for_somebody_else_and_gives_no_reason(place: Town) -> None:
    budi = await village(place, old=0, count=3)
    await listed_elsewhere(place, 9003)
    await vouched_and_handed(place, budi)
    wulan = await officer(place)
    await wulan.says("/program")
    await wulan.taps("Cibiuk Kaler")
    await wulan.taps("Lihat tempat")
    await wulan.taps("Minta pengganti no. 3")
    await budi.catches_up()
    told = "\n".join(budi.heard)
    await budi.taps("Lihat daftarnya")
    await budi.taps("Lihat tempat")

    assert "petugas meminta pengganti untuk tempat 3" in told
    assert "3. Pekerja JAAD · ❌ petugas meminta pengganti" in budi.heard[-1]
    assert [] == [words for words in HIDDEN if words in told + budi.heard[-1]]


async def vouched_and_handed(place: Town, maker: Chat) -> None:
    """Let the village head vouch for the list, and the maker hand it on."""
    head = await vouches(place, maker)
    await head.taps("saya sahkan")
    await maker.catches_up()
    await maker.says("/program")
    await maker.taps("Cibiuk Kaler")
    await maker.taps("Serahkan")
    assert "sudah diserahkan" in maker.heard[0], maker.heard


async def test_a_second_person_vouches_and_then_the_list_can_be_handed_on(place: Town) -> None:
    wulan = await officer(place)
    budi = await village(place, old=0)
    await budi.taps("Serahkan")
    too_early = budi.heard[0]
    head = await vouches(place, budi)
    shown = head.heard[-1]
    await head.taps("saya sahkan")
    thanks = head.heard[-1]
    await budi.catches_up()
    told = budi.heard[-1]
    await budi.taps("Lihat daftarnya")
    await budi.taps("Serahkan")
    await wulan.catches_up()

    assert "harus disahkan orang kedua" in too_early
    assert "1. Pekerja J., Petani / pekebun" in shown
    assert [] == [digits for digits in ("9901", "9001") if digits in shown]
    assert "sudah dicatat" in thanks
    assert "disahkan oleh Bambang Wijaya (Kepala desa)" in told
    assert "sudah diserahkan ke petugas: 3/3 sah" in budi.heard[0]
    assert "diserahkan kepada petugas: 3/3 sah" in wulan.heard[-1]


async def test_who_made_the_list_cannot_vouch_for_it(place: Town) -> None:
    budi = await village(place, old=0)
    await budi.taps("Minta pengesahan")
    await budi.taps("Babinsa")
    await budi.opens_link_of("Budi")

    assert "harus oleh orang lain" in budi.heard[0]
    assert [None] == [each.said_at for each in await place.all(Vouching)]


async def test_an_objection_names_the_place_and_a_reason(place: Town) -> None:
    budi = await village(place, old=0)
    head = await vouches(place, budi, post="Bhabinkamtibmas")
    await head.taps("tidak benar")
    await head.says("7")
    wrong = head.heard[-1]
    await head.says("2")
    await head.taps("Sudah pindah")
    await budi.catches_up()
    told = budi.heard[-1]
    await budi.taps("Lihat daftarnya")
    await budi.taps("Lihat tempat")

    assert "dari 1 sampai 3" in wrong
    assert "Bambang Wijaya (Bhabinkamtibmas) keberatan dengan tempat 2. Sebab: Sudah pindah" in told
    assert "2. Pekerja JAAC · ❌ tidak disahkan orang kedua" in budi.heard[-1]
    assert any("Ganti no. 2" in label for label in budi.buttons)


async def test_a_link_is_for_one_person_once_and_a_week(place: Town) -> None:
    budi = await village(place, old=0)
    head = await vouches(place, budi)
    other = place.person("Orang lain")
    await other.opens_link_of("Budi")
    await other.says("Agus Salim")
    await head.taps("saya sahkan")
    await other.taps("saya sahkan")
    third = place.person("Orang ketiga")
    await third.opens_link_of("Budi")
    used = third.heard
    await vouches(place, budi, "Babinsa Agus", "Babinsa")
    place.simulator.clock.advance(timedelta(days=8))
    late = place.people["Babinsa Agus"]
    await late.taps("saya sahkan")

    assert all(
        "sudah dipakai atau tidak berlaku" in text for text in (other.heard[-1], used[-1], late.heard[-1])
    )
    assert [True, None] == [each.agreed for each in await place.all(Vouching)]


async def test_who_saw_another_list_is_asked_to_look_again(place: Town) -> None:
    budi = await village(place)
    head = await vouches(place, budi)
    place.simulator.clock.advance(timedelta(minutes=5))
    await budi.says("/program")
    await budi.taps("Cibiuk Kaler")
    await budi.taps("Lihat tempat")
    await budi.taps("Ganti no. 2")
    await head.taps("saya sahkan")
    first = head.heard[-1]
    await head.opens_link_of("Budi")
    await head.says("Bambang Wijaya")
    await head.taps("saya sahkan")

    assert "berubah sejak Anda membukanya" in first
    assert "sudah dicatat" in head.heard[-1]
    assert [True] == [each.agreed for each in await place.all(Vouching)]


async def test_a_change_after_the_vouching_asks_for_it_again(place: Town) -> None:
    budi = await village(place)
    head = await vouches(place, budi)
    await head.taps("saya sahkan")
    place.simulator.clock.advance(timedelta(minutes=5))
    await budi.says("/program")
    await budi.taps("Cibiuk Kaler")
    first = budi.heard[-1]
    await budi.taps("Lihat tempat")
    await budi.taps("Ganti no. 2")
    await budi.taps("Lihat daftarnya")

    assert "Sudah disahkan: Kepala desa" in first
    assert "Belum disahkan orang kedua" in budi.heard[-1]


async def test_the_progress_picture_comes_with_its_words(place: Town) -> None:
    budi = await village(place)
    await budi.taps("Gambar")
    await budi.catches_up()
    (png,) = pictures(budi)
    last = budi.phone.last or {}

    assert "2/3 sah, 0 diperbaiki, 1 ganti" in last["text"]
    assert "PNG" == Image.open(BytesIO(png)).format


async def test_a_list_is_printed_in_the_order_of_its_places(place: Town) -> None:
    budi = await village(place)
    await budi.taps("Lihat tempat")
    await budi.taps("Ganti no. 2")
    await budi.taps("Lihat daftarnya")
    await budi.taps("Cetak slip")
    for _ in range(3):
        await budi.catches_up()
        budi.later(seconds=5)
    files = {m.file.name: m.file.content for m in budi.phone.messages if m.by_bot and m.file}
    names = re.findall(r"Pekerja J\w+", printed_words(files["daftar.pdf"]))

    assert ["Pekerja JAAB", "Pekerja JAAE", "Pekerja JAAD"] == names
    assert names == [
        re.findall(r"Pekerja J\w+", printed_words(files["slip.pdf"], page))[0] for page in range(3)
    ]


async def test_nobody_else_sees_or_changes_a_list(place: Town) -> None:
    budi = await village(place)
    code = budi.callback("Gambar").split("|")[3]
    dewi, wulan = await agent(place, "Dewi"), await officer(place)
    before = [(each.id, each.number, each.rank) for each in await place.all(Place)]
    for thief in (dewi, wulan):
        for action in (
            "see",
            "places|1",
            "fill",
            "picture",
            "vouch",
            "vouch|babinsa",
            "hand",
            "print",
            "needed|1|1",
        ):
            name, _, more = action.partition("|")
            thief.phone.tap(max(thief.said), f"v1|g|{name}|{code}" + (f"|{more}" if more else ""))
        said = await thief.hears()
        assert all("tidak berlaku lagi" in text for text in said), said

    assert before == [(each.id, each.number, each.rank) for each in await place.all(Place)]
    assert 0 == await place.rows(Vouching)


async def test_an_agent_whose_role_is_taken_back_sees_no_list(place: Town) -> None:
    budi = await village(place)
    async with place.database.begin() as db:
        await revoke(db, budi.id, Role.AGENT, place.simulator.clock.now(), None)
    answer = await budi.presses(budi.callback("Lihat tempat"))

    assert [] == budi.heard
    assert "dibuat oleh agen atau petugas" in answer


async def test_what_was_registered_later_goes_to_the_free_places_and_the_reserve(place: Town) -> None:
    budi = await village(place, old=0, count=2)
    first = budi.heard[-1]
    for number in (9101, 9102):
        await registers(budi, number)
    await fills(budi)

    assert "2/3 sah, 0 diperbaiki, 0 ganti, 1 masih kosong" in first
    assert "1 di tempat bernomor, 1 sebagai cadangan" in budi.heard[0]


async def test_pages_of_a_hundred_places_fit_into_messages(place: Town) -> None:
    budi = await agent(place)
    for number in range(9001, 9031):
        await registers(budi, number, name="Rahayu Lestari Kusumaningtyas binti Haji Abdul Karim bin Said")
    await makes_list(budi, quota="100")
    await fills(budi)
    await budi.taps("Lihat tempat")
    for _ in range(12):
        if any("Berikutnya" in label for label in budi.buttons):
            await budi.taps("Berikutnya")

    assert "halaman 10 dari 10" in budi.heard[-1]
    assert "100. (kosong)" in budi.heard[-1]


async def test_buttons_name_nobody(place: Town) -> None:
    collected = listen(place)
    budi = await village(place)
    await budi.taps("Lihat tempat")
    await budi.taps("Ganti no. 2")
    head = await vouches(place, budi)
    await head.taps("tidak benar")

    assert {"new", "see", "places", "fill", "replace", "picture", "vouch", "hand"} <= {
        data.split("|")[2] for data in collected if data.startswith("v1|g|")
    }
    assert [] == [data for data in collected if len(data.encode()) > MOST or "pekerja" in data.lower()]
    assert 5 == await place.rows(Application)
