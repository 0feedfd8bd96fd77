"""Let the disk run full under the bot, again and again, and count what that cost the people: nothing.

    python -m bench.disk_full [--times 20] [--short]

People register through the bot's real intake. Room is taken away; the batch in hand must not be
acknowledged, the log must raise an alarm, and once there is room again everything goes on. Three ways:
SQLite may have no more pages; the process may write no longer files (in a process of its own); and, where a
small file system may be mounted (root, as a rule), SQLite's file and a tablespace of a PostgreSQL of our own
on one that is really full. Ends with 1 when anything was lost, doubled or is stuck, or a full disk raised no
alarm.
"""

import argparse
import asyncio
import io
import multiprocessing
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psycopg

import logs
from bench.cluster import OWNER, Missing, cluster
from bench.filed import mistakes
from bench.hall import Hall
from bench.intakes import intake
from models.storage.database import Database, open_database

BATCH: Final = 20
WAITS: Final = 3
"""How often the bot finds the disk full before there is room again."""

PAGES: Final = 3
LONGER: Final = 20_000
"""Bytes a file may still grow."""

SMALL: Final = 48 * 1024 * 1024
MEGABYTE: Final = 1024 * 1024
Act = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class Toll:
    """What a road to a full disk came to."""

    road: str
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        counts = ", ".join(f"{count} {name}" for name, count in self.counts.items())
        return f"{self.road}: {counts}, {len(self.faults)} faults"


class Disk:
    """Takes room away and gives it back; the bot's pauses ask it."""

    def __init__(self, take: Act, give: Act, alarm: str) -> None:
        self._take = take
        self._give = give
        self._alarm = alarm
        self.waits = 0
        self.filled = 0
        self._log = io.StringIO()
        logs.configure(level="WARNING", stream=self._log)

    async def fill(self) -> None:
        """Take the room away."""
        await self._take()
        self.waits = 0

    async def pause(self, _seconds: float) -> None:
        """Stand for the bot's pause: room comes back during the third."""
        self.waits += 1
        if self.waits == WAITS:
            await self._give()
            self.filled += 1

    @property
    def alarms(self) -> int:
        """How often the log said that the disk is full, or the database away where no more is known."""
        return self._log.getvalue().count(f'"event": "{self._alarm}"')


async def filled(toll: Toll, url: str, folder: Path, times: int, disk: Callable[[Database], Disk]) -> None:
    """Have people register while the disk is full so many times."""
    hall = Hall(10_000, BATCH)
    hall.enter()
    database = await open_database(url, folder / "keys", announce=lambda _: None)
    try:
        room = disk(database)
        async with intake(database, hall.send, room.pause) as desk:
            number = 0
            while room.filled < times or hall.waiting:
                number += 1
                if room.filled < times and number % 3 == 0:
                    await room.fill()
                if room.filled >= times:
                    hall.people = len(hall.everybody)
                batch = hall.take(BATCH)
                await desk.take(batch)
                hall.acknowledge(batch)
    finally:
        await database.close()
    toll.counts |= {"times full": room.filled, "alarms": room.alarms, "acknowledged": len(hall.acknowledged)}
    toll.counts["receipts"] = hall.receipts
    toll.faults += [*hall.faults, *hall.stuck(), *await mistakes(url, folder / "keys", hall)]
    if room.alarms != WAITS * times:
        toll.faults.append(f"{room.alarms} alarms, and the disk was found full {WAITS * times} times")


def _pages(database: Database) -> Disk:
    async def pragma(statement: str) -> int:
        async with database.engine.connect() as connection:
            return int((await connection.exec_driver_sql(statement)).scalar_one())

    async def take() -> None:
        await pragma(f"PRAGMA max_page_count = {await pragma('PRAGMA page_count') + PAGES}")

    async def give() -> None:
        await pragma("PRAGMA max_page_count = 1000000000")

    return Disk(take, give, "intake.database_full")


def _lengths(database: Database) -> Disk:
    path = Path(str(database.engine.url.database))
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    async def take() -> None:
        longest = max(one.stat().st_size for one in path.parent.glob(f"{path.name}*"))
        resource.setrlimit(resource.RLIMIT_FSIZE, (longest + LONGER, hard))

    async def give() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))

    return Disk(take, give, "intake.database_away")


def _ballast(folder: Path) -> Callable[[Database], Disk]:
    path = folder / "ballast"

    async def take() -> None:
        await asyncio.to_thread(_fill_up, path)

    async def give() -> None:
        path.unlink()

    return lambda _: Disk(take, give, "intake.database_full")


def _fill_up(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        size = 64 * 1024
        while size:
            try:
                file.write(bytes(size))
            except OSError:
                size = 0 if size < 4096 else size // 2


async def by_pages(folder: Path, times: int) -> Toll:
    """SQLite may have no more pages."""
    toll = Toll("SQLite, no more pages")
    await filled(toll, f"sqlite:///{folder}/pages.db", folder, times, _pages)
    return toll


def without_longer_files(folder: Path, times: int) -> Toll:
    """The process may not make files longer; for a process of its own."""
    toll = Toll("SQLite, no longer files")
    (folder / "length").mkdir()
    asyncio.run(filled(toll, f"sqlite:///{folder}/length/bot.db", folder, times, _lengths))
    return toll


@contextmanager
def small_file_system(folder: Path) -> Iterator[Path]:
    """Mount a small file system in a folder meanwhile; raise Missing where that is not allowed."""
    folder.mkdir()
    mount, unmount = shutil.which("mount"), shutil.which("umount")
    if mount is None or unmount is None:
        raise Missing("there is no mount here")
    command = [mount, "-t", "tmpfs", "-o", f"size={SMALL}", "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True).returncode:  # noqa: S603 - our own words
        raise Missing("this user may mount nothing")
    try:
        yield folder
    finally:
        subprocess.run([unmount, "-l", str(folder)], check=True)  # noqa: S603 - our own words


async def by_small_disk(folder: Path, times: int) -> Toll:
    """SQLite's file lies on a file system that is really full."""
    toll = Toll("SQLite, a full file system")
    with small_file_system(folder / "small") as small:
        await filled(toll, f"sqlite:///{small}/bot.db", folder, times, _ballast(small))
    return toll


@asynccontextmanager
async def _on_small_disk(small: Path) -> AsyncIterator[str]:
    """Yield the address of a database of a PostgreSQL of our own whose tables lie on a small file system."""
    space = small / "space"
    space.mkdir()
    if os.geteuid() == 0:
        shutil.chown(space, OWNER)
        for ours in (small, small.parent, small.parent.parent):
            ours.chmod(0o755)  # the server's user must get there
    async with cluster() as server:
        async with await psycopg.AsyncConnection.connect(server.server, autocommit=True) as connection:
            await connection.execute(f"CREATE TABLESPACE small LOCATION '{space}'".encode())
            await connection.execute("CREATE DATABASE bot TABLESPACE small")
        yield f"{server.server.rpartition('/')[0]}/bot"


async def by_tablespace(folder: Path, times: int) -> Toll:
    """PostgreSQL's tables lie on a file system that is really full: an error of class 53100."""
    toll = Toll("PostgreSQL, a full file system")
    with small_file_system(folder / "tablespace") as small:
        async with _on_small_disk(small) as url:
            await filled(toll, url, folder, times, _ballast(small))
    return toll


async def in_own_process(road: Callable[[Path, int], Toll], folder: Path, times: int) -> Toll:
    """Go a road that takes the room from the whole process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as processes:
        return await asyncio.get_running_loop().run_in_executor(processes, road, folder, times)


async def measured(folder: Path, times: int) -> list[Toll]:
    """Go every road this machine allows; those it does not are said so."""
    tolls = [await by_pages(folder / _made(folder, "a"), times)]
    tolls.append(await in_own_process(without_longer_files, folder / _made(folder, "b"), times))
    for name, road in (("c", by_small_disk), ("d", by_tablespace)):
        try:
            tolls.append(await road(folder / _made(folder, name), times))
        except Missing as missing:
            sys.stdout.write(f"not measured, {road.__name__}: {missing}\n")
    return tolls


def _made(folder: Path, name: str) -> str:
    (folder / name).mkdir()
    return name


def arguments() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(prog="bench.disk_full", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--short", action="store_true", help="three times each way")
    return parser.parse_args()


def main() -> int:
    """Fill the disk, print what it came to, and return the exit code."""
    given = arguments()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        tolls = asyncio.run(measured(Path(folder), 3 if given.short else given.times))
    for toll in tolls:
        sys.stdout.write(f"{toll}\n")
        for fault in toll.faults[:10]:
            sys.stdout.write(f"  {fault}\n")
    full = sum(toll.counts["times full"] for toll in tolls)
    faults = sum(len(toll.faults) for toll in tolls)
    taken = sum(toll.counts["acknowledged"] for toll in tolls)
    sys.stdout.write(
        f"figure: {full} times full in {len(tolls)} ways, {taken} acknowledged updates,"
        f" {faults} faults; {time.monotonic() - began:.0f} s\n"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
