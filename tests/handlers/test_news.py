"""What officers must hear of: each of them, once, without name or NIK; what is said where there is none."""

import pytest

from models.accounts import Role, revoke
from models.memberships import Life, Membership
from models.owing.deliveries import Delivery, Fate, Lane, Promise
from tests.handlers.chains import House, house, officer
from tests.members import NIK
from tests.town import Chat, Town


async def says_died(chat: Chat) -> None:
    """Say that the worker died, and confirm it."""
    await chat.says("/iuran")
    await chat.taps("Meninggal")
    await chat.taps("Ya")


async def not_me(home: House) -> None:
    """Let Siti say that she is the wrong one."""
    await home.siti.says("/iuran")
    await home.siti.taps("Bukan saya")


async def test_every_officer_and_administrator_hears_once(place: Town) -> None:
    home = await house(place)
    wulan = await officer(place, "Wulan", Role.OFFICER, Role.ADMINISTRATOR)
    ratna = await officer(place, "Ratna", Role.ADMINISTRATOR)
    budi = await officer(place, "Budi", Role.AGENT)
    await says_died(home.siti)
    rows = await place.all(Delivery)
    for chat in (wulan, ratna, budi):
        await chat.catches_up()

    assert [1, 1, 0] == [len(chat.heard) for chat in (wulan, ratna, budi)]
    assert {(Lane.TRANSACTION, Promise.AT_LEAST_ONCE)} == {(row.lane, row.promise) for row in rows}
    assert home.number in wulan.heard[0]
    assert "akun yang tercatat sebagai yang mendaftarkan" in wulan.heard[0]
    assert "20 November 2026" in wulan.heard[0]
    assert "Petugas kami juga diberi tahu" in home.siti.heard[-1]
    assert not [told for told in ("Slamet", "Riyadi", NIK) if told in wulan.heard[0] + str(rows)]


@pytest.mark.parametrize("event", ["died", "notme"])
async def test_without_an_officer_nothing_is_said_of_one(place: Town, event: str) -> None:
    home = await house(place)
    await (says_died(home.siti) if event == "died" else not_me(home))

    assert "etugas kami" not in home.siti.heard[-1]
    assert 0 == await place.rows(Delivery)


async def test_an_officer_out_of_reach_is_owed_but_not_promised(place: Town) -> None:
    home = await house(place)
    wulan = await officer(place)
    await wulan.does(lambda phone: phone.block())
    await not_me(home)
    (row,) = await place.all(Delivery)

    assert (wulan.id, Fate.QUEUED) == (row.chat_id, row.state)
    assert "etugas kami" not in home.siti.heard[-1]


async def test_whoever_is_no_officer_any_more_hears_nothing(place: Town) -> None:
    home = await house(place)
    wulan = await officer(place)
    await not_me(home)
    async with place.database.begin() as db:
        await revoke(db, wulan.id, Role.OFFICER, place.simulator.clock.now(), None)
    await wulan.catches_up()

    assert [] == wulan.heard
    assert [Fate.CANCELLED] == [row.state for row in await place.all(Delivery)]


async def test_a_death_that_two_tell_at_once_is_told_once(place: Town) -> None:
    home = await house(place)
    agus = await home.joins("Agus")
    wulan = await officer(place)
    for chat in (home.siti, agus):
        await chat.says("/iuran")
        await chat.taps("Meninggal")
    home.siti.tap("Ya")
    agus.tap("Ya")
    await place.settle()
    await wulan.catches_up()

    assert 1 == len(wulan.heard)
    assert [Life.DECEASED] == [one.state for one in await place.all(Membership)]


async def test_not_me_of_two_people_is_told_twice(place: Town) -> None:
    home = await house(place)
    agus = await home.joins("Agus")
    wulan = await officer(place)
    await not_me(home)
    await agus.says("/iuran")
    await agus.taps("Bukan saya")
    await place.deliver()
    wulan.later(seconds=5)  # of two messages to one chat the second waits a moment
    await wulan.catches_up()

    assert 2 == len(wulan.heard)
    assert [] == await home.chain()
