"""A member's own pages: only for who is in the chain of contacts, once each, and nothing of them is left."""

from datetime import date, datetime

import pytest

from handlers.render import base36
from models import contacts, memberships
from models.contributions import Contribution, KnownBy
from models.dialogues import Dialogue
from models.memberships import Life, Membership, Relation
from models.people import PersonKeyRow
from models.quarantine import Quarantine
from rules.calendar import month_after
from tests.handlers.walking import go_to, step_of
from tests.members import Members, line
from tests.town import JAKARTA, Chat, Town

MOST = 64
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=JAKARTA)


async def person(place: Town, name: str) -> Chat:
    """Somebody whom the bot has met."""
    chat = place.person(name)
    await chat.says("/start")
    return chat


async def member(place: Town, *chain: tuple[Chat, Relation], name: str = "Siti Aminah") -> Membership:
    """A member whom these people are contacts of; nothing is paid."""
    members = Members(place.database, place.simulator.clock.now())
    return await members.join(name, [(chat.id, relation) for chat, relation in chain], paid=None)


async def siti_alone(place: Town) -> tuple[Chat, Membership]:
    """Siti, a member by herself."""
    siti = await person(place, "Siti")
    return siti, await member(place, (siti, Relation.SELF))


async def lines(place: Town) -> list[tuple[date, int]]:
    """The months of the ledger and their signs."""
    return [(each.month, each.sign) for each in await place.all(Contribution)]


async def told(place: Town) -> list[tuple[date | None, str, str]]:
    """What each membership says of protection, village and zone."""
    return [(each.protection_until, each.village_code, each.zone) for each in await place.all(Membership)]


async def open_pages(chat: Chat, *labels: str) -> None:
    """Go to a page behind /iuran."""
    await chat.says("/iuran")
    for label in ("Lainnya", *labels):
        await chat.taps(label)


async def taps_data(chat: Chat, *data: str) -> list[str]:
    """Tap forged buttons; what is heard."""
    for each in data:
        chat.phone.tap(max(chat.said), each)
    return await chat.hears()


async def test_every_button_of_a_members_pages_is_nothing_in_the_hands_of_another(place: Town) -> None:
    siti, one = await siti_alone(place)
    thief, _ = await person(place, "Maling"), await person(place, "Budi")
    other = await member(place, (thief, Relation.SELF), name="Maling")
    await siti.says("/iuran")
    await siti.taps("Sudah bayar")
    await siti.taps("1 bulan")
    (paid,) = await place.all(Contribution)
    code, theirs, mine = base36(one.id), base36(paid.id), base36(other.id)
    before = await lines(place), await told(place)
    heard = await taps_data(
        thief,
        *(f"v1|m|{action}|{code}|{theirs}" for action in ("see", "more", "log", "undo", "undone")),
        *(f"v1|m|{action}|{code}" for action in ("until", "move", "log", "", "grant")),
        *(f"v1|m|{action}|{mine}|{theirs}" for action in ("undo", "undone")),
        *(
            f"v1|m|{action}|{odd}|{odd}"
            for action in ("undone", "log")
            for odd in ("", "-1", "null", "z" * 13)
        ),
    )

    assert len(heard) == 20
    assert all("Tombol itu sudah lewat" in text for text in heard)
    assert before == (await lines(place), await told(place))
    assert 0 == await place.rows(Dialogue)
    assert 0 == await place.rows(Quarantine)


async def test_what_another_contact_reported_is_seen_without_a_name_and_not_taken_back(place: Town) -> None:
    siti, budi = await person(place, "Siti"), await person(place, "Budi")
    one = await member(place, (siti, Relation.SELF), (budi, Relation.AGENT))
    await budi.says("/iuran")
    await budi.taps("Sudah bayar")
    await budi.taps("1 bulan")
    (paid,) = await place.all(Contribution)
    await open_pages(siti, "Riwayat")

    assert "dilaporkan pendamping" in siti.heard[-1]
    assert "Budi" not in siti.heard[-1]
    assert not any("Batalkan" in button for button in siti.buttons)
    (refused,) = await taps_data(siti, f"v1|m|undone|{base36(one.id)}|{base36(paid.id)}")
    assert "sudah lewat" in refused
    assert [(date(2026, 9, 1), 1)] == await lines(place)


async def test_what_the_office_confirmed_is_not_taken_back_by_a_forged_tap(place: Town) -> None:
    siti, one = await siti_alone(place)
    async with place.database.begin() as db:
        confirmed = line(one.id, date(2026, 11, 1), NOW)
        confirmed.known_by, confirmed.by_account = KnownBy.CONFIRMED_OFFICER, siti.id
        db.add(confirmed)
    code = base36(one.id), base36(confirmed.id)
    asked, done = await taps_data(siti, "v1|m|undo|{}|{}".format(*code), "v1|m|undone|{}|{}".format(*code))

    assert "hanya bisa dibatalkan oleh petugas" in asked
    assert "sudah lewat" in done
    assert [(date(2026, 11, 1), 1)] == await lines(place)


async def test_three_taps_in_one_batch_take_a_line_back_once(place: Town) -> None:
    siti, _ = await siti_alone(place)
    await siti.says("/iuran")
    await siti.taps("Sudah bayar")
    await siti.taps("1 bulan")
    await open_pages(siti, "Riwayat", "Batalkan")
    for _ in range(3):
        siti.tap("Ya, batalkan")
    said = await siti.hears()

    assert [1, -1] == [sign for _, sign in await lines(place)]
    assert 2 == sum("sudah dibatalkan sebelumnya" in text for text in said)


async def test_an_old_button_takes_nothing_back_that_was_reported_anew(place: Town) -> None:
    siti, _ = await siti_alone(place)
    for number in range(2):
        await siti.says("/iuran")
        await siti.taps("Sudah bayar")
        await siti.taps("1 bulan")
        if number == 0:
            await open_pages(siti, "Riwayat", "Batalkan", "Ya, batalkan")
    await siti.taps("Ya, batalkan", oldest=True)

    assert [1, -1, 1] == [sign for _, sign in await lines(place)]


async def test_a_long_ledger_has_pages(place: Town) -> None:
    siti, one = await siti_alone(place)
    async with place.database.begin() as db:
        db.add_all(line(one.id, month_after(date(2025, 1, 1), number), NOW) for number in range(19))
    await open_pages(siti, "Riwayat")
    first = siti.heard[-1]
    await siti.taps("Berikutnya")
    await siti.taps("Berikutnya")

    assert "Halaman 1 dari 3" in first
    assert "Juli 2026" in first
    assert "Halaman 3 dari 3" in siti.heard[-1]
    assert "Januari 2025" in siti.heard[-1]
    assert not any("Berikutnya" in button for button in siti.buttons)


async def test_nothing_of_a_finished_dialogue_is_left(place: Town) -> None:
    siti, _ = await siti_alone(place)
    keys = await place.rows(PersonKeyRow)
    await open_pages(siti, "Tanggal perlindungan")
    assert keys + 1 == await place.rows(PersonKeyRow)
    await siti.says("31 desember 2026")
    await open_pages(siti, "Pindah alamat")
    for act in ("sentani kota", "[Sentani Kota]", "[Ya, catat]"):
        await (siti.taps(act.strip("[]")) if act.startswith("[") else siti.says(act))

    assert (0, keys) == (await place.rows(Dialogue), await place.rows(PersonKeyRow))
    assert [(date(2026, 12, 31), "9103011001", "Asia/Jayapura")] == await told(place)


async def test_begun_again_a_dialogue_gives_way_to_itself(place: Town) -> None:
    siti, _ = await siti_alone(place)
    keys = await place.rows(PersonKeyRow)
    await open_pages(siti)
    for _ in range(3):
        siti.tap("Tanggal perlindungan")
    await siti.hears()
    await siti.taps("Tanggal perlindungan")

    assert (1, keys + 1) == (await place.rows(Dialogue), await place.rows(PersonKeyRow))
    await siti.says("31 desember 2026")
    assert (0, keys) == (await place.rows(Dialogue), await place.rows(PersonKeyRow))


async def test_begun_answered_and_finished_within_one_batch(place: Town) -> None:
    siti, _ = await siti_alone(place)
    keys = await place.rows(PersonKeyRow)
    await open_pages(siti)
    siti.tap("Tanggal perlindungan")
    siti.phone.text("31 desember 2026")
    siti.phone.text("30 november 2026")
    said = await siti.hears()

    assert date(2026, 12, 31) == (await told(place))[0][0]
    assert (0, keys) == (await place.rows(Dialogue), await place.rows(PersonKeyRow))
    assert "Tidak ada isian" in said[-1]


async def test_a_registration_left_open_keeps_its_place(place: Town) -> None:
    siti, _ = await siti_alone(place)
    await go_to(siti, "phone")
    await open_pages(siti, "Pindah alamat")
    assert siti.phone.keyboard is None
    await siti.says("cibiuk kaler garut")
    await siti.taps("Berhenti")
    await siti.says("/lanjut")
    listed = list(siti.buttons)
    await siti.taps("Pindah alamat")
    await siti.says("sentani kota")
    await siti.taps("Sentani Kota")
    await siti.taps("Ya, catat")
    hint = list(siti.buttons)
    await siti.taps("Lanjutkan")

    assert any("Pindah alamat Anda, langkah 1 dari 2" in label for label in listed)
    assert any("Rahayu" in label for label in listed)
    assert any("Lanjutkan" in label for label in hint)
    assert "phone" == await step_of(siti)
    assert 1 == await place.rows(Dialogue)


async def test_a_dialogue_thrown_away_changes_nothing(place: Town) -> None:
    siti, _ = await siti_alone(place)
    keys = await place.rows(PersonKeyRow)
    before = await told(place)
    await open_pages(siti, "Pindah alamat")
    await siti.says("sentani kota")
    await siti.taps("Sentani Kota")
    await siti.says("/batal")
    await siti.taps("Ya, hapus")

    assert (0, keys) == (await place.rows(Dialogue), await place.rows(PersonKeyRow))
    assert before == await told(place)


@pytest.mark.parametrize("way", ["dropped", "ended"])
async def test_who_is_no_contact_any_more_when_the_dialogue_ends_changes_nothing(
    place: Town, way: str
) -> None:
    budi = await person(place, "Budi")
    one = await member(place, (budi, Relation.REGISTRANT))
    before = await told(place)
    await open_pages(budi, "Tanggal perlindungan")
    async with place.database.begin() as db:
        if way == "dropped":
            await contacts.drop(db, one.id, budi.id)
        else:
            await memberships.end(db, one.id, Life.ENDED, NOW)
    await budi.says("31 desember 2026")

    assert "tidak ada yang diubah" in budi.heard[-1]
    assert before == await told(place)
    assert 0 == await place.rows(Dialogue)


async def test_who_acts_for_many_opens_each_of_them_from_the_list(place: Town) -> None:
    budi = await person(place, "Budi")
    asep = await member(place, (budi, Relation.AGENT), name="Asep Sunandar")
    await member(place, (budi, Relation.AGENT), name="Dewi Lestari")
    await budi.says("/iuran")
    rows = (budi.phone.last or {})["reply_markup"]["inline_keyboard"]
    see = next(row[1]["callback_data"] for row in rows if "Asep" in row[0]["text"])
    await taps_data(budi, see)
    page = budi.heard[-1]
    await budi.taps("Lainnya")
    await budi.taps("Tanggal perlindungan")
    asked = budi.heard[-1]
    await budi.says("31 desember 2026")
    noted = {each.id: each.protection_until for each in await place.all(Membership)}

    assert "Iuran Asep Sunandar" in page
    assert "untuk Asep Sunandar" in asked
    assert "Sampai tanggal berapa Asep Sunandar terlindungi?" in asked
    assert "perlindungan Asep Sunandar sampai 31 Desember 2026" in budi.heard[-1]
    assert {asep.id} == {each for each, until in noted.items() if until}


async def test_a_told_day_that_comes_twice_is_noted_once(place: Town) -> None:
    siti, _ = await siti_alone(place)
    await open_pages(siti, "Tanggal perlindungan")
    siti.phone.text("31 desember 2026")
    batch = place.waiting()
    for _ in range(3):
        await place.office.intake.take(batch)

    assert date(2026, 12, 31) == (await told(place))[0][0]
    assert 0 == await place.rows(Dialogue)
    assert 0 == await place.rows(Quarantine)


async def test_buttons_carry_nothing_personal_and_fit(place: Town) -> None:
    collected: list[str] = []

    def note(_: int, message: dict[str, object]) -> None:
        markup = message.get("reply_markup")
        rows = markup.get("inline_keyboard", ()) if isinstance(markup, dict) else ()
        collected.extend(
            button["callback_data"] for row in rows for button in row if "callback_data" in button
        )

    budi = await person(place, "Budi")
    await member(place, (budi, Relation.REGISTRANT), name="Rahayu Lestari")
    place.simulator.on_sent(note)
    await budi.says("/iuran")
    await budi.taps("Sudah bayar")
    await budi.taps("1 bulan")
    await open_pages(budi, "Riwayat", "Batalkan")
    await open_pages(budi, "Tanggal perlindungan")
    await budi.says("30 juni 2026")
    await open_pages(budi, "Pindah alamat")
    await budi.says("sentani kota")
    await budi.taps("Sentani Kota")

    assert len(collected) > 30
    assert [] == [data for data in collected if len(data.encode()) > MOST]
    assert [] == [data for data in collected if "Rahayu" in data or "9901014101909001" in data]
    assert [] == [data for data in collected if "20260630" in data or "2026-06-30" in data]


async def test_a_digest_leaves_out_who_is_protected_for_longer(place: Town) -> None:
    budi = await person(place, "Budi")
    members = Members(place.database, place.simulator.clock.now())
    for name, until in (("Asep Sunandar", None), ("Dewi Lestari", date(2027, 1, 31))):
        chain = [(budi.id, Relation.AGENT)]
        await members.join(name, chain, paid="2026-11", protection_until=until)
    await budi.waits(datetime(2026, 12, 8, 12, 0, tzinfo=JAKARTA))

    (reminder,) = budi.heard
    assert "Asep" in reminder
    assert "Dewi" not in reminder
