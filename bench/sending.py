"""Measure the sending: messages a second of one core, from a row that is owed to a row that is settled.

    python -m bench.sending [--messages 100000] [--postgresql SERVER] [--pin] [--rate 5000]

Claiming, words, calls over HTTP and settling are the bot's own; what answers is a counting server in a
process of its own. Ends with 1 below the goal, or when the server counted anything else than was owed.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import aiohttp
import orjson
import uvloop

import logs
from bench.databases import new_database
from bench.letters import closed, write
from bench.processes import ROOT
from bench.sender import compose
from jobs.deliveries import Deliveries
from models.storage.database import Database, open_database
from models.storage.keys import Keys
from post.bot import Bot, Sender
from post.pace import Rates
from post.sayings import Message, written
from post.transport import AiohttpRequest

GOAL: Final = 4000
"""Messages a second on one core: four times what Telegram lets out at most, for a fee."""

FLOOR: Final = 5000
"""Calls by which the price of a bare one is known."""

SIDE_BY_SIDE: Final = 64
BOT: Final = "990001:invented"
FIRST: Final = 100_000


@dataclass(frozen=True, slots=True)
class Measured:
    """What a run came to: seconds of processor and clock, and what the server and the database counted."""

    messages: int
    processor: float
    clock: float
    floor: float
    calls: int
    chats: int
    closed: int

    @property
    def per_second(self) -> float:
        """Messages a second of processor time: what one core does that does nothing else."""
        return self.messages / self.processor

    @property
    def is_whole(self) -> bool:
        """Whether every message was sent once, to its chat, and settled."""
        return self.messages == self.calls == self.chats == self.closed


@asynccontextmanager
async def counting_server(core: int | None) -> AsyncIterator[str]:
    """Run a counting server; yield its address."""
    pinned = () if core is None else ("--core", str(core))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.counting_server", *pinned, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(await process.stdout.readline())}"
    finally:
        process.kill()
        await process.wait()


async def floor(url: str) -> float:
    """Return the processor seconds of a bare POST with aiohttp, without any time limit."""
    method, parameters = written(Message(1, "Surat 1"))
    body, head = orjson.dumps(parameters), {"Content-Type": "application/json"}
    limits = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar(), timeout=limits
    ) as session:

        async def call() -> None:
            async with session.post(f"{url}/bot{BOT}/{method}", data=body, headers=head) as response:
                await response.read()

        return await _priced(call)


async def _priced(call: Callable[[], Awaitable[None]]) -> float:
    """Return the processor seconds of one call, many side by side."""
    began = time.process_time()
    for _ in range(FLOOR // SIDE_BY_SIDE):
        await asyncio.gather(*(call() for _ in range(SIDE_BY_SIDE)))
    return (time.process_time() - began) / (FLOOR // SIDE_BY_SIDE * SIDE_BY_SIDE)


async def measured(messages: int, rate: float, address: str, core: int | None = None) -> Measured:
    """Owe that many messages in a new database at the address, "" for a file, and send them all."""
    with tempfile.TemporaryDirectory() as folder:
        where = address or f"sqlite:///{folder}/bot.sqlite3"
        database = await open_database(where, Keys.generate().text(), announce=lambda _: None)
        try:
            await write(database, range(FIRST, FIRST + messages), datetime.now(UTC))
            async with counting_server(core) as bare:
                price = await floor(bare)
            async with counting_server(core) as url:
                return await _drained(database, url, messages, rate, price)
        finally:
            await database.close()


async def _drained(database: Database, url: str, messages: int, rate: float, price: float) -> Measured:
    async with AiohttpRequest() as request:
        bot = Bot(BOT, url, request)
        sender = Deliveries(
            database,
            Sender(bot).send,
            {"note": compose},
            lambda: datetime.now(UTC),
            rates=Rates(rate, rate, paid=True),
        )
        processor, clock = time.process_time(), time.perf_counter()
        await sender.drain()
        processor, clock = time.process_time() - processor, time.perf_counter() - clock
        counted = await bot.call("counted", {})
    done, _ = await closed(database)
    return Measured(messages, processor, clock, price, counted["calls"], counted["chats"], done)


def show(run: Measured) -> bool:
    """Print what was measured; return whether the goal was reached and nothing is missing."""
    each = run.processor / run.messages
    lines = [
        ("messages owed, counted by the server, settled", f"{run.messages}, {run.calls}, {run.closed}"),
        ("messages a second of one core", f"{run.per_second:.0f}, goal {GOAL}"),
        ("messages a second of the clock", f"{run.messages / run.clock:.0f}"),
        ("processor time of a message", f"{each * 1e6:.0f} us"),
        ("of a bare POST with aiohttp, same run", f"{run.floor * 1e6:.0f} us"),
        ("a whole message, in bare POSTs", f"{each / run.floor:.2f}"),
    ]
    for name, value in lines:
        sys.stdout.write(f"figure: {name:<50} {value:>24}\n")
    sys.stdout.flush()
    return run.is_whole and run.per_second >= GOAL


def main() -> int:
    """Measure, print, and return the exit code."""
    parser = argparse.ArgumentParser(prog="bench.sending", description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--rate", type=float, default=5000.0, help="a second, the most the line lets out")
    parser.add_argument("--postgresql", default="", metavar="SERVER")
    parser.add_argument(
        "--pin", action="store_true", help="the sender on core 0, the counting server on core 1"
    )
    given = parser.parse_args()
    logs.configure(level="CRITICAL", secrets=())
    if given.pin:
        os.sched_setaffinity(0, {0})
    with new_database(given.postgresql) as address:
        core = 1 if given.pin else None
        return 0 if show(uvloop.run(measured(given.messages, given.rate, address, core))) else 1


if __name__ == "__main__":
    sys.exit(main())
