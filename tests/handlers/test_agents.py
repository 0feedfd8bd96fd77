"""Agents: how one asks to be one, what an officer decides, and how anybody checks a badge."""

import re
from datetime import UTC, date, datetime

import pytest

from handlers.office.agent_desk import last_day
from models.accounts import Grant, Role, roles_of
from models.agency.agents import Agent, Stage
from models.consents import Consent
from models.people import PersonKeyRow
from tests.town import Chat, Town

BADGE = re.compile(r"AGN-[0-9A-Z]{4}-[0-9A-Z]{4}")
LATER = datetime(2027, 6, 1, 3, 0, tzinfo=UTC)
ASKED = (
    "[Ya, saya setuju]",
    "[Agen Perisai]",
    "Rahmat Hidayat",
    "PRS-00123",
    "Wadah Perisai Mitra",
    "cibiuk kaler garut",
    "[Desa Cibiuk Kaler]",
    "[Kec. Cibiuk]",
)


async def answers(chat: Chat, *lines: str) -> None:
    for line in lines:
        await (chat.taps(line.strip("[]")) if line.startswith("[") else chat.says(line))


async def asks(place: Town, name: str = "Rahmat") -> Chat:
    """Let somebody ask to be an agent; an officer is there to hear of it."""
    await place.officer()
    chat = place.person(name)
    await chat.says("/jadi_agen")
    await answers(chat, *ASKED)
    await chat.taps("Kirim")
    return chat


async def decides(place: Town, what: str) -> Chat:
    """Let the officer open the newest line of /agen and tap something."""
    wulan = await place.officer()
    await wulan.says("/agen")
    await wulan.taps("Rahmat")
    await wulan.taps(what)
    await place.deliver()
    return wulan


async def roles(place: Town, chat: Chat) -> frozenset[Role]:
    async with place.database.begin() as db:
        return (await roles_of(db, [chat.id], place.simulator.clock.now()))[chat.id]


async def test_what_was_told_is_read_back_before_it_is_sent(place: Town) -> None:
    chat = place.person("Rahmat")
    await chat.says("/jadi_agen")
    await answers(chat, *ASKED)

    for told in ("Agen Perisai", "Rahmat Hidayat", "PRS-00123", "Wadah Perisai Mitra", "Kec. Cibiuk"):
        assert told in chat.heard[-1]


async def test_an_officer_hears_of_a_request_without_a_name_and_approves_it_for_a_time(place: Town) -> None:
    rahmat = await asks(place)
    await place.deliver()
    wulan = await place.officer()
    await wulan.catches_up()
    heard = "\n".join(wulan.heard)
    await decides(place, "Setujui 6 bulan")
    await rahmat.catches_up()
    (agent,) = await place.all(Agent)

    assert "Kec. Cibiuk" in heard
    assert "Rahmat" not in heard
    assert (Stage.APPROVED, date(2027, 5, 31)) == (agent.stage, agent.valid_until)
    assert Role.AGENT in await roles(place, rahmat)
    assert agent.badge in "\n".join(rahmat.heard)


async def test_the_role_ends_with_its_last_day_by_itself(place: Town) -> None:
    rahmat = await asks(place)
    await decides(place, "Setujui 6 bulan")
    place.simulator.clock.move_to(LATER)
    after = await roles(place, rahmat)
    await rahmat.says("/jadi_agen")

    assert Role.AGENT not in after
    assert "sudah habis" in rahmat.heard[-1]


async def test_an_approval_that_ran_out_can_be_prolonged(place: Town) -> None:
    rahmat = await asks(place)
    await decides(place, "Setujui 6 bulan")
    await decides(place, "Setujui 12 bulan")
    (agent,) = await place.all(Agent)
    grants = await place.all(Grant)

    assert date(2027, 11, 30) == agent.valid_until
    assert Role.AGENT in await roles(place, rahmat)
    assert 1 == sum(each.role is Role.AGENT and each.revoked_at is None for each in grants)


@pytest.mark.parametrize(("first", "then", "stage"), [("Tolak", "", Stage.REFUSED),
                                                      ("Setujui 6", "Akhiri", Stage.ENDED)])  # fmt: skip
async def test_who_is_refused_or_ended_is_told_and_holds_no_role(
    place: Town, first: str, then: str, stage: Stage
) -> None:
    rahmat = await asks(place)
    wulan = await decides(place, first)
    if then:
        await decides(place, then)
    await rahmat.catches_up()
    (agent,) = await place.all(Agent)
    await rahmat.says(f"/cekagen {agent.badge}")

    assert stage is agent.stage
    assert Role.AGENT not in await roles(place, rahmat)
    assert "bukan lencana agen" in rahmat.heard[-1]
    assert "Ia kami kabari" in wulan.heard[-1]


async def test_a_second_request_while_one_is_open_is_none(place: Town) -> None:
    rahmat = await asks(place)
    await rahmat.says("/jadi_agen")

    assert "sedang diperiksa" in rahmat.heard[-1]
    assert 1 == await place.rows(Agent)


async def test_who_was_refused_may_ask_again(place: Town) -> None:
    rahmat = await asks(place)
    await decides(place, "Tolak")
    await rahmat.says("/jadi_agen")
    await answers(rahmat, *ASKED)
    await rahmat.taps("Kirim")

    assert [Stage.REFUSED, Stage.APPLIED] == [each.stage for each in await place.all(Agent)]


async def test_anybody_can_check_a_badge_and_hears_no_number_and_no_full_name(place: Town) -> None:
    await asks(place)
    await decides(place, "Setujui 6 bulan")
    (agent,) = await place.all(Agent)
    siti = place.person()
    await siti.says(f"/cekagen {agent.badge.lower().replace('-', ' ')}")
    heard = siti.heard[-1]

    assert "berlaku sampai 31 Mei 2027" in heard
    assert "Wadah Perisai Mitra" in heard
    assert "Hidayat" not in heard
    assert "PRS" not in heard


@pytest.mark.parametrize("words", ["", " 123", " AGN-0000-0000", " BPU-0000-0000", " AGN-UUUU-UUUU"])
async def test_what_is_no_valid_badge_is_said_to_be_none(place: Town, words: str) -> None:
    siti = place.person()
    await siti.says(f"/cekagen{words}")

    assert BADGE.search(siti.heard[-1]) or "/cekagen" in siti.heard[-1]
    assert "berlaku sampai" not in siti.heard[-1]


async def test_a_request_that_waits_is_no_badge(place: Town) -> None:
    await asks(place)
    (agent,) = await place.all(Agent)
    siti = place.person()
    await siti.says(f"/cekagen {agent.badge}")

    assert "bukan lencana agen" in siti.heard[-1]


async def test_an_officer_does_not_approve_himself(place: Town) -> None:
    wulan = await place.officer()
    await wulan.says("/jadi_agen")
    await answers(wulan, *ASKED)
    await wulan.taps("Kirim")
    await decides(place, "Setujui 6 bulan")
    (agent,) = await place.all(Agent)

    assert Stage.APPLIED is agent.stage
    assert "diri sendiri" in wulan.heard[-1]


async def test_a_button_of_the_desk_that_is_past_changes_nothing(place: Town) -> None:
    await asks(place)
    await decides(place, "Tolak")
    wulan = await place.officer()
    await wulan.taps("Setujui 6 bulan")
    (agent,) = await place.all(Agent)

    assert Stage.REFUSED is agent.stage
    assert "sudah lewat" in wulan.heard[-1]


async def test_what_an_agent_told_of_himself_goes_when_he_erases_his_data(place: Town) -> None:
    rahmat = await asks(place)
    await decides(place, "Setujui 6 bulan")
    await rahmat.says("/hapus_data")
    await rahmat.taps("Hapus semua")
    await rahmat.taps("Ya, hapus semuanya")

    assert (0, 0, 0) == (
        await place.rows(Agent),
        await place.rows(Consent),
        await place.rows(PersonKeyRow),
    )
    assert Role.AGENT not in await roles(place, rahmat)


def test_an_approval_lasts_to_the_end_of_a_month() -> None:
    assert date(2027, 5, 31) == last_day(date(2026, 11, 20), 6)
    assert date(2027, 2, 28) == last_day(date(2026, 8, 31), 6)
    assert date(2027, 12, 31) == last_day(date(2026, 12, 1), 12)
