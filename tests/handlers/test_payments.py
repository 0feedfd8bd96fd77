"""The officers' desk for contributions: who may use it, what it records, and what the sender hears."""

from datetime import date

import pytest

from handlers.menu import profiles
from handlers.office.payments import months_of
from handlers.routes import OFFICE
from models import contacts, memberships
from models.accounts import Role, desk_of, grant, revoke
from models.applications import Application
from models.contributions import Contribution, KnownBy
from models.memberships import Life, Membership
from models.owing.deliveries import Delivery, Lane, Promise
from models.ownership.freezes import freeze
from models.quarantine import Quarantine
from tests.handlers.chains import officer as an_officer
from tests.handlers.walking import register
from tests.town import Chat, Town

NOVEMBER, DECEMBER, JANUARY = date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)


async def registered(place: Town) -> tuple[Chat, Chat, str]:
    """A member whom somebody registered, the officer, and the receipt number."""
    sender = place.person("Bambang")
    await register(sender)
    await place.register("2026-11")
    return sender, await place.officer(), await place.reference()


async def ledger(place: Town) -> list[tuple[date, int, KnownBy]]:
    """The lines of the ledger."""
    return [(each.month, each.sign, each.known_by) for each in await place.all(Contribution)]


def test_months_are_named_one_by_one_or_from_one_to_another() -> None:
    assert [NOVEMBER] == months_of(["2026-11"])
    assert [NOVEMBER, JANUARY] == months_of(["2027-01", "2026-11", "2026-11"])
    assert [NOVEMBER, DECEMBER, JANUARY] == months_of(["2026-11..2027-01"])
    assert [NOVEMBER, DECEMBER, JANUARY] == months_of(["2026-11..2026-12", "2027-01"])


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["2026-13"],
        ["2026-00"],
        ["0000-11"],
        ["2026-1"],
        ["202611"],
        ["2026-11-01"],
        ["2026-11.."],
        ["2027-01..2026-11"],
        ["2026-11..2029-11"],
        ["2026-11..2027-11", "2028-01..2028-12"],
        ["٢٠٢٦-١١"],
        ["november"],
    ],
)
def test_anything_else_is_no_month(words: list[str]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any ValueError: the usage is said then
        months_of(words)


def test_no_officers_command_is_offered_in_a_menu() -> None:
    offered = {name for profile in profiles().values() for name, _ in profile.commands}

    assert {"bayar", "koreksi", "sampai"} <= OFFICE.keys()
    assert offered.isdisjoint(OFFICE)


async def test_what_an_officer_confirms_is_owed_to_the_sender_at_least_once(place: Town) -> None:
    _, officer, reference = await registered(place)
    officer.phone.text(f"/bayar {reference} 2026-11")
    officer.phone.text(f"/bayar {reference} 2026-12 2026-11")
    await officer.hears()
    news = [each for each in await place.all(Delivery) if each.kind == "ledger"]

    confirmed = KnownBy.CONFIRMED_OFFICER
    assert [(NOVEMBER, 1, confirmed), (DECEMBER, 1, confirmed)] == await ledger(place)
    assert [(int(Lane.TRANSACTION), Promise.AT_LEAST_ONCE)] * 2 == [(one.lane, one.promise) for one in news]
    assert all(reference.encode() not in one.payload for one in news)


async def test_a_correction_takes_back_the_report_and_the_confirmation(place: Town) -> None:
    sender, officer, reference = await registered(place)
    await sender.says("/iuran")
    await sender.taps("Sudah bayar")
    await sender.taps("1 bulan")
    await officer.says(f"/bayar {reference} 2026-11 2026-12")
    await officer.says(f"/koreksi {reference} 2026-11")
    for _ in range(3):
        officer.tap("Ya, batalkan")
    said = await officer.hears()
    await place.deliver()
    officer.later(seconds=5)
    await place.deliver()

    assert "iuran yang dibatalkan" in said[0]
    assert ["sudah lewat" in text for text in said] == [False, True, True]
    taken = [(month, sign) for month, sign, _ in await ledger(place) if sign < 0]
    assert [(NOVEMBER, -1)] * 2 == taken
    assert 1 == sum("Petugas membatalkan" in text for text in sender.said.values())


async def test_nobody_but_an_officer_may_be_sure(place: Town) -> None:
    sender, officer, reference = await registered(place)
    await officer.says(f"/bayar {reference} 2026-11 2026-12")
    await officer.says(f"/koreksi {reference} 2026-12")
    month = officer.callback("Ya, batalkan")
    await officer.says(f"/sampai {reference} 15-11-2026")
    until = officer.callback("Ya, batalkan")
    before = await ledger(place)
    refused = [await sender.presses(data) for data in (month, until)]
    async with place.database.begin() as db:
        await revoke(db, officer.id, Role.OFFICER, place.simulator.clock.now(), None)
    revoked = [await officer.presses(data) for data in (month, until)]

    assert month != until
    assert ["hanya untuk petugas" in text for text in (*refused, *revoked)] == [True] * 4
    assert before == await ledger(place)
    assert [None] == [each.protection_until for each in await place.all(Membership)]


async def test_sure_of_what_was_shown_and_of_nothing_else(place: Town) -> None:
    sender, officer, reference = await registered(place)
    await sender.says("/iuran")
    await sender.taps("Sudah bayar")
    await sender.taps("1 bulan")
    await officer.says(f"/koreksi {reference} 2026-11")
    month = officer.callback("Ya, batalkan")
    await officer.says(f"/sampai {reference} 31-10-2026")
    until = officer.callback("Ya, batalkan")
    await officer.says(f"/bayar {reference} 2026-11")
    for data in (month, until):
        officer.phone.tap(max(officer.said), data)
    said = await officer.hears()

    assert all("sudah lewat" in text for text in said)
    assert not [sign for _, sign, _ in await ledger(place) if sign < 0]


@pytest.mark.parametrize("data", ["v1|o|month|zz|20261101|0", "v1|o|until|-1|x|", "v1|o|grant|1|1|1", "v1|o"])
async def test_a_forged_tap_of_an_officer_is_answered(place: Town, data: str) -> None:
    _, officer, _ = await registered(place)
    officer.phone.tap(max(officer.said), data)
    said = await officer.hears()

    assert 1 == len(said)
    assert 0 == await place.rows(Quarantine)


async def test_who_is_no_member_yet_or_no_more_pays_nothing(place: Town) -> None:
    sender = place.person("Bambang")
    await register(sender)
    officer, reference = await place.officer(), await place.reference()
    await officer.says(f"/bayar {reference} 2026-11")
    early = officer.heard[-1]
    await place.register("2026-11")
    (one,) = await place.all(Membership)
    async with place.database.begin() as db:
        await memberships.end(db, one.id, Life.ENDED, place.simulator.clock.now())
    await officer.says(f"/sampai {reference} 31-12-2026")

    assert "belum tercatat sebagai peserta" in early
    assert "sudah selesai" in officer.heard[-1]
    assert [] == await ledger(place)


async def test_who_said_it_is_not_their_worker_hears_no_news(place: Town) -> None:
    sender, officer, reference = await registered(place)
    (one,) = await place.all(Membership)
    async with place.database.begin() as db:
        await contacts.drop(db, one.id, sender.id)
    await officer.says(f"/bayar {reference} 2026-11")
    await sender.hears_of(place.deliver())

    assert [] == sender.heard


async def elsewhere(place: Town, officer: Chat, territory: str) -> None:
    """Give an officer a desk in one territory alone."""
    async with place.database.begin() as db:
        now = place.simulator.clock.now()
        await revoke(db, officer.id, Role.OFFICER, now, None)
        await grant(db, officer.id, Role.OFFICER, now, None, territory=territory)


ORDERS = ("/terdaftar {} 2026-11", "/bayar {} 2026-11", "/koreksi {} 2026-11", "/sampai {} 31-12-2026")


async def test_an_officer_of_another_territory_changes_nothing(place: Town) -> None:
    _, officer, reference = await registered(place)
    await officer.says(f"/bayar {reference} 2026-11")
    await officer.says(f"/koreksi {reference} 2026-11")
    before, told = await ledger(place), len(await place.all(Delivery))
    await elsewhere(place, officer, "91")
    await officer.taps("Ya, batalkan")
    past = officer.heard[-1]
    for order in ORDERS:
        await officer.says(order.format(reference))
        assert "di luar wilayah Anda" in officer.heard[-1], order

    assert "sudah lewat" in past
    assert before == await ledger(place)
    assert told == len(await place.all(Delivery))


async def test_nothing_is_recorded_of_whom_is_frozen(place: Town) -> None:
    _, officer, reference = await registered(place)
    await officer.says(f"/bayar {reference} 2026-11")
    await officer.says(f"/koreksi {reference} 2026-11")
    before = await ledger(place)
    (application,) = await place.all(Application)
    async with place.database.begin() as db:
        assert await freeze(db, application.id, officer.id, place.simulator.clock.now())
    await officer.taps("Ya, batalkan")
    for order in ORDERS:
        await officer.says(order.format(reference))
        assert "sedang ditahan" in officer.heard[-1], order

    assert before == await ledger(place)


async def test_a_frozen_record_is_told_to_officers_of_its_territory_and_to_administrators(
    place: Town,
) -> None:
    _, near, _ = await registered(place)
    (application,) = await place.all(Application)
    far, boss = await an_officer(place, "Jauh"), await an_officer(place, "Ketut", Role.ADMINISTRATOR)
    await elsewhere(place, near, application.village_code[:4])
    await elsewhere(place, far, "91")
    async with place.database.begin() as db:
        told = await desk_of(db, application.village_code, place.simulator.clock.now())

    assert {near.id, boss.id} == told.keys()
