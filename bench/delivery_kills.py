"""Kill senders while they send, again and again, and count what that cost the people.

    python -m bench.delivery_kills [--kills 200] [--messages 6000] [--workers 3] [--server postgresql://…]

The simulated Telegram and the judge run here; each sender is a process of its own that is killed with SIGKILL
at random moments and started again at once. Half of the letters may come twice (class A), half must not (B).
Ends with 1 when a letter was silently lost, or one of class B came twice. On SQLite there is one sender.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import logs
from bench.databases import new_database
from bench.letters import Verdict, closed, judged, write
from bench.processes import BotProcess, environment
from bench.zygote import born
from models.owing.deliveries import Lane
from models.storage.database import Database, open_database
from simulator.server import Simulator

Fault = Mapping[str, Any]

LEASE: Final = 4.0
"""Seconds; longer than any call of these senders can take."""

FAULTS: Final[Sequence[Fault]] = (
    {"method": "sendMessage", "do": "429", "share": 0.01, "retry_after": 1},
    {"method": "sendMessage", "do": "500", "share": 0.01},
    {"method": "sendMessage", "do": "cut_after", "share": 0.005},
)
STARTING: Final = 0.1
"""The share of kills that hit a sender while it starts."""

PATIENCE: Final = 60.0
"""Seconds without any progress after which what is not sent counts as lost."""


class Kills:
    """One run: letters, and senders that are killed meanwhile."""

    def __init__(
        self, folder: Path, url: str, workers: int, rate: float, seed: int, faults: Sequence[Fault]
    ) -> None:
        self.simulator = Simulator(remember=2, seed=seed)
        self.simulator.telegram.ledger = type(self.simulator.ledger)(None)
        self._folder = folder
        self._url = url or f"sqlite:///{folder}/bot.sqlite3"
        self._workers = workers if url else 1
        self._rate = rate
        self._faults = faults
        self._chance = random.Random(seed)  # noqa: S311  chosen to be repeatable
        self._accepted = 0
        self.simulator.on_sent(self._note)

    def _note(self, _chat: int, _message: object) -> None:
        self._accepted += 1

    async def run(self, kills: int, messages: int) -> Verdict:
        """Kill that often, let the senders finish, and judge."""
        async with self.simulator.serve() as address:
            settings = environment(self.simulator, address, self._folder, self._url) | {
                "PAID_BROADCASTS": "yes",
                "RATE_PER_SECOND": str(self._rate * 1.2),
                "BULK_PER_SECOND": str(self._rate),
                "LOG_LEVEL": "CRITICAL",
            }
            await self._write(messages)
            self.simulator.faults(self._faults, seed=1)
            senders = [await self._start(settings) for _ in range(self._workers)]
            try:
                for number in range(kills):
                    await self._until((number + 1) * messages * 0.95 / kills)
                    victim = self._chance.randrange(len(senders))
                    await senders[victim].kill()
                    senders[victim] = await self._start(settings)
                await self._finish()
            finally:
                for sender in senders:
                    await sender.stop()
            database = await self._open()
            try:
                return await judged(database, self.simulator)
            finally:
                await database.close()

    async def _write(self, messages: int) -> None:
        """Owe the letters; one sender alone on SQLite must not share its file with us."""
        database = await self._open()
        people = [phone.id for phone in self.simulator.crowd(messages)]
        await write(database, people, datetime.now(UTC), lane=Lane.REMINDER)
        await database.close()

    async def _open(self) -> Database:
        return await open_database(self._url, self._folder / "keys", announce=lambda _: None)

    async def _start(self, settings: dict[str, str]) -> BotProcess:
        arguments = ("-m", "bench.sender", "--lease", str(LEASE))
        return await born(arguments, settings, self._folder / "sender.log")

    async def _until(self, accepted: float) -> None:
        """Return at a random moment once so many letters have arrived, or when nothing moves for a while."""
        if self._chance.random() < STARTING:
            await asyncio.sleep(self._chance.uniform(0.0, 1.0))
            return
        moved, seen = time.monotonic(), self._accepted
        while self._accepted < accepted and time.monotonic() - moved < LEASE * 2:
            if self._accepted != seen:
                moved, seen = time.monotonic(), self._accepted
            await asyncio.sleep(0.002)
        await asyncio.sleep(self._chance.uniform(0.0, 0.2))

    async def _finish(self) -> None:
        """Wait until nothing is open any more, or nothing moves."""
        moved, seen = time.monotonic(), -1
        while time.monotonic() - moved < PATIENCE:
            await asyncio.sleep(1.0)
            done, letters = await self._closed()
            if done == letters:
                return
            if done != seen:
                moved, seen = time.monotonic(), done

    async def _closed(self) -> tuple[int, int]:
        database = await self._open()
        try:
            return await closed(database)
        finally:
            await database.close()


async def killed(
    kills: int,
    messages: int,
    *,
    workers: int = 3,
    rate: float = 25,
    seed: int = 1,
    url: str = "",
    faults: Sequence[Fault] = FAULTS,
) -> Verdict:
    """Run it all and return the verdict; `url` names an empty PostgreSQL database, "" a new SQLite file."""
    with tempfile.TemporaryDirectory() as folder:
        return await Kills(Path(folder), url, workers, rate, seed, faults).run(kills, messages)


def main() -> int:
    """Run it, print the verdict, and return the exit code."""
    parser = argparse.ArgumentParser(prog="bench.delivery_kills", description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--messages", type=int, default=6000)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--rate", type=float, default=25.0, help="messages a second of all senders")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**31))
    parser.add_argument("--server", default="", help="a PostgreSQL server; without it SQLite and one sender")
    given = parser.parse_args()
    logs.configure(level="CRITICAL", secrets=())
    sys.stdout.write(f"seed {given.seed}, {given.kills} kills, {given.messages} letters\n")
    sys.stdout.flush()
    began = time.monotonic()
    with new_database(given.server) as url:
        verdict = asyncio.run(
            killed(
                given.kills,
                given.messages,
                workers=given.workers,
                rate=given.rate,
                seed=given.seed,
                url=url,
            )
        )
    for name, count in sorted(verdict.counts.items()):
        sys.stdout.write(f"{count:8} {name}\n")
    sys.stdout.write(f"{len(verdict.faults):8} faults, in {time.monotonic() - began:.0f} s\n")
    for fault in verdict.faults[:40]:
        sys.stdout.write(f"  {fault}\n")
    sys.stdout.write(f"figure: {given.kills} kills, {_figure(verdict)}\n")
    return 1 if verdict.faults else 0


def _figure(verdict: Verdict) -> str:
    """Return the counts and the faults on one line."""
    counted = ", ".join(f"{count} {name}" for name, count in sorted(verdict.counts.items()))
    return f"{counted}, {len(verdict.faults)} faults"


if __name__ == "__main__":
    sys.exit(main())
