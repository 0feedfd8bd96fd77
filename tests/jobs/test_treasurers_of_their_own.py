"""A list with a treasurer of its own: who is reminded of what, in a year and when the treasurer is gone."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from jobs.programmes import Treasurers
from models.accounts import Account, meet
from models.agency import treasurers
from models.agency.programmes import Programme
from models.agency.treasurers import Treasurer
from models.storage.database import Database
from tests.jobs.test_programmes import BUDI, DEWI, JANUARY, Clock, lists, owed

DAYS = [
    datetime(2027, 10, 2, 3, tzinfo=UTC),
    datetime(2027, 12, 1, 3, tzinfo=UTC),
    datetime(2027, 12, 24, 3, tzinfo=UTC),
]


async def named(database: Database, one: Programme, account: int = DEWI) -> None:
    """Let somebody be the treasurer of a list."""
    async with database.begin() as db:
        await meet(db, {account: "id"}, JANUARY)
        token = await treasurers.ask(db, one, JANUARY)
        asked = await treasurers.by_token(db, token, JANUARY)
        assert asked
        await treasurers.take(db, one, asked, account, JANUARY)


async def told(database: Database, *moments: datetime) -> list[int]:
    """Look at these moments, by two processes, and return who is owed something."""
    clock = Clock()
    for clock.moment in moments:
        await Treasurers(database, clock.now).remind()
        await Treasurers(database, clock.now).remind()
    return [each.chat_id for each in await owed(database)]


async def test_in_a_year_the_treasurer_hears_three_times_and_the_maker_each_time_that_it_was_said(
    database: Database,
) -> None:
    one = await lists(database)
    await named(database, one)
    await told(database, *DAYS)
    names = [each.dedupe for each in await owed(database)]

    assert sorted(
        f"programme:ending:{one.id}:{days}:{who}" for days in (90, 30, 7) for who in (DEWI, "beside")
    ) == sorted(names)
    assert {DEWI, BUDI} == {each.chat_id for each in await owed(database)}
    assert {DEWI} == {each.chat_id for each in await owed(database) if not each.dedupe.endswith("beside")}


async def test_who_stopped_or_blocked_us_is_not_reminded_and_the_maker_is(database: Database) -> None:
    one = await lists(database)
    await named(database, one)
    async with database.begin() as db:
        (await db.get_one(Account, DEWI)).unreachable = "blocked"

    assert [BUDI] == await told(database, DAYS[0])
    assert [f"programme:ending:{one.id}:90"] == [each.dedupe for each in await owed(database)]


async def test_a_treasurer_hears_of_a_list_whose_maker_is_silent(database: Database) -> None:
    one = await lists(database)
    await named(database, one)
    async with database.begin() as db:
        (await db.get_one(Account, BUDI)).stopped_at = JANUARY

    assert [DEWI] == await told(database, DAYS[0])


async def test_one_link_one_treasurer(database: Database) -> None:
    one = await lists(database)
    async with database.begin() as db:
        first = await treasurers.ask(db, one, JANUARY)
        second = await treasurers.ask(db, one, JANUARY)
        asked = await treasurers.by_token(db, second, JANUARY)

        assert await treasurers.by_token(db, first, JANUARY) is None
        assert asked
        await meet(db, {DEWI: "id"}, JANUARY)
        await treasurers.take(db, one, asked, DEWI, JANUARY)
        assert await treasurers.by_token(db, second, JANUARY) is None
        assert DEWI == await treasurers.of_programme(db, one.id)
        assert DEWI == await treasurers.dismiss(db, one.id, JANUARY)
        assert await treasurers.of_programme(db, one.id) is None


async def test_what_is_over_is_forgotten_after_a_week_and_a_treasurer_is_not(database: Database) -> None:
    one, other = await lists(database), await lists(database)
    await named(database, one)
    async with database.begin() as db:
        await treasurers.ask(db, other, JANUARY)
        await treasurers.purge(db, JANUARY + treasurers.VALID + treasurers.KEPT + timedelta(seconds=1))
        held = list(await db.scalars(select(Treasurer.account_id)))

    assert [DEWI] == held
