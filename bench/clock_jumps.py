"""Clocks that jump while five bots remind: each reminder once, whatever the clocks say, and nothing stuck.

    python -m bench.clock_jumps [--jumps 1000] [--people 60] [--short] [--postgresql SERVER]

Five schedulers and five senders share one database and the clock of one machine, each a few minutes off. The
clock jumps by an hour or a day, ahead or back, most often while messages are under way, within their leases;
now and then a sender dies with messages in hand. Leases end by the database's clock, which does not jump.
Then five schedulers of the kind the bot has knock at once, ten times a second, on a day nobody has planned.
Ends with 1 when a reminder came twice or something is stuck.
"""

import argparse
import asyncio
import contextlib
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import func, select

import logs
from bench.databases import new_database
from handlers.owed import Owed
from jobs.clock import Tick, ticking
from jobs.deliveries import Deliveries
from jobs.reminders import Reminders
from models.memberships import Membership
from models.owing.deliveries import Delivery, Fate
from models.storage.database import Database, open_database
from models.storage.keys import Keys
from post.bot import Bot, Sender
from post.pace import Rates
from post.transport import AiohttpRequest
from running.office import WANTED
from simulator.server import Simulator
from tests.members import CROWD, Members
from tests.town import JAKARTA

BOTS: Final = 5
SKEW: Final = 180.0
"""Seconds by which the clocks of two bots differ at most."""

LEASE: Final = timedelta(seconds=2)
DIES: Final = 0.05
"""The share of jumps at which a sender dies."""

AROUND: Final = datetime(2026, 12, 8, 2, 0, tzinfo=UTC)
"""Nine in the morning, seven days before December is due."""

FAR: Final = timedelta(days=20)
"""How far from there the clock is let go."""

JUMPS: Final = (timedelta(hours=1), timedelta(hours=1), timedelta(hours=1), timedelta(days=1))
WALK: Final = timedelta(minutes=40)
"""How long the clock goes on as it should between two jumps, at most."""

JOINED: Final = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
SHORT: Final = 50
REST: Final = 5
"""Days that go by at the end, on each of which everybody works."""


class Hands:
    """The clock of the machine; it stands still but for jumps and sleepers."""

    def __init__(self) -> None:
        self.at = AROUND

    def jump(self, chance: random.Random) -> timedelta:
        """Jump by an hour or a day, but not beyond FAR."""
        by = chance.choice(JUMPS) * chance.choice((1, -1))
        if abs(self.at + by - AROUND) > FAR:
            by = -by
        self.at += by
        return by

    async def sleep(self, seconds: float) -> None:
        """Let the hands go on while somebody sleeps; in truth hardly any time passes."""
        await asyncio.sleep(min(seconds, 0.002))
        self.at += timedelta(seconds=seconds)


class OneBot:
    """One scheduler and one sender, with a connection and a clock of their own."""

    def __init__(self, database: Database, sender: Sender, hands: Hands, skew: timedelta) -> None:
        self.database = database
        self._hands = hands
        self._skew = skew
        self._sender = sender
        self.reminders = Reminders(database, self.now)
        self._work: asyncio.Task[None] | None = None
        self.deliveries = self._new_sender()

    def now(self) -> datetime:
        """Return what this bot takes for the time."""
        return self._hands.at + self._skew

    def _new_sender(self) -> Deliveries:
        composers = Owed(self.database.keys, JAKARTA).composers
        fast = Rates(1000, 1000, paid=True)
        return Deliveries(
            self.database,
            self._sender.send,
            composers,
            self.now,
            wanted=WANTED,
            rates=fast,
            sleep=self._hands.sleep,
            lease=LEASE,
        )

    async def work(self) -> None:
        """Do what the ticks do: plan, take back what the dead held, send."""
        await self.reminders.plan_now()
        await self.deliveries.drain()

    async def die(self) -> None:
        """Begin to work, end in the middle of it, and come back as a new sender."""
        work = asyncio.create_task(self.work())
        for _ in range(40):
            await asyncio.sleep(0.002)
            if work.done():
                break
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work
        self.deliveries.stop()
        self.deliveries = self._new_sender()


@dataclass
class Verdict:
    """Counts for reading, faults for the exit code."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


class Jumps:
    """One run."""

    def __init__(self, url: str, people: int, seed: int) -> None:
        self._url = url
        self._people = people
        self._chance = random.Random(seed)  # noqa: S311  chosen to be repeatable
        self._simulator = Simulator(seed=seed)
        self._hands = Hands()
        self._keys = Keys.generate().text()
        self.verdict = Verdict()

    async def run(self, jumps: int) -> Verdict:
        """Jump that often, come to rest, and judge; then let five schedulers knock at once."""
        for number in range(self._people):
            self._simulator.person(CROWD + number, first_name=f"Warga {number}", met=True)
        async with self._bots() as bots:
            await Members(bots[0].database, JOINED).crowd(self._people)
            for _ in range(jumps):
                await self._jump(bots)
            await self._rest(bots)
            await self._judge(bots[0].database)
            await self._schedulers(bots)
            await self._judge(bots[0].database)
        return self.verdict

    @contextlib.asynccontextmanager
    async def _bots(self) -> AsyncIterator[list[OneBot]]:
        async with contextlib.AsyncExitStack() as stack:
            address = await stack.enter_async_context(self._simulator.serve())
            client = Bot(self._simulator.token, address, AiohttpRequest())
            await client.initialize()
            stack.push_async_callback(client.shutdown)
            sender = Sender(client)
            bots = []
            for _ in range(BOTS):
                database = await open_database(self._url, self._keys, announce=lambda _: None)
                stack.push_async_callback(database.close)
                skew = timedelta(seconds=self._chance.uniform(-SKEW, SKEW))
                bots.append(OneBot(database, sender, self._hands, skew))
            yield bots

    async def _jump(self, bots: Sequence[OneBot]) -> None:
        """Let some time pass and some bots work, and jump in the middle of it."""
        self._hands.at += WALK * self._chance.random()
        awake = self._chance.sample(bots, self._chance.randint(1, 3))
        work: list[asyncio.Task[None]] = [asyncio.create_task(each.work()) for each in awake]
        idle = [each for each in bots if each not in awake]
        if self._chance.random() < DIES:
            self.verdict.counts["senders died"] += 1
            work.append(asyncio.create_task(self._chance.choice(idle).die()))
        await asyncio.sleep(self._chance.uniform(0.0, 0.03))
        under_way = sum(not each.done() for each in work)
        by = self._hands.jump(self._chance)
        self.verdict.counts["jumps"] += 1
        self.verdict.counts["jumps back"] += by < timedelta(0)
        self.verdict.counts["jumps in the middle of work"] += bool(under_way)
        await asyncio.gather(*work)

    async def _rest(self, bots: Sequence[OneBot]) -> None:
        """Let the leases of the dead end, and some days go by in which everybody works."""
        await asyncio.sleep(LEASE.total_seconds() + 0.5)
        for _ in range(REST):
            self._hands.at += timedelta(days=1)
            await asyncio.gather(*(each.work() for each in bots))

    async def _schedulers(self, bots: Sequence[OneBot]) -> None:
        """Let five schedulers of the bot's own kind knock ten times a second on a new day."""
        await self._drain_until_ten(bots)
        before = await self._planned(bots[0].database)
        async with contextlib.AsyncExitStack() as stack:
            for each in bots:
                knock = Tick("reminders", 0.1, each.reminders.plan_now)
                send = Tick("deliveries", 0.1, each.deliveries.drain)
                await stack.enter_async_context(ticking(knock, send, now=lambda: datetime.now(UTC)))
            await asyncio.sleep(2.0)
        for _ in range(8):
            self._hands.at += timedelta(hours=1)
            await asyncio.gather(*(each.work() for each in bots))
        new = await self._planned(bots[0].database) - before
        self.verdict.counts["planned by five schedulers at once"] = new
        if new == 0:
            self.verdict.faults.append("five schedulers planned nothing")

    async def _drain_until_ten(self, bots: Sequence[OneBot]) -> None:
        """Pay a month for everybody and set the clock to ten on a day on which the next is due in a week."""
        months = [datetime(2026, 12, 1).date(), datetime(2027, 1, 1).date()]  # noqa: DTZ001
        members = Members(bots[0].database, JOINED)
        for membership in await _memberships(bots[0].database):
            for month in months:
                await members.pay(membership, month)
        self._hands.at = datetime(2027, 2, 8, 3, 0, tzinfo=UTC)

    async def _planned(self, database: Database) -> int:
        async with database.begin() as db:
            return await db.scalar(select(func.count()).select_from(Delivery)) or 0

    async def _judge(self, database: Database) -> None:
        async with database.begin() as db:
            rows = list(await db.scalars(select(Delivery)))
        states = Counter(row.state.value for row in rows)
        self.verdict.counts |= {f"reminders {state}": count for state, count in states.items()}
        same = Counter((row.subject_id, row.month, row.step, row.kind) for row in rows)
        self._fault("planned twice", sum(count - 1 for key, count in same.items() if key[0] is not None))
        now = self._hands.at - timedelta(seconds=SKEW)
        stuck = [row for row in rows if row.state is Fate.SENDING]
        late = [row for row in rows if row.state is Fate.QUEUED and row.not_before < now]
        self._fault("still in the hands of the dead", len(stuck))
        self._fault("due, and not sent", len(late))
        heard = {CROWD + number: self._heard(CROWD + number) for number in range(self._people)}
        doubled = sum(count - 1 for texts in heard.values() for count in texts.values())
        self._fault("came twice", doubled)
        sent = Counter(row.chat_id for row in rows if row.state is Fate.SENT)
        lost = sum(max(0, count - heard[chat].total()) for chat, count in sent.items())
        self._fault("said to be sent, and never came", lost)
        self.verdict.counts["reminders that came"] = sum(texts.total() for texts in heard.values())

    def _heard(self, person: int) -> Counter[str]:
        return Counter(self._simulator.person(person).heard)

    def _fault(self, what: str, count: int) -> None:
        if count:
            self.verdict.faults.append(f"{count} reminders {what}")


async def _memberships(database: Database) -> list[Membership]:
    async with database.begin() as db:
        return list(await db.scalars(select(Membership)))


async def jumped(url: str, jumps: int, people: int, seed: int = 1) -> Verdict:
    """Run it all on an empty database, "" for a new SQLite file; return the verdict."""
    with tempfile.TemporaryDirectory() as folder:
        where = url or f"sqlite:///{Path(folder)}/bot.sqlite3"
        return await Jumps(where, people, seed).run(jumps)


def main() -> int:
    """Run it, print the verdict, and return the exit code."""
    parser = argparse.ArgumentParser(prog="bench.clock_jumps", description=__doc__.splitlines()[0])
    parser.add_argument("--jumps", type=int, default=1000)
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--short", action="store_true", help=f"{SHORT} jumps")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**31))
    parser.add_argument("--postgresql", default="", help="a server; a new SQLite file if not given")
    given = parser.parse_args()
    logs.configure(level="CRITICAL", secrets=())
    jumps, people = (SHORT, 12) if given.short else (given.jumps, given.people)
    sys.stdout.write(f"seed {given.seed}, {jumps} jumps, {people} people, {BOTS} bots\n")
    sys.stdout.flush()
    began = time.monotonic()
    with new_database(given.postgresql) as url:
        verdict = asyncio.run(jumped(url, jumps, people, given.seed))
    for name, count in sorted(verdict.counts.items()):
        sys.stdout.write(f"{count:8} {name}\n")
    for fault in verdict.faults[:40]:
        sys.stdout.write(f"  {fault}\n")
    sys.stdout.write(
        f"figure: {verdict.counts['jumps']} jumps, {verdict.counts['reminders that came']} reminders came, "
        f"{len(verdict.faults)} faults, in {time.monotonic() - began:.0f} s\n"
    )
    return 1 if verdict.faults else 0


if __name__ == "__main__":
    sys.exit(main())
