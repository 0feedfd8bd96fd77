"""/cakupan over the whole bot: whose counts somebody sees, what is sent, and the card of a group."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from PIL import Image
from sqlalchemy import select

from jobs.coverage import Coverage
from models.accounts import Grant, Role, grant
from models.agency.agents import Agent, Kind, Stage
from models.applications import key_of
from models.counting.group_cards import GroupCard
from models.counting.workforces import Workforce
from models.storage.ids import new_id
from models.workers import Worker
from tests.handlers.test_other_chats import GROUP, calls
from tests.members import Members
from tests.town import Chat, Town

VILLAGE, NEXT, FAR = "3205302001", "3205302002", "1101012001"
"""Desas of Kec. Cibiuk in Garut, and one in Aceh."""


async def people(place: Town) -> None:
    """Seven members of a village who paid, one who is two months late, two of another village; counted."""
    members = Members(place.database, place.simulator.clock.now())
    for number in range(7):
        told: dict[str, Any] = {
            "sex": "female" if number < 5 else "male",
            "birth_year": 1980,
            "village_code": VILLAGE,
        }
        await members.join(f"Warga {number}", 87_000 + number, **told)
    await members.join("Terlambat", 87_100, paid="2026-08", village_code=VILLAGE)
    for number in range(2):
        await members.join(f"Jauh {number}", 87_200 + number, village_code=FAR)
    await count(place)


async def count(place: Town) -> None:
    await Coverage(place.database, place.simulator.clock.now).see_to()


async def officer_of(place: Town, *territories: str) -> Chat:
    chat = place.person("Petugas")
    await chat.says("/start")
    async with place.database.begin() as db:
        await grant(db, chat.id, Role.OFFICER, place.simulator.clock.now(), None, territory=territories[0])
    return chat


async def agent_of(place: Town, territory: str) -> Chat:
    chat, now = place.person("Agen"), place.simulator.clock.now()
    await chat.says("/start")
    async with place.database.begin() as db:
        worker = (await db.scalars(select(Worker).limit(1))).one()
        key = await key_of(db, place.database.keys, worker.id)
        row = Agent(id=new_id(now), account_id=chat.id, person_id=worker.id, kind=Kind.VILLAGE)
        row.consent_id, row.applied_at = worker.consent_id, now
        row.stage, row.territory, row.badge = Stage.APPROVED, territory, "TEST-0001"
        row.name = key.seal_text("agents", row.id, "name", "Rahmat")
        row.office = key.seal_text("agents", row.id, "office", "Desa")
        row.valid_until = date(2027, 11, 30)
        db.add(row)
        await grant(db, chat.id, Role.AGENT, now, None)
    return chat


async def sent(chat: Chat) -> list[Any]:
    """Let what is owed be sent; return the messages that came."""
    before = {message.message_id for message in chat.phone.messages}
    await chat.town.deliver()
    return [message for message in chat.phone.messages if message.message_id not in before]


async def test_an_officer_sees_the_counts_of_the_territory_and_of_nothing_else(place: Town) -> None:
    await people(place)
    officer = await officer_of(place, "3205")
    await officer.says("/cakupan")

    assert "Kab. Garut" in officer.heard[0]
    assert "Peserta aktif: 8" in officer.heard[0]
    assert "Menunggak 1 / 2 / 3 bulan: 0 / 0 / 1" in officer.heard[0]
    assert "belum diisi" in officer.heard[0]
    for data in ("v1|v|see|0", "v1|v|see|1101", f"v1|v|shares|{FAR}", "v1|v|xlsx|32", "v1|v|see|3x"):
        await officer.presses(data)
        assert ["tidak ada di wilayah Anda" in text for text in officer.heard] == [True], data
    await officer.says("/cakupan cibiuk garut")
    assert any("Cibiuk" in button for button in officer.buttons) or "Cibiuk" in officer.heard[0]


async def test_an_agent_sees_counts_of_the_approved_territory_and_no_shares(place: Town) -> None:
    await people(place)
    agent = await agent_of(place, VILLAGE)
    await agent.says("/cakupan")
    buttons = list(agent.buttons)
    await agent.presses(f"v1|v|shares|{VILLAGE}")
    refused = agent.heard
    await agent.presses(f"v1|v|workers|{VILLAGE}")

    assert not [button for button in buttons if "Rincian" in button or "Jumlah pekerja" in button]
    assert ["tidak ada di wilayah Anda" in text for text in (*refused, *agent.heard)] == [True, True]
    assert {} == await agent.answers()


async def test_an_agent_without_an_approved_territory_sees_nothing(place: Town) -> None:
    agent = place.person("Agen")
    await agent.says("/start")
    await place.appoint(agent, Role.AGENT)
    await agent.says("/cakupan")

    assert "belum punya wilayah" in agent.heard[0]


async def test_few_people_of_a_village_are_hidden_where_members_are_told_apart(place: Town) -> None:
    await people(place)
    officer = await officer_of(place, "")
    await officer.presses(f"v1|v|shares|{VILLAGE}")
    village = officer.heard[0]
    await officer.presses("v1|v|shares|3205")

    assert "Perempuan: 5" in village
    assert "Laki-laki: <5" in village
    assert "Laki-laki: 2" in officer.heard[0]


async def test_a_picture_a_map_a_board_and_a_workbook_are_sent(place: Town) -> None:
    await people(place)
    officer = await officer_of(place, "3205")
    await officer.says("/cakupan")
    found = []
    for what in ("picture", "map", "board", "xlsx"):
        await officer.presses(f"v1|v|{what}|3205")
        await officer.presses(f"v1|v|{what}|3205")
        found += await sent(officer)
        officer.later(seconds=5)
    files = [one.content for each in file_ids(found) if (one := place.simulator.telegram.files.by_id(each))]
    pictures = [Image.open(BytesIO(each)) for each in files if each.startswith(b"\x89PNG")]
    (book,) = (load_workbook(BytesIO(each)) for each in files if each.startswith(b"PK"))
    cells = {row[0].value: [cell.value for cell in row] for row in book.worksheets[0].iter_rows()}
    board = [message.body["text"] for message in found if "text" in message.body]

    assert [1080, 1080] == [picture.width for picture in pictures]
    assert ["Papan kesenjangan" in text for text in board] == [True]
    assert [8, 42100] == [cells["3205"][3], cells["3205"][12]]
    assert "<5" in cells[VILLAGE]
    assert FAR not in cells


def file_ids(messages: list[Any]) -> list[str]:
    """The files of messages, the largest size of each picture."""
    ids = []
    for message in messages:
        if "photo" in message.body:
            ids.append(message.body["photo"][-1]["file_id"])
        if "document" in message.body:
            ids.append(message.body["document"]["file_id"])
    return ids


async def test_what_was_asked_for_is_not_sent_to_whom_the_place_is_no_more(place: Town) -> None:
    await people(place)
    officer = await officer_of(place, "3205")
    await officer.presses("v1|v|xlsx|3205")
    async with place.database.begin() as db:
        (held,) = await db.scalars(select(Grant).where(Grant.account_id == officer.id))
        held.revoked_at = place.simulator.clock.now()

    assert [] == await sent(officer)


async def test_the_number_of_workers_is_typed_in_with_its_source_and_day(place: Town) -> None:
    await people(place)
    officer = await officer_of(place, "3205")
    await officer.says("/cakupan")
    await officer.taps("Jumlah pekerja")
    await officer.says("seribu")
    assert "angka bulat" in "\n".join(officer.heard)
    await officer.says("1.000")
    await officer.says("Sakernas <BPS> 2025")
    await officer.says("31 Desember 2027")
    assert "belum terjadi" in "\n".join(officer.heard)
    await officer.says("31 Desember 2025")
    await officer.taps("Simpan")
    (noted,) = await place.all(Workforce)

    assert ("3205", 1000, date(2025, 12, 31)) == (noted.code, noted.workers, noted.as_of)
    assert "8 dari 1.000 (0,80%). Sumber: Sakernas" in officer.heard[-1].replace("<b>", "")
    assert "8 dari 42.100 (0,02%)" in officer.heard[-1]


async def adds_us(place: Town, chat: Chat) -> None:
    """Let the first person of the town add us to its group."""
    place.simulator.telegram.group()
    await chat.hears()


def said_in(place: Town, number: int) -> list[str]:
    """What we did in a group: methods, and the words of messages."""
    return [line.method for line in calls(place) if line.person == number]


async def number_said(place: Town) -> str:
    """The number that was said in the group."""
    bodies = place.simulator.telegram.chats[GROUP["id"]].messages.values()
    text = next(message.shown()["text"] for message in bodies if message.by_bot)
    return "".join(char for char in text if char.isdigit())[:6]


@pytest.fixture
async def asked(place: Town) -> Chat:
    """An officer who asked for the card of a village, the first person of the town."""
    officer = await officer_of(place, "3205")
    await people(place)
    await officer.presses(f"v1|v|card|{VILLAGE}")
    assert "Pesan di grup tidak pernah saya baca" in officer.heard[-1]
    return officer


async def test_a_group_that_was_confirmed_gets_its_card_on_monday_and_counts_only(
    place: Town, asked: Chat
) -> None:
    await adds_us(place, asked)
    number = await number_said(place)
    await asked.says(f"/kartu {number}")
    assert "Setiap Senin" in asked.heard[-1]
    clock = place.simulator.clock
    clock.move_to(clock.now() + timedelta(days=3))
    for _ in range(2):
        await count(place)
        clock.advance(timedelta(minutes=5))
        await place.deliver()
    texts = [
        message.shown()["text"]
        for message in place.simulator.telegram.chats[GROUP["id"]].messages.values()
        if message.by_bot
    ]

    assert 2 == len(texts)
    assert "Peserta aktif: 8" in texts[1].replace("<b>", "").replace("</b>", "")
    assert not [word for word in ("Menunggak", "Warga", "Terlambat") if word in texts[1]]
    assert "leaveChat" not in said_in(place, GROUP["id"])


async def test_words_in_a_group_with_a_card_are_not_read_and_it_is_not_left(place: Town, asked: Chat) -> None:
    await adds_us(place, asked)
    await asked.says(f"/kartu {await number_said(place)}")
    before = len(calls(place))
    asked.phone.group("/start@daftar_bpu_bot NIK 9901014101909001")
    await asked.hears()

    assert [] == asked.heard
    assert before == len(calls(place))


async def test_a_wrong_number_three_times_or_too_late_leaves_the_group(place: Town, asked: Chat) -> None:
    await adds_us(place, asked)
    number = await number_said(place)
    wrong = f"{(int(number) + 1) % 1_000_000:06}"
    for _ in range(3):
        await asked.says(f"/kartu {wrong}")
    await asked.says(f"/kartu {number}")
    assert "tidak cocok" in asked.heard[-1]
    await count(place)
    await place.deliver()

    assert "leaveChat" == said_in(place, GROUP["id"])[-1]
    assert [] == await place.all(GroupCard)


async def test_a_group_to_which_nobody_adds_us_in_time_is_left(place: Town, asked: Chat) -> None:
    asked.later(minutes=31)
    await adds_us(place, asked)

    assert ["leaveChat"] == said_in(place, GROUP["id"])


async def test_a_group_to_which_somebody_else_adds_us_is_left(place: Town) -> None:
    stranger = place.person("Joko")
    await stranger.says("/start")
    officer = await officer_of(place, "3205")
    await officer.presses(f"v1|v|card|{VILLAGE}")
    await adds_us(place, stranger)

    assert ["leaveChat"] == said_in(place, GROUP["id"])


async def test_a_card_ends_with_the_territory_of_who_asked_for_it(place: Town, asked: Chat) -> None:
    await adds_us(place, asked)
    await asked.says(f"/kartu {await number_said(place)}")
    async with place.database.begin() as db:
        (held,) = await db.scalars(select(Grant).where(Grant.account_id == asked.id))
        held.revoked_at = place.simulator.clock.now()
    place.simulator.clock.move_to(place.simulator.clock.now() + timedelta(days=3))
    await count(place)
    await place.deliver()

    assert "leaveChat" == said_in(place, GROUP["id"])[-1]
    assert [] == await place.all(GroupCard)
