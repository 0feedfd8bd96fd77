"""How fast lists are judged and filed, and what bombs cost: `python -m bench.sheets [--database SERVER]`.

Without a server each list is filed into a SQLite file of its own. One row in ten is wrong in one cell, and
must be refused for it; all others must be filed. Memory is the peak of the bot's process and of the limited
one together.
"""

import argparse
import asyncio
import io
import multiprocessing
import os
import random
import re
import resource
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import structlog
import xlsxwriter
from sqlalchemy import func, select

from bench.databases import new_database
from handlers.filing import filing_of
from jobs.imports import Imports
from models.accounts import Role, grant, meet
from models.agency import import_parts, imports
from models.agency.import_parts import Kind
from models.agency.imports import Import
from models.applications import Application
from models.storage.database import Database, migrate, normalise_url, open_database
from models.storage.keys import Keys
from post.outcome import Broken, Outcome, Sent
from post.sayings import Saying
from rules.refusal import Refused
from rules.regions import VILLAGE, regions, warm
from sheets import confined
from sheets.columns import COLUMNS
from sheets.template import heading
from tests.sheets.bombs import BOMBS

NOW: Final = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
AGENT: Final = 86_001
SEED: Final = 20261120
SECONDS: Final = {100: 2.0, 25_000: 120.0}
"""Rows, and the seconds they may take."""

MEGABYTES: Final = 300
BOMB_SECONDS: Final = 1.0
BOMB_MEGABYTES: Final = 20
VILLAGES: Final = 300
"""Villages the people of one list live in."""

WRONG: Final = {
    "nik": "3205",
    "name": "S1ti",
    "birth_date": "31-02-1990",
    "village": "Xyzzy",
    "income": "banyak",
}
"""What is wrong in one cell of every tenth row."""

FILLED: Final = (
    "nik",
    "name",
    "birth_date",
    "sex",
    "address",
    "village",
    "district",
    "regency",
    "phone",
    "occupation",
    "income",
    "workplace",
    "hours",
    "heir1_name",
    "heir1_relation",
)
WORK: Final = ("petani", "nelayan", "ojek", "pedagang pasar", "tukang bangunan", "pemulung", "penjahit")


@dataclass
class Findings:
    """What was measured, and what was missed."""

    lines: list[str] = field(default_factory=list)
    missed: bool = False

    def check(self, fine: bool, line: str) -> None:
        """Note a line; it is a miss unless it is fine."""
        self.lines.append(line if fine else f"{line}  MISSED")
        self.missed = self.missed or not fine


@dataclass(frozen=True, slots=True)
class Run:
    """What a list came to: seconds, megabytes of both processes, the longest wait of others, verdicts."""

    seconds: float
    ours: float
    theirs: float
    longest_wait: float
    filed: int
    refused: int
    rows: int


def people(count: int, every: int = 10) -> list[dict[str, str]]:
    """Return invented workers, one in `every` of them with a wrong cell."""
    chance = random.Random(SEED)  # noqa: S311 - the same every time
    known = regions()
    villages = chance.sample([code for code in known.names if len(code) == VILLAGE], VILLAGES)
    found = [_person(chance, number, chance.choice(villages)) for number in range(count)]
    for number, one in enumerate(found[every - 1 :: every]):
        column = list(WRONG)[number % len(WRONG)]
        one[column] = WRONG[column]
    return found


def _person(chance: random.Random, number: int, village: str) -> dict[str, str]:
    known = regions()
    born, woman = date(1965, 1, 1) + timedelta(days=chance.randrange(14_000)), chance.random() < 0.5
    day = born.day + (40 if woman else 0)
    return {
        "nik": f"{village[:6]}{day:02}{born:%m%y}{9000 + number % 1000}",
        "name": chance.choice(("Siti Aminah", "Rahayu Lestari", "Kartika Sari", "Dewi Anggraini")),
        "birth_date": f"{born:%d-%m-%Y}",
        "sex": "P" if woman else "L",
        "address": f"Jalan Kenanga {number} RT 02 RW 05",
        "village": known.place(village).name,
        "district": known.place(village[:6]).name,
        "regency": known.place(village[:4]).shown,
        "phone": f"0860{chance.randrange(10**8):08}",
        "occupation": chance.choice(WORK),
        "income": str(chance.choice((1_000_000, 1_500_000, 2_500_000))),
        "workplace": "Pasar Melati",
        "hours": "05.00-12.00",
        "heir1_name": "Bambang Wijaya",
        "heir1_relation": "anak",
    }


def list_of(count: int, every: int) -> bytes:
    """Return so many people as a workbook under the template's headings."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_numbers": False}) as book:
        sheet = book.add_worksheet()
        for at, column in enumerate(one for one in COLUMNS if one.name in FILLED):
            sheet.write_string(0, at, heading("id", column))
        for number, one in enumerate(people(count, every), start=1):
            for at, column in enumerate(one for one in COLUMNS if one.name in FILLED):
                sheet.write_string(number, at, one[column.name])
    return content.getvalue()


async def receive(database: Database, content: bytes) -> None:
    """Let an officer, whose day holds that many, send a list and declare that everybody agreed."""
    async with database.begin() as db:
        await meet(db, {AGENT: "id"}, NOW)
        await grant(db, AGENT, Role.OFFICER, NOW, None)
        document = {"file_id": "kept", "message_id": 1}
        number = await imports.receive(db, database.keys, AGENT, document, "agent", "id", NOW)
        sent = await imports.asked(db, number or 0, AGENT)
        assert sent is not None
        await imports.declare(db, sent, "spoken", "today", bytes(32), NOW)
        await import_parts.keep(db, database.keys, sent.id, Kind.FILE, content)


async def say(_: Saying) -> Outcome:
    """Say everything, to nobody."""
    return Sent(1)


async def fetch(_: str) -> Outcome:
    """Fetch nothing: the file is here."""
    return Broken("not at Telegram")


async def worked_off(url: str, content: bytes) -> Run:
    """Work one list off, and count."""
    await migrate(normalise_url(url))
    database = await open_database(url, Keys.generate().text(), announce=lambda _: None)
    await receive(database, content)
    warm()  # as the bot does when it starts
    work = Imports(database, fetch, say, lambda: datetime.now(UTC), ZoneInfo("Asia/Jakarta"), filing_of)
    waits: list[float] = []
    peaks: list[float] = [0.0]
    watching = asyncio.create_task(_watch(database, waits, peaks))
    start = time.perf_counter()
    await work.work()
    seconds = time.perf_counter() - start
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching
    async with database.begin() as db:
        done = (await db.scalars(select(Import))).one()
        rows = await db.scalar(select(func.count()).select_from(Application)) or 0
    await database.close()
    ours = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Run(seconds, ours, max(peaks), max(waits), done.filed, done.refused, rows)


async def _watch(database: Database, waits: list[float], peaks: list[float]) -> None:
    """Ask the database something small, as a reply does, and note how long it takes; look at the memory."""
    while True:
        start = time.perf_counter()
        async with database.begin() as db:
            await db.execute(select(1))
        waits.append(time.perf_counter() - start)
        peaks.extend(_peaks_of_children())
        await asyncio.sleep(0.02)


def _peaks_of_children() -> list[float]:
    """Return the peak memory of each process this one started, in megabytes (Linux)."""
    found = []
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text("ascii").split()
    for child in children:
        with suppress(OSError):
            status = Path(f"/proc/{child}/status").read_text("ascii")
            found += [int(kilobytes) / 1024 for kilobytes in re.findall(r"VmHWM:\s+(\d+)", status)]
    return found


def run(content: bytes, server: str) -> Run:
    """Work one list off in this process, with a database of its own."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    with tempfile.TemporaryDirectory() as folder, new_database(server) as url:
        return asyncio.run(worked_off(url or f"sqlite:///{Path(folder) / 'bench.db'}", content))


async def _defused(content: bytes) -> str:
    order = {
        "do": "judge",
        "declared": {"relation": "agent", "agreement_how": "spoken"},
        "today": "2026-11-20",
        "language": "id",
        "after": 0,
    }
    try:
        async for _ in confined.lines(order, content):
            continue
    except Refused as refused:
        return refused.name
    return "taken"


def defuse(bomb: str) -> tuple[float, float, str]:
    """Return seconds, megabytes this process grew by, and the refusal of a bomb."""
    content = BOMBS[bomb][0]()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    refusal = asyncio.run(_defused(content))
    seconds = time.perf_counter() - start
    return seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024, refusal


def measure(server: str, sizes: list[int], every: int, findings: Findings) -> None:
    """Measure lists of some sizes, then every bomb, each in a process of its own."""
    fresh = partial(ProcessPoolExecutor, 1, multiprocessing.get_context("spawn"), max_tasks_per_child=1)
    for count in sizes:
        with fresh() as pool:
            content = pool.submit(list_of, count, every).result()
            one = pool.submit(run, content, server).result()
        wrong = count // every
        findings.check(
            one.seconds < SECONDS.get(count, count / 100),
            f"{count:>6} rows in {one.seconds:.2f} s, {count / one.seconds:.0f} a second",
        )
        findings.check(
            (count - wrong, wrong, count - wrong) == (one.filed, one.refused, one.rows),
            f"       {one.filed} filed, {one.refused} refused, {wrong} were wrong",
        )
        findings.check(
            one.ours + one.theirs < MEGABYTES,
            f"       {one.ours:.0f} MB here and {one.theirs:.0f} MB in the limited process",
        )
        findings.check(True, f"       others waited {one.longest_wait * 1000:.0f} ms at most")
    with fresh() as pool:
        for bomb, (_, wanted) in BOMBS.items():
            seconds, grown, refusal = pool.submit(defuse, bomb).result()
            fine = refusal == wanted and seconds < BOMB_SECONDS and grown < BOMB_MEGABYTES
            findings.check(fine, f"bomb: {bomb}: {refusal} in {seconds:.2f} s, this process +{grown:.0f} MB")


def main() -> int:
    """Measure and print; 1 when something was missed."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--database", default="", help="a PostgreSQL server; a SQLite file when not given")
    given.add_argument("--rows", type=int, nargs="*", default=sorted(SECONDS))
    given.add_argument("--every", type=int, default=10, help="one row in so many is wrong")
    options = given.parse_args()
    findings = Findings()
    measure(options.database, options.rows, options.every, findings)
    sys.stdout.write("\n".join(findings.lines) + "\n")
    return int(findings.missed)


if __name__ == "__main__":
    sys.exit(main())
