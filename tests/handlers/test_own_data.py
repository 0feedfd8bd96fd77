"""/data_saya: two files with everything held, who looked, for nobody else; and what leaves the chat again."""

import json
from datetime import timedelta
from typing import Any

import pypdfium2

from handlers.workers.own_data import held_about
from jobs.fleeting import Tidying
from models.accounts import Role
from models.consents import Basis, Consent
from models.owing.deliveries import Delivery
from models.owing.fleeting import OWN_DATA, Fleeting
from models.privacy import holdings
from models.privacy.holdings import PARTS, SEEN_ELSEWHERE
from models.tables import TABLES
from models.trust.audit import Act, AuditRow
from tests.handlers.chains import officer
from tests.handlers.hall import registers
from tests.handlers.walking import TOLD, register
from tests.planted_rows import WHEN, Planted
from tests.town import JAKARTA, Chat, Town


async def files_of(chat: Chat) -> dict[str, bytes]:
    """Ask for one's data; the files that come, by the end of their names."""
    await chat.says("/data_saya")
    await chat.catches_up()
    chat.later(seconds=5)
    await chat.catches_up()
    found = {}
    for message in chat.phone.messages:
        document = message.body.get("document")
        if message.by_bot and document:
            name = str(document["file_name"])
            content = _content(chat, document["file_id"])
            found[name.rpartition(".")[2]] = content
    return found


def _content(chat: Chat, file_id: str) -> bytes:
    kept = chat.town.simulator.telegram.files.by_id(file_id)
    assert kept is not None
    return kept.content


async def held(chat: Chat) -> dict[str, Any]:
    """What the JSON file says."""
    return dict(json.loads((await files_of(chat))["json"]))


def words_of(pdf: bytes) -> str:
    """The words of a PDF, page by page."""
    document = pypdfium2.PdfDocument(pdf)
    return " ".join(page.get_textpage().get_text_range() for page in document).replace("\r\n", " ")


async def test_both_files_hold_what_was_told(place: Town) -> None:
    siti = place.person()
    await register(siti)
    files = await files_of(siti)
    told, read = (
        json.loads(files["json"]),
        words_of(files["pdf"]).replace("9901 0157 0890 9001", "9901015708909001"),
    )

    assert "9901015708909001" == told["registrations"][0]["answers"]["nik"]
    assert "Kartika Sari" == told["family"][0]["name"]
    assert told["consents"]
    assert [] == [
        one for one in ("9901015708909001", "Rahayu", "Kenanga", "Kartika", "Bambang") if one not in read
    ]


async def test_who_looked_is_told_with_role_and_time(place: Town) -> None:
    siti = place.person()
    await register(siti)
    wulan = await officer(place)
    await wulan.says("/periksa")
    await wulan.taps("Ambil")
    looks = (await held(siti))["looks"]

    assert (Act.OPENED.value, "officer") in [(one["act"], one["role"]) for one in looks]
    assert [] == [one for one in looks if str(wulan.id) in json.dumps(one)]


async def test_asking_is_on_record_and_comes_once_a_minute(place: Town) -> None:
    siti = place.person()
    await siti.says("/data_saya")
    await siti.says("/data_saya")
    acts = [row.act for row in await place.all(AuditRow)]

    assert [Act.DISCLOSED.value] == acts
    assert 2 == await place.rows(Delivery)


async def test_nobody_gets_what_another_one_told(place: Town) -> None:
    siti, budi = place.person(), place.person("Budi")
    await register(siti)
    files = await files_of(budi)

    assert [] == [one for one in TOLD if one.encode() in files["json"] or one in words_of(files["pdf"])]


async def test_an_agent_reads_that_there_is_a_record_and_not_what_is_in_it(place: Town) -> None:
    budi = await officer(place, "Budi", Role.AGENT)
    filed = await registers(budi, 9001, name="Rahayu Lestari", heirs="add", heir1_name="Kartika",
                            heir1_relation="child")  # fmt: skip
    told = await held(budi)

    assert [filed.reference] == [one["reference"] for one in told["filed_for_others"]]
    assert [["child"]] == [one["family"] for one in told["filed_for_others"]]
    assert "Kartika" not in json.dumps(told)
    assert "Rahayu" not in json.dumps(told)
    assert [] == told["registrations"]


async def test_the_files_leave_the_chat_within_a_day_and_are_protected(place: Town) -> None:
    siti = place.person()
    await register(siti)
    await files_of(siti)
    documents = [one for one in siti.phone.messages if one.by_bot and "document" in one.body]
    notes = {note.message_id: note for note in await place.all(Fleeting)}
    mine = [notes[one.message_id] for one in documents]
    siti.later(hours=21)
    for _ in range(5):
        await Tidying(place.database, place.office.said, place.simulator.clock.now).tidy()

    assert 2 == len(mine)
    assert all(note.leaves_at - note.sent_at <= timedelta(hours=24) for note in mine)
    assert all(one.protected for one in documents)
    assert [] == [one for one in siti.phone.messages if one.by_bot and "document" in one.body]


async def test_nothing_is_sent_to_who_was_erased_meanwhile(place: Town) -> None:
    siti = place.person()
    await siti.says("/data_saya")
    await siti.says("/hapus_data")
    await siti.taps("Hapus semua")
    await siti.taps("Ya, hapus semuanya")
    await siti.catches_up()

    assert [] == [one for one in siti.phone.messages if "document" in one.body]
    assert OWN_DATA not in {row.kind for row in await place.all(Delivery)}


def test_every_table_is_told_of_or_says_why_not() -> None:
    named = {part.table for part in PARTS} | set(SEEN_ELSEWHERE)

    assert {table.__tablename__ for table in TABLES} == named
    assert all(SEEN_ELSEWHERE.values())


async def test_every_table_that_names_an_account_appears(place: Town) -> None:
    """With a row planted in every table: each section has something."""
    planted = Planted(place.database, 7_390_481_265, 117_000_000_000_000_000)
    await planted.plant()
    async with place.database.begin() as db:
        rows = await holdings.rows_of(db, place.database.keys, planted.account_id)

    assert {part.section for part in PARTS} - {"erasures"} == set(rows)


async def test_others_filings_of_a_known_nik_are_listed_without_their_words(place: Town) -> None:
    siti = place.person()
    await siti.says("/start")
    own = await registers(siti, 9001)
    async with place.database.begin() as db:
        (await db.get_one(Consent, own.consent_id)).basis = Basis.SELF
    budi = await officer(place, "Budi", Role.AGENT)
    other = await registers(budi, 9001, name="Bukan Siti")
    async with place.database.begin() as db:
        told = await held_about(db, place.database.keys, siti.id, WHEN, JAKARTA)

    assert [(other.reference, "submitted")] == [
        (one["reference"], one["state"]) for one in told["filed_by_others"]
    ]
    assert "Bukan Siti" not in json.dumps(told)
