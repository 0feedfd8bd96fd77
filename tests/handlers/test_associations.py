"""Associations: who may invite, what a member agrees to, what a coordinator never sees, and how it ends."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from models.agency import agents
from models.agency.agents import Kind, Stage
from models.agency.associations import AssociationLink, AssociationMember
from models.consents import Basis, Consent
from models.trust.audit import AuditRow
from tests.handlers.groups import NAME, coordinator, invites, joins
from tests.handlers.hall import agent, makes_list, registers
from tests.handlers.test_callback_data import MOST, listen
from tests.handlers.walking import go_to
from tests.town import LINK, Chat, Town

Way = Callable[[Town, Chat], Awaitable[None]]


@pytest.fixture
def engine_name() -> str:
    """One engine: what differs between them is told by the story."""
    return "sqlite"


async def sends_own(chat: Chat, number: int) -> None:
    """Let somebody have filed for himself."""
    await registers(chat, number, name=f"Anggota {number}"[:7] + " " + "ABCDEFGHIJ"[number % 10] * 3)
    async with chat.town.database.begin() as db:
        for consent in await db.scalars(select(Consent).where(Consent.account_id == chat.id)):
            consent.basis = Basis.SELF


async def test_only_names_that_were_agreed_to_are_seen_and_each_look_is_on_record(place: Town) -> None:
    karyo = await coordinator(place)
    word = await invites(karyo)
    for number, (name, shows) in enumerate((("Siti", True), ("Joko", False)), start=9001):
        await sends_own(await joins(place, name, word, shows=shows), number)
    await karyo.says("/asosiasi")
    counts = karyo.heard[-1]
    await karyo.taps("Nama yang boleh")
    heard = "\n".join([counts, *karyo.heard])
    (looked,) = await place.all(AuditRow)

    assert "Bergabung lewat tautan: 2" in counts
    assert "menunggu petugas: 2" in counts
    assert "1. Anggota BBB" in heard
    assert "CCC" not in heard
    assert not [told for told in ("99010", "0860", "NIK:") if told in heard]
    assert (karyo.id, "opened") == (looked.by_account, looked.act)


async def test_who_does_not_answer_is_not_shown_and_the_question_is_asked_once(place: Town) -> None:
    karyo = await coordinator(place)
    word = await invites(karyo)
    siti = place.person("Siti")
    await siti.says(f"/start {word}")
    await siti.taps("Bergabung")
    asked = (siti.phone.last or {})["reply_markup"]["inline_keyboard"]
    await sends_own(siti, 9001)
    await karyo.taps("Nama yang boleh")
    await siti.says(f"/start {word}")

    assert 1 == len(asked)
    assert {None} == {button.get("style") for button in asked[0]}
    assert "Belum ada nama" in karyo.heard[-1]
    assert "Anda anggota" in siti.heard[0]
    (member,) = await place.all(AssociationMember)
    assert (False, None) == (member.shows_name, member.answered_at)


async def test_the_words_agreed_to_are_kept_and_nothing_of_who_left(place: Town) -> None:
    karyo = await coordinator(place)
    siti = await joins(place, "Siti", await invites(karyo), shows=True)
    (agreed,) = await place.all(AssociationMember)
    await siti.says("/asosiasi")
    await siti.taps("Tidak, nama saya")
    (changed,) = await place.all(AssociationMember)
    await siti.says("/asosiasi")
    await siti.taps("Keluar dari kelompok")

    assert (True, "2026-11", "id", 32) == (
        agreed.shows_name,
        agreed.text_version,
        agreed.language,
        len(agreed.text_sha256),
    )
    assert changed.shows_name is False
    assert [] == await place.all(AssociationMember)


async def test_a_form_for_somebody_else_is_kept_and_an_own_one_begun_beside_it(place: Town) -> None:
    karyo = await coordinator(place)
    siti = place.person("Siti")
    await go_to(siti, "address")
    await joins(place, "Siti", await invites(karyo), shows=False)
    forms = await siti.forms()

    assert any("Formulir yang lain tetap tersimpan" in text for text in siti.heard)
    assert ["other"] == [form["who"] for form in forms if "who" in form]
    assert "Rahayu Lestari" in [form.get("name") for form in forms]


async def test_who_has_sent_the_own_form_is_counted_and_asked_for_nothing(place: Town) -> None:
    karyo = await coordinator(place)
    siti = place.person("Siti")
    await siti.says("/start")
    await sends_own(siti, 9001)
    await joins(place, "Siti", await invites(karyo), shows=True)
    await karyo.says("/asosiasi")

    assert any("tidak perlu diulang" in text for text in siti.heard)
    assert [] == await siti.forms()
    assert "menunggu petugas: 1" in karyo.heard[-1]


async def revoked(place: Town, karyo: Chat) -> None:
    await karyo.says("/asosiasi")
    await karyo.taps("Cabut tautan")
    await karyo.taps("Ya, cabut")


async def a_year_later(place: Town, karyo: Chat) -> None:
    place.simulator.clock.advance(timedelta(days=366))


async def no_agent_any_more(place: Town, karyo: Chat) -> None:
    async with place.database.begin() as db:
        agent = await agents.open_request(db, karyo.id)
        assert agent
        await agents.close(db, agent, karyo.id, place.simulator.clock.now(), Stage.ENDED)


async def erased(place: Town, karyo: Chat) -> None:
    await karyo.says("/hapus_data")
    await karyo.taps("Hapus semua")
    await karyo.taps("Ya, hapus")


@pytest.mark.parametrize("way", [revoked, a_year_later, no_agent_any_more, erased])
async def test_a_link_ends(place: Town, way: Way) -> None:
    karyo = await coordinator(place)
    word = await invites(karyo)
    await way(place, karyo)
    siti = place.person("Siti")
    await siti.says(f"/start {word}")

    assert ["tidak berlaku lagi" in text for text in siti.heard] == [True]
    assert [] == await place.all(AssociationMember)


async def test_other_agents_and_strangers_have_no_association(place: Town) -> None:
    karyo = await coordinator(place)
    await joins(place, "Siti", await invites(karyo), shows=True)
    data = karyo.callback("Nama yang boleh")
    for other in (await coordinator(place, "Rahmat", Kind.PERISAI), place.person("Joko")):
        await other.says("/asosiasi")
        assert NAME not in "\n".join(other.heard)
        await other.presses(data)
        assert ["tidak berlaku lagi" in text for text in other.heard] == [True]


async def test_the_token_rests_sealed_and_buttons_say_nothing(place: Town) -> None:
    collected = listen(place)
    karyo = await coordinator(place)
    word = await invites(karyo)
    again = await invites(karyo)
    await joins(place, "Siti", word, shows=True)
    (link,) = await place.all(AssociationLink)

    assert word == again
    assert word[1:].encode() not in link.token
    assert [] == [data for data in collected if len(data.encode()) > MOST or "Bakso" in data]


async def test_the_poster_comes_as_a_file(place: Town) -> None:
    karyo = await coordinator(place)
    await karyo.taps("Poster A4")
    await place.deliver()
    files = [m.file for m in karyo.phone.messages if m.by_bot and m.file]

    assert ["poster.pdf"] == [file.name for file in files]
    assert files[0].content.startswith(b"%PDF")


async def test_who_erases_everything_is_no_member_and_no_treasurer_any_more(place: Town) -> None:
    karyo = await coordinator(place)
    siti = await joins(place, "Siti", await invites(karyo), shows=True)
    budi = await treasury(place)
    await siti.opens_link_of("Budi")
    await siti.taps("Ya, ingatkan saya")
    await siti.says("/hapus_data")
    await siti.taps("Hapus semua")
    await siti.taps("Ya, hapus")
    await budi.says("/program")
    await budi.taps("Cibiuk Kaler")

    assert [] == await place.all(AssociationMember)
    assert "Ada bendahara" not in budi.heard[-1]


async def treasury(place: Town) -> Chat:
    """Budi has made a list and a link for its treasurer."""
    budi = await agent(place)
    await makes_list(budi)
    await budi.taps("Tunjuk bendahara")
    return budi


async def test_a_treasurer_may_say_no_and_may_stop_and_the_maker_hears_of_it(place: Town) -> None:
    budi, dedi, rudi = await treasury(place), place.person("Dedi"), place.person("Rudi")
    await budi.says(f"/start {LINK.findall(budi.said[max(budi.said)])[0]}")
    own = budi.heard[0]
    await dedi.opens_link_of("Budi")
    await dedi.taps("Tidak, bukan saya")
    await budi.catches_up()
    refused = "\n".join(budi.heard)
    await budi.says("/program")
    await budi.taps("Cibiuk Kaler")
    await budi.taps("Tunjuk bendahara")
    await rudi.opens_link_of("Budi")
    await rudi.taps("Ya, ingatkan saya")
    stop = rudi.callback("Berhenti jadi bendahara")
    await dedi.presses(stop)
    await budi.catches_up()
    await rudi.presses(stop)
    left = list(rudi.heard)
    await rudi.presses(stop)
    budi.later(seconds=2)
    await budi.catches_up()

    assert "Anda sendiri yang membuat" in own
    assert "tidak mau menjadi bendahara" in refused
    assert "Anda bukan bendahara daftar itu lagi." in dedi.heard[0]
    assert "Pembuatnya diberi tahu" in left[0]
    assert "Pembuatnya" not in rudi.heard[0]
    assert "bendaharanya berhenti" in "\n".join(budi.heard)
