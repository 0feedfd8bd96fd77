"""What officers see of the sending with /kesehatan: pauses, what waits, what came of it, what is in doubt."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import update

from models.accounts import Role, grant
from models.applications import Application
from models.memberships import Membership
from models.owing import buckets
from models.owing.deliveries import Delivery, Fate, Lane, Owed, Promise, owe
from models.storage.base import table_of
from models.storage.ids import new_id
from tests.test_stories import PARTS, play
from tests.town import Chat, Town

MINUTE = timedelta(minutes=1)
NOTHING = """Kesehatan pengiriman
✅ Lancar: tidak ada yang dijeda atau tertahan.

Menunggu
tidak ada

Hasil 24 jam terakhir
tidak ada"""


async def officer(place: Town, language: str = "id") -> Chat:
    """An officer with a phone."""
    wulan = place.person("Wulan", language)
    await wulan.says("/start")
    async with place.database.begin() as db:
        await grant(db, wulan.id, Role.OFFICER, place.simulator.clock.now(), None)
    return wulan


async def sees(wulan: Chat) -> str:
    """What the officer is told."""
    await wulan.says("/kesehatan")
    [told] = wulan.heard
    return told


async def owed(place: Town, lane: Lane, *waits: timedelta, fate: Fate = Fate.QUEUED) -> None:
    """Owe a message for each wait, whose moment came so long ago, and let that become of it."""
    now = place.simulator.clock.now()
    names = [f"{lane}:{number}:{new_id(now)}" for number, _ in enumerate(waits)]
    notes = [
        Owed(lane, Promise.AT_MOST_ONCE, name, 87_000 + number, "note", {}, now - wait)
        for number, (name, wait) in enumerate(zip(names, waits, strict=True))
    ]
    async with place.database.begin() as db:
        await owe(db, place.database.keys, notes, now)
        await db.execute(update(table_of(Delivery)).where(Delivery.dedupe.in_(names)).values(state=fate))


async def paused(place: Town, lanes: Sequence[Lane], lasts: timedelta, reason: str) -> None:
    """Pause these lanes."""
    async with place.database.begin() as db:
        await buckets.pause(db, lanes, place.simulator.clock.now(), lasts, reason)


async def test_where_nothing_waits_all_is_fine(place: Town) -> None:
    assert await sees(await officer(place)) == NOTHING


async def test_paused_lanes_are_named_with_until_when_and_why(place: Town) -> None:
    wulan = await officer(place)
    await paused(place, [Lane.REMINDER, Lane.BROADCAST], 5 * MINUTE, "too many failed: 11 no answer in time")
    told = await sees(wulan)
    await paused(place, tuple(Lane), 90 * MINUTE, "token refused")
    all_told = await sees(wulan)

    assert "⚠️ Ada yang perlu dilihat." in told
    assert (
        "Pengingat, Siaran: sampai 10.05 (5 menit lagi), karena terlalu banyak kiriman gagal"
        " (11 no answer in time)." in told
    )
    assert "Balasan, Kabar, Pengingat, Siaran: sampai 11.30 (1 jam 30 menit lagi)" in all_told
    assert "karena Telegram menolak token bot ini; hubungi pengelola." in all_told


async def test_a_pause_that_is_over_is_not_named(place: Town) -> None:
    wulan = await officer(place)
    await paused(place, [Lane.REMINDER], MINUTE, "429")
    assert "karena Telegram meminta kita melambat" in await sees(wulan)
    wulan.later(minutes=2)

    assert await sees(wulan) == NOTHING


async def test_each_lane_tells_how_many_wait_how_long_and_how_many_later(place: Town) -> None:
    wulan = await officer(place)
    await owed(place, Lane.REMINDER, 3 * MINUTE, 75 * MINUTE, -MINUTE, *[-24 * 60 * MINUTE] * 1200)
    await owed(place, Lane.TRANSACTION, timedelta(0))
    told = await sees(wulan)

    assert (
        "Menunggu\n"
        "Kabar: 1 pesan, tertua kurang dari 1 menit\n"
        "Pengingat: 2 pesan, tertua 1 jam 15 menit\n"
        "Pengingat: 1.201 pesan nanti, mulai 10.01\n" in told
    )
    assert "✅ Lancar" in told


async def test_news_that_wait_for_more_than_five_minutes_are_held_up(place: Town) -> None:
    wulan = await officer(place)
    await owed(place, Lane.TRANSACTION, 6 * MINUTE)

    assert "⚠️ Ada yang perlu dilihat." in await sees(wulan)


async def test_what_became_of_the_messages_of_a_day_is_counted(place: Town) -> None:
    wulan = await officer(place)
    await owed(place, Lane.REMINDER, *[MINUTE] * 4, fate=Fate.SENT)
    wulan.later(hours=25)
    for fate, count in zip(Fate, range(1, 9), strict=True):
        await owed(place, Lane.REMINDER, *[MINUTE] * count, fate=fate)
    told = await sees(wulan)

    assert (
        "Hasil 24 jam terakhir\n"
        "✅ 3 terkirim\n"
        "❓ 4 belum pasti\n"
        "🚫 5 tidak bisa dihubungi\n"
        "⌛ 7 tidak dikirim, sudah lewat waktunya\n"
        "↩️ 6 dibatalkan, sudah tidak perlu\n"
        "🛠️ 8 salah bentuk; hubungi pengelola" in told
    )


async def test_what_may_not_have_arrived_is_listed_for_a_week(place: Town) -> None:
    wulan = await officer(place)
    await owed(place, Lane.BROADCAST, *(number * MINUTE for number in range(1, 8)), fate=Fate.UNCERTAIN)
    told = await sees(wulan)
    wulan.later(days=1)
    tomorrow = await sees(wulan)
    wulan.later(days=7)

    assert "❓ Belum pasti dalam 7 hari: 7" in told
    assert (
        "• Siaran, 09.59\n• Siaran, 09.58\n• Siaran, 09.57\n• Siaran, 09.56\n• Siaran, 09.55\n… dan 2 lagi."
        in told
    )
    assert "• Siaran, 20 November 2026 pukul 09.59" in tomorrow
    assert await sees(wulan) == NOTHING


async def test_a_doubtful_reminder_is_told_by_receipt_number(place: Town) -> None:
    await play(PARTS / "member.txt", place.person())
    [membership], [application] = await place.all(Membership), await place.all(Application)
    wulan = await officer(place)
    await owed(place, Lane.REMINDER, MINUTE, fate=Fate.UNCERTAIN)
    async with place.database.begin() as db:
        await db.execute(update(table_of(Delivery)).values(subject_id=membership.id))

    assert f"• Pengingat, 09.59 · {application.reference}" in await sees(wulan)


async def test_an_officer_may_read_it_in_english(place: Town) -> None:
    wulan = await officer(place, "en")
    await paused(place, [Lane.BROADCAST], 5 * MINUTE, "429 to a reply")
    await owed(place, Lane.REMINDER, *[MINUTE] * 1500)
    told = await sees(wulan)

    assert "Broadcasts: until 10.05 (another 5 min), because Telegram asked us to slow down." in told
    assert "Reminders: 1,500 messages, oldest 1 min" in told
