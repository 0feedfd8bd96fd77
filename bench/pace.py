"""Measure the pace: the limit used and never exceeded; every fault survived; replies as fast as ever.

    python -m bench.pace [--deliveries 10000] [--seconds 60] [--only pace|faults|replies]

The first two run on a clock that moves when the sender sleeps, against the limiter of the simulated Telegram
over HTTP; the last in real time, with the bot as a process of its own. Ends with 1 when a figure is missed.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles
from typing import Final

import logs
from bench.letters import busiest, judged, paused_sends, write
from bench.processes import BotProcess, environment
from bench.sender import compose
from jobs.deliveries import Deliveries
from models.storage.database import Database, open_database
from models.storage.keys import Keys
from post.bot import Bot, Sender
from post.outcome import Outcome
from post.pace import FREE, Rates
from post.sayings import Saying
from post.transport import AiohttpRequest
from simulator.clock import Clock
from simulator.limits import Limits
from simulator.phone import Phone
from simulator.server import Simulator

USED: Final = 0.97
SLOWER: Final = 1.20
PHASE: Final = 3.0
MORNING: Final = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
FAULTS: Final = (
    {"method": "sendMessage", "do": "429", "share": 0.01, "retry_after": 3},
    {"method": "sendMessage", "do": "403", "share": 0.005},
    {"method": "sendMessage", "do": "500", "share": 0.015},
    {"method": "sendMessage", "do": "cut_before", "share": 0.005},
    {"method": "sendMessage", "do": "cut_after", "share": 0.01},
    {"method": "sendMessage", "do": "timeout_after", "share": 0.001, "seconds": 3600},
)
Report = Iterator[tuple[str, str, bool]]


class Driven:
    """One sender at a simulated Telegram, on a clock that moves when it sleeps and nothing is under way."""

    def __init__(self, database: Database, sender: Sender, clock: Clock, rates: Rates) -> None:
        self._clock = clock
        self._sender = sender
        self._under_way = 0
        self._landed = asyncio.Event()
        self.worker = Deliveries(
            database,
            self._send,
            {"note": compose},
            clock.now,
            rates=rates,
            sleep=self._sleep,
            by_database_clock=False,
        )

    async def _send(self, saying: Saying) -> Outcome:
        self._under_way += 1
        try:
            return await self._sender.send(saying)
        finally:
            self._under_way -= 1
            self._landed.set()

    async def _sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        while self._under_way:
            self._landed.clear()
            await self._landed.wait()
        self._clock.advance(timedelta(seconds=seconds))

    async def finish(self, longest: float) -> None:
        """Send until nothing waits any more, or so many simulated seconds are over."""
        began = self._clock.time()
        await self.worker.drain()
        while self._clock.time() < began + longest:
            self._clock.advance(timedelta(seconds=10))
            await self.worker.drain()


@asynccontextmanager
async def driven(limit: float) -> AsyncIterator[tuple[Driven, Simulator, Database]]:
    """Open a database, a simulated Telegram and a sender between them."""
    with tempfile.TemporaryDirectory() as folder:
        simulator = Simulator(Clock(frozen_at=MORNING), remember=None)
        database = await open_database(
            f"sqlite:///{folder}/bot.sqlite3", Keys.generate().text(), announce=lambda _: None
        )
        request = AiohttpRequest(read_timeout=0.5)
        async with simulator.serve() as url, Bot(simulator.token, url, request) as bot:
            yield (
                Driven(database, Sender(bot), simulator.clock, Rates(limit, limit, paid=limit > FREE)),
                simulator,
                database,
            )
        await database.close()


async def pace(limit: int, count: int) -> Report:
    """Send at full speed; yield what was measured."""
    async with driven(limit) as (sender, simulator, database):
        simulator.limits = Limits()
        await write(database, [phone.id for phone in simulator.crowd(count)], MORNING)
        began = time.monotonic()
        await sender.worker.drain()
        lines = [line for line in simulator.ledger.since() if line.method == "sendMessage"]
    times = [line.time for line in lines if line.accepted]
    refused = sum(line.code == 429 for line in lines)
    used = (len(times) - 1) / (times[-1] - times[0]) / limit
    most = busiest(times)
    return iter(
        [
            (
                f"{limit}/s: delivered",
                f"{len(times)} in {time.monotonic() - began:.0f} s",
                len(times) == count,
            ),
            (f"{limit}/s: most in any second", f"{most}", most <= limit),
            (f"{limit}/s: share of the limit used", f"{used:.1%}", used >= USED),
            (f"{limit}/s: answers 429", f"{refused}", refused == 0),
        ]
    )


async def faults(count: int) -> Report:
    """Send while everything goes wrong; yield what has become of the letters."""
    async with driven(1000) as (sender, simulator, database):
        simulator.faults(FAULTS, seed=1)
        await write(database, [phone.id for phone in simulator.crowd(count)], MORNING)
        await sender.finish(2 * 3600)
        verdict = await judged(database, simulator)
        lines = [line for line in simulator.ledger.since() if line.method == "sendMessage"]
    struck = sum(line.fault is not None for line in lines)
    early = verdict.counts.pop("sent before retry_after was over")
    rows = [(f"faults: {name}", str(value), True) for name, value in sorted(verdict.counts.items())]
    rows += [("faults: calls that were struck", f"{struck} of {len(lines)}", struck > count / 50)]
    rows += [("faults: sent to a chat before its retry_after was over", f"{early}", early == 0)]
    bulk = paused_sends(lines)
    rows += [("faults: sent to anybody before a retry_after was over", f"{bulk}", bulk == 0)]
    rows += [("faults: lost or doubled against the promise", f"{len(verdict.faults)}", not verdict.faults)]
    return iter([*rows, *((fault, "", False) for fault in verdict.faults[:10])])


async def replies(seconds: float, bulk: float) -> Report:
    """Write to the bot while it is quiet and while a broadcast goes out at full speed, in turn."""
    with tempfile.TemporaryDirectory() as folder:
        simulator = Simulator(Clock(), remember=4)
        async with simulator.serve() as url:
            settings = environment(simulator, url, Path(folder)) | {
                "PAID_BROADCASTS": "yes",
                "RATE_PER_SECOND": str(bulk + 5),
                "BULK_PER_SECOND": str(bulk),
            }
            crowd = [phone.id for phone in simulator.crowd(int(bulk * seconds / 2) + 1)]
            first = await _phased(settings, crowd, bulk, Path(folder))
            process = await BotProcess.start(
                ("-m", "bench.sender", "--poll"), settings, Path(folder) / "bot.log"
            )
            await process.polls(simulator)
            try:
                quiet, busy = await _asked(simulator, first, seconds)
            finally:
                await process.stop()
        sent = sum(
            line.method == "sendMessage" and line.person in set(crowd) for line in simulator.ledger.since()
        )
    before, during = (quantiles(waits, n=20)[18] * 1000 for waits in (quiet, busy))
    return iter(
        [
            (f"replies: broadcast at {bulk:g}/s", f"{sent} of {len(crowd)} sent", sent >= 0.9 * len(crowd)),
            ("replies: p95 while it is quiet", f"{before:.1f} ms, n={len(quiet)}", True),
            ("replies: p95 during the broadcast", f"{during:.1f} ms, n={len(busy)}", True),
            ("replies: slower by", f"{during / before - 1:+.0%}", during <= SLOWER * before),
        ]
    )


async def _phased(settings: dict[str, str], crowd: list[int], bulk: float, folder: Path) -> datetime:
    """Owe a broadcast that goes out in every other phase; return when the first of them begins."""
    keys = Path(settings["KEYS_FILE"])
    database = await open_database(settings["DATABASE_URL"], keys, announce=lambda _: None)
    first = datetime.now(UTC) + timedelta(seconds=15)
    each = int(bulk * PHASE)
    for number, start in enumerate(range(0, len(crowd), each)):
        begins = first + timedelta(seconds=2 * PHASE * number)
        await write(database, crowd[start : start + each], begins, once=False)
    await database.close()
    return first


async def _asked(simulator: Simulator, first: datetime, seconds: float) -> tuple[list[float], list[float]]:
    """Return how long answers took in quiet phases and during the broadcast."""
    answered: dict[int, asyncio.Event] = {}
    simulator.on_sent(lambda chat, _: answered[chat].set() if chat in answered else None)
    waits: tuple[list[float], list[float]] = ([], [])
    people = [simulator.person(first_name=f"Penanya {number}") for number in range(40)]
    for person in people:
        answered[person.id] = asyncio.Event()
    await asyncio.sleep((first - datetime.now(UTC)).total_seconds())
    began = time.monotonic()
    while (passed := time.monotonic() - began) < seconds:
        busy = passed % (2 * PHASE) < PHASE
        person = people[int(passed * 20) % len(people)]
        wait = await _answer(person, answered[person.id])
        if 0.3 < passed % PHASE < PHASE - 0.3:
            waits[busy].append(wait)
        await asyncio.sleep(0.04)
    return waits[0], waits[1]


async def _answer(person: Phone, answered: asyncio.Event) -> float:
    answered.clear()
    began = time.perf_counter()
    person.text("/bantuan")
    async with asyncio.timeout(20):
        await answered.wait()
    return time.perf_counter() - began


def show(report: Report) -> bool:
    """Print a table; return whether every figure was reached."""
    fine = True
    for name, value, reached in report:
        sys.stdout.write(f"{name:<55} {value:>24}  {'' if reached else 'MISSED'}\n")
        fine = fine and reached
    sys.stdout.write(f"figure: {'; '.join(f'{name} {value}' for name, value, _ in report)}\n")
    sys.stdout.flush()
    return fine


async def measure(given: argparse.Namespace) -> bool:
    """Run what was asked for."""
    parts: dict[str, list[Callable[[], Awaitable[Report]]]] = {
        "pace": [lambda: pace(30, given.deliveries), lambda: pace(1000, given.deliveries)],
        "faults": [lambda: faults(given.deliveries)],
        "replies": [lambda: replies(given.seconds, given.bulk)],
    }
    chosen = [part for name, many in parts.items() if given.only in (None, name) for part in many]
    return all([show(await part()) for part in chosen])


def main() -> int:
    """Measure, print, and return the exit code."""
    parser = argparse.ArgumentParser(prog="bench.pace", description=__doc__.splitlines()[0])
    parser.add_argument("--deliveries", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=60.0, help="of writing to the bot")
    parser.add_argument("--bulk", type=float, default=25.0, help="a second, while writing to the bot")
    parser.add_argument("--only", choices=["pace", "faults", "replies"])
    logs.configure(level="CRITICAL", secrets=())
    return 0 if asyncio.run(measure(parser.parse_args())) else 1


if __name__ == "__main__":
    sys.exit(main())
