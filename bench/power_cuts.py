"""Cut the power under SQLite at any moment of real work, and look whether what was acknowledged is there.

    python -m bench.power_cuts [--cuts 1000] [--runs 20] [--seed 1] [--short] [--without synchronous]

People register through the bot's real intake while everything SQLite does to its files is noted. Then the
power is cut a thousand times, on paper, after any write, and the files that may be found afterwards are
opened with the SQLite the bot ships with. Half of the runs are in WAL, half in the mode for builds that must
not use it. Ends with 1 when an acknowledged update's effect is not there, half of a transaction is, or the
database is not intact.
"""

import argparse
import asyncio
import hashlib
import random
import shutil
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sqlalchemy import event, text

from bench.disk import KEPT, Disk
from bench.hall import Hall
from bench.intakes import intake
from bench.recorded_sqlite import VULNERABLE, Event, Recording
from models.storage.database import Database, open_database
from models.storage.engine import POOLS, new_engine, normalise_url
from models.storage.keys import Keys

BATCHES: Final = 40
"""How often the intake takes updates in one run: enough for the log to be checkpointed by itself."""

LARGEST: Final = 30
SCRUBBED: Final = 0.05
"""The share of batches after which the log is emptied, as after an erasure."""

LEFT: Final = ("rollback", "WAL", "WAL, killed")
"""How a former run may have left the database: with either journal, or killed before a checkpoint."""

TABLES: Final = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
    "AND name <> 'fleeting_messages' ORDER BY name"
)
"""What is compared. Which of the bot's own messages are to leave the chat is noted when they were sent, in a
transaction after that of the batch.
"""

Ask = Callable[[str], Iterable[Any]]


@dataclass(slots=True)
class Run:
    """One recorded run: the files at its beginning, what happened, and what the database held after each
    batch.

    `held[n]` is the fingerprint of all rows once n batches were acknowledged, `seen[n]` the updates of these.
    """

    begun: dict[str, bytes]
    events: list[Event]
    held: list[str] = field(default_factory=list)
    seen: list[frozenset[int]] = field(default_factory=list)


@dataclass(slots=True)
class Toll:
    """What the cuts came to."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def fault(self, kind: str, where: str) -> None:
        """Count a fault."""
        self.counts[kind] += 1
        self.faults.append(f"{kind}: {where}")


def _fingerprint(ask: Ask) -> str:
    """Return one value for all rows of all tables."""
    made = hashlib.sha256()
    for table in [row[0] for row in ask(TABLES)]:
        made.update(table.encode())
        for row in sorted(repr(tuple(row)) for row in ask(f'SELECT * FROM "{table}"')):  # noqa: S608 - our own name
            made.update(row.encode())
    return made.hexdigest()


async def _held(database: Database) -> str:
    async with database.begin() as db:
        connection = await db.connection()

        def look(sync: Any) -> str:
            return _fingerprint(lambda statement: sync.execute(text(statement)).all())

        return await connection.run_sync(look)


def _less_synchronous(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.close()


async def recorded(
    template: Path,
    keys: Keys,
    folder: Path,
    version: str,
    seed: int,
    batches: int,
    without: str = "",
    left: str = "",
) -> Run:
    """Let people register in a copy of a database, and return all that SQLite did.

    `version` is the one SQLite tells, if not its own; `left` says how the database was left, if not by
    chance.
    """
    chance = random.Random(seed)  # noqa: S311 - chosen to be repeatable
    path = folder / "bot.db"
    begun = _left_behind(template, path, left or chance.choice(LEFT))
    with Recording(f"recording-{seed}") as recording:
        run = Run(begun, recording.events)
        creator = recording.connecting(path, version)
        pool: dict[str, Any] = {**POOLS["sqlite"], "async_creator": creator}
        engine = new_engine(normalise_url(f"sqlite:///{path}"), **pool)
        if without == "synchronous":
            event.listen(engine.sync_engine, "connect", _less_synchronous)
        database = Database(engine, keys)
        await _worked(run, database, recording, chance, batches)
        await database.close()
    return run


def _left_behind(template: Path, path: Path, how: str) -> dict[str, bytes]:
    """Put a database where a run begins, as a former run of any build may have left it; return its files."""
    for old in path.parent.glob(f"{path.name}*"):
        old.unlink()
    made = path.with_name("made.db")
    shutil.copy(template, made)
    connection = sqlite3.connect(made, isolation_level=None)
    connection.execute(f"PRAGMA journal_mode = {'DELETE' if how == 'rollback' else 'WAL'}")
    connection.execute("UPDATE alembic_version SET version_num = version_num")
    if how != "WAL, killed":
        connection.close()
    files = {one.name.replace("made", path.stem): one.read_bytes() for one in made.parent.glob("made.db*")}
    connection.close()
    begun = {name: content for name, content in files.items() if not name.endswith("-shm")}
    for name, content in begun.items():
        path.with_name(name).write_bytes(content)
    return begun


async def _worked(
    run: Run, database: Database, recording: Recording, chance: random.Random, batches: int
) -> None:
    hall = Hall(people=10_000, at_once=LARGEST)
    hall.enter()
    run.held.append(await _held(database))
    run.seen.append(frozenset())
    async with intake(database, hall.send) as desk:
        for number in range(1, batches + 1):
            batch = hall.take(chance.randint(1, LARGEST))
            await desk.take(batch)
            hall.acknowledge(batch)
            recording.note("acknowledged", at=number)
            run.held.append(await _held(database))
            run.seen.append(frozenset(hall.acknowledged))
            if chance.random() < SCRUBBED:
                await database.scrub()


def cut(run: Run, cuts: int, folder: Path, seed: int, toll: Toll) -> None:
    """Cut the power so often at any moment of a run, and judge what is found each time."""
    chance = random.Random(seed)  # noqa: S311 - chosen to be repeatable
    moments = Counter(chance.randint(1, len(run.events)) for _ in range(cuts))
    disk, acknowledged = Disk(run.begun), 0
    for moment, one in enumerate(run.events, 1):
        if one.what == "acknowledged":
            acknowledged = one.at
        else:
            disk.happens(one)
        for _ in range(moments[moment]):
            kept = chance.choice(KEPT)
            where = f"seed {seed}, after event {moment} ({one.what} {one.file}), kept {kept}"
            _judge(run, disk.cut(kept, chance), acknowledged, folder, where, toll)


def _judge(
    run: Run, found: dict[str, bytes], acknowledged: int, folder: Path, where: str, toll: Toll
) -> None:
    toll.counts["cuts"] += 1
    toll.counts["acknowledged updates looked for"] += len(run.seen[acknowledged])
    for old in folder.glob("bot.db*"):
        old.unlink()
    for name, content in found.items():
        (folder / name).write_bytes(content)
    connection = sqlite3.connect(folder / "bot.db")
    try:
        _compare(run, connection, acknowledged, where, toll)
    except sqlite3.DatabaseError as wrong:
        toll.fault("corrupt", f"{wrong}; {where}")
    finally:
        connection.close()


def _compare(run: Run, connection: sqlite3.Connection, acknowledged: int, where: str, toll: Toll) -> None:
    intact = [row[0] for row in connection.execute("PRAGMA integrity_check")]
    if intact != ["ok"] or list(connection.execute("PRAGMA foreign_key_check")):
        toll.fault("corrupt", f"{intact[0]}; {where}")
        return
    there = {row[0] for row in connection.execute("SELECT update_id FROM seen_updates")}
    lost = run.seen[acknowledged] - there
    toll.counts["acknowledged updates lost"] += len(lost)
    if lost:
        toll.fault("cuts with a loss", f"{len(lost)} acknowledged updates; {where}")
    elif _fingerprint(connection.execute) not in run.held[acknowledged : acknowledged + 2]:
        toll.fault("cuts with half of a transaction", where)


async def power_cuts(
    cuts: int, runs: int, seed: int, without: str = "", batches: int = BATCHES, migrated: Path | None = None
) -> Toll:
    """Record that many runs, cut each as often as its share is, and return what it came to.

    `migrated` is a file that has every table, if there is one already.
    """
    toll = Toll()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        template, keys = await template_in(folder, migrated)
        for number in range(runs):
            version = VULNERABLE if number % 2 else ""
            run = await recorded(template, keys, folder, version, seed + number, batches, without)
            toll.counts["runs"] += 1
            toll.counts["batches acknowledged"] += batches
            toll.counts["writes noted"] += sum(one.what == "write" for one in run.events)
            cut(run, cuts // runs + (number < cuts % runs), folder, seed + number, toll)
    return toll


async def template_in(folder: Path, migrated: Path | None = None) -> tuple[Path, Keys]:
    """Return a database without people, and its keys; `migrated` is one that has every table."""
    path = folder / "template.db"
    if migrated is not None:
        shutil.copy(migrated, path)
    database = await open_database(f"sqlite:///{path}", folder / "keys", announce=lambda _: None)
    await database.close()
    return path, database.keys


def arguments() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(prog="bench.power_cuts", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cuts", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**31))
    parser.add_argument("--short", action="store_true", help="60 cuts in 2 runs")
    parser.add_argument(
        "--without", choices=("synchronous",), help="take a safeguard away, to see it noticed"
    )
    return parser.parse_args()


def main() -> int:
    """Cut, print what it came to, and return the exit code."""
    given = arguments()
    cuts, runs = (60, 2) if given.short else (given.cuts, given.runs)
    sys.stdout.write(f"seed {given.seed}, SQLite {sqlite3.sqlite_version} opens what is found\n")
    began = time.monotonic()
    toll = asyncio.run(power_cuts(cuts, runs, given.seed, given.without or ""))
    for fault in toll.faults[:20]:
        sys.stdout.write(f"  {fault}\n")
    for name, count in toll.counts.items():
        sys.stdout.write(f"{count:9} {name}\n")
    counts = toll.counts
    sys.stdout.write(
        f"figure: {counts['cuts']} power cuts, {counts['acknowledged updates looked for']} acknowledged"
        f" updates looked for, {counts['acknowledged updates lost']} lost, {counts['corrupt']} corrupt,"
        f" {len(toll.faults)} faults, {time.monotonic() - began:.0f} s\n"
    )
    return 1 if toll.faults else 0


if __name__ == "__main__":
    sys.exit(main())
