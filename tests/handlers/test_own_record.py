"""Whose record it is: handed over by a link or a picture, told to who is known, held on "Ini bukan saya"."""

from io import BytesIO

import pytest
from PIL import Image

from models.applications import Application
from models.consents import Basis, Consent
from models.owing.deliveries import Delivery
from models.ownership.hand_overs import VALID, HandOver
from models.ownership.status_links import WrongTry
from models.trust.audit import AuditRow
from models.trust.audit_checks import verify_all
from tests.handlers.chains import officer
from tests.handlers.hall import agent, fills, makes_list, registers, vouches
from tests.handlers.test_callback_data import assert_says_nothing, listen
from tests.papers.seen import links
from tests.town import LINK, Chat, Town

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"])
"""Where the engines differ is in the tests of the models, and in the stories."""

WRONG = "Tautan itu tidak kami kenali"


async def gives(chat: Chat, name: str = "Pekerja") -> str:
    """Make a link for the newest worker somebody registered; its word after /start."""
    await chat.says("/status")
    await chat.taps("Serahkan ke pekerja")
    await chat.taps(name)
    found = LINK.search(chat.heard[1])
    assert found, chat.heard
    return found[1]


async def catches_up(*chats: Chat) -> None:
    """Let people hear all that is owed to them: what follows a picture comes a moment later."""
    heard = [list[str]() for _ in chats]
    for _ in range(3):
        for chat, said in zip(chats, heard, strict=True):
            await chat.catches_up()
            said += chat.heard
        chats[0].later(seconds=5)
    for chat, said in zip(chats, heard, strict=True):
        chat.heard = said


async def filed(place: Town) -> tuple[Chat, Application]:
    """Budi, an agent, and somebody he registered."""
    budi = await agent(place)
    return budi, await registers(budi, 9001)


async def audited(place: Town) -> list[tuple[str, int | None]]:
    assert (await verify_all(place.database, place.database.keys)).bad is None
    return [(row.act, row.by_account) for row in await place.all(AuditRow)]


async def test_the_worker_sees_who_what_and_whose_and_takes_it(place: Town) -> None:
    budi, application = await filed(place)
    word = await gives(budi)
    slamet = place.person("Slamet")
    await slamet.says(f"/start {word}")
    shown = slamet.heard[0]
    await slamet.taps("Ya, ini saya")
    await slamet.says("/status")
    await catches_up(budi)

    for told in ("Pekerja J.", "************9001", application.reference, "dana desa", "6 bulan"):
        assert told.casefold() in shown.casefold(), shown
    assert "Pekerja JAAB" not in shown
    assert application.reference in slamet.heard[0]
    assert any("sudah menerimanya" in text for text in budi.heard)
    await budi.says("/status")
    assert application.reference in budi.heard[0]
    assert not any("Serahkan" in label for label in budi.buttons)


async def test_who_took_it_before_it_was_registered_hears_of_that_too(place: Town) -> None:
    wulan, (budi, application) = await officer(place), await filed(place)
    slamet = place.person("Slamet")
    await slamet.says(f"/start {await gives(budi)}")
    await slamet.taps("Ya, ini saya")
    await wulan.says(f"/terdaftar {application.reference}")
    await catches_up(slamet, budi)
    told = [sum("sudah tercatat" in text for text in chat.heard) for chat in (slamet, budi)]
    await slamet.says("/iuran")

    assert [1, 1] == told
    assert "Iuran" in slamet.heard[0]


async def test_the_picture_holds_the_same_link_and_comes_once(place: Town) -> None:
    budi, _ = await filed(place)
    word = await gives(budi)
    await budi.taps("Pekerja")
    again = list(budi.heard)
    await catches_up(budi)
    sent = [m.file.content for m in budi.phone.messages if m.by_bot and m.file and m.file.kind == "photo"]

    assert any("baru saja dibuat" in text for text in again)
    assert 1 == len(sent)
    assert [f"https://t.me/daftar_bpu_bot?start={word}"] == links(Image.open(BytesIO(sent[0])).convert("L"))


async def test_used_run_out_and_foreign_links_are_answered_alike(place: Town) -> None:
    budi, _ = await filed(place)
    used = await gives(budi)
    slamet = place.person("Slamet")
    await slamet.says(f"/start {used}")
    await slamet.taps("Ya, ini saya")
    await registers(budi, 9002)
    place.simulator.clock.advance(VALID)
    late = await gives(budi)
    place.simulator.clock.advance(VALID)
    heard = []
    for number, word in enumerate((used, late, "h" + "x" * 22)):
        stranger = place.person(f"Orang {number}")
        await stranger.says(f"/start {word}")
        heard.append(stranger.heard)

    assert WRONG in heard[0][0]
    assert heard[0] == heard[1] == heard[2]


async def test_who_tries_too_many_hears_nothing_not_even_about_a_right_one(place: Town) -> None:
    budi, application = await filed(place)
    word = await gives(budi)
    thief = place.person("Maling")
    for _ in range(5):
        await thief.says("/start h" + "y" * 22)
    await thief.says(f"/start {word}")
    silent = list(thief.heard)
    thief.phone.tap(max(thief.said), f"v1|h|yes|{word[1:]}")
    thief.phone.tap(max(thief.said), f"v1|h|no|{word[1:]}")

    assert ([], []) == (silent, await thief.hears())
    assert 5 == await place.rows(WrongTry)
    (row,) = [one for one in await place.all(Application) if one.id == application.id]
    assert (None, None) == (row.worker_account_id, row.frozen_at)


async def test_two_taps_take_it_once_and_say_so_kindly(place: Town) -> None:
    budi, _ = await filed(place)
    slamet = place.person("Slamet")
    await slamet.says(f"/start {await gives(budi)}")
    for _ in range(3):
        slamet.tap("Ya, ini saya")
    said = await slamet.hears()
    await catches_up(budi)

    assert [1, 2] == [sum(words in text for text in said) for words in ("Anda pegang sendiri", "sudah Anda")]
    assert 1 == sum("sudah menerimanya" in text for text in budi.heard)
    assert 0 == await place.rows(WrongTry)


async def test_one_does_not_hand_over_to_oneself(place: Town) -> None:
    budi, _ = await filed(place)
    word = await gives(budi)
    await budi.says(f"/start {word}")
    slamet = place.person("Slamet")
    await slamet.says(f"/start {word}")

    assert "untuk pekerja yang Anda daftarkan" in budi.heard[0]
    assert 0 == await place.rows(WrongTry)
    assert "Apakah ini pendaftaran Anda?" in slamet.heard[0]


@pytest.mark.parametrize("answer", ["link", "told"])
async def test_not_me_freezes_and_tells_sender_and_officers_once(place: Town, answer: str) -> None:
    wulan, budi = await officer(place), await agent(place)
    siti = place.person("Siti")
    await siti.says("/start")
    application = await _not_mine(place, budi, siti, answer)
    said = siti.heard[-1]
    siti.tap("Ini bukan saya")
    again = await siti.hears()
    await catches_up(wulan, budi)

    assert "kami tahan mulai sekarang" in said
    assert "sudah kami tahan" in again[-1]
    assert 1 == sum("ditahan sementara" in text for text in budi.heard)
    assert [application.reference in text for text in wulan.heard] == [True]
    assert not any(told in wulan.heard[0] for told in ("Pekerja", "9001", "Siti"))
    assert [("frozen", siti.id)] == await audited(place)


async def _not_mine(place: Town, budi: Chat, siti: Chat, road: str) -> Application:
    """Let Budi register Siti, and Siti say that it is not her."""
    if road == "told":
        own = await registers(siti, 9001)
        await _as_oneself(place, own)
        application = await registers(budi, 9001)
        await siti.catches_up()
        assert "Ada yang mendaftarkan Anda" in siti.heard[-1]
    else:
        application = await registers(budi, 9001)
        await siti.says(f"/start {await gives(budi)}")
    await siti.taps("Ini bukan saya")
    return application


async def _as_oneself(place: Town, application: Application) -> None:
    """Let what was filed have been filed for oneself."""
    async with place.database.begin() as db:
        (await db.get_one(Consent, application.consent_id)).basis = Basis.SELF


async def test_the_office_registers_nothing_that_is_held_and_hands_no_list_on(place: Town) -> None:
    wulan, budi, siti = await officer(place), await agent(place), place.person("Siti")
    await siti.says("/start")
    await registers(budi, 9002)
    await makes_list(budi)
    application = await registers(budi, 9001)
    await fills(budi)
    second = await vouches(place, budi)
    await second.taps("saya sahkan")
    await siti.says(f"/start {await gives(budi)}")
    await siti.taps("Ini bukan saya")
    await wulan.says(f"/terdaftar {application.reference}")
    await budi.says("/program")
    await budi.taps("Cibiuk Kaler")
    await budi.taps("Serahkan ke petugas")

    assert "sedang ditahan" in wulan.heard[0]
    assert "sedang ditahan" in budi.heard[0]
    await budi.says("/status")
    assert "Ditahan sementara" in budi.heard[0]


@pytest.mark.parametrize(
    ("button", "act", "sender", "worker"),
    [
        ("Lepaskan", "thawed", "terbukti benar", "menilainya benar"),
        ("Tutup pendaftaran", "refused", "menutupnya", "menutupnya"),
    ],
)
async def test_an_officer_decides_and_both_are_told(
    place: Town, button: str, act: str, sender: str, worker: str
) -> None:
    wulan, budi, siti = await officer(place), await agent(place), place.person("Siti")
    await siti.says("/start")
    await _not_mine(place, budi, siti, "link")
    await wulan.catches_up()
    await wulan.taps("Buka")
    page = wulan.heard[-1]
    wulan.tap(button)
    wulan.tap(button)
    said = await wulan.hears()
    await catches_up(budi, siti)

    assert "************9001" in page
    assert "persetujuan lewat desa" in page
    assert [1, 1] == [sum(words in text for text in said) for words in ("diberi tahu", "tidak ditahan lagi")]
    assert [1, 1] == [
        sum(words in text for text in chat.heard) for chat, words in ((budi, sender), (siti, worker))
    ]
    assert [("frozen", siti.id), ("opened", wulan.id), (act, wulan.id)] == await audited(place)


async def test_who_registered_does_not_decide_as_an_officer(place: Town) -> None:
    wulan, siti = await officer(place), place.person("Siti")
    await registers(wulan, 9001)
    await siti.says(f"/start {await gives(wulan)}")
    await siti.taps("Ini bukan saya")
    await catches_up(wulan)
    await wulan.taps("Buka")

    assert "Anda sendiri yang mengirim" in wulan.heard[-1]
    assert (await place.all(Application))[0].frozen_at is not None


async def test_who_is_told_may_say_that_it_is_right_and_gains_nothing_by_it(place: Town) -> None:
    budi, siti = await agent(place), place.person("Siti")
    await siti.says("/start")
    await _as_oneself(place, await registers(siti, 9001))
    other = await registers(budi, 9001)
    await siti.catches_up()
    told = siti.heard[-1]
    await siti.taps("Benar")
    await siti.says("/status")

    assert "seseorang dengan nomor tanda terima" in told
    assert "Pekerja" not in told
    assert other.reference not in siti.heard[0]
    assert not any(one.frozen_at for one in await place.all(Application))


async def test_buttons_links_and_rows_name_nobody(place: Town) -> None:
    collected = listen(place)
    budi, _ = await filed(place)
    word = await gives(budi)
    slamet = place.person("Slamet")
    await slamet.says(f"/start {word}")
    rows = [str(row.__dict__) for table in (HandOver, Delivery) for row in await place.all(table)]

    assert_says_nothing(collected)
    assert {"list", "give", "yes", "no"} <= {
        data.split("|")[2] for data in collected if data.startswith("v1|h|")
    }
    assert [] == [row for row in rows for told in (word[1:], "Pekerja", "9901") if told in row]
