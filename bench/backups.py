"""What a backup promises: `python -m bench.backups [--rows 1000000] [--postgresql URL]`.

A database is filled while nobody looks and backed up while others write; the backup is restored into an empty
database of each engine, every row compared, a hundred people's data opened. Somebody is erased after the
backup and must stay away; values planted in the database must be readable in no file of the backup.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import SystemRandom
from typing import Final

from sqlalchemy import select, text, update

from bench.databases import new_database
from bench.members import fill
from models import erasures, people
from models.accounts import meet
from models.backups.dumping import dump
from models.backups.restoring import Files, open_sample, restore
from models.people import PersonKeyRow
from models.storage.backup_keys import PrivateBackupKey
from models.storage.base import table_of
from models.storage.database import Database, migrate, open_database
from models.storage.keys import Keys
from models.storage.sealed import PersonKey
from models.workers import Worker

ROWS_OF_A_PERSON: Final = 9.2
RTO: Final = 300.0
"""Seconds within which a million rows must be back."""

PLANTED: Final = "Siti Rahmawati"
SEALED: Final = 1_000
"""People whose data are really sealed; the others of the filling hold nothing."""

NOW: Final = datetime(2026, 11, 20, 2, tzinfo=UTC)


async def seal(database: Database) -> list[int]:
    """Seal data of some of the people, as a registration does, and empty the others'; return who they are."""
    async with database.begin() as db:
        await db.execute(text("UPDATE workers SET phone = NULL, address = NULL, contact = NULL"))
        chosen = list(await db.scalars(select(Worker.id).order_by(Worker.id).limit(SEALED)))
        for person_id in chosen:
            key = PersonKey.generate()
            row = people.row_of(database.keys, person_id, key)
            await db.execute(
                update(table_of(PersonKeyRow)).where(PersonKeyRow.person_id == person_id).values(row)
            )
            told = {"nik": f"99010101019{person_id % 100000:05}", "name": PLANTED, "birth_date": "1990-01-01"}
            sealed = {
                column: key.seal_text("workers", person_id, column, said) for column, said in told.items()
            }
            await db.execute(update(table_of(Worker)).where(Worker.id == person_id).values(sealed))
    return chosen


async def write_until(database: Database, stop: asyncio.Event) -> tuple[int, float]:
    """Write as a bot does until told to stop; return how many, and the longest in seconds."""
    done, longest = 0, 0.0
    while not stop.is_set():
        begun = time.monotonic()
        async with database.begin() as db:
            await meet(db, {5_000_000_000 + done: "id"}, NOW)
        longest = max(longest, time.monotonic() - begun)
        done += 1
        await asyncio.sleep(0.002)
    return done, longest


async def run(url: str, targets: list[str], rows: int, folder: Path) -> tuple[str, list[str]]:
    """Return the figures, and what was missed."""
    keys, key, missed = Keys.generate(), PrivateBackupKey.generate(), []
    await migrate(url)
    await fill(url, int(rows / ROWS_OF_A_PERSON))
    database = await open_database(url, keys.text(), announce=lambda _: None)
    try:
        sealed = await seal(database)
        stop = asyncio.Event()
        writing = asyncio.create_task(write_until(database, stop))
        begun = time.monotonic()
        made = await asyncio.to_thread(dump, url, keys, key.public, folder / "backups", NOW)
        took = time.monotonic() - begun
        stop.set()
        written, longest = await writing
        async with database.begin() as db:
            await erasures.replay(db, sealed[:1])
            db.add(erasures.Erasure(id=1, person_id=sealed[0], erased_at=NOW))
        later = await asyncio.to_thread(
            dump, url, keys, key.public, folder / "backups", NOW + timedelta(hours=1), whole=False
        )
    finally:
        await database.close()
    size = sum(path.stat().st_size for path in made) / 1e6
    if any(PLANTED.encode() in path.read_bytes() for path in (folder / "backups").iterdir()):
        missed.append("a planted value is readable in a backup")
    meanwhile = f"{written} transactions meanwhile, the longest {longest:.2f} s"
    told = [f"backed up in {took:.1f} s ({size:.0f} MB), {meanwhile}"]
    for target in targets:
        begun = time.monotonic()
        came = await restore(target, keys.text(), Files(later[0], made[1]), key, NOW + timedelta(hours=2))
        back = time.monotonic() - begun
        total = sum(came.restored.rows.values())
        restored = await open_database(target, keys.text(), announce=lambda _: None)
        try:
            async with restored.begin() as db:
                there = await db.get(Worker, sealed[0]) is not None
                if there or await db.get(PersonKeyRow, sealed[0]) is not None:
                    missed.append("who was erased is back")
            opened = await open_sample(restored, SystemRandom(), sealed[1:])
        finally:
            await restored.close()
        if back > RTO * max(1.0, rows / 1_000_000):
            missed.append(f"the restore took {back:.0f} s")
        kind = target.partition(":")[0]
        told.append(f"restored into {kind} in {back:.1f} s, {total} rows compared, {opened} people opened")
    return "; ".join(told), missed


def main() -> int:
    """Run it; 1 when a row, a person or a second too many was lost."""
    given = argparse.ArgumentParser()
    given.add_argument("--rows", type=int, default=1_000_000)
    given.add_argument("--postgresql", default="")
    given.add_argument("--short", action="store_true")
    options = given.parse_args()
    rows = 20_000 if options.short else options.rows
    with tempfile.TemporaryDirectory() as place, ExitStack() as stack:
        folder = Path(place)
        source = stack.enter_context(new_database(options.postgresql)) or f"sqlite:///{folder / 'bot.db'}"
        targets = [f"sqlite:///{folder / 'restored.db'}"]
        if options.postgresql:
            targets.append(stack.enter_context(new_database(options.postgresql)))
        figure, missed = asyncio.run(run(source, targets, rows, folder))
    for each in missed:
        print(f"missed: {each}")
    print(f"figure: from {source.partition(':')[0]}: {figure}{'  MISSED' if missed else ''}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
