"""Rotate the keys under load, killing the rotation again and again, and open every value afterwards.

    python -m bench.rotation [--values 1000000] [--kills 20] [--seed 1] [--short] [--postgresql SERVER]

A bot's work goes on in this process: people are made, their keys opened, updates set aside. The rotation is
`bot.py keys rotate`, a process of its own that is killed with SIGKILL at random moments and started again.
Then the bot stops, and the key of the blind indexes is rotated in the same way. Ends with 1 when a value does not
open, is missing, still needs the old key, or when an old key could be retired too early.
"""

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, insert, select

from bench.databases import new_database
from models.people import PersonKeyRow, keys_of, new_person, row_of
from models.quarantine import Quarantine, put
from models.reminding.opt_outs import OptOut
from models.storage.base import table_of
from models.storage.database import Database, open_database
from models.storage.ids import new_id
from models.storage.keys import Keys
from models.storage.sealed import PersonKey
from models.trust import rotation
from models.trust.sealed_columns import SEALED, uses

ROOT: Final = Path(__file__).resolve().parent.parent
CHUNK: Final = 10_000
INDEXED: Final = 10
"""One blind index for so many values."""

BEGUN: Final = b"seals now"
"""What the rotation says before it begins to seal."""


class Bench:
    """One run: a database full of sealed values, what goes on in it, and a rotation that is killed."""

    def __init__(self, folder: Path, url: str, values: int, kills: int, seed: int) -> None:
        self.url = url or f"sqlite:///{folder}/bot.sqlite3"
        self.key_file = folder / "keys"
        self.faults: list[str] = []
        self.counts = {"values": 0, "transactions": 0, "kills": 0}
        self.slowest = 0.0
        self._values, self._kills = values, kills
        self._chance = random.Random(seed)  # noqa: S311  chosen to be repeatable
        self._people: list[int] = []
        self._seconds = 0.0

    async def run(self) -> None:
        """Fill, rotate under load, count; then rotate the index key and look every index up."""
        database = await open_database(self.url, self.key_file, announce=lambda _: None)
        await self._fill(database)
        stop = asyncio.Event()
        working = asyncio.create_task(self._work(database, stop))
        await self._rotate(database)
        stop.set()
        await working
        await self._look(database)
        await database.close()
        await self._reindex()

    async def _fill(self, database: Database) -> None:
        """Let values rest: nine of ten are people's keys, the tenth an update that was set aside."""
        now = datetime.now(UTC)
        for start in range(0, self._values, CHUNK):
            count = min(CHUNK, self._values - start)
            people = [new_id(now) for _ in range(count - count // 10)]
            async with database.begin() as db:
                keys = [row_of(database.keys, person, PersonKey.generate()) for person in people]
                await db.execute(insert(table_of(PersonKeyRow)), keys)
                await db.execute(insert(table_of(Quarantine)), self._aside(database.keys, count // 20, now))
                indexes = [
                    _index(database.keys, n) for n in range(start // INDEXED, (start + count) // INDEXED)
                ]
                rows = [{"nik_index": index, "stopped_at": now, "account_id": 1} for index in indexes]
                await db.execute(insert(table_of(OptOut)), rows)
            self._people += people
            self.counts["values"] += len(people) + 2 * (count // 20)

    def _aside(self, keys: Keys, count: int, now: datetime) -> list[dict[str, Any]]:
        ids = [new_id(now) for _ in range(count)]
        return [
            {
                "id": number,
                "bot_id": 1,
                "update_id": number,
                "update": keys.seal("quarantine", number, "update", b"update"),
                "error": keys.seal("quarantine", number, "error", b"error"),
                "at": now,
            }
            for number in ids
        ]

    async def _work(self, database: Database, stop: asyncio.Event) -> None:
        """Do what a bot does, until told to stop: every value that is read must open."""
        number = 1
        while not stop.is_set():
            now, began = datetime.now(UTC), time.perf_counter()
            async with database.begin() as db:
                person, key = await new_person(db, database.keys, now)
                await put(db, database.keys, 2, number, b"update", "error", None, now)
                some = self._chance.sample(self._people, 20)
                found = await keys_of(db, database.keys, [*some, person])
            if len(found) != 21 or repr(found[person]) != repr(key):
                self.faults.append(f"{21 - len(found)} keys of people were not found")
            self._people.append(person)
            self.slowest = max(self.slowest, time.perf_counter() - began)
            self.counts["values"] += 3
            self.counts["transactions"] += 1
            number += 1
            await asyncio.sleep(0.005)

    async def _rotate(self, database: Database) -> None:
        """Rotate, killed as often as was asked for, each time somewhere in the work."""
        began, longest = time.perf_counter(), max(0.05, self._values / 60_000)
        while self.counts["kills"] < self._kills:
            process = await self._started("keys", "rotate")
            await _says(process, BEGUN)
            await asyncio.sleep(self._chance.uniform(0.0, longest))
            if process.returncode is not None:
                break
            process.kill()
            await process.communicate()
            self.counts["kills"] += 1
            await self._must_not_retire(database)
        await self._finish("keys", "rotate")
        self._seconds = time.perf_counter() - began

    async def _must_not_retire(self, database: Database) -> None:
        try:
            async with database.begin() as db:
                await rotation.retire(db, database.keys, 1, datetime.now(UTC), at_once=True)
            self.faults.append("the old key could be retired in the middle of its rotation")
        except rotation.NotYet:
            pass

    async def _reindex(self) -> None:
        """Rotate the index key, killed once in the middle, and find every index again."""
        if self._kills > 1:
            process = await self._started("keys", "rotate", "index")
            await asyncio.sleep(1.0 + self._values / 200_000)
            if process.returncode is None:
                process.kill()
            await process.communicate()
        await self._finish("keys", "rotate", "index")
        database = await open_database(self.url, self.key_file, announce=lambda _: None)
        wanted = {_index(database.keys, number) for number in range(self._values // INDEXED)}
        async with database.begin() as db:
            there = {bytes(index) for index in await db.scalars(select(OptOut.nik_index))}
        await database.close()
        if wanted != there:
            self.faults.append(f"{len(wanted - there)} blind indexes are not found any more")

    async def _started(self, *words: str) -> asyncio.subprocess.Process:
        settings = {"DATABASE_URL": self.url, "KEYS_FILE": str(self.key_file), "PYTHONPATH": str(ROOT)}
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "bot.py",
            *words,
            cwd=ROOT,
            env={**os.environ, **settings},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )

    async def _finish(self, *words: str) -> None:
        process = await self._started(*words)
        said, _ = await process.communicate()
        if process.returncode:
            self.faults.append(f"{' '.join(words)} ended with {process.returncode}: {said.decode()[-300:]}")

    async def _look(self, database: Database) -> None:
        """Open every value with the newest key alone."""
        newest = [line for line in Keys.load(self.key_file).lines if line.name != "master 1"]
        keys, opened = Keys(newest), 0
        async with database.begin() as db:
            left = {number: count for number, count in (await uses(db)).items() if number == 1}
        if left:
            self.faults.append(f"{left[1]} values still need the old key")
            return
        for sealed in SEALED:
            last = -1
            while True:
                query = select(sealed.row_id.label("id"), *sealed.table.columns, sealed.value.label("v"))
                query = (
                    query.where(sealed.row_id > last, sealed.is_there).order_by(sealed.row_id).limit(CHUNK)
                )
                async with database.begin() as db:
                    rows = (await db.execute(query)).all()
                if not rows:
                    break
                for row in rows:
                    keys.open(sealed.table.name, row.id, sealed.place(row), row.v)
                last, opened = rows[-1].id, opened + len(rows)
        if opened != self.counts["values"]:
            self.faults.append(f"{opened} values are there, and {self.counts['values']} were sealed")
        async with database.begin() as db:
            people = await db.scalar(select(func.count()).select_from(PersonKeyRow))
        if people != len(self._people):
            self.faults.append(f"{people} people are there, and {len(self._people)} were made")

    def figure(self) -> str:
        """Return the figures in one line."""
        said = ", ".join(f"{value} {name}" for name, value in self.counts.items())
        return (
            f"{said}, rotated in {self._seconds:.1f} s, slowest transaction beside it "
            f"{1000 * self.slowest:.0f} ms, {len(self.faults)} faults"
        )


def _index(keys: Keys, number: int) -> bytes:
    return keys.nik_index(f"99{number:014d}")


async def _says(process: asyncio.subprocess.Process, words: bytes) -> None:
    assert process.stdout is not None
    async for line in process.stdout:
        if words in line:
            return


async def rotated(values: int, kills: int, seed: int, database: str = "") -> Bench:
    """Run it all."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), database, values, kills, seed)
        await bench.run()
        return bench


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it from the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.rotation", description=__doc__)
    parser.add_argument("--values", type=int, default=1_000_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--postgresql", default="", metavar="SERVER")
    given = parser.parse_args(arguments)
    values, kills = (5_000, 1) if given.short else (given.values, given.kills)
    with new_database(given.postgresql) as database:
        bench = asyncio.run(rotated(values, kills, given.seed, database))
    for fault in bench.faults:
        sys.stdout.write(f"fault: {fault}\n")
    sys.stdout.write(f"figure: {bench.figure()}\n")
    return 1 if bench.faults else 0


if __name__ == "__main__":
    sys.exit(main())
