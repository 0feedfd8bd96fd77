"""Three NIKs a day, fifty for an agent: a kind word, nothing lost, the same answer for every NIK."""

import pytest

from models.accounts import Role
from models.agency import quotas
from models.agency.agents import Agent
from models.applications import Application
from models.trust.audit import AuditRow
from tests.handlers.chains import officer
from tests.handlers.hall import VILLAGE
from tests.handlers.test_agents import asks, decides
from tests.handlers.walking import go_to, register, step_of
from tests.plans import heard
from tests.town import Chat, Town

KNOWN = "9901015708909001"

on_sqlite = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
"""What differs between the engines is asked of both in tests/models."""


def other(number: int) -> str:
    """A NIK of nobody."""
    return f"990101570890{9100 + number}"


async def types(chat: Chat, *numbers: str) -> None:
    """Type NIKs, each corrected before it counts as an answer."""
    for number in numbers:
        await chat.says(number)
        if "Ulangi" in "".join(chat.buttons):
            await chat.taps("Ulangi")


async def at_the_limit(place: Town, name: str) -> Chat:
    chat = place.person(name)
    await go_to(chat, "nik")
    await types(chat, *map(other, range(3)))
    return chat


@on_sqlite
async def test_the_fourth_number_waits_for_tomorrow_and_nothing_is_lost(place: Town) -> None:
    siti = await at_the_limit(place, "Siti")
    before = await siti.answers()
    await siti.says(other(3))
    refused = siti.heard[-1]
    await siti.says(other(0))
    again = siti.heard[-1]
    siti.later(days=1)
    await siti.says(other(3))

    assert "sudah 3 NIK berbeda" in refused
    assert "21 November 2026" in refused
    assert "nik" == await step_of(siti)
    assert before == await siti.answers()
    assert "Sudah benar?" in again
    assert "Sudah benar?" in siti.heard[-1]


@on_sqlite
async def test_throwing_the_form_away_or_everything_begins_no_new_count(place: Town) -> None:
    siti = await at_the_limit(place, "Siti")
    await siti.says("/batal")
    await siti.taps("hapus isian")
    await go_to(siti, "nik")
    await siti.says(other(3))
    after_a_new_form = siti.heard[-1]
    await siti.says("/hapus_data")
    await siti.taps("Hapus semua")
    await siti.taps("Ya, hapus semuanya")
    await go_to(siti, "nik")
    await siti.says(other(4))

    assert "sudah 3 NIK berbeda" in after_a_new_form
    assert "sudah 3 NIK berbeda" in siti.heard[-1]


async def test_at_the_limit_a_known_number_is_answered_as_any_other(place: Town) -> None:
    await register(place.person("Rahayu"))
    answers = []
    for name, number in (("Joko", KNOWN), ("Dewi", other(9))):
        chat = await at_the_limit(place, name)
        calls = place.simulator.ledger.number
        with heard(place.database) as asked:
            await chat.says(number)
        lines = place.simulator.ledger.since(calls)
        statements = [statement for statement, _ in asked]
        methods = [line.method for line in lines if line.method != "getUpdates"]
        answers.append((chat.heard, methods, statements))

    assert answers[0] == answers[1]


@on_sqlite
async def test_below_the_limit_a_known_number_counts_as_any_other(place: Town) -> None:
    await register(place.person("Rahayu"))
    joko, asked = place.person("Joko"), []
    await go_to(joko, "nik")
    for number in (KNOWN, other(1)):
        with heard(place.database) as statements:
            await types(joko, number)
        asked.append([statement for statement, _ in statements])
    await types(joko, other(2), other(3))

    assert asked[0] == asked[1]
    assert "sudah 3 NIK berbeda" in joko.heard[-1]


@on_sqlite
async def test_an_agent_may_type_fifty(place: Town) -> None:
    budi = await officer(place, "Budi", Role.AGENT)
    keys = place.database.keys
    async with place.database.begin() as db:
        for number in range(47):
            index = keys.nik_index(other(number))
            await quotas.note_typed(db, keys.sender_index(budi.id), index, place.simulator.clock.now().date())
    await go_to(budi, "nik")
    await types(budi, *map(other, range(47, 50)))
    taken = budi.heard[-1]
    await types(budi, other(50))

    assert "NIK berbeda" not in taken
    assert "sudah 50 NIK berbeda" in budi.heard[-1]


@on_sqlite
async def test_officers_hear_of_a_limit_reached_twice_in_a_week(place: Town) -> None:
    wulan = await place.officer()
    siti = await at_the_limit(place, "Siti")
    await types(siti, other(3), other(4))
    await wulan.catches_up()
    once = list(wulan.heard)
    siti.later(days=1)
    await types(siti, *map(other, range(10, 15)))
    await wulan.catches_up()

    assert [] == once
    assert 1 == len(wulan.heard)
    assert "2 hari dalam seminggu" in wulan.heard[0]
    assert "tanpa lencana" in wulan.heard[0]
    assert str(siti.id) in wulan.heard[0]
    assert [("alarmed", siti.id)] == [(row.act, row.by_account) for row in await place.all(AuditRow)]


@on_sqlite
async def test_officers_hear_of_many_numbers_that_are_never_filed(place: Town) -> None:
    wulan = await place.officer()
    siti = place.person()
    for day in range(3):
        await go_to(siti, "nik") if not day else siti.later(days=1)
        await types(siti, *(other(10 * day + number) for number in range(3)))
    await wulan.catches_up()

    assert ["8 NIK dalam seminggu" in each for each in wulan.heard] == [True]


@on_sqlite
async def test_an_agent_outside_the_territory_is_flagged_and_not_refused(place: Town) -> None:
    rahmat = await asks(place)
    await decides(place, "Setujui 6 bulan")
    await register(rahmat)
    async with place.database.begin() as db:
        rahmats = await place.all(Application)
        (agent,) = await place.all(Agent)
        (await db.get_one(Agent, agent.id)).territory = "320801"
    rahmat.later(minutes=1)
    await register(rahmat)
    inside, outside = await place.all(Application)

    assert 1 == len(rahmats)
    assert VILLAGE["code"] == inside.village_code == outside.village_code
    assert "agency.outside_territory" not in inside.flags
    assert "agency.outside_territory" in outside.flags
