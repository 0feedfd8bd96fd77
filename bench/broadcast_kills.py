"""Kill a bot in the middle of a broadcast, again and again, and hold its report against Telegram's own count.

    python -m bench.broadcast_kills [--kills 20] [--people 100000] [--rate 1000] [--server postgresql://…]

The simulated Telegram and the judge run here; the bot is a process of its own, killed with SIGKILL at random
moments and started again at once. Some people have blocked it, some calls meet a 429 or fail. Ends with 1
when a recipient has no final state or more than one copy, or the report says what Telegram's ledger does not.
"""

import argparse
import asyncio
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import insert, select

import logs
from bench.databases import new_database
from bench.letters import Verdict
from bench.processes import BotProcess, environment
from models import accounts
from models.accounts import Account, Role
from models.broadcasting import broadcasts
from models.broadcasting.broadcasts import Broadcast, Stage
from models.owing.deliveries import Delivery, Fate, Lane
from models.storage.base import table_of
from models.storage.database import Database, open_database
from simulator.phone import Phone
from simulator.server import Simulator

TEN_O_CLOCK: Final = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
"""A Friday at 10.00 WIB, whatever the time is: by night nobody would be written to."""

LEASE: Final = 3.0
"""Seconds; longer than any call of this bot can take."""

FAULTS: Final[Sequence[Mapping[str, Any]]] = (
    {"method": "copyMessage", "do": "429", "share": 0.01, "retry_after": 1},
    {"method": "copyMessage", "do": "500", "share": 0.005},
    {"method": "copyMessage", "do": "cut_after", "share": 0.005},
)
BLOCKED: Final = 0.02
FINAL: Final = (Fate.SENT, Fate.DEAD, Fate.UNCERTAIN, Fate.EXPIRED, Fate.CANCELLED, Fate.BROKEN)
PATIENCE: Final = 120.0
"""Seconds without any progress after which the broadcast counts as stuck."""

FIGURE: Final = re.compile(r"^• (.+): ([\d.]+)$", re.MULTILINE)
TOLD: Final = {"terkirim": Fate.SENT, "tidak terjangkau": Fate.DEAD, "tidak pasti": Fate.UNCERTAIN}


class Kills:
    """One broadcast, and a bot that is killed meanwhile."""

    def __init__(self, folder: Path, url: str, rate: float, seed: int, faults: bool) -> None:
        self.simulator = Simulator(remember=None, seed=seed)
        self.simulator.telegram.ledger = type(self.simulator.ledger)(None)
        self._folder = folder
        self._url = url or f"sqlite:///{folder}/bot.sqlite3"
        self._rate = rate
        self._faults = FAULTS if faults else ()
        self._chance = random.Random(seed)  # noqa: S311  chosen to be repeatable
        self._ahead = (TEN_O_CLOCK - datetime.now(UTC)).total_seconds()
        self._copies = 0
        self.simulator.on_sent(self._note)

    def _note(self, _chat: int, _message: object) -> None:
        self._copies += 1

    async def run(self, kills: int, people: int) -> Verdict:
        """Kill that often, let the bot finish, and judge."""
        async with self.simulator.serve() as address:
            settings = environment(self.simulator, address, self._folder, self._url) | {
                "PAID_BROADCASTS": "yes",
                "RATE_PER_SECOND": str(min(1000.0, self._rate * 1.2)),
                "BULK_PER_SECOND": str(self._rate),
                "LOG_LEVEL": "CRITICAL",
            }
            author = self.simulator.person(first_name="Wulan", met=True)
            crowd = self._crowd(people)
            await self._let_go(author, crowd)
            self.simulator.faults(self._faults, seed=1)
            bot = await self._start(settings)
            try:
                for number in range(kills):
                    await self._until((number + 0.5) * people * 0.95 / kills)
                    await bot.kill()
                    bot = await self._start(settings)
                await self._finish(author)
            finally:
                await bot.stop()
            return await self._judged(author, crowd)

    def _crowd(self, people: int) -> list[Phone]:
        crowd = self.simulator.crowd(people)
        for phone in crowd:
            phone.person.blocked = self._chance.random() < BLOCKED
        return crowd

    async def _let_go(self, author: Phone, crowd: Sequence[Phone]) -> None:
        """Meet everybody, and note a broadcast that a second person agreed to."""
        database, now = await self._open(), TEN_O_CLOCK
        original = author.text("Kabar dari kantor")
        rows = [{"id": phone.id, "language": "id", "created_at": now, "seen_at": now} for phone in crowd]
        async with database.begin() as db:
            await accounts.meet(db, {author.id: "id"}, now)
            await accounts.grant(db, author.id, Role.OFFICER, now, None)
            for first in range(0, len(rows), 10_000):
                await db.execute(insert(table_of(Account)), rows[first : first + 10_000])
            origin = (author.id, int(original["message_id"]))
            held = await broadcasts.begin(db, database.keys, author.id, origin, "text", [""], "id", now)
            held.approved_for = held.counted = len(crowd) + 1
            held.let_go(held.counted, now - timedelta(minutes=3))
        await database.close()

    async def _open(self) -> Database:
        return await open_database(self._url, self._folder / "keys", announce=lambda _: None)

    async def _start(self, settings: dict[str, str]) -> BotProcess:
        arguments = ("-m", "bench.broadcaster", "--lease", str(LEASE), "--ahead", str(self._ahead))
        return await BotProcess.start(arguments, settings, self._folder / "broadcaster.log")

    async def _until(self, copies: float) -> None:
        """Return at a random moment once so many copies have arrived, or when nothing moves for a while."""
        moved, seen = time.monotonic(), self._copies
        while self._copies < copies and time.monotonic() - moved < PATIENCE / 2:
            if self._copies != seen:
                moved, seen = time.monotonic(), self._copies
            await asyncio.sleep(0.005)
        await asyncio.sleep(self._chance.uniform(0.0, 0.2))

    async def _finish(self, author: Phone) -> None:
        """Wait until the report has come, or nothing moves."""
        moved, seen = time.monotonic(), -1
        while time.monotonic() - moved < PATIENCE and not _report(author):
            if self._copies != seen:
                moved, seen = time.monotonic(), self._copies
            await asyncio.sleep(0.2)

    async def _judged(self, author: Phone, crowd: Sequence[Phone]) -> Verdict:
        database = await self._open()
        try:
            async with database.begin() as db:
                rows = list(await db.execute(_ROWS))
                (held,) = await db.scalars(select(Broadcast))
        finally:
            await database.close()
        lines = [line for line in self.simulator.ledger.since() if line.method == "copyMessage"]
        copies = Counter(line.person for line in lines if line.accepted)
        verdict = Verdict()
        verdict.counts["429"] = sum(line.code == 429 for line in lines)
        verdict.counts["calls"] = len(lines)
        _each(verdict, rows, copies, {phone.id for phone in crowd} | {author.id}, crowd)
        _whole(verdict, rows, copies, _report(author))
        if held.stage is not Stage.DONE:
            verdict.faults.append(f"the broadcast is {held.stage}, because {held.reason}")
        return verdict


_ROWS: Final = select(Delivery.account_id, Delivery.state).where(Delivery.lane == int(Lane.BROADCAST))


def _report(author: Phone) -> str:
    """Return the report the author has, "" as long as there is none."""
    return next((text for text in reversed(author.heard) if "Laporan siaran" in text), "")


def _each(
    verdict: Verdict,
    rows: Sequence[Any],
    copies: Mapping[int | None, int],
    meant: set[int],
    crowd: Sequence[Phone],
) -> None:
    """Judge every recipient: exactly one row, one final state, and as many copies as that allows."""
    met = Counter(account_id for account_id, _ in rows)
    blocked = {phone.id for phone in crowd if phone.person.blocked}
    if set(met) != meant or set(met.values()) != {1}:
        verdict.faults.append(f"{len(meant ^ set(met))} recipients missed or made up")
    for account_id, fate in rows:
        verdict.counts[fate.value] += 1
        verdict.counts["doubled"] += max(0, copies[account_id] - 1)
        right = {Fate.SENT: copies[account_id] == 1, Fate.UNCERTAIN: copies[account_id] <= 1}
        if fate not in FINAL or not right.get(fate, copies[account_id] == 0):
            verdict.faults.append(f"{account_id}: {fate.value}, {copies[account_id]} copies")
        if fate is Fate.DEAD and account_id not in blocked:
            verdict.faults.append(f"{account_id}: dead, and never blocked us")
        if fate is Fate.UNCERTAIN:
            verdict.counts[f"uncertain, {'arrived' if copies[account_id] else 'not arrived'}"] += 1


def _whole(verdict: Verdict, rows: Sequence[Any], copies: Mapping[int | None, int], report: str) -> None:
    """Hold the figures of the report against the table's and the ledger's."""
    told = {name: int(number.replace(".", "")) for name, number in FIGURE.findall(report)}
    found = Counter(fate for _, fate in rows)
    for name, fate in TOLD.items():
        if told.get(name, 0) != found[fate]:
            verdict.faults.append(f"the report says {told.get(name, 0)} {fate.value}, not {found[fate]}")
    doubtful = {account_id for account_id, fate in rows if fate is Fate.UNCERTAIN}
    arrived = sum(1 for person, number in copies.items() if number and person not in doubtful)
    verdict.counts["arrived by Telegram's count"] = sum(1 for number in copies.values() if number)
    if arrived != told.get("terkirim", 0):
        verdict.faults.append(f"the report says {told.get('terkirim')} sent, Telegram counts {arrived}")


async def killed(
    kills: int, people: int, *, rate: float = 1000.0, seed: int = 1, url: str = "", faults: bool = True
) -> Verdict:
    """Run it all and return the verdict; `url` names an empty PostgreSQL database, "" a new SQLite file."""
    with tempfile.TemporaryDirectory() as folder:
        return await Kills(Path(folder), url, rate, seed, faults).run(kills, people)


def main() -> int:
    """Run it, print the verdict, and return the exit code."""
    parser = argparse.ArgumentParser(prog="bench.broadcast_kills", description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--rate", type=float, default=1000.0, help="copies a second")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**31))
    parser.add_argument("--server", default="", help="a PostgreSQL server; without it SQLite")
    given = parser.parse_args()
    logs.configure(level="CRITICAL", secrets=())
    sys.stdout.write(f"seed {given.seed}, {given.kills} kills, {given.people} people\n")
    sys.stdout.flush()
    began = time.monotonic()
    with new_database(given.server) as url:
        verdict = asyncio.run(killed(given.kills, given.people, rate=given.rate, seed=given.seed, url=url))
    for name, count in sorted(verdict.counts.items()):
        sys.stdout.write(f"{count:8} {name}\n")
    sys.stdout.write(f"{len(verdict.faults):8} faults, in {time.monotonic() - began:.0f} s\n")
    for fault in verdict.faults[:40]:
        sys.stdout.write(f"  {fault}\n")
    return 1 if verdict.faults else 0


if __name__ == "__main__":
    sys.exit(main())
