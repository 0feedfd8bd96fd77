"""Telegram away for half an hour and back with ten thousand updates; the bot away for a day.

    python -m bench.outage [--updates 10000] [--people 1000] [--short] [--postgresql SERVER]

The whole bot runs in this process at a simulated Telegram over HTTP, and both go by one clock that is set:
half an hour without Telegram passes in ten seconds, in which every connection is refused, and a day without
the bot passes between its stop and its start. While anything is measured the clock runs as others do. It ends
with 1 when the backlog takes too long, somebody is not answered, a tap that is too old does harm, or
reminders come late, twice, by night or all at once.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import func, select

import logs
from bench.acts import press
from bench.databases import new_database
from bench.letters import busiest
from bench.offices import SetClock, office, until
from bench.proxies import BotApiRoad
from handlers.assembly import Office
from models.owing.deliveries import Delivery, Fate
from models.quarantine import Quarantine
from models.reminding.reminders import REMINDER
from models.storage.database import Database, open_database
from simulator.phone import Phone
from simulator.server import Simulator
from tests.members import CROWD, Members

NIGHT: Final = datetime(2026, 12, 7, 17, 10, tzinfo=UTC)
"""Ten past midnight (WIB) on the day on which people are reminded a week before December is due."""

MORNING: Final = datetime(2026, 12, 12, 0, 45, tzinfo=UTC)
"""07.45 WIB on the day of the next reminder, a quarter of an hour before the first may go out."""

AWAY: Final = timedelta(minutes=30)
A_DAY: Final = timedelta(hours=24)
WANTED: Final = 200.0
"""Updates a second through the backlog."""

BULK: Final = 25.0
"""Reminders a second at most, the pace."""

TOO_LATE: Final = timedelta(hours=6)
WIB: Final = timedelta(hours=7)
DAYTIME: Final = range(7, 21)
"""Hours, in whichever of the three zones: by night nobody is written to unasked."""

MEMBERS: Final = 200
ENOUGH: Final = 300.0
QUESTION: Final = "Siapa yang akan didaftarkan"
JOINED: Final = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
REFUSED: Final = 10.0
TOO_OLD: Final = "query is too old and response timeout expired or query ID is invalid"
"""What Telegram answers half of the taps with, whose answers come late."""


@dataclass
class Verdict:
    """Figures for reading, faults for the exit code."""

    figures: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def check(self, fine: bool, line: str) -> None:
        """Note a figure; it is a fault unless it is fine."""
        self.figures.append(line)
        if not fine:
            self.faults.append(line)


class Outage:
    """One run: people, members, Telegram away, then the bot away."""

    def __init__(self, folder: Path, url: str, people: int, updates: int, short: bool) -> None:
        self._folder = folder
        self._url = url
        self._updates = updates
        self._short = short
        self._clock = SetClock(NIGHT)
        self._simulator = Simulator(self._clock, seed=1)
        self._people = self._simulator.crowd(people)
        members = 20 if short else MEMBERS
        self._members = [
            self._simulator.person(CROWD + number, first_name=f"Warga {number}", met=True)
            for number in range(members)
        ]
        self.verdict = Verdict()

    async def run(self) -> Verdict:
        """Run both."""
        async with self._simulator.serve() as address:
            road = BotApiRoad("127.0.0.1", urlsplit(address).port or 0)
            async with road.open() as port:
                url = f"http://127.0.0.1:{port}"
                database = await self._database()
                await Members(database, JOINED).crowd(len(self._members))
                await database.close()
                await self._bot_away(url)
                self._clock.set(MORNING)
                await self._telegram_away(url, road)
        return self.verdict

    async def _database(self) -> Database:
        url = self._url or f"sqlite:///{self._folder}/bot.sqlite3"
        return await open_database(url, self._folder / "keys", announce=lambda _: None)

    async def _telegram_away(self, url: str, road: BotApiRoad) -> None:
        """Let everybody stand at a question; take Telegram away, and give it back with what they did."""
        async with self._bot(url) as desk:
            for phone in self._people:
                phone.text("/daftar")
            await until(lambda: all(phone.heard for phone in self._people), ENOUGH)
            await road.refuse()
            await asyncio.sleep(1.0 if self._short else REFUSED)
            self._clock.set(MORNING + AWAY - timedelta(seconds=120))
            taps = self._pile_up()
            self._clock.set(MORNING + AWAY)
            waiting, calls = len(self._simulator.telegram.queue), self._simulator.ledger.number
            too_old = {"method": "answerCallbackQuery", "do": "400", "description": TOO_OLD}
            self._simulator.faults([too_old | {"share": 0.5}], seed=1)
            before = {phone.id: len(phone.heard) for phone in self._people}
            await road.clear()
            began = time.monotonic()
            await until(lambda: self._simulator.ledger.number > calls, ENOUGH)
            back = time.monotonic() - began
            self.verdict.check(back <= 5.0, f"Telegram back: asked again after {back:.1f} s (5 s)")
            began = time.monotonic()
            await until(lambda: not len(self._simulator.telegram.queue), ENOUGH)
            took = time.monotonic() - began
            rate = waiting / took
            fast = self._short or rate >= WANTED
            self.verdict.check(
                fast, f"backlog: {waiting} updates in {took:.1f} s, {rate:.0f}/s ({WANTED:.0f}/s)"
            )
            await self._everybody_answered(before)
            await self._taps_were_taken(taps, calls)
            await self._sane(desk.database)
            await asyncio.sleep(2.0 if self._short else 20.0)
            await self._reminded(desk.database, "after Telegram was away")

    def _pile_up(self) -> list[Phone]:
        """Let everybody do so much that the wanted number waits; return who tapped, two minutes ago."""
        tapped = self._people[: len(self._people) // 2]
        for phone in tapped:
            press(phone, "saya setuju")
        each, more = divmod(self._updates - len(tapped), len(self._people))
        for number, phone in enumerate(self._people):
            for _ in range(each + (number < more)):
                phone.text("halo?")
        return tapped

    async def _everybody_answered(self, before: dict[int, int]) -> None:
        def silent() -> list[Phone]:
            return [phone for phone in self._people if len(phone.heard) == before[phone.id]]

        await until(lambda: not silent(), 60.0)
        self.verdict.check(not silent(), f"people not answered: {len(silent())} of {len(self._people)}")
        lost = [phone for phone in self._people if not str(phone.heard[-1:])]
        self.verdict.check(not lost, f"people who do not see where they stand: {len(lost)}")

    async def _taps_were_taken(self, tapped: list[Phone], calls: int) -> None:
        """Each late tap has had its effect, and that its answer came too late did no harm."""
        wrong = [phone for phone in tapped if not any(QUESTION in text for text in phone.heard)]
        self.verdict.check(not wrong, f"late taps without their effect: {len(wrong)} of {len(tapped)}")
        lines = [line for line in self._simulator.ledger.since(calls) if line.method == "answerCallbackQuery"]
        again = len(lines) - len(tapped)
        refused = sum(line.code == 400 for line in lines)
        self.verdict.check(
            again <= 0, f"answers to taps: {len(lines)}, {refused} of them too old for Telegram"
        )

    async def _sane(self, database: Database) -> None:
        async with database.begin() as db:
            poison = await db.scalar(select(func.count()).select_from(Quarantine)) or 0
        self.verdict.check(not poison, f"updates in quarantine: {poison}")

    async def _bot_away(self, url: str) -> None:
        """Stop when the day is planned, start in the night after it and in the morning after that."""
        async with self._bot(url) as desk:
            await self._until_planned(desk.database)
        self._clock.set(NIGHT + A_DAY)
        async with self._bot(url) as desk:
            await asyncio.sleep(2.0 if self._short else 20.0)
            await self._dropped(desk.database, "a day later, by night")
        self._clock.set(NIGHT + A_DAY + timedelta(hours=10))
        async with self._bot(url) as desk:
            await asyncio.sleep(2.0 if self._short else 20.0)
            await self._dropped(desk.database, "in the morning after that")

    def _bot(self, url: str) -> AbstractAsyncContextManager[Office]:
        return office(self._simulator, url, self._folder, self._url, self._clock.now)

    async def _until_planned(self, database: Database) -> None:
        began = time.monotonic()
        while time.monotonic() - began < ENOUGH:
            async with database.begin() as db:
                if (await db.scalar(select(func.count()).select_from(Delivery)) or 0) == len(self._members):
                    return
            await asyncio.sleep(0.1)

    async def _dropped(self, database: Database, when: str) -> None:
        """All that was to be said the day before is dropped, and nobody was written to."""
        sent = self._sent_to_members()
        async with database.begin() as db:
            rows = list(await db.scalars(select(Delivery).where(Delivery.kind == REMINDER)))
        states = Counter(row.state.value for row in rows)
        right = not sent and len(rows) == states[Fate.EXPIRED.value] == len(self._members)
        self.verdict.check(
            right, f"bot away 24 h, {when}: {dict(states)} of the day before, {len(sent)} sent"
        )

    def _sent_to_members(self, since: int = 0) -> list[int]:
        known = {phone.id for phone in self._members}
        lines = self._simulator.ledger.since(since)
        return [
            line.person
            for line in lines
            if line.person in known and line.accepted and line.method == "sendMessage"
        ]

    async def _reminded(self, database: Database, when: str) -> None:
        """Nobody has the same reminder twice, none is hours late, and they came at the pace."""
        async with database.begin() as db:
            rows = list(await db.scalars(select(Delivery).where(Delivery.kind == REMINDER)))
        states = Counter(row.state.value for row in rows)
        doubled = sum(count - 1 for phone in self._members for count in Counter(phone.heard).values())
        self.verdict.check(not doubled, f"reminders {when}: {dict(states)}, {doubled} came twice")
        now = self._clock.now()
        owed_late = [row for row in rows if row.state is Fate.QUEUED and row.not_before < now - TOO_LATE]
        self.verdict.check(not owed_late, f"still owed, over six hours late, {when}: {len(owed_late)}")
        known = {phone.id for phone in self._members}
        lines = [line for line in self._simulator.ledger.since() if line.person in known and line.accepted]
        most = busiest([line.time for line in lines]) if lines else 0
        self.verdict.check(most <= BULK + 1, f"most reminders in any second {when}: {most}")
        hours = {(datetime.fromtimestamp(line.time, UTC) + WIB).hour for line in lines}
        self.verdict.check(hours <= set(DAYTIME), f"hours in which reminders came: {sorted(hours)}")


async def away(url: str, people: int, updates: int, short: bool) -> Verdict:
    """Run it all on an empty database, "" for a new SQLite file; return the verdict."""
    with tempfile.TemporaryDirectory() as folder:
        return await Outage(Path(folder), url, people, updates, short).run()


def main() -> int:
    """Run it, print the figures, and return the exit code."""
    parser = argparse.ArgumentParser(prog="bench.outage", description=__doc__.splitlines()[0])
    parser.add_argument("--updates", type=int, default=10_000)
    parser.add_argument("--people", type=int, default=1_000)
    parser.add_argument("--short", action="store_true", help="400 updates of 40 people, no rate judged")
    parser.add_argument("--postgresql", default="", help="a server; a new SQLite file if not given")
    given = parser.parse_args()
    logs.configure(level="CRITICAL", secrets=())
    people, updates = (40, 400) if given.short else (given.people, given.updates)
    began = time.monotonic()
    with new_database(given.postgresql) as url:
        verdict = asyncio.run(away(url, people, updates, given.short))
    for line in verdict.figures:
        sys.stdout.write(f"{line}{'  WRONG' if line in verdict.faults else ''}\n")
    sys.stdout.write(
        f"figure: {verdict.figures[3]}; {len(verdict.faults)} faults, {time.monotonic() - began:.0f} s\n"
    )
    return 1 if verdict.faults else 0


if __name__ == "__main__":
    sys.exit(main())
