"""Who is reminded: seen by those in the chain, changed by the worker and the registrant, left by anybody."""

from datetime import datetime

from models.memberships import Contact
from models.reminding.opt_outs import OptOut, stop
from tests.handlers.chains import House, house
from tests.town import JAKARTA, Chat, Town


async def opens(chat: Chat, label: str) -> None:
    """Go to the list, and tap something on it."""
    await chat.says("/iuran")
    await chat.taps("Siapa yang diingatkan")
    await chat.taps(label)


async def test_somebody_taken_out_is_told_and_sees_nothing_any_more(place: Town) -> None:
    home = await house(place)
    agus = await home.joins("Agus")
    await opens(home.siti, "Keluarkan nomor 2 (keluarga)")
    shown = list(home.siti.heard)
    await agus.catches_up()
    told = list(agus.heard)
    await agus.says("/iuran")

    assert [(home.siti.id, "registrant")] == await home.chain()
    assert "Nomor 2 sudah dikeluarkan" in shown[0]
    assert "2." not in shown[1]
    assert 1 == len(told)
    assert "tidak lagi ada dalam daftar" in told[0]
    assert "Belum ada kepesertaan" in agus.heard[-1]


async def test_an_old_button_takes_nobody_else_out(place: Town) -> None:
    home = await house(place)
    await home.joins("Agus")
    await home.siti.says("/iuran")
    await home.siti.taps("Siapa yang diingatkan")
    old = home.siti.callback("Keluarkan nomor 2")
    await home.joins("Slamet", "Pekerja itu sendiri")
    home.siti.phone.tap(max(home.siti.said), old)
    said = await home.siti.hears()

    assert "Daftarnya sudah berubah" in said[0]
    assert 3 == len(await home.chain())


async def test_only_keepers_take_others_out_and_nobody_oneself(place: Town) -> None:
    home = await house(place)
    agus = await home.joins("Agus")
    await home.siti.says("/iuran")
    await home.siti.taps("Siapa yang diingatkan")
    out = home.siti.callback("Keluarkan nomor 2")
    for chat, place_of in ((agus, 1), (agus, 2), (home.siti, 1)):
        chat.phone.tap(max(chat.said), out.replace("|2.", f"|{place_of}."))
    home.siti.phone.tap(max(home.siti.said), out.replace("|2.", "|9."))
    home.siti.phone.tap(max(home.siti.said), out.replace("|2.", "|٢x."))
    await place.settle()
    await agus.says("/iuran")
    await agus.taps("Siapa yang diingatkan")

    assert 2 == len(await home.chain())
    assert ["🚪 Saya keluar dari daftar"] == agus.buttons


async def test_a_stranger_sees_no_chain(place: Town) -> None:
    home = await house(place)
    stranger = place.person("Orang")
    await stranger.says("/start")
    actions = ("who", "out", "leave", "gone", "stay", "add", "new")
    for action in actions:
        stranger.phone.tap(max(stranger.said), f"v1|k|{action}|{home.number}|family")
    for data in ("v1|k|", "v1|k|who", "v1|k|who|", "v1|k|who|zzzzzzzzzzzzzz", "v1|k|x|0|y|z"):
        stranger.phone.tap(max(stranger.said), data)
    said = await stranger.hears()

    assert len(actions) + 5 == len(said)
    assert all("sudah lewat" in text for text in said)
    assert 1 == await place.rows(Contact)


async def test_whoever_leaves_is_asked_once_and_the_last_hears_what_it_means(place: Town) -> None:
    home = await house(place)
    agus = await home.joins("Agus")
    await opens(agus, "Saya keluar")
    usual = agus.heard[-1]
    await agus.taps("Tidak jadi")
    stayed = await home.chain()
    await leaves(home, agus)
    await opens(home.siti, "Saya keluar")
    last = home.siti.heard[-1]
    await home.siti.taps("Ya, saya keluar")

    assert "tidak ada lagi yang diingatkan" not in usual
    assert 2 == len(stayed)
    assert "tidak ada lagi yang diingatkan" in last
    assert [] == await home.chain()


async def leaves(home: House, chat: Chat) -> None:
    """Leave the chain, which the others stay in."""
    await opens(chat, "Saya keluar")
    await chat.taps("Ya, saya keluar")

    assert [(home.siti.id, "registrant")] == await home.chain()


async def test_others_out_of_reach_make_one_the_last(place: Town) -> None:
    home = await house(place)
    agus = await home.joins("Agus")
    await home.siti.does(lambda phone: phone.block())
    await opens(agus, "Saya keluar")

    assert "tidak ada lagi yang diingatkan" in agus.heard[-1]


async def test_an_invited_person_stops_only_their_own_reminders(place: Town) -> None:
    home = await house(place)
    agus = await home.joins("Agus")
    await home.siti.does(lambda phone: phone.block())
    await agus.waits(datetime(2026, 12, 8, 12, 0, tzinfo=JAKARTA))
    offered = list(agus.buttons)
    forged = agus.callback("Saya keluar").replace("|leave|", "|stop|")
    agus.phone.tap(max(agus.said), forged)
    said = await agus.hears()
    await agus.taps("Ya, saya keluar")

    assert not any("Berhenti diingatkan" in label for label in offered)
    assert "orang terakhir" in said[-1]
    assert 0 == await place.rows(OptOut)
    assert [(home.siti.id, "registrant")] == await home.chain()


async def test_an_invited_person_does_not_undo_what_the_worker_stopped(place: Town) -> None:
    home = await house(place)
    agus = await home.joins("Agus")
    async with place.database.begin() as db:
        await stop(db, home.slamet.nik_index, home.siti.id, place.simulator.clock.now())
    await agus.says("/ingatkan")
    kept = await place.rows(OptOut)
    await home.siti.says("/ingatkan")

    assert [1, 0] == [kept, await place.rows(OptOut)]
