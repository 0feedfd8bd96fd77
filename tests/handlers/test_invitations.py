"""Links into the chain: used once, for a week, by who agrees; and what they tell nobody else."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from handlers.assembly import assemble
from handlers.flood import Flood
from jobs.housekeeping import Housekeeping
from models.memberships import Contact, Life, Relation, end
from models.owing.deliveries import Delivery
from models.ownership import invitations
from models.ownership.invitations import Invitation
from models.quarantine import Quarantine
from post.bot import Bot
from post.transport import AiohttpRequest
from tests.handlers.chains import House, house
from tests.handlers.test_callback_data import MOST, listen
from tests.handlers.walking import go_to
from tests.members import NIK
from tests.town import JAKARTA, TOKEN, Chat, Town


async def asked(home: House, token: str, *names: str) -> list[Chat]:
    """People who have opened a link and are asked."""
    chats = [home.place.person(name) for name in names]
    for chat in chats:
        await chat.says(f"/start {token}")
        assert "Bersediakah Anda" in chat.heard[-1], chat.heard
    return chats


async def take_at_once(place: Town, *batches: list[dict[str, Any]]) -> None:
    """Let as many receivers as there are batches each take one, on one database, at the same time."""
    async with Bot(TOKEN, place.url, AiohttpRequest()) as bot:
        clock, flood = place.simulator.clock.now, Flood(burst=1_000_000, per_second=1000)
        others = [await assemble(bot, place.database, clock, JAKARTA, flood) for _ in batches[1:]]
        intakes = [place.office.intake, *(other.intake for other in others)]
        await asyncio.gather(*(intake.take(batch) for intake, batch in zip(intakes, batches, strict=True)))


async def test_of_two_who_tap_at_once_in_two_processes_one_joins(place: Town) -> None:
    home = await house(place)
    both = await asked(home, await home.invites(), "Agus", "Dewi")
    for chat in both:
        chat.tap("Setuju")
    first, second = place.waiting()
    await take_at_once(place, [first], [second])
    texts = sorted(chat.phone.heard[-1] for chat in both)

    assert 2 == len(await home.chain())
    assert "Tautan itu sudah dipakai" in texts[0]
    assert "Terima kasih" in texts[1]


async def test_of_two_who_tap_in_one_batch_one_joins(place: Town) -> None:
    home = await house(place)
    agus, dewi = await asked(home, await home.invites(), "Agus", "Dewi")
    agus.tap("Setuju")
    dewi.tap("Setuju")
    await place.settle()

    assert [(home.siti.id, "registrant"), (agus.id, "family")] == await home.chain()
    assert "Tautan itu sudah dipakai" in dewi.phone.heard[-1]


async def test_a_double_tap_joins_once_and_tells_once(place: Town) -> None:
    home = await house(place)
    (agus,) = await asked(home, await home.invites(), "Agus")
    agus.tap("Setuju")
    agus.tap("Setuju")
    agus.tap("Tidak")
    said = await agus.hears()
    await home.siti.catches_up()

    assert [(home.siti.id, "registrant"), (agus.id, "family")] == await home.chain()
    assert [1, 2] == [sum(words in text for text in said) for words in ("Terima kasih", "sudah ada dalam")]
    assert 1 == len(home.siti.heard)
    assert "(keluarga) sudah setuju" in home.siti.heard[0]


async def test_a_link_that_runs_out_while_somebody_thinks_adds_nobody(place: Town) -> None:
    home = await house(place)
    (agus,) = await asked(home, await home.invites(), "Agus")
    agus.later(days=7)
    await agus.taps("Setuju")

    assert "sudah tidak berlaku" in agus.heard[-1]
    assert 1 == len(await home.chain())


async def test_a_wrong_link_is_greeted_kindly_and_tells_nothing(place: Town) -> None:
    home = await house(place)
    gone = await home.invites()
    place.simulator.clock.advance(invitations.VALID + invitations.KEPT + timedelta(hours=1))
    await Housekeeping(place.database, place.simulator.clock.now).forget()
    heard = []
    for number, wrong in enumerate((gone, "x" * 22, "kode", "a.b", "9901010101809002", "'; --", "é")):
        stranger = place.person(f"Orang {number}")
        await stranger.says(f"/start {wrong}")
        heard.append(stranger.heard)

    assert 0 == await place.rows(Invitation)
    assert "tidak kami kenali" in heard[0][0]
    assert "Saya membantu pekerja mandiri" in heard[0][1]
    assert all(one == heard[0] for one in heard)
    assert 0 == await place.rows(Quarantine)


@pytest.mark.parametrize("answer", ["yes", "no"])
async def test_a_forged_answer_adds_nobody(place: Town, answer: str) -> None:
    home = await house(place)
    await home.invites()
    (link,) = await place.all(Invitation)
    thief = place.person("Maling")
    await thief.says("/start")
    for guess in ("", "x" * 22, link.token_sha256.hex()[:22], str(link.id), home.number):
        thief.phone.tap(max(thief.said), f"v1|k|{answer}|{guess}")
    said = await thief.hears()

    assert 5 == len(said)
    assert all("sudah tidak berlaku" in text for text in said)
    assert 1 == await place.rows(Contact)
    assert (await place.all(Invitation))[0].spent_at is None


async def test_the_worker_himself_comes_first_and_once(place: Town) -> None:
    home = await house(place)
    agus = await home.joins("Agus")
    slamet = await home.joins("Slamet", "Pekerja itu sendiri")
    await home.siti.says("/iuran")
    await home.siti.taps("Tambah orang")

    assert [slamet.id, home.siti.id, agus.id] == [account for account, _ in await home.chain()]
    assert not any("Pekerja itu sendiri" in label for label in home.siti.buttons)
    await slamet.says("/iuran")
    assert any("Tambah orang" in label for label in slamet.buttons)


async def test_five_are_enough(place: Town) -> None:
    home = await house(place)
    early = await home.invites()
    for number in range(4):
        await home.joins(f"Keluarga {number}")
    await home.siti.says("/iuran")
    await home.siti.taps("Tambah orang")
    late = place.person("Terlambat")
    await late.says(f"/start {early}")

    assert "Sudah ada 5 orang" in home.siti.heard[-1]
    assert "sudah penuh (5 orang)" in late.heard[-1]
    assert 5 == len(await home.chain())


async def test_an_eleventh_link_waits_for_the_others(place: Town) -> None:
    home = await house(place)
    for _ in range(invitations.MOST_OPEN):
        await home.invites()
    await home.siti.says("/iuran")
    await home.siti.taps("Tambah orang")
    await home.siti.taps("Keluarga")

    assert "Masih ada 10 tautan" in home.siti.heard[-1]
    assert 10 == await place.rows(Invitation)


async def test_a_link_about_somebody_who_died_tells_nothing(place: Town) -> None:
    home = await house(place)
    token = await home.invites()
    async with place.database.begin() as db:
        await end(db, home.slamet.id, Life.DECEASED, place.simulator.clock.now())
    stranger = place.person("Orang")
    await stranger.says(f"/start {token}")

    assert [
        "Tautan itu sudah tidak berlaku. Bila masih perlu, mintalah tautan baru kepada yang mengirimnya."
    ] == (stranger.heard)


async def test_the_form_before_somebody_is_still_there_afterwards(place: Town) -> None:
    home = await house(place)
    token = await home.invites()
    agus = place.person("Agus")
    await go_to(agus, "address")
    await agus.says(f"/start {token}")
    asked_first = list(agus.heard)
    await agus.taps("Setuju")

    assert 1 == len(asked_first)
    assert "Terima kasih" in agus.heard[0]
    assert "alamat" in agus.heard[-1]


async def test_nobody_who_was_invited_sees_a_nik_or_makes_links(place: Town) -> None:
    home = await house(place)
    agus = await home.joins("Agus")
    await agus.says("/iuran")
    page = agus.phone.last or {}
    for action in ("new", "add"):
        agus.phone.tap(max(agus.said), f"v1|k|{action}|{home.number}|family")
    said = await agus.hears()

    assert "Iuran Slamet Riyadi" in page["text"]
    assert NIK not in str(agus.phone.chat())
    assert all("bisa diubah oleh pekerja" in text for text in said)
    assert 1 == await place.rows(Invitation)


async def test_whoever_stopped_everything_once_hears_how_to_be_reminded(place: Town) -> None:
    home = await house(place)
    agus = place.person("Agus")
    await agus.says("/hapus_data")
    await agus.taps("Hentikan")
    await agus.says(f"/start {await home.invites()}")
    await agus.taps("Setuju")
    before = [link.reachable for link in await home.links()]
    told = agus.heard[-1]
    await agus.says("/ingatkan")

    assert "/ingatkan" in told
    assert [True, False] == before
    assert [True, True] == [link.reachable for link in await home.links()]


async def test_buttons_links_and_rows_name_nobody(place: Town) -> None:
    collected = listen(place)
    home = await house(place)
    token = await home.invites("Agen atau petugas desa")
    share = str(home.siti.phone.last)
    agus = await home.joins("Agus")
    for act in ("Siapa yang diingatkan", "Keluarkan nomor 2"):
        await home.siti.says("/iuran")
        await home.siti.taps("Siapa yang diingatkan")
        await home.siti.taps(act)
    await agus.says("/iuran")
    rows = [str(row.__dict__) for table in (Invitation, Contact, Delivery) for row in await place.all(table)]

    assert {"add", "new", "yes", "no", "who", "out", "leave"} <= {data.split("|")[2] for data in collected}
    assert [] == [data for data in collected if len(data.encode()) > MOST or "slamet" in data.lower()]
    assert "https://t.me/share/url?url=https%3A%2F%2Ft.me%2Fdaftar_bpu_bot%3Fstart%3D" in share
    assert "Slamet" not in share.partition("share/url")[2]
    assert [] == [row for row in rows for told in (token[1:], "Slamet", NIK) if told in row]


@pytest.mark.parametrize("relation", list(Relation))
async def test_every_relation_has_its_words(place: Town, relation: Relation) -> None:
    siti = place.person()
    await siti.says("/start")
    home = await house(place)
    async with place.database.begin() as db:
        (await db.get_one(Contact, (home.slamet.id, 0))).relation = relation
    await home.siti.taps("Siapa yang diingatkan")

    assert "1. Anda (" in home.siti.heard[-1]
