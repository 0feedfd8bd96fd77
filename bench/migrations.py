"""What an upgrade costs those who write meanwhile: `python -m bench.migrations [--postgresql URL]`.

A database of the release before coverage (revision 0013) is filled; the statements of that release then go on
writing while it is brought up, down and up again, and while upgrades are killed in the middle. On PostgreSQL
nobody may wait for more than a second, and no statement may fail. SQLite has one writer: there the bot is
stopped for an upgrade, and only the kills, the schema and the time count.
"""

import argparse
import asyncio
import multiprocessing
import secrets
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final, TypeVar

import psycopg
from sqlalchemy import Connection, NullPool, inspect

from bench.databases import new_database
from bench.members import fill
from models.storage.database import migrate, normalise_url
from models.storage.engine import new_engine
from models.storage.mending import missing
from models.storage.revisions import code_revision, database_revision

T = TypeVar("T")
FORMER: Final = "0013"
"""What comes after it adds columns, indexes, triggers and tables to what is there."""

ROWS_OF_A_PERSON: Final = 9.2
MOST: Final = 1.0
"""Seconds that a statement of the former release may wait."""

WRITES: Final = """
    INSERT INTO accounts (id, language, created_at, seen_at) VALUES (%(id)s, 'id', now(), now());
    INSERT INTO person_keys (person_id, wrapped, key_id) VALUES (%(id)s, 'x', 1);
    INSERT INTO consents (id, person_id, account_id, text_version, text_sha256, language, given_at, channel,
                          basis)
        VALUES (%(id)s, %(id)s, %(id)s, '1', 'x', 'id', now(), 'telegram', 'self');
    INSERT INTO workers (id, consent_id, nik, nik_index, name, birth_date, village_code, village_name,
                         region_version, created_at)
        VALUES (%(id)s, %(id)s, 'x', %(digest)s, 'x', 'x', '3201012001', 'Desa', '2026', now());
    INSERT INTO applications (id, reference, worker_id, account_id, consent_id, state, nik_index, duplicate,
                              payer, money, programmes, months, first_month, sector, occupation_id,
                              village_code, flags, form_version, answers, submitted_at, updated_at)
        VALUES (%(id)s, %(reference)s, %(id)s, %(id)s, %(id)s, 'submitted', %(digest)s, false, 'self', 'own',
                2, 1, '2026-12-01', 'other', 'driver', '3201012001', '[]', 1, 'x', now(), now());
    INSERT INTO memberships (id, worker_id, nik_index, first_month, programmes, sector, money, village_code,
                             zone, income, state, started_at)
        VALUES (%(id)s, %(id)s, %(digest)s, '2026-12-01', 2, 'other', 'own', '3201012001', 'Asia/Jakarta',
                'x', 'active', now());
    INSERT INTO contributions (id, membership_id, month, amount, money, programmes, relief, sign, known_by,
                               at)
        VALUES (%(id)s, %(id)s, '2026-12-01', 8400, 'own', 2, true, 1, 'reported_worker', now());
    UPDATE applications SET state = 'in_review', updated_at = now() WHERE id = %(id)s;
    UPDATE accounts SET seen_at = now() WHERE id = %(id)s
"""
"""What the former release writes in one transaction of a registration."""

START: Final = 9_000_000_000
"""The first number of those who come while it is migrated."""

EACH: Final = 10_000_000
"""How many numbers a writer has."""


@dataclass
class Writer:
    """The former release at work, in a thread."""

    url: str
    longest: float = 0.0
    done: int = 0
    errors: list[str] = field(default_factory=list)

    def work(self, first: int, stop: threading.Event) -> None:
        """Write registrations until told to stop; note the longest wait and every error."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("SET lock_timeout = '2s'")
            for number in range(first, first + EACH):
                if stop.is_set():
                    return
                begun = time.monotonic()
                try:
                    with connection.transaction():
                        _register(connection, number)
                    self.done += 1
                except psycopg.Error as error:
                    self.errors.append(f"{type(error).__name__} {str(error).splitlines()[0]}")
                self.longest = max(self.longest, time.monotonic() - begun)


def _register(connection: psycopg.Connection, number: int) -> None:
    values = {"id": number, "digest": number.to_bytes(32), "reference": f"BPU-{number}"}
    for statement in WRITES.split(";"):
        connection.execute(statement, values)


def move(url: str, revision: str) -> None:
    """Bring a database to a revision, up or down."""
    asyncio.run(migrate(url, revision))


async def _asked(url: str, question: Callable[[Connection], T]) -> T:
    engine = new_engine(normalise_url(url), statement_timeout="0", poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(question)
    finally:
        await engine.dispose()


def state(connection: Connection) -> tuple[str | None, int, tuple[tuple[str, tuple[str, ...]], ...]]:
    """Return the revision, how many indexes are missing, and the columns of each table."""
    found = inspect(connection)
    tables = sorted(found.get_table_names())
    columns = tuple((name, tuple(sorted(one["name"] for one in found.get_columns(name)))) for name in tables)
    return database_revision(connection), len(missing(connection)), columns


def killed(url: str, revision: str, kills: int, chance: Random, span: float) -> int:
    """Start upgrades and kill each after a moment by chance; return how many had not ended."""
    count = 0
    for _ in range(kills):
        process = multiprocessing.get_context("spawn").Process(target=move, args=(url, revision))
        process.start()
        process.join(1.0 + chance.random() * span)
        if process.is_alive():
            process.kill()
            count += 1
        process.join()
    return count


def run(url: str, rows: int, kills: int, seed: int) -> tuple[str, bool]:
    """Fill, migrate up, down and up under load, kill and retry; return figures and whether all is well."""
    postgresql = url.startswith("postgresql")
    move(url, FORMER)
    begun = time.monotonic()
    asyncio.run(fill(url, int(rows / ROWS_OF_A_PERSON)))
    print(f"filled with {rows} rows in {time.monotonic() - begun:.0f} s", flush=True)
    stop, writer = threading.Event(), Writer(url)
    threads = [
        threading.Thread(target=writer.work, args=(START + at * 10_000_000, stop))
        for at in range(2 * postgresql)
    ]
    for thread in threads:
        thread.start()
    times, chance = [], Random(seed)  # noqa: S311 - where a kill falls
    for revision in ("head", FORMER, "head"):
        begun = time.monotonic()
        move(url, revision)
        times.append(time.monotonic() - begun)
    move(url, FORMER)
    died = killed(url, "head", kills, chance, max(times))
    move(url, "head")
    stop.set()
    for thread in threads:
        thread.join()
    found = asyncio.run(_asked(url, state))
    fine = _same_as_fresh(url, found) and not writer.errors
    fine = fine and (not postgresql or (writer.longest <= MOST and writer.done > 0))
    for error in sorted(set(writer.errors))[:10]:
        print(f"failed: {error}")
    told = ", ".join(f"{seconds:.1f}" for seconds in times)
    kind = "PostgreSQL" if postgresql else "SQLite"
    waits = f"; {writer.done} registrations written meanwhile, the longest took {writer.longest:.2f} s, "
    waits += f"{len(writer.errors)} failed"
    return (
        f"{kind}, {rows} rows: up, down, up in {told} s{waits if postgresql else ''}; "
        f"{died} upgrades killed, the next was clean"
    ), fine


def _same_as_fresh(url: str, found: object) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        if url.startswith("postgresql"):
            server = f"{url.rpartition('/')[0]}/postgres"
            with new_database(server) as fresh:
                move(fresh, "head")
                wanted = asyncio.run(_asked(fresh, state))
        else:
            fresh = f"sqlite:///{Path(folder) / 'fresh.db'}"
            move(fresh, "head")
            wanted = asyncio.run(_asked(fresh, state))
    return found == wanted and wanted[0] == code_revision()


def main() -> int:
    """Run it; 1 when a statement failed or waited too long, or the schema is not that of a new database."""
    given = argparse.ArgumentParser()
    given.add_argument("--rows", type=int, default=1_000_000)
    given.add_argument("--kills", type=int, default=10)
    given.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    given.add_argument("--postgresql", default="")
    given.add_argument("--short", action="store_true")
    options = given.parse_args()
    rows, kills = (20_000, 2) if options.short else (options.rows, options.kills)
    print(f"seed {options.seed}")
    with tempfile.TemporaryDirectory() as folder, new_database(options.postgresql) as made:
        figure, fine = run(made or f"sqlite:///{Path(folder) / 'bench.db'}", rows, kills, options.seed)
    print(f"figure: {figure}{'' if fine else '  MISSED'}")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
