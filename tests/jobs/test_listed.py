"""The quota of lists: what does not fit into a day waits for the next one, and its sender is told."""

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from models.agency import quotas
from models.agency.agents import Agent
from models.agency.imports import Import, Stage
from models.applications import Application
from models.trust.audit import AuditRow
from rules.quotas import Who, listed_a_day
from tests.handlers.test_agents import asks, decides
from tests.jobs.test_imports import BUDI, leases_end, place, receive, work_of
from tests.sheets.lists import HEADINGS, csv_of, people
from tests.town import Town

__all__ = ["place"]

TODAY = date(2026, 11, 20)
on_sqlite = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
"""What differs between the engines is asked of both in tests/models."""


async def used(place: Town, count: int, account: int = BUDI, day: date = TODAY) -> None:
    """Let so many have been filed from lists of an account."""
    async with place.database.begin() as db:
        await quotas.note_listed(db, place.database.keys.sender_index(account), day, count)


async def works(place: Town) -> Import:
    """Work lists off, whoever held them before; the one list there is."""
    await leases_end(place)
    await work_of(place).work()
    (held,) = await place.all(Import)
    assert isinstance(held, Import)
    return held


async def test_what_goes_beyond_the_day_waits_for_tomorrow_and_is_filed_then(place: Town) -> None:
    await receive(place, csv_of([HEADINGS, *people(25)]))
    await used(place, listed_a_day(Who.AGENT) - 12)
    today = await works(place)
    filed = await place.rows(Application)
    place.simulator.clock.advance(timedelta(days=1))
    tomorrow = await works(place)

    assert (Stage.RUNNING, 10, 10) == (today.stage, today.filed, filed)
    assert today.held_until is not None
    assert (Stage.DONE, 25) == (tomorrow.stage, tomorrow.filed)
    assert 25 == await place.rows(Application)


@on_sqlite
async def test_its_sender_hears_once_when_it_goes_on_and_officers_the_second_time(place: Town) -> None:
    wulan, budi = await place.officer(), place.person("Budi")
    await budi.says("/start")
    await receive(place, csv_of([HEADINGS, *people(25)]), budi.id)
    for day in range(2):
        await used(place, listed_a_day(Who.AGENT) - 12 * (1 - day), budi.id, TODAY + timedelta(days=day))
        await works(place)
        if day:
            await works(place)
        await budi.catches_up()
        told = [text for text in budi.heard if "⏸️" in text]
        await wulan.catches_up()
        place.simulator.clock.advance(timedelta(days=1))

        assert 1 == len(told)
        assert f"diteruskan sendiri pada {21 + day} November 2026" in told[0]
    assert "10 dari 25 baris selesai" in told[0]
    assert "2 hari dalam seminggu" in "".join(wulan.heard)
    assert 1 == len(await place.all(AuditRow))


@on_sqlite
async def test_a_list_that_is_longer_than_a_day_still_goes_on(place: Town) -> None:
    await receive(place, csv_of([HEADINGS, *people(5)]))
    await used(place, listed_a_day(Who.AGENT) * 2, day=TODAY - timedelta(days=1))

    assert (Stage.DONE, 5) == ((held := await works(place)).stage, held.filed)


@on_sqlite
async def test_workers_from_outside_the_territory_are_filed_and_flagged(place: Town) -> None:
    rahmat = await asks(place)
    await decides(place, "Setujui 6 bulan")
    flags = []
    for number, territory in enumerate(("320540", "320801")):
        async with place.database.begin() as db:
            await db.execute(update(Agent).values(territory=territory))
        await receive(place, csv_of([HEADINGS, *people(2, first=1 + 10 * number)]), rahmat.id)
        await work_of(place).work()
        flags.append(["agency.outside_territory" in one.flags for one in await place.all(Application)])

    assert [[False, False], [False, False, True, True]] == flags
