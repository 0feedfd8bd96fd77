"""A month of reminders for a whole country, on a clock that moves by itself: `python -m bench.month`.

One in `--scale` participants is made up in a database, and the pace is divided by the same number: what the
planner plans and the sender sends is what it would be for all of them. Both are the bot's own; only Telegram
is not there, and whoever was reminded pays as PAYS says. Printed, and drawn with `--draw month.svg`, is what
went out on each day and what came too late.
"""

import argparse
import asyncio
import sys
import tempfile
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy import func, insert, select, text

from bench.members import fill
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
from post.pace import FREE, Rates
from post.sayings import Message, Saying
from rules.calendar import DAY, Step
from simulator.clock import Clock

FIRST: Final = date(2026, 12, 1)
DAYS: Final = 31
MIDNIGHT: Final = time(17, 5)
"""In UTC, the evening before: shortly after midnight in Jakarta the day has begun in all zones."""

EVENING: Final = time(12, 0)
"""In UTC: 19.00 in Jakarta, when the last zone is quiet."""

SHARE: Final = 5 / 6
"""What of the rate goes to bulk."""

STARS: Final = 0.1
"""What Telegram takes for a paid message, in Stars (Bots FAQ, read in November 2026)."""

PAYS: Final[Mapping[str, int]] = {
    Step.BEFORE_7: 15,
    Step.BEFORE_3: 15,
    Step.DUE: 30,
    Step.AFTER_1: 10,
}
"""Of a hundred people reminded by a step, how many then pay: an assumption, nobody has measured it."""


@dataclass(slots=True)
class Day:
    """What one day came to, in messages of the sample."""

    day: date
    sent: Counter[str] = field(default_factory=Counter)
    late: int = 0
    paid: int = 0
    closed: datetime | None = None


class Country:
    """A sample of participants, the bot's planner and sender, and a clock that moves when it sleeps."""

    def __init__(self, database: Database, clock: Clock, per_second: float) -> None:
        self._database = database
        self._clock = clock
        self._last_sent: datetime | None = None
        bulk = per_second * SHARE
        self._reminders = Reminders(database, clock.now, per_second=bulk)
        self._sender = Deliveries(
            database,
            self._send,
            {REMINDER: _compose, DIGEST: _compose},
            clock.now,
            wanted={REMINDER: wanted, DIGEST: wanted},
            rates=Rates(per_second, bulk),
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
                if state == Fate.SENT:
                    lived.sent[DIGEST if step is None or kind == DIGEST else step] += count
                elif state == Fate.EXPIRED:
                    lived.late += count
        return lived

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


async def month(folder: Path, people: int, per_second: float) -> list[Day]:
    """Live through a month with so many people at such a pace."""
    url = f"sqlite:///{folder}/month.db"
    await migrate(normalise_url(url))
    await fill(url, people)
    clock = Clock(frozen_at=datetime.combine(FIRST - DAY, MIDNIGHT, UTC) - timedelta(hours=1))
    database = await open_database(url, Keys.generate().text(), announce=lambda _: None)
    try:
        async with database.begin() as db:
            await db.execute(text("PRAGMA optimize"))
        country = Country(database, clock, per_second)
        return [await country.live(FIRST + number * DAY) for number in range(DAYS)]
    finally:
        await database.close()


def table(days: Sequence[Day], scale: int, rate: float) -> str:
    """Return what each day came to, for everybody, in thousands."""
    lines = [
        f"{'day':>10} {'sent':>10} {'too late':>10} {'paid':>10}  last sent (WIB)   (thousands, {rate:g}/s)"
    ]
    for each in days:
        last = "" if each.closed is None else f"{each.closed + timedelta(hours=7):%H.%M}"
        numbers = (each.sent.total(), each.late, each.paid)
        lines.append(
            f"{each.day} {' '.join(f'{number * scale / 1000:10,.0f}' for number in numbers)}  {last}"
        )
    return "\n".join(lines)


def figure(days: Sequence[Day], scale: int, rate: float, participants: int) -> str:
    """Return the month in one line."""
    sent = scale * sum(each.sent.total() for each in days)
    late = scale * sum(each.late for each in days)
    busiest = max(days, key=lambda each: each.sent.total())
    stars = sent * STARS if rate > FREE else 0.0
    parts = (
        f"{participants / 1e6:g} million participants at {rate:g}/s",
        f"{sent / 1e6:.1f} million messages",
        f"{late / 1e6:.1f} million too late",
        f"{scale * busiest.sent.total() / 1e6:.1f} million on the busiest day ({busiest.day})",
        f"{stars / 1e6:.1f} million Stars",
    )
    return f"figure: {', '.join(parts)}"


COLOURS: Final = {
    Step.BEFORE_7.value: "#9ecae1",
    Step.BEFORE_3.value: "#4292c6",
    Step.DUE.value: "#08519c",
    Step.AFTER_1.value: "#fdae6b",
    DIGEST: "#74c476",
    "other": "#bdbdbd",
    "too late": "#de2d26",
}
WIDTH, HEIGHT, LEFT, TOP, BAR = 760, 320, 60, 40, 16


def drawing(days: Sequence[Day], scale: int, rate: float, participants: int) -> str:
    """Return the month as a picture (SVG): a bar a day, by step, and what came too late on top."""
    most = max(max(each.sent.total() + each.late for each in days), 1)
    parts = [_words(LEFT, 20, f"{participants / 1e6:g} million participants, {rate:g} messages a second", 14)]
    for number, each in enumerate(days):
        parts += _bar(LEFT + number * (BAR + 5), _parts(each), HEIGHT / most)
        parts.append(_words(LEFT + number * (BAR + 5) + 2, TOP + HEIGHT + 14, str(each.day.day), 9))
    for share in (0.5, 1.0):
        y = TOP + HEIGHT * (1 - share)
        parts.append(f'<line x1="{LEFT - 4}" x2="{WIDTH}" y1="{y:.0f}" y2="{y:.0f}" stroke="#ddd"/>')
        parts.append(_words(2, y + 4, f"{most * share * scale / 1e6:.1f} M", 10))
    for number, (name, colour) in enumerate(COLOURS.items()):
        x = LEFT + number * 98
        parts.append(f'<rect x="{x}" y="{TOP + HEIGHT + 26}" width="10" height="10" fill="{colour}"/>')
        parts.append(_words(x + 14, TOP + HEIGHT + 35, name.replace("_", " "), 10))
    size = f'width="{WIDTH}" height="{TOP + HEIGHT + 48}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n{chr(10).join(parts)}\n</svg>\n'


def _parts(day: Day) -> dict[str, int]:
    named = {name: day.sent[name] for name in COLOURS if name in day.sent}
    return named | {"other": day.sent.total() - sum(named.values()), "too late": day.late}


def _bar(x: float, parts: Mapping[str, int], unit: float) -> list[str]:
    drawn, y = [], float(TOP + HEIGHT)
    for name, count in parts.items():
        if height := count * unit:
            y -= height
            drawn.append(
                f'<rect x="{x:.0f}" y="{y:.1f}" width="{BAR}" height="{height:.1f}" fill="{COLOURS[name]}"/>'
            )
    return drawn


def _words(x: float, y: float, words: str, size: int) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" font-family="sans-serif" font-size="{size}">{words}</text>'


def main() -> int:
    """Live through the month and print it."""
    parser = argparse.ArgumentParser(prog="bench.month", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--participants", type=int, default=46_000_000)
    parser.add_argument("--scale", type=int, default=2000, help="one participant in so many is made up")
    parser.add_argument("--rate", type=float, default=1000.0, help="messages a second, of all")
    parser.add_argument("--draw", type=Path, help="where the picture goes (SVG)")
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    with tempfile.TemporaryDirectory() as folder:
        people = given.participants // given.scale
        days = asyncio.run(month(Path(folder), people, given.rate / given.scale))
    sys.stdout.write(f"{table(days, given.scale, given.rate)}\n")
    if given.draw:
        given.draw.write_text(drawing(days, given.scale, given.rate, given.participants))
    sys.stdout.write(f"{figure(days, given.scale, given.rate, given.participants)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
