"""What an export of a million costs, and the way there and back: `python -m bench.exports`.

The applications are made up directly in a database, a SQLite file when no server is named. The export runs
in a process of its own, whose peak memory is looked at. Then some are answered by the office in files, and
each must have moved to the state its answer says.
"""

import argparse
import asyncio
import csv
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import func, insert, select

from bench.databases import new_database
from command_line import office_files
from models import people
from models.accounts import meet
from models.agency.imports import Purpose
from models.agency.lists import Listed
from models.applications import Application
from models.consents import Basis, Consent
from models.filing import Filing, prepare
from models.people import PersonKeyRow
from models.states import State
from models.storage.base import table_of
from models.storage.database import Database, migrate, normalise_url, open_database
from models.storage.ids import new_id
from models.storage.keys import Keys
from models.storage.sealed import PersonKey
from models.workers import Worker
from rules.regions import VILLAGE, regions
from sheets.layouts import Shelf

NOW: Final = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
JAKARTA: Final = ZoneInfo("Asia/Jakarta")
AGENT: Final = 86_001
CHUNK: Final = 2_000
MEGABYTES: Final = 300
IN_A_FILE: Final = 20_000
"""Rows in one file of results: the office sends several."""

EVERY: Final = 10
"""One row in so many is refused."""


def filing(number: int, village: str) -> Filing:
    """Return an invented farmer, each with a NIK of their own in a region that is nobody's."""
    nik = f"99{number // 9_999 % 10_000:04}010190{number % 9_999 + 1:04}"
    answers = {
        "nik": nik,
        "name": "Pekerja Contoh",
        "birth_date": "1990-01-01",
        "sex": "male",
        "address": f"Jalan Kenanga {number} RT 02 RW 05",
        "village": {"code": village, "label": "Desa", "data": "2025"},
        "phone": {"e164": "+6286012345678"},
        "occupation": {"id": "petani", "words": "tani"},
        "workplace": {"offered": "home_village"},
        "hours": "08:00-17:00",
        "income": 1_500_000,
        "employs": "no",
        "payer": "own",
        "heirs": "none",
    }
    return Filing(
        nik=nik,
        name="Pekerja Contoh",
        birth_date=NOW.date().replace(year=1990),
        phone="+6286012345678",
        address="Jalan Kenanga",
        contact=None,
        answers=answers,
        village_code=village,
        village_name="Desa",
        region_version="2025",
        payer="own",
        money="own",
        programmes=2,
        months=1,
        first_month=NOW.date().replace(day=1),
        sector="other",
        occupation_id="petani",
    )


def chunks(count: int) -> Iterator[range]:
    """Yield the numbers of those to be made together."""
    for first in range(0, count, CHUNK):
        yield range(first, min(first + CHUNK, count))


async def fill(url: str, keys: str, count: int) -> None:
    """Make so many accepted applications, of three hundred villages."""
    await migrate(normalise_url(url))
    database = await open_database(url, keys, announce=lambda _: None)
    villages = [code for code in regions().names if len(code) == VILLAGE][:300]
    async with database.begin() as db:
        await meet(db, {AGENT: "id"}, NOW)
    for numbers in chunks(count):
        await _fill(database, numbers, villages)
    await database.close()


async def _fill(database: Database, numbers: range, villages: list[str]) -> None:
    persons: list[dict[str, Any]] = []
    consents: list[dict[str, Any]] = []
    workers: list[dict[str, Any]] = []
    applications: list[dict[str, Any]] = []
    for number in numbers:
        form = Listed(new_id(NOW), PersonKey.generate(), new_id(NOW), AGENT, 1)
        filed = prepare(database.keys, form, filing(number, villages[number % len(villages)]), NOW)
        persons.append(people.row_of(database.keys, form.person_id, form.key))
        consents.append(_consent(form))
        workers.append(filed.worker)
        applications.append({**filed.application, "state": State.ACCEPTED})
    async with database.begin() as db:
        for table, rows in (
            (PersonKeyRow, persons),
            (Consent, consents),
            (Worker, workers),
            (Application, applications),
        ):
            await db.execute(insert(table_of(table)), rows)


def _consent(form: Listed) -> dict[str, Any]:
    return {
        "id": form.consent_id,
        "person_id": form.person_id,
        "account_id": AGENT,
        "text_version": "2026-11",
        "text_sha256": bytes(32),
        "language": "id",
        "given_at": NOW,
        "channel": "list",
        "basis": Basis.AGENT,
    }


async def _export(url: str, keys: str, layout: str, out: Path) -> int:
    database = await open_database(url, keys, announce=lambda _: None)
    made = await office_files.export(
        database, Shelf().layout(layout), "", None, out, NOW, JAKARTA, lambda _: None
    )
    await database.close()
    return made.rows


def export(url: str, keys: str, layout: str, out: Path) -> tuple[int, float, float]:
    """Export everybody; return rows, seconds and the peak memory of this process in megabytes."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    start = time.perf_counter()
    rows = asyncio.run(_export(url, keys, layout, out))
    return rows, time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def _answered(url: str, keys: str, files: list[Path]) -> dict[State, int]:
    database = await open_database(url, keys, announce=lambda _: None)
    for file in files:
        await office_files.take_in(
            database, Purpose.RESULTS, file, lambda: datetime.now(UTC), JAKARTA, lambda _: None
        )
    async with database.begin() as db:
        states = select(Application.state, func.count()).group_by(Application.state)
        found = {row[0]: int(row[1]) for row in await db.execute(states)}
    await database.close()
    return found


def answer(url: str, keys: str, exported: Path, folder: Path, count: int) -> tuple[dict[State, int], float]:
    """Let the office answer for the first so many of an export; return the states, and the seconds."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    with exported.open(encoding="utf-8-sig", newline="") as file:
        niks = [row["NIK"] for _, row in zip(range(count), csv.DictReader(file, delimiter=";"), strict=False)]
    files = []
    for first in range(0, len(niks), IN_A_FILE):
        files.append(folder / f"results-{first}.csv")
        with files[-1].open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file, delimiter=";")
            out.writerow(("NIK", "KPJ", "Alasan Ditolak"))
            for number, nik in enumerate(niks[first : first + IN_A_FILE], start=first):
                refused = number % EVERY == 0
                out.writerow((nik, "" if refused else f"{number:011}", "Alamat" if refused else ""))
    start = time.perf_counter()
    states = asyncio.run(_answered(url, keys, files))
    return states, time.perf_counter() - start


def measure(server: str, count: int, answered: int, layout: str) -> list[tuple[bool, str]]:
    """Measure both; each line says whether it is what is wanted."""
    fresh = partial(ProcessPoolExecutor, 1, multiprocessing.get_context("spawn"), max_tasks_per_child=1)
    keys = Keys.generate().text()
    lines = []
    with tempfile.TemporaryDirectory() as folder, new_database(server) as made:
        url = made or f"sqlite:///{Path(folder) / 'bench.db'}"
        start = time.perf_counter()
        with fresh() as pool:
            pool.submit(_filled, url, keys, count).result()
        lines.append((True, f"{count} applications made up in {time.perf_counter() - start:.0f} s"))
        out = Path(folder) / ("out.csv" if layout == "ringkas" else "out.xlsx")
        with fresh() as pool:
            rows, seconds, megabytes = pool.submit(export, url, keys, layout, out).result()
        size = sum(file.stat().st_size for file in Path(folder).glob("out*")) / 1024 / 1024
        fine = rows == count and megabytes < MEGABYTES
        lines.append(
            (fine, f"{rows} exported in {seconds:.0f} s, peak {megabytes:.0f} MB, files {size:.0f} MB")
        )
        if layout == "ringkas" and answered:
            with fresh() as pool:
                states, seconds = pool.submit(answer, url, keys, out, Path(folder), answered).result()
            returned = -(-answered // EVERY)
            fine = (states.get(State.REGISTERED), states.get(State.RETURNED)) == (
                answered - returned,
                returned,
            )
            told = ", ".join(f"{number} {state.value}" for state, number in states.items())
            lines.append((fine, f"{answered} answered in {seconds:.0f} s: {told}"))
    return lines


def _filled(url: str, keys: str, count: int) -> None:
    asyncio.run(fill(url, keys, count))


def main() -> int:
    """Measure and print; 1 when something was missed."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--database", default="", help="a PostgreSQL server; a SQLite file when not given")
    given.add_argument("--rows", type=int, default=1_000_000)
    given.add_argument("--answered", type=int, default=10_000)
    options = given.parse_args()
    lines = measure(options.database, options.rows, 0, "bpu")
    lines += measure(options.database, options.answered, options.answered, "ringkas")
    for fine, line in lines:
        sys.stdout.write(line + ("" if fine else "  MISSED") + "\n")
    return int(not all(fine for fine, _ in lines))


if __name__ == "__main__":
    sys.exit(main())
