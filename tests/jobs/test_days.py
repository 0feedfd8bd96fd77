"""Days that go by on a clock moved by hand: nothing on the way is left out, and all of it comes in order."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from jobs.broadcasts import Broadcasts
from jobs.coverage import Coverage
from jobs.days import Days
from jobs.deliveries import Deliveries
from jobs.housekeeping import Housekeeping
from jobs.programmes import Treasurers
from jobs.reminders import Reminders
from models.owing.deliveries import Claimed
from models.reminding.snoozes import snooze
from models.storage.database import Database
from post.outcome import Outcome, Sent
from post.sayings import Message, Saying
from simulator.clock import Clock
from tests.members import JAKARTA, PAPUA, Members

BEGAN = datetime(2026, 12, 7, 0, 40, tzinfo=UTC)
WIB = ZoneInfo("Asia/Jakarta")
SITI, MARIA = 86_001, 86_002


class Post:
    """What was said, by WIB moment; `days` let time pass at it."""

    def __init__(self, database: Database) -> None:
        self.clock = Clock(frozen_at=BEGAN)
        self.heard: list[str] = []
        self.deliveries = Deliveries(
            database,
            self._send,
            {"reminder": self._compose},
            self.clock.now,
            sleep=self._sleep,
            by_database_clock=False,
        )
        self.days = Days(
            database,
            self.clock.now,
            Reminders(database, self.clock.now),
            self.deliveries,
            Housekeeping(database, self.clock.now),
            Treasurers(database, self.clock.now),
            Broadcasts(database, self._send, self.clock.now),
            Coverage(database, self.clock.now),
        )

    async def go_by(self, until: datetime) -> list[str]:
        """Let time pass; return what was heard since."""
        before = len(self.heard)
        await self.days.go_by(until, self.clock.advance)
        return self.heard[before:]

    async def _compose(
        self, _db: AsyncSession, owed: Sequence[Claimed], _now: datetime
    ) -> Mapping[int, tuple[Saying, ...]]:
        return {each.id: (Message(each.chat_id, str(each.step)),) for each in owed}

    async def _send(self, saying: Saying) -> Outcome:
        assert isinstance(saying, Message)
        self.heard.append(f"{self.clock.now().astimezone(WIB):%d.%m %H:%M} {saying.text}")
        return Sent(len(self.heard))

    async def _sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        self.clock.advance(timedelta(seconds=seconds))


@pytest.fixture
def post(database: Database) -> Post:
    """A clock, and a bot that goes by it."""
    return Post(database)


@pytest.fixture
def members(database: Database) -> Members:
    """People who join in the evening before."""
    return Members(database, BEGAN)


async def test_ten_days_in_one_leap_bring_each_reminder_at_its_hour(members: Members, post: Post) -> None:
    await members.join("Siti", SITI)
    heard = await post.go_by(datetime(2026, 12, 17, 9, 0, tzinfo=WIB))

    assert heard == [
        "08.12 08:00 before_7",
        "12.12 08:00 before_3",
        "15.12 08:00 due",
        "16.12 08:00 after_1",
    ]
    assert post.clock.now() == datetime(2026, 12, 17, 9, 0, tzinfo=WIB)


async def test_two_leaps_bring_what_one_brings(members: Members, post: Post) -> None:
    await members.join("Siti", SITI)
    first = await post.go_by(datetime(2026, 12, 8, 7, 59, tzinfo=WIB))
    then = await post.go_by(datetime(2026, 12, 8, 8, 1, tzinfo=WIB))

    assert (first, then) == ([], ["08.12 08:00 before_7"])


async def test_each_zone_hears_in_its_own_morning(members: Members, post: Post) -> None:
    await members.join("Siti", SITI, village_code=JAKARTA)
    await members.join("Maria", MARIA, village_code=PAPUA, zone="Asia/Jayapura")
    heard = await post.go_by(datetime(2026, 12, 9, 9, 0, tzinfo=WIB))

    assert heard == ["08.12 06:00 before_7", "08.12 08:00 before_7"]


async def test_a_day_somebody_chose_comes_on_that_day(
    database: Database, members: Members, post: Post
) -> None:
    siti = await members.join("Siti", SITI)
    await post.go_by(datetime(2026, 12, 8, 9, 0, tzinfo=WIB))
    async with database.begin() as db:
        await snooze(db, siti.id, date(2026, 12, 1), date(2026, 12, 13))
    heard = await post.go_by(datetime(2026, 12, 14, 9, 0, tzinfo=WIB))

    assert heard == ["13.12 08:00 asked"]


async def test_the_bots_own_worker_and_the_days_send_each_reminder_once(members: Members, post: Post) -> None:
    await members.crowd(30)
    async with post.deliveries.working():
        both = (post.go_by(datetime(2026, 12, day, 9, 0, tzinfo=WIB)) for day in (8, 13))
        await asyncio.gather(*both)

    assert len(post.heard) == 60
    assert {line[:8] for line in post.heard} == {"08.12 08", "12.12 08"}


async def test_a_stop_leaves_the_clock_where_it_stands(members: Members, post: Post) -> None:
    await members.join("Siti", SITI)
    await post.days.stop()

    assert await post.go_by(datetime(2027, 2, 1, 9, 0, tzinfo=WIB)) == []
    assert post.clock.now() == BEGAN
