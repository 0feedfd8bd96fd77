"""What a sent message costs: `python -m bench.sending [--messages 5000] [--rate 500] [--server SERVER]`.

One sender, a process of its own, sends owed messages to a simulated Telegram over HTTP at a pace. Printed is
its processor time for each: claiming, words, the call, settling. What the database spends is in it on SQLite,
and is not on PostgreSQL.
"""

import argparse
import asyncio
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import logs
from bench.databases import new_database
from bench.letters import closed, write
from bench.processes import BotProcess, environment
from models.owing.deliveries import Lane
from models.storage.database import open_database
from simulator.server import Simulator

GLANCE: Final = 0.1
PATIENCE: Final = 600.0


async def measure(folder: Path, url: str, messages: int, rate: float) -> tuple[float, float]:
    """Return the seconds of processor time for each message, and the peak memory in megabytes."""
    simulator = Simulator()
    async with simulator.serve() as address:
        settings = environment(simulator, address, folder, url) | {
            "PAID_BROADCASTS": "yes",
            "RATE_PER_SECOND": str(rate * 1.2),
            "BULK_PER_SECOND": str(rate),
        }
        people = [phone.id for phone in simulator.crowd(messages)]
        keys = folder / "keys"
        database = await open_database(settings["DATABASE_URL"], keys, announce=lambda _: None)
        await write(database, people, datetime.now(UTC), lane=Lane.REMINDER)
        await database.close()
        arrived = asyncio.Event()
        left = iter(range(messages - 1, -1, -1))
        simulator.on_sent(lambda _chat, _message: None if next(left) else arrived.set())
        sender = await BotProcess.start(("-m", "bench.sender"), settings, folder / "sender.log")
        try:
            async with asyncio.timeout(PATIENCE):
                await arrived.wait()
            spent, peak = sender.cpu_seconds(), sender.peak_megabytes()
        finally:
            await sender.stop()
        database = await open_database(settings["DATABASE_URL"], keys, announce=lambda _: None)
        done, owed = await closed(database)
        await database.close()
        if done != owed:
            raise RuntimeError(f"{owed - done} of {owed} messages have no end")
    return spent / messages, peak


def main() -> int:
    """Print what a message costs."""
    parser = argparse.ArgumentParser(prog="bench.sending", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--messages", type=int, default=5000)
    parser.add_argument("--rate", type=float, default=500.0, help="messages a second")
    parser.add_argument("--server", default="", help="a PostgreSQL server; a SQLite file unless given")
    given = parser.parse_args()
    logs.configure(level="CRITICAL", secrets=())
    with tempfile.TemporaryDirectory() as folder, new_database(given.server) as url:
        each, peak = asyncio.run(measure(Path(folder), url, given.messages, given.rate))
    sys.stdout.write(
        f"figure: {given.messages} messages at up to {given.rate:g}/s: {each * 1000:.2f} ms of processor time"
        f" each, its start included; {peak:.0f} MB at most\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
