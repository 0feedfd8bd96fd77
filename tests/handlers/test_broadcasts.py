"""One message to many: made by buttons, agreed to by a second person, sent, stopped, reported."""

from collections import Counter
from datetime import timedelta

from sqlalchemy import select, update

from models.accounts import Account, Role, grant, revoke
from models.broadcasting import announcing
from models.broadcasting.broadcasts import Broadcast, Stage
from models.dialogues import Dialogue
from models.owing.deliveries import Delivery, Fate, Lane
from models.trust.audit import AuditRow
from models.trust.audit_checks import verify_all
from tests.handlers.walking import do
from tests.town import TODAY, Chat, Town


async def written(place: Town, chat: Chat, text: str = "Kabar baik dari kantor") -> None:
    """Let an officer send the message of a broadcast."""
    await chat.says("/siar")
    if "Siaran baru" in chat.buttons:
        await chat.taps("Siaran baru")
    await chat.says(text)


async def lets_go(place: Town, chat: Chat) -> None:
    """Have the recipients counted and let the broadcast go."""
    await chat.taps("Hitung penerima")
    await place.deliver()
    await chat.taps("Kirim siaran")


async def begins(place: Town) -> None:
    """Let the two minutes pass, and the sending go on until nothing more can be done."""
    place.simulator.clock.advance(timedelta(minutes=2, seconds=1))
    await place.deliver()


async def of(place: Town) -> Broadcast:
    found: Broadcast = (await place.all(Broadcast))[-1]
    return found


def got(people: list[Chat], text: str = "Kabar baik dari kantor") -> int:
    """How many have the message, each exactly once."""
    counts = [chat.phone.heard.count(text) for chat in people]
    assert set(counts) <= {0, 1}
    return sum(counts)


async def test_a_message_goes_to_everybody_in_reach_once_and_is_reported(place: Town) -> None:
    wulan = await place.officer()
    people = await place.crowd(12)
    people[3].phone.person.blocked = True
    async with place.database.begin() as db:
        await db.execute(update(Account).where(Account.id == people[4].id).values(unreachable="blocked"))
        await db.execute(update(Account).where(Account.id == people[5].id).values(stopped_at=TODAY))
    await written(place, wulan)
    await lets_go(place, wulan)
    before = got(people)
    await begins(place)
    await wulan.catches_up()

    assert (0, 9) == (before, got(people))
    assert Stage.DONE is (await of(place)).stage
    report = next(text for text in reversed(wulan.phone.heard) if "Laporan siaran" in text)
    assert "Penerima: 11" in report
    assert "terkirim: 10" in report  # the officer is one of them
    assert "tidak terjangkau: 1" in report
    assert f"…{people[3].id % 10_000:04}" in report
    assert (await verify_all(place.database, place.database.keys)).bad is None
    async with place.database.begin() as db:
        acts = list(await db.scalars(select(AuditRow.act).order_by(AuditRow.number)))
    assert ["broadcast"] == acts


async def test_a_picture_stays_in_the_officers_chat_and_is_copied_as_it_is(place: Town) -> None:
    wulan = await place.officer()
    people = await place.crowd(2)
    await wulan.says("/siar")
    await wulan.sends("photo")
    await lets_go(place, wulan)
    await begins(place)
    await wulan.sends("photo")

    assert [1, 1] == [sum(bool(m.body.get("photo")) for m in chat.phone.messages) for chat in people]
    assert 1 == sum(bool(m.body.get("photo")) and not m.by_bot for m in wulan.phone.messages)


async def test_above_a_hundred_a_second_person_agrees_and_never_the_author(place: Town) -> None:
    wulan = await place.officer()
    people = await place.crowd(105)
    dewi = place.person("Dewi")
    await dewi.says("/start")
    await place.appoint(dewi, Role.OFFICER)
    await written(place, wulan)
    await lets_go(place, wulan)
    asked = list(wulan.heard)
    await dewi.catches_up()
    agree = dewi.callback("Setujui")
    await wulan.presses(agree)
    by_herself = (await of(place)).stage
    await dewi.taps("Setujui")
    await begins(place)

    assert "Petugas lain diminta menyetujui" in "".join(asked)
    assert "Kabar baik dari kantor" in dewi.phone.heard
    assert Stage.ASKED is by_herself
    assert 105 == got(people)
    assert dewi.id == (await of(place)).approved_by


async def test_it_can_be_stopped_before_its_first_message(place: Town) -> None:
    wulan = await place.officer()
    people = await place.crowd(5)
    await written(place, wulan)
    await lets_go(place, wulan)
    place.simulator.clock.advance(timedelta(seconds=119))
    await place.deliver()
    await wulan.taps("Batalkan siaran")
    await begins(place)

    assert 0 == got(people)
    assert Stage.DONE is (await of(place)).stage


async def test_at_night_everybody_waits_for_the_morning_of_their_own_zone(place: Town) -> None:
    wulan = await place.officer()
    people = await place.crowd(3)
    await written(place, wulan)
    await lets_go(place, wulan)
    clock = place.simulator.clock
    clock.move_to(TODAY.replace(hour=13))  # 20.00 WIB
    await place.deliver()
    evening, rows = got(people), [row for row in await place.all(Delivery) if row.lane == Lane.BROADCAST]
    clock.move_to(TODAY.replace(day=21, hour=1, minute=1))
    await place.deliver()

    assert (0, 3) == (evening, got(people))
    assert {Fate.QUEUED} == {row.state for row in rows}


async def test_what_is_chosen_is_asked_again_right_before_sending(place: Town) -> None:
    wulan = await place.officer()
    siti, budi = place.person("Siti"), place.person("Budi")
    for chat in (siti, budi):
        await chat.says("/daftar")
        await chat.taps("Ya, saya setuju")
    await written(place, wulan)
    await wulan.taps("Tambah syarat")
    await wulan.taps("belum dikirim")
    await lets_go(place, wulan)
    clock = place.simulator.clock
    clock.move_to(TODAY.replace(hour=13))
    await place.deliver()
    async with place.database.begin() as db:
        drafted = await db.scalar(select(Dialogue).where(Dialogue.account_id == budi.id))
        assert drafted is not None
        await db.execute(update(Dialogue).where(Dialogue.id == drafted.id).values(flow="move"))
    clock.move_to(TODAY.replace(day=21, hour=1, minute=1))
    await place.deliver()

    assert 2 == (await of(place)).recipients
    assert (1, 0) == (got([siti]), got([budi]))


async def test_a_message_whose_original_is_gone_stops_by_itself_and_says_why(place: Town) -> None:
    wulan = await place.officer()
    people = await place.crowd(60)
    await written(place, wulan)
    original = (await of(place)).origin_message
    await lets_go(place, wulan)
    wulan.phone.person.chat.messages[original].deleted = True
    await begins(place)
    held = await of(place)
    rows = [row.state for row in await place.all(Delivery) if row.lane == Lane.BROADCAST]

    assert (Stage.PAUSED, "failed") == (held.stage, held.reason)
    assert 0 == got(people)
    assert 0 < rows.count(Fate.QUEUED)
    assert any("berhenti sendiri" in text and "copy not found" in text for text in wulan.phone.heard)


async def test_an_officer_of_a_regency_reaches_nobody_outside_it(place: Town) -> None:
    people = await place.crowd(3)
    garut = place.person("Garut")
    await garut.says("/start")
    async with place.database.begin() as db:
        await grant(db, garut.id, Role.OFFICER, TODAY, None, territory="3205")
    await place.trust(garut)
    await written(place, garut)
    await garut.taps("Hitung penerima")
    await place.deliver()
    await garut.catches_up()

    assert any("Penerima:</b> 0" in text or "Penerima: 0" in text for text in garut.phone.heard)
    assert 0 == got(people)


async def test_another_officers_draft_cannot_be_touched(place: Town) -> None:
    wulan = await place.officer()
    dewi = place.person("Dewi")
    await dewi.says("/start")
    await place.appoint(dewi, Role.OFFICER)
    await written(place, wulan)
    for label in ("Tambah syarat", "Coba ke saya", "Hitung penerima", "Hapus siaran"):
        await dewi.presses(wulan.callback(label))
        assert "sudah tidak berlaku" in dewi.heard[-1], label

    assert Stage.DRAFT is (await of(place)).stage


async def test_a_text_from_the_command_line_goes_the_same_way(place: Town) -> None:
    wulan = await place.officer()
    people = await place.crowd(3)
    async with place.database.begin() as db:
        terms = announcing.read_terms(["everyone"], ["language=en"], TODAY.date())
        text = "Kabar <baik> dari kantor"
        await announcing.announce(db, place.database.keys, wulan.id, text, terms, None, TODAY)
    await place.deliver()
    await begins(place)

    assert 3 == got(people, "Kabar <baik> dari kantor")
    assert any("Laporan siaran" in text for text in wulan.phone.heard)


async def test_an_appointed_hour_is_waited_for(place: Town) -> None:
    wulan = await place.officer()
    people = await place.crowd(2)
    await written(place, wulan)
    for label in ("Waktu", "20 November", "15.00"):
        await wulan.taps(label)
    await lets_go(place, wulan)
    place.simulator.clock.move_to(TODAY.replace(hour=7, minute=59))
    await place.deliver()
    before = got(people)
    await begins(place)

    assert (0, 2) == (before, got(people))


async def test_what_was_cancelled_is_counted_as_left_unsent(place: Town) -> None:
    wulan = await place.officer()
    people = await place.crowd(60)
    await written(place, wulan)
    await lets_go(place, wulan)
    place.simulator.clock.advance(timedelta(minutes=3))
    await wulan.taps_while_it_is_sent("Batalkan siaran")
    await place.deliver()
    rows = Counter(row.state for row in await place.all(Delivery) if row.lane == Lane.BROADCAST)

    assert got(people) + (1 if "Kabar baik dari kantor" in wulan.phone.heard else 0) == rows[Fate.SENT]
    assert 61 == rows.total() == rows[Fate.SENT] + rows[Fate.CANCELLED]
    assert 0 < rows[Fate.SENT] <= 20
    assert any(f"tidak dikirim: {rows[Fate.CANCELLED]}" in text for text in wulan.phone.heard)


async def test_who_is_no_officer_any_more_writes_to_nobody(place: Town) -> None:
    wulan = await place.officer()
    people = await place.crowd(2)
    await written(place, wulan)
    await lets_go(place, wulan)
    async with place.database.begin() as db:
        await revoke(db, wulan.id, Role.OFFICER, TODAY, None)
    await begins(place)

    assert 0 == got(people)
    assert (Stage.DONE, 0) == ((held := await of(place)).stage, held.recipients)


async def test_a_region_is_chosen_by_writing_its_name(place: Town) -> None:
    wulan = await place.officer()
    await written(place, wulan)
    for act in (
        "[Tambah syarat]",
        "[Wilayah]",
        "garut",
        "[Kab. Garut]",
        "[Kecualikan]",
        "[Tunggakan]",
        "[2 bulan]",
    ):
        await do(wulan, act)

    assert [["region", "3205", False, "Kab. Garut"], ["arrears", "2", True, "2 bulan"]] == (
        await of(place)
    ).segments
    assert "• Wilayah: Kab. Garut" in wulan.heard[-1]
    assert "• kecuali Tunggakan: 2 bulan" in wulan.heard[-1]


async def test_what_cannot_be_a_broadcast_is_refused_and_the_question_stays(place: Town) -> None:
    wulan = await place.officer()
    await wulan.says("/siar")
    await wulan.sends("sticker")

    assert "Siaran hanya bisa satu pesan" in wulan.heard[0]
    assert "Kirim pesan siaran Anda" in wulan.heard[1]
    assert [] == await place.all(Broadcast)


async def test_more_at_the_start_than_one_person_may_write_to_need_a_second_one(place: Town) -> None:
    wulan = await place.officer()
    people = await place.crowd(90)
    dewi = place.person("Dewi")
    await dewi.says("/start")
    await place.appoint(dewi, Role.OFFICER)
    await written(place, wulan)
    await lets_go(place, wulan)
    more = await place.crowd(20)
    await begins(place)
    before = got([*people, *more])
    await dewi.catches_up()
    await dewi.taps("Setujui")
    await begins(place)

    assert (0, 110) == (before, got([*people, *more]))
    assert 112 == (await of(place)).approved_for
