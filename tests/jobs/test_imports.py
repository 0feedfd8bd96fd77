"""Lists are worked off part by part: whoever dies is followed, and nothing is filed twice."""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import delete, update

from handlers.filing import filing_of
from jobs.imports import Fetch, FilingOf, Imports
from models.accounts import Role, grant, meet
from models.agency import import_parts, imports
from models.agency.import_parts import Kind, Part
from models.agency.imports import Import, Stage
from models.applications import Application
from models.consents import Consent
from models.filing import Filing
from models.owing.deliveries import Delivery
from models.people import PersonKeyRow
from models.workers import Worker
from post.outcome import Later, Outcome, Uncertain
from tests.sheets.lists import HEADINGS, csv_of, people, person, rows_of, xlsx_of
from tests.town import JAKARTA, Town, town

BUDI, WULAN = 86_001, 86_002
SEED = 20261120
PLANTED = (b"R4hayu", b"Kenanga", b"PK\x03\x04", b"NIK", b"Nama")
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
async def place(database_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    """A town whose clock stands still."""
    async with town(database_url, tmp_path) as opened:
        yield opened


class Killed(BaseException):
    """The process is killed."""


class Killer:
    """Files forms as ever, until it kills at the form it is told to."""

    def __init__(self, after: int) -> None:
        self.left = after

    def filing_of(self, answers: Mapping[str, Any], today: date) -> Filing:
        self.left -= 1
        if self.left < 0:
            raise Killed
        return filing_of(answers, today)


async def receive(place: Town, content: bytes, account_id: int = BUDI) -> int:
    """Let an account send a list and declare that everybody agreed; the file is fetched already."""
    database, now = place.database, place.simulator.clock.now()
    async with database.begin() as db:
        await meet(db, {account_id: "id"}, now)
        await grant(db, account_id, Role.AGENT, now, None)
        document = {"file_id": "gone", "message_id": 1}
        number = await imports.receive(db, database.keys, account_id, document, "agent", "id", now)
        assert number is not None
        sent = await imports.asked(db, number, account_id)
        assert sent is not None
        await imports.declare(db, sent, "spoken", "today", bytes(32), now)
        await import_parts.keep(db, database.keys, number, Kind.FILE, content)
    return number


async def gone(_: str) -> Outcome:
    """Fetch nothing: the file is not at Telegram any more."""
    return Uncertain("gone")


def work_of(
    place: Town,
    *,
    filing: FilingOf = filing_of,
    fetch: Fetch = gone,
    part: int = 10,
    turn: int = 5000,
) -> Imports:
    """Return what works lists off, as one process would."""
    clock = place.simulator.clock.now
    return Imports(place.database, fetch, place.office.said, clock, JAKARTA, filing, part=part, turn=turn)


async def without_file(place: Town) -> None:
    """Let the file still be at Telegram."""
    async with place.database.begin() as db:
        await db.execute(delete(Part))


async def leases_end(place: Town) -> None:
    """Let the leases of the dead end."""
    async with place.database.begin() as db:
        await db.execute(update(Import).values(held_until=LONG_AGO))


def village(count: int) -> list[list[Any]]:
    """Return people, every seventh of whom has a wrong name."""
    return [person(n, Nama="R4hayu") if n % 7 == 0 else person(n) for n in range(1, count + 1)]


async def returned(place: Town, number: int) -> list[list[Any]]:
    """Return the rows of the file that goes back."""
    async with place.database.begin() as db:
        (answer,) = await import_parts.parts(db, place.database.keys, number, Kind.ANSWER)
    return rows_of(answer)


async def test_killed_at_any_form_it_goes_on_and_files_each_once(place: Town) -> None:
    number = await receive(place, xlsx_of([HEADINGS, *village(45)]))
    chance = random.Random(SEED)  # noqa: S311 - the same every time
    kills = 0
    while True:
        try:
            await work_of(place, filing=Killer(chance.randint(0, 15)).filing_of).work()
            break
        except Killed:
            kills += 1
            await leases_end(place)
    (done,) = await place.all(Import)

    assert kills >= 3
    assert (Stage.DONE, 39, 0, 6) == (done.stage, done.filed, done.known, done.refused)
    assert [39] * 4 == [await place.rows(each) for each in (Application, Worker, Consent, PersonKeyRow)]
    assert [n for n in range(1, 46) if n % 7 == 0] == [
        int(row[0][-4:]) - 9000 for row in (await returned(place, number))[1:]
    ]
    assert not any(one.duplicate for one in await place.all(Application))


async def test_killed_between_any_two_steps_it_goes_on(place: Town) -> None:
    await receive(place, csv_of([HEADINGS, *village(25)]))
    chance = random.Random(SEED)  # noqa: S311 - the same every time
    for _ in range(12):
        task = asyncio.create_task(work_of(place).work())
        for _ in range(chance.randint(1, 60)):
            await asyncio.sleep(0)
        await asyncio.sleep(chance.random())
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await leases_end(place)
    await work_of(place).work()
    (done,) = await place.all(Import)

    assert (Stage.DONE, 22, 0, 3) == (done.stage, done.filed, done.known, done.refused)
    assert 22 == await place.rows(Application)


async def test_two_who_work_at_once_take_different_lists(place: Town) -> None:
    first = await receive(place, csv_of([HEADINGS, *people(12)]))
    second = await receive(place, csv_of([HEADINGS, *people(12, first=50)]), WULAN)
    await asyncio.gather(work_of(place).work(), work_of(place).work())

    assert {first, second} == {one.id for one in await place.all(Import) if one.filed == 12}
    assert 24 == await place.rows(Application)


async def test_who_comes_back_after_the_lease_writes_nothing_twice(place: Town) -> None:
    content = csv_of([HEADINGS, *people(12)])
    await receive(place, content)
    await without_file(place)

    async def at_once(_: str) -> bytes:
        return content

    async def slowly(_: str) -> bytes:
        await leases_end(place)
        await work_of(place, fetch=at_once).work()
        return content

    await work_of(place, fetch=slowly).work()
    (done,) = await place.all(Import)

    assert (Stage.DONE, 12) == (done.stage, done.filed)
    assert 12 == await place.rows(Application)


async def test_a_long_list_lets_a_short_one_go_first(place: Town) -> None:
    await receive(place, csv_of([HEADINGS, *people(30)]))
    work = asyncio.create_task(work_of(place, turn=10).work())
    await receive(place, csv_of([HEADINGS, *people(5, first=50)]), WULAN)
    await work
    owed = [one.account_id for one in await place.all(Delivery)]

    assert [WULAN, BUDI] == owed
    assert 35 == await place.rows(Application)


async def test_a_stop_ends_after_the_part_in_hand(place: Town) -> None:
    await receive(place, csv_of([HEADINGS, *people(30)]))
    working: list[Imports] = []

    def stop_soon(answers: Mapping[str, Any], today: date) -> Filing:
        working[0].stop()
        return filing_of(answers, today)

    working.append(work_of(place, filing=stop_soon))
    await working[0].work()
    (stopped,) = await place.all(Import)

    assert (Stage.RUNNING, 10) == (stopped.stage, stopped.filed)
    await work_of(place).work()
    assert 30 == await place.rows(Application)


async def test_a_list_nobody_can_go_on_with_is_given_up(place: Town) -> None:
    await receive(place, csv_of([HEADINGS, *people(3)]))
    async with place.database.begin() as db:
        await db.execute(update(Import).values(tries=20))
    await work_of(place).work()
    (done,) = await place.all(Import)

    assert Stage.DONE == done.stage
    assert "files.failed" == done.against(place.database.keys)["refused"]


async def test_a_file_telegram_keeps_back_is_asked_for_later(place: Town) -> None:
    await receive(place, csv_of([HEADINGS, *people(3)]))
    await without_file(place)

    async def later(_: str) -> Outcome:
        return Later(5)

    await work_of(place, fetch=later).work()
    (waiting,) = await place.all(Import)

    assert Stage.RUNNING == waiting.stage
    assert waiting.held_until is not None
    assert 0 == await place.rows(Application)


async def test_nothing_of_a_list_rests_in_clear(place: Town) -> None:
    number = await receive(place, xlsx_of([HEADINGS, *village(18)]))
    with pytest.raises(Killed):
        await work_of(place, filing=Killer(12).filing_of).work()
    halfway = {part.kind: bytes(part.sealed) for part in await place.all(Part)}
    await leases_end(place)
    await work_of(place).work()
    at_the_end = [bytes(part.sealed) for part in await place.all(Part)]
    parts = [*halfway.values(), *at_the_end]

    assert {Kind.FILE, Kind.LIST, Kind.RETURNED} == halfway.keys()
    assert [] == [word for word in PLANTED for part in parts if word in part]
    assert b"R4hayu" in orjson.dumps(await returned(place, number))


async def test_lists_are_forgotten_in_time(place: Town) -> None:
    await receive(place, csv_of([HEADINGS, *village(8)]))
    await work_of(place).work()
    now = place.simulator.clock.now()
    async with place.database.begin() as db:
        assert 0 == await imports.purge(db, now - timedelta(seconds=1))
        assert 1 == await imports.purge(db, now + timedelta(seconds=1))

    assert (0, 0, 7) == (await place.rows(Import), await place.rows(Part), await place.rows(Application))
