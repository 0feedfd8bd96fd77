"""One person's flood while a hundred others converse: how much slower they are answered, in the same run.

    python -m bench.floods [--seconds 60] [--a-second 1000] [--only text|photo|document|tap|group] [--short]
                           [--postgresql SERVER]

The bot is a process of its own, with the pace of production. A hundred people ask every four seconds; after
a while without a flood, one person writes a thousand messages a second, then another photos, documents, taps
and messages in a group, one kind after the other with a pause between. The short form judges effects only:
who floods is heard and told off as often as is allowed, and nobody else loses a reply. The long form also
judges the others' p99, at most doubled, and the memory. Ends with 1 when that is missed.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import logs
from bench.databases import new_database
from bench.processes import BotProcess, environment
from simulator.phone import Phone
from simulator.server import Simulator

OTHERS: Final = 100
EVERY: Final = 4.0
"""Seconds from one question of somebody to the next."""

BURST: Final = 20
PER_SECOND: Final = 1.0
"""What the bot is told to take of one person, as in production."""

SLOWER: Final = 2.0
GROWTH: Final = 50.0
"""Megabytes the floods may add to the process."""

TOLD_OFF: Final = "pelan-pelan"
PATIENCE: Final = 120.0
REST: Final = 3.0
"""Seconds between two floods."""

PIECES: Final = 50
"""How many heaps a second of flood comes in."""

Flood = Callable[[Phone], object]
Waits = list[float]


def _tap(phone: Phone) -> object:
    newest = next(message.message_id for message in reversed(phone.messages) if message.by_bot)
    return phone.tap(newest, "v1|c|bantuan|x")


FLOODS: Final[dict[str, Flood]] = {
    "text": lambda phone: phone.text("halo halo halo"),
    "photo": lambda phone: phone.file("photo", b"\x89PNG not really", "ktp.png"),
    "document": lambda phone: phone.file("document", b"nama;nik\n", "daftar.csv"),
    "tap": _tap,
    "group": lambda phone: phone.group("halo semua"),
}


@dataclass
class Findings:
    """Figures for reading, faults for the exit code."""

    figures: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def check(self, fine: bool, line: str) -> None:
        """Note a figure; it is a fault unless it is fine."""
        self.figures.append(line)
        if not fine:
            self.faults.append(line)


class Others:
    """People who ask again and again, each at their own moment, and time the answers."""

    def __init__(self, simulator: Simulator, count: int, every: float) -> None:
        self._phones = simulator.crowd(count)
        self._every = every
        self._since: dict[int, float] = {}
        self._chance = random.Random(1)  # noqa: S311  chosen to be repeatable
        self.waits: Waits = []
        self.asked = 0
        simulator.on_sent(lambda chat, _: self._heard(chat))

    async def ask(self, seconds: float) -> None:
        """Ask for so many seconds."""
        until = time.perf_counter() + seconds
        await asyncio.gather(*(self._one(phone, until) for phone in self._phones))

    async def _one(self, phone: Phone, until: float) -> None:
        await asyncio.sleep(self._chance.uniform(0.0, self._every))
        while time.perf_counter() < until:
            if phone.id not in self._since:
                self._since[phone.id] = time.perf_counter()
                self.asked += 1
                phone.text("/bantuan")
            await asyncio.sleep(self._every * self._chance.uniform(0.8, 1.2))

    def _heard(self, chat: int) -> None:
        since = self._since.pop(chat, None)
        if since is not None:
            self.waits.append(time.perf_counter() - since)

    @property
    def waiting(self) -> int:
        """How many have no answer yet."""
        return len(self._since)

    def taken(self) -> Waits:
        """Return how long answers took since the last time."""
        waits, self.waits = self.waits, []
        return waits


class Run:
    """One bot, a hundred people and one who floods."""

    def __init__(self, simulator: Simulator, bot: BotProcess, others: Others, short: bool) -> None:
        self._simulator = simulator
        self._bot = bot
        self._others = others
        self._short = short
        self.findings = Findings()

    async def go(self, kinds: Sequence[str], seconds: float, a_second: int) -> None:
        """Measure without a flood, then with one of each kind."""
        await self._others.ask(min(seconds, 5.0))
        await self._answered()
        self._others.taken()
        await self._others.ask(seconds)
        await self._answered()
        quiet = self._others.taken()
        self.findings.check(True, f"no flood: p50 {_ms(quiet, 0.5)}, p99 {_ms(quiet, 0.99)}, n={len(quiet)}")
        before = self._bot.peak_megabytes()
        for kind in kinds:
            flooder = self._simulator.person(first_name="Budi")
            flooder.text("/bantuan")
            await asyncio.sleep(REST)
            await self._flood(kind, flooder, seconds, a_second, quiet)
        grown = self._bot.peak_megabytes() - before
        line = f"memory: {before:.0f} MB, {grown:.0f} MB more after the floods"
        self.findings.check(self._short or grown < GROWTH, line)

    async def _flood(self, kind: str, flooder: Phone, seconds: float, a_second: int, quiet: Waits) -> None:
        said: list[str] = []
        began = time.monotonic()
        heard = _noting(flooder.id, said)
        self._simulator.on_sent(heard)
        pouring = asyncio.create_task(self._pour(FLOODS[kind], flooder, seconds, a_second))
        await self._others.ask(seconds)
        sent = await pouring
        await self._answered()
        waits, took = self._others.taken(), time.monotonic() - began
        ratio = _share(waits, 0.99) / _share(quiet, 0.99)
        line = f"{kind} {sent / seconds:.0f}/s: p99 {_ms(waits, 0.99)}, {ratio:.2f} times"
        self.findings.check(self._short or ratio <= SLOWER, f"{line}, n={len(waits)}")
        left = self._others.waiting
        self.findings.check(not left, f"{kind}: {left} of {OTHERS} without an answer")
        self._simulator.telegram.listeners.remove(heard)
        self._restrained(kind, said, took)

    async def _pour(self, one: Flood, flooder: Phone, seconds: float, a_second: int) -> int:
        """Flood for so many seconds, in even heaps; return how many that were."""
        began = time.perf_counter()
        sent = 0
        while (passed := time.perf_counter() - began) < seconds:
            for _ in range(int(passed * a_second) - sent):
                one(flooder)
                sent += 1
            await asyncio.sleep(1 / PIECES)
        return sent

    async def _answered(self) -> None:
        """Return when nothing waits any more, or nothing moves."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self._busy():  # noqa: ASYNC110
            await asyncio.sleep(0.05)  # the bot is another process: nothing tells

    def _busy(self) -> bool:
        return bool(self._others.waiting or len(self._simulator.telegram.queue))

    def _restrained(self, kind: str, said: Sequence[str], took: float) -> None:
        """The flooder gets what the pace lets through, and is told off at most once a minute."""
        told = sum(TOLD_OFF in text for text in said)
        minutes = 1 + int(took // 60)
        most = 2 * (BURST + PER_SECOND * took) + minutes
        line = f"{kind}: told off {told} times in {took:.0f} s (at most {minutes})"
        self.findings.check(told <= minutes, line)
        line = f"{kind}: {len(said)} messages to the flooder (at most {most:.0f})"
        self.findings.check(len(said) <= most, line)


def _noting(person: int, said: list[str]) -> Callable[[int, dict[str, Any]], None]:
    """Return a listener that notes what one person is told."""

    def note(chat: int, message: dict[str, Any]) -> None:
        if chat == person:
            said.append(str(message.get("text", "")))

    return note


def _share(waits: Waits, share: float) -> float:
    return sorted(waits)[min(int(share * len(waits)), len(waits) - 1)]


def _ms(waits: Waits, share: float) -> str:
    return f"{1000 * _share(waits, share):.0f} ms"


async def flooded(
    kinds: Sequence[str], seconds: float, a_second: int, *, short: bool, database: str = ""
) -> Findings:
    """Run it all at a bot of its own; return what was found."""
    simulator = Simulator(remember=40, seed=1)
    with tempfile.TemporaryDirectory() as folder:
        async with simulator.serve() as url:
            settings = environment(simulator, url, Path(folder), database) | {
                "FLOOD_BURST": str(BURST),
                "FLOOD_PER_SECOND": str(PER_SECOND),
                "LOG_LEVEL": "CRITICAL",
            }
            bot = await BotProcess.start(("bot.py", "run"), settings, Path(folder) / "bot.log")
            try:
                await bot.polls(simulator)
                run = Run(simulator, bot, Others(simulator, OTHERS, 1.0 if short else EVERY), short)
                await run.go(kinds, seconds, a_second)
                bot.expect_alive()
            finally:
                await bot.stop()
    return run.findings


def main() -> int:
    """Run it, print the figures, and return the exit code."""
    parser = argparse.ArgumentParser(prog="bench.floods", description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0, help="of each flood")
    parser.add_argument("--a-second", type=int, default=1000, help="messages of the one who floods")
    parser.add_argument("--only", choices=list(FLOODS))
    parser.add_argument("--short", action="store_true", help="three seconds each, and no time is judged")
    parser.add_argument("--postgresql", default="", help="a server; a new SQLite file if not given")
    given = parser.parse_args()
    logs.configure(level="CRITICAL", secrets=())
    kinds = [kind for kind in FLOODS if given.only in (None, kind)]
    seconds = 3.0 if given.short else given.seconds
    began = time.monotonic()
    with new_database(given.postgresql) as database:
        findings = asyncio.run(flooded(kinds, seconds, given.a_second, short=given.short, database=database))
    for line in findings.figures:
        sys.stdout.write(f"{line}{'  MISSED' if line in findings.faults else ''}\n")
    ratios = ", ".join(
        line.partition(",")[0] for line in findings.figures if "times" in line and "p99" in line
    )
    sys.stdout.write(f"figure: {ratios}; {len(findings.faults)} missed, {time.monotonic() - began:.0f} s\n")
    return 1 if findings.faults else 0


if __name__ == "__main__":
    sys.exit(main())
