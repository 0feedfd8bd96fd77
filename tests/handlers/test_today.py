"""/hari_ini: what waits, the most urgent first, with as many statements for five hundred as for five."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import update

from handlers.agency.today import PAGE, Case, case_of
from models import applications
from models.agency.agents import Agent, Kind
from models.agency.workday import Brought, brought
from models.applications import Application
from models.memberships import Relation
from models.states import State
from rules.standing import standing
from tests.handlers.hall import agent, registers
from tests.handlers.test_agents import asks, decides
from tests.members import Members
from tests.plans import heard
from tests.town import Chat, Town

NOVEMBER = (datetime(2026, 10, 31, 17, tzinfo=UTC), datetime(2026, 11, 30, 17, tzinfo=UTC))

on_sqlite = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
"""What differs between the engines is asked of both in tests/models."""


async def budi_of(place: Town) -> tuple[Chat, Members]:
    return await agent(place), Members(place.database, place.simulator.clock.now())


async def give_back(place: Town, one: Application, reason: str | None, by: int = 0) -> None:
    """Let the office give an application back."""
    now = place.simulator.clock.now()
    async with place.database.begin() as db:
        await applications.move(
            db, place.database.keys, one.id, State.RETURNED, by=by, now=now, reason=reason
        )


@on_sqlite
async def test_who_has_nothing_to_do_is_told_so(place: Town) -> None:
    siti = place.person()
    await siti.says("/hari_ini")

    assert "Tidak ada yang menunggu Anda" in siti.heard[-1]
    assert "Peserta baru" not in siti.heard[-1]


async def test_what_was_returned_stands_first_with_its_reason_and_the_way_to_repair_it(place: Town) -> None:
    budi, members = await budi_of(place)
    await members.join("Dewi Lestari", [(budi.id, Relation.REGISTRANT)], paid="2026-10")
    first, second = await registers(budi, 1), await registers(budi, 2)
    await give_back(place, first, "Nama tidak sama dengan KTP")
    await give_back(place, second, None)
    await budi.says("/hari_ini")
    text = budi.heard[-1]

    assert "Perlu diperbaiki: 2" in text
    assert "Pekerja B:\n• Nama tidak sama dengan KTP" in text
    assert text.index("Pekerja B:") < text.index("Pekerja C:") < text.index("Dewi")
    assert budi.callback("Perbaiki Pekerja B").startswith("v1|d|fix|")
    assert ["🔧", "🔧", "👤"] == [button[0] for button in budi.buttons]


@on_sqlite
async def test_nobody_sees_what_another_registered(place: Town) -> None:
    budi, _ = await budi_of(place)
    await give_back(place, await registers(budi, 1), "KTP")
    joko = await agent(place, "Joko")
    await joko.says("/hari_ini")

    assert "Pekerja" not in joko.heard[-1]


@pytest.mark.parametrize(
    ("paid", "case"),
    [
        ("2026-12", None),
        ("2026-11", None),
        ("2026-10", Case.ARREARS_1),
        ("2026-09", Case.ARREARS_2),
        ("2026-08", Case.LAPSING),
        ("2026-06", None),
        (None, Case.ARREARS_3),
    ],
)
def test_each_member_has_one_case_by_what_is_paid(paid: str | None, case: Case | None) -> None:
    today, first = date(2026, 11, 20), date(2026, 5, 1)
    covered = set() if paid is None else {first, date.fromisoformat(f"{paid}-01")}

    assert case is case_of(standing(date(2026, 9, 1) if paid is None else first, covered, today), today)


@on_sqlite
async def test_a_due_month_is_ticked_with_its_button(place: Town) -> None:
    budi, members = await budi_of(place)
    place.simulator.clock.move_to(datetime(2026, 12, 10, 3, 0, tzinfo=UTC))
    await members.join("Dewi Lestari", [(budi.id, Relation.REGISTRANT)], paid="2026-11")
    await members.join("Paid For", [(budi.id, Relation.REGISTRANT)], sponsor_until=date(2027, 6, 30))
    await budi.says("/hari_ini")
    text = budi.heard[-1]
    await budi.taps("✅ Dewi Lestari")
    await budi.says("/hari_ini")

    assert "Jatuh tempo 7 hari ini: 1" in text
    assert "Dewi Lestari: Desember 2026" in text
    assert "Paid For" not in text
    assert "Tidak ada yang menunggu" in budi.heard[-1]


async def test_new_members_of_the_month_count_only_numbers_never_registered_before(place: Town) -> None:
    budi, members = await budi_of(place)
    now = place.simulator.clock.now()
    three = await registers(budi, 1, programmes="3")
    await place.register("2026-11")
    again = await registers(budi, 2)
    former = await members.join("Pekerja C", [(budi.id, Relation.REGISTRANT)])
    async with place.database.begin() as db:
        (await db.get_one(type(former), former.id)).nik_index = again.nik_index
    await place.register("2026-11")
    await budi.says("/hari_ini")
    async with place.database.begin() as db:
        found = await brought(db, budi.id, *NOVEMBER)
        before = await brought(db, budi.id, NOVEMBER[0], now.replace(day=1))

    assert 3 == three.programmes
    assert (Brought(1, 1), Brought(0, 0)) == (found, before)
    assert "1 dari 25" in budi.heard[-1]
    assert "1 dengan 3 program" in budi.heard[-1]
    assert "Perkiraan, aturan 2022" in budi.heard[-1]


@on_sqlite
async def test_an_agent_of_a_village_reads_a_count_and_no_threshold(place: Town) -> None:
    rahmat = await asks(place)
    await decides(place, "Setujui 6 bulan")
    async with place.database.begin() as db:
        await db.execute(update(Agent).values(kind=Kind.VILLAGE))
    await rahmat.says("/hari_ini")

    assert "Peserta baru November 2026: 0" in rahmat.heard[-1]
    assert "dari 25" not in rahmat.heard[-1]


@on_sqlite
async def test_forms_and_lists_that_wait_are_named_and_practice_is_not(place: Town) -> None:
    budi, _ = await budi_of(place)
    await budi.says("/latihan")
    await budi.says("/daftar")
    await budi.taps("Isian baru")
    await budi.says("/hari_ini")
    await budi.taps("langkah 1 dari")

    assert "Bolehkah kami menyimpan" in budi.heard[-1]
    await budi.says("/hari_ini")
    assert "Isian belum selesai: 1" in budi.heard[-1]
    assert "Latihan" not in budi.heard[-1]


@on_sqlite
async def test_five_hundred_members_take_as_many_statements_as_five_and_come_by_pages(place: Town) -> None:
    budi, members = await budi_of(place)
    counts = []
    for more in (5, 495):
        await members.crowd(more, (budi.id, Relation.REGISTRANT))
        place.simulator.clock.move_to(datetime(2026, 12, 10, 3, 0, tzinfo=UTC))
        await budi.says("/start")
        with heard(place.database) as statements:
            await budi.says("/hari_ini")
        counts.append(len(statements))
    await budi.taps("Berikutnya")

    assert counts[0] == counts[1]
    assert "Jatuh tempo 7 hari ini: 500" in budi.heard[-1]
    assert f"Halaman 2 dari {-(-500 // PAGE)}" in budi.heard[-1]
    assert PAGE + 2 == len(budi.buttons)
