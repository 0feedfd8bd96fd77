"""A month of reminders for a whole country, on a clock that moves by itself: `python -m bench.month`.

One in `--scale` participants is made up in a database, and the pace is divided by the same number: what the
planner plans and the sender sends is what it would be for all of them. Both are the bot's own; only Telegram
is not there, and whoever was reminded pays as PAYS says. Printed is what was planned and sent on each day,
what came too late, and how many of those who owe the first month have heard of it by then. `--keep` notes the
days as JSON, from which `bench.month_drawing` draws runs at two rates in one picture.
"""

import argparse
import asyncio
import sys
import tempfile
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Final

import orjson
import structlog
from sqlalchemy import func, insert, select, text

from bench.members import expected, fill
from jobs.deliveries import Deliveries
from jobs.reminders import Reminders, wanted
from models.contributions import Contribution
from models.owing import sending
from models.owing.deliveries import Claimed, Delivery, Fate
from models.reminding.reminders import DIGEST, REMINDER
from models.storage.base import table_of
from models.storage.database import Database, migrate, normalise_url, open_database
from models.storage.ids import new_id
from models.storage.keys import Keys
from post.outcome import Outcome, Sent
from post.pace import FREE, SLACK, Rates
from post.sayings import Message, Saying
from rules.calendar import DAY, Step, month_of
from simulator.clock import Clock

FIRST: Final = date(2026, 12, 1)
DAYS: Final = 31
BATCHES: Final = 40
"""In how many batches the planner goes through the sample.

A batch has one slot, which must be short beside six hours, and must be smaller than the members of a zone: of
each batch a tenth is counted to estimate what is to come.
"""

FEWEST: Final = 10
"""Members in a batch, however small the sample: each batch is several transactions."""

MIDNIGHT: Final = time(17, 5)
"""In UTC, the evening before: shortly after midnight in Jakarta the day has begun in all zones."""

EVENING: Final = time(12, 0)
"""In UTC: 19.00 in Jakarta, when the last zone is quiet."""

SHARE: Final = 5 / 6
"""What of the rate goes to bulk."""

STARS: Final = 0.1
"""What Telegram takes for a paid message, in Stars (Bots FAQ, read in November 2026)."""

ANSWERS: Final = 0.3
"""Replies the bot says for each reminder, as people answer it: an assumption, nobody has measured it."""

PAYS: Final[Mapping[str, int]] = {
    Step.BEFORE_7: 15,
    Step.BEFORE_3: 15,
    Step.DUE: 30,
    Step.AFTER_1: 10,
}
"""Of a hundred people reminded by a step, how many then pay: an assumption, nobody has measured it."""


@dataclass(slots=True)
class Day:
    """What one day came to, in messages of the sample.

    `planned` were made on it, `sent` by step; `reached` have heard of the first month by its evening.
    """

    day: date
    planned: int = 0
    sent: Counter[str] = field(default_factory=Counter)
    late: int = 0
    paid: int = 0
    reached: int = 0
    closed: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """Messages a second: what Telegram lets out in all, and how many replies go out for each reminder."""

    per_second: float
    answers: float = ANSWERS

    @property
    def planned(self) -> float:
        """What the planner reckons with."""
        return self.per_second * SHARE

    @property
    def bulk(self) -> float:
        """What is left to reminders when people answer them: replies beyond their reserve make bulk give way.

        In steady state this is what `Line.yield_to` comes to. Its own seconds do not scale with a sample.
        """
        return min(self.planned, self.per_second * SLACK / (1 + self.answers))


class Country:
    """A sample of participants, the bot's planner and sender, and a clock that moves when it sleeps."""

    def __init__(self, database: Database, clock: Clock, people: int, pace: Pace) -> None:
        self._database = database
        self._clock = clock
        self._last_sent: datetime | None = None
        batch = max(FEWEST, people // BATCHES)
        self._reminders = Reminders(database, clock.now, per_second=pace.planned, batch=batch)
        self._sender = Deliveries(
            database,
            self._send,
            {REMINDER: _compose, DIGEST: _compose},
            clock.now,
            wanted={REMINDER: wanted, DIGEST: wanted},
            rates=Rates(pace.per_second, pace.bulk),
            sleep=self._sleep,
            by_database_clock=False,
        )

    async def live(self, day: date) -> Day:
        """Plan a day shortly after midnight, send until the evening, and let people pay."""
        self._last_sent = None
        self._clock.move_to(datetime.combine(day - DAY, MIDNIGHT, UTC))
        await self._reminders.plan(self._clock.now())
        evening = datetime.combine(day, EVENING, UTC)
        while (due := await self._next_due()) is not None and due < evening:
            self._clock.move_to(max(due, self._clock.now()))
            await self._sender.drain()
        self._clock.move_to(max(evening, self._clock.now()))
        await self._sender.tend()
        lived = await self._counted(day)
        lived.reached = await self._reached()
        lived.paid, lived.closed = await self._let_pay(day), self._last_sent
        return lived

    async def _next_due(self) -> datetime | None:
        async with self._database.begin() as db:
            if await sending.lanes_due(db, self._clock.now()):
                return self._clock.now()
            return await sending.next_due(db, self._clock.now())

    async def _send(self, _: Saying) -> Outcome:
        self._last_sent = self._clock.now()
        return Sent(1)

    async def _sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        self._clock.advance(timedelta(seconds=seconds))

    async def _counted(self, day: date) -> Day:
        since = datetime.combine(day - DAY, MIDNIGHT, UTC)
        query = select(Delivery.kind, Delivery.step, Delivery.state, func.count())
        async with self._database.begin() as db:
            rows = await db.execute(
                query.where(Delivery.not_before >= since - DAY, Delivery.created_at >= since).group_by(
                    Delivery.kind, Delivery.step, Delivery.state
                )
            )
            lived = Day(day)
            for kind, step, state, count in rows:
                lived.planned += count
                if state == Fate.SENT:
                    lived.sent[DIGEST if step is None or kind == DIGEST else step] += count
                elif state == Fate.EXPIRED:
                    lived.late += count
        return lived

    async def _reached(self) -> int:
        """Return how many have been told of the first month, by a message of their own."""
        told = (Delivery.kind == REMINDER, Delivery.state == Fate.SENT, Delivery.month == month_of(FIRST))
        query = select(func.count(Delivery.subject_id.distinct())).where(*told)
        async with self._database.begin() as db:
            return await db.scalar(query) or 0

    async def _let_pay(self, day: date) -> int:
        """Let some of those who were reminded today pay the month they were reminded of."""
        since = datetime.combine(day - DAY, MIDNIGHT, UTC)
        query = select(Delivery.subject_id, Delivery.month, Delivery.step).where(
            Delivery.created_at >= since, Delivery.state == Fate.SENT, Delivery.kind == REMINDER
        )
        async with self._database.begin() as db:
            told = (await db.execute(query)).all()
            rows = [
                _payment(membership, month, self._clock.now())
                for membership, month, step in told
                if membership is not None and month is not None and _pays(membership, step or "")
            ]
            if rows:
                await db.execute(insert(table_of(Contribution)), rows)
        return len(rows)


async def _compose(_: object, owed: Sequence[Claimed], __: object) -> Mapping[int, tuple[Saying, ...]]:
    return {each.id: (Message(each.chat_id, "…"),) for each in owed}


def _pays(membership: int, step: str) -> bool:
    """Say whether somebody pays after a step; each step finds others ready to, the same in every run."""
    return zlib.crc32(f"{membership} {step}".encode()) % 100 < PAYS.get(step, 0)


def _payment(membership: int, month: date, now: datetime) -> dict[str, object]:
    return {
        "id": new_id(now),
        "membership_id": membership,
        "month": month,
        "amount": 8400,
        "money": "own",
        "programmes": 2,
        "relief": True,
        "sign": 1,
        "known_by": "reported_worker",
        "at": now,
    }


async def month(folder: Path, people: int, pace: Pace, days: int = DAYS) -> AsyncIterator[Day]:
    """Live through so many days with so many people at such a pace."""
    url = f"sqlite:///{folder}/month.db"
    await migrate(normalise_url(url))
    await fill(url, people)
    clock = Clock(frozen_at=datetime.combine(FIRST - DAY, MIDNIGHT, UTC) - timedelta(hours=1))
    database = await open_database(url, Keys.generate().text(), announce=lambda _: None)
    try:
        async with database.begin() as db:
            await db.execute(text("PRAGMA optimize"))
        country = Country(database, clock, people, pace)
        for number in range(days):
            yield await country.live(FIRST + number * DAY)
    finally:
        await database.close()


@dataclass(slots=True)
class Run:
    """Days at one rate, each message standing for `scale`; `owing` are those who owe the first month."""

    participants: int
    scale: int
    rate: float
    answers: float
    owing: int
    days: list[Day] = field(default_factory=list)

    def line(self, each: Day) -> str:
        """Return what a day came to, for everybody, in thousands."""
        last = "" if each.closed is None else f"{each.closed + timedelta(hours=7):%H.%M}"
        numbers = (each.planned, each.sent.total(), each.late, each.paid, each.reached)
        columns = " ".join(f"{number * self.scale / 1000:10,.0f}" for number in numbers)
        return f"{each.day} {columns}  {last}"

    def heading(self) -> str:
        """Return what stands above the days."""
        names = " ".join(f"{name:>10}" for name in ("planned", "sent", "too late", "paid", "reached"))
        return f"{'day':>10} {names}  last sent (WIB)   (thousands, {self.rate:g}/s)"

    def figure(self) -> str:
        """Return the whole run in one line."""
        sent = self.scale * sum(each.sent.total() for each in self.days)
        late = self.scale * sum(each.late for each in self.days)
        busiest = max(self.days, key=lambda each: each.sent.total())
        told = next((each.reached for each in self.days if each.day == FIRST.replace(day=14)), 0)
        stars = sent * STARS if self.rate > FREE else 0.0
        parts = (
            f"{self.participants / 1e6:g} million participants at {self.rate:g}/s",
            f"{sent / 1e6:.1f} million messages",
            f"{late / 1e6:.1f} million too late",
            f"{self.scale * busiest.sent.total() / 1e6:.1f} million on the busiest day ({busiest.day})",
            f"told before the 15th {told / max(1, self.owing):.0%}"
            f" of {self.owing * self.scale / 1e6:.1f} million",
            f"{stars / 1e6:.1f} million Stars",
        )
        return f"figure: {', '.join(parts)}"


async def live(run: Run, folder: Path, people: int, days: int, keep: Path | None) -> None:
    """Live through the days of a run, print each, and note it."""
    sys.stdout.write(f"{run.heading()}\n")
    pace = Pace(run.rate / run.scale, run.answers)
    async for day in month(folder, people, pace, days):
        run.days.append(day)
        sys.stdout.write(f"{run.line(day)}\n")
        sys.stdout.flush()
        if keep:
            await asyncio.to_thread(keep.write_bytes, orjson.dumps(run, option=orjson.OPT_INDENT_2))


def main() -> int:
    """Live through the month and print it."""
    parser = argparse.ArgumentParser(prog="bench.month", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--participants", type=int, default=46_000_000)
    parser.add_argument("--scale", type=int, default=20_000, help="one participant in so many is made up")
    parser.add_argument("--rate", type=float, default=1000.0, help="messages a second, of all")
    parser.add_argument("--answers", type=float, default=ANSWERS, help="replies for each reminder")
    parser.add_argument("--days", type=int, default=DAYS, help="from the 1st of December 2026 on")
    parser.add_argument("--keep", type=Path, help="where the days are noted as JSON, to be drawn")
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    people = given.participants // given.scale
    owing = expected(people).reminders
    run = Run(given.participants, given.scale, given.rate, given.answers, owing)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(live(run, Path(folder), people, given.days, given.keep))
    sys.stdout.write(f"{run.figure()}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
