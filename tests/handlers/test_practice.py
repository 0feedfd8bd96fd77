"""/latihan: the whole dialogue for an invented person, and afterwards there is nothing of it anywhere."""

import pytest

from models.agency.quotas import TypedNik
from models.applications import Application
from models.consents import Consent
from models.dialogues import Dialogue
from models.owing.deliveries import Delivery
from models.people import PersonKeyRow
from models.workers import Worker
from rules import invented
from tests.handlers.walking import WALK, do
from tests.town import Chat, Town

BANNER = "LATIHAN"
on_sqlite = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
"""What differs between the engines is asked of both in tests/models."""


def answers_for(one: invented.Invented) -> dict[str, tuple[str, ...]]:
    """What is typed or [tapped] at each question, for an invented person."""
    sex = "[Perempuan]" if one.sex == "female" else "[Laki-laki]"
    return {name: tuple(acts) for name, *acts in WALK} | {
        "nik": ("[Pakai NIK rekaan]", "[Ya, benar]"),
        "name": (one.name,),
        "birth_date": (f"{one.born:%d-%m-%Y}",),
        "sex": (sex,),
        "contact_name": ("[Hubungi saya]",),
        "email": ("[Lewati]",),
        "heir1_name": (one.heir,),
        "heir1_phone": ("[Lewati]",),
    }


async def person_of(chat: Chat) -> invented.Invented:
    return invented.people()[(await chat.answers())["sheet"]]


async def practises(chat: Chat, until: str = "") -> list[str]:
    """Walk through practice; all that was heard on the way."""
    await chat.says("/latihan")
    heard, acts = list(chat.heard), answers_for(await person_of(chat))
    for name, *_ in WALK:
        if name == until:
            break
        if name != "contact_phone":
            for act in acts[name]:
                await do(chat, act)
                heard += chat.heard
    return heard


async def rows(place: Town) -> dict[str, int]:
    tables = (Application, Worker, Consent, PersonKeyRow, Dialogue, Delivery, TypedNik)
    return {table.__tablename__: await place.rows(table) for table in tables}


async def test_to_its_end_nothing_is_filed_and_nothing_is_left(place: Town) -> None:
    siti = place.person()
    await siti.says("/start")
    before = await rows(place)
    heard = await practises(siti, until="review")
    halfway = await rows(place)
    await siti.taps("Kirim")
    after = await rows(place)

    assert "Latihan selesai" in siti.heard[-1]
    assert "Tanpa kesalahan" in siti.heard[-1]
    assert set(before.values()) == {0}
    assert before | {"dialogues": 1, "person_keys": 1} == halfway
    assert before == after
    assert [] == [text for text in heard if BANNER not in text]


@on_sqlite
async def test_side_paths_carry_the_banner_too(place: Town) -> None:
    siti = place.person()
    await practises(siti, until="address")
    heard = []
    for act in ("[Kenapa]", "Apakah ini perlu?", "x" * 301, "[Kembali]", "[Perempuan]", "[Laki-laki]"):
        if act.strip("[]") in "".join(siti.buttons) or not act.startswith("["):
            await do(siti, act)
            heard += siti.heard
    siti.phone.tap(max(siti.said), "v1|0|nik|yes")
    heard += await siti.hears()
    await do(siti, "[Berhenti dulu]")
    heard += siti.heard

    assert len(heard) > 6
    assert [] == [text for text in heard if BANNER not in text]


@on_sqlite
async def test_a_number_of_a_province_is_refused_kindly_and_counts_for_no_quota(
    place: Town,
) -> None:
    siti = place.person()
    await practises(siti, until="nik")
    for serial in range(5):
        await siti.says(f"320540570890{9001 + serial}")
    refused = siti.heard[-1]
    told = await siti.answers()

    assert "orang sungguhan" in refused
    assert 5 == told["refusals"]
    assert "nik" not in told
    assert 0 == await place.rows(TypedNik)


@on_sqlite
async def test_it_is_gone_on_with_and_stands_beside_a_real_form(place: Town) -> None:
    siti = place.person()
    await siti.says("/daftar")
    await siti.taps("Ya, saya setuju")
    await practises(siti, until="nik")
    invented_one = await person_of(siti)
    await siti.says("/latihan")
    again = "\n".join(siti.heard)
    await siti.says("/status")
    status = siti.heard[0]
    await siti.says("/batal")
    await siti.taps("hapus isian")
    await siti.says("/lanjut")

    assert invented_one.name in again
    assert "Berapa NIK" in again
    assert "Isian belum selesai: 1" in status
    assert "Siapa yang akan didaftarkan?" in siti.heard[-1]
    assert BANNER not in siti.heard[-1]
    assert 1 == await place.rows(Dialogue) == await place.rows(PersonKeyRow)
