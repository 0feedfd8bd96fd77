"""Treasurers: reminded 90, 30 and 7 days before the money ends, each once, at hours when people are awake."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from jobs.programmes import Treasurers
from models.accounts import Account, meet
from models.agency import programmes
from models.agency.programmes import Plan, Programme
from models.owing.deliveries import Delivery
from models.storage.database import Database
from rules.calendar import hours_left, local_day

BUDI, DEWI = 86_001, 86_002
JANUARY = datetime(2027, 1, 4, 3, 0, tzinfo=UTC)
CIBIUK, MERAUKE = "3205402002", "9301012001"


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.moment = JANUARY

    def now(self) -> datetime:
        return self.moment


async def lists(
    database: Database,
    account: int = BUDI,
    code: str = CIBIUK,
    months: int = 12,
    first: date = date(2027, 1, 1),
) -> Programme:
    """Let an account make a list on the fourth of January."""
    async with database.begin() as db:
        await meet(db, {account: "id"}, JANUARY)
        return await programmes.begin(
            db, account, Plan(code, 2027, None, None, "SD", first, months, 100), JANUARY
        )


async def owed(database: Database) -> Sequence[Delivery]:
    """All that is owed, the first to be sent first."""
    async with database.begin() as db:
        return list(await db.scalars(select(Delivery).order_by(Delivery.not_before, Delivery.id)))


async def pass_days(database: Database, days: int, every: timedelta = timedelta(hours=7)) -> None:
    """Let days pass, looking every so often."""
    clock = Clock()
    treasurers = Treasurers(database, clock.now)
    while clock.moment < JANUARY + timedelta(days=days):
        await treasurers.remind()
        clock.moment += every


async def test_a_year_brings_three_reminders(database: Database) -> None:
    one = await lists(database)
    await pass_days(database, 400)
    found = await owed(database)

    assert [f"programme:ending:{one.id}:{days}" for days in (90, 30, 7)] == [each.dedupe for each in found]
    assert [date(2027, 10, 2), date(2027, 12, 1), date(2027, 12, 24)] == [
        each.not_before.date() for each in found
    ]
    assert {BUDI} == {each.chat_id for each in found}


async def test_they_come_at_hours_when_people_are_awake(database: Database) -> None:
    await lists(database, code=MERAUKE)
    await lists(database, DEWI)
    await pass_days(database, 400, timedelta(hours=7))
    zones = {BUDI: "Asia/Jayapura", DEWI: "Asia/Jakarta"}
    windows = []
    for each in await owed(database):
        zone = zones[each.chat_id]
        windows.append((each, hours_left(local_day(each.not_before, zone), zone, JANUARY)))

    assert 6 == len(windows)
    assert all(opens <= each.not_before < closes for each, (opens, closes) in windows)


async def test_many_processes_remind_once(database: Database) -> None:
    await lists(database, months=2)
    clock = Clock()
    clock.moment = datetime(2027, 2, 1, 3, 0, tzinfo=UTC)
    for treasurers in (Treasurers(database, clock.now), Treasurers(database, clock.now)):
        await treasurers.remind()
        await treasurers.remind()

    assert 1 == len(await owed(database))


async def test_a_bot_that_was_off_for_weeks_reminds_of_the_nearest_only(database: Database) -> None:
    await lists(database)
    clock = Clock()
    clock.moment = datetime(2027, 12, 25, 3, 0, tzinfo=UTC)
    await Treasurers(database, clock.now).remind()

    assert [7] == [int(each.dedupe.rpartition(":")[2]) for each in await owed(database)]


async def test_whoever_told_us_to_stop_is_not_reminded(database: Database) -> None:
    await lists(database, months=2)
    async with database.begin() as db:
        (await db.get_one(Account, BUDI)).stopped_at = JANUARY
    clock = Clock()
    clock.moment = datetime(2027, 2, 1, 3, 0, tzinfo=UTC)
    await Treasurers(database, clock.now).remind()

    assert [] == await owed(database)


async def test_after_the_end_and_for_a_list_of_nobody_there_is_silence(database: Database) -> None:
    await lists(database, months=1)
    orphan = await lists(database, months=3)
    async with database.begin() as db:
        held = await programmes.hold(db, orphan.id)
        assert held
        held.account_id = None
    clock = Clock()
    for moment in (datetime(2027, 2, 1, 3, 0, tzinfo=UTC), datetime(2027, 3, 2, 3, 0, tzinfo=UTC)):
        clock.moment = moment
        await Treasurers(database, clock.now).remind()

    assert [] == await owed(database)
