"""Coverage of all Indonesia: `python -m bench.coverage --memberships 5000000 [--database URL]`.

Members are made by the database itself in all 83,762 villages, each with months paid; then everything is
counted once, and what an officer asks for is timed: a page, the provinces, the villages of the largest
regency, the board of all villages, the workbook. At last some pay, and counting catches up.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Connection, NullPool, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bench.members import DIALECTS
from handlers.coverage.boards import board_of, board_page
from handlers.coverage.files import shown_level, table
from handlers.coverage.views import page, read
from jobs.coverage import Coverage
from models.contributions import covered
from models.counting import coverage
from models.memberships import Life, Membership
from models.storage.database import Database, migrate, normalise_url, open_database
from models.storage.engine import new_engine
from models.storage.keys import Keys
from rules.regions import REGENCY, VILLAGE, regions
from rules.standing import standing

NOW: Final = datetime(2026, 11, 20, 3, 5, tzinfo=UTC)
ZONE: Final = ZoneInfo("Asia/Jakarta")
SECONDS: Final = {"sqlite": 5.0, "postgresql": 2.0}
"""How long what is asked of all Indonesia may take."""

CHUNK: Final = 50_000
LARGEST: Final = "3205"
SAMPLE: Final = 40
"""Villages counted by hand, member by member."""

FIRST: Final = 1_000_000
"""Members' numbers begin here."""

STATEMENTS: Final = """
    INSERT INTO person_keys PEOPLE SELECT NUMBER, NOTHING_SEALED, 1 FROM person;
    INSERT INTO consents (id, person_id, account_id, text_version, text_sha256, language, given_at,
                          channel, basis) PEOPLE
        SELECT NUMBER, NUMBER, 1, '1', NOTHING_SEALED, 'id', MOMENT, 'telegram', 'self' FROM person;
    INSERT INTO workers (id, consent_id, nik, nik_index, name, birth_date, village_code, village_name,
                         region_version, created_at) PEOPLE
        SELECT NUMBER, NUMBER, NOTHING_SEALED, DIGEST, NOTHING_SEALED, NOTHING_SEALED, '3201012001', 'Desa',
               '2026', MOMENT FROM person;
    INSERT INTO memberships (id, worker_id, nik_index, first_month, programmes, sector, money, village_code,
                             zone, income, state, started_at, sponsor_until, sex, birth_year) PEOPLE
        SELECT NUMBER, NUMBER, NOTHING_SEALED, DATE'2026-06-01', 2,
               CASE WHEN i % 9 = 0 THEN 'transport' ELSE 'other' END,
               CASE WHEN i % 3 = 0 THEN 'apbdes' ELSE 'own' END,
               (SELECT code FROM bench_villages WHERE nth = (i * 48271) % VILLAGES), 'Asia/Jakarta',
               NOTHING_SEALED, CASE WHEN i % 97 = 0 THEN 'ended' ELSE 'active' END, MOMENT,
               CASE WHEN i % 3 = 0 THEN DATE'2026-12-31' END,
               CASE WHEN i % 2 = 0 THEN 'female' ELSE 'male' END, 1962 + i % 46
          FROM person;
    INSERT INTO contributions (id, membership_id, month, amount, money, programmes, relief, sign, known_by,
                               at) PEOPLE, month(first, nth) AS (MONTHS)
        SELECT (NUMBER) * 16 + nth, NUMBER, month.first, 8400, 'own', 2, true, 1, 'reported_worker', MOMENT
          FROM person JOIN month ON month.nth <= i % 7
"""
"""What makes the members from :first to :last, in the words of bench/members.py."""

MEANINGS: Final = {
    "MONTHS": " UNION ALL ".join(f"SELECT DATE'2026-{5 + nth:02}-01', {nth}" for nth in range(1, 7)),
    "NUMBER": f"i + {FIRST}",
}


async def fill(url: str, members: int) -> None:
    """Fill an empty database with members of every village; no note is taken on the way, one at the end."""
    engine = new_engine(normalise_url(url), statement_timeout="0", silence=None, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_prepare)
        for first in range(0, members, CHUNK):
            async with engine.begin() as connection:
                if engine.dialect.name == "postgresql":
                    await connection.execute(text("SET LOCAL session_replication_role = replica"))
                for statement in _statements(engine.dialect.name):
                    span = {"first": first, "last": min(first + CHUNK, members) - 1}
                    await connection.execute(text(statement), span)
        async with engine.begin() as connection:
            await connection.execute(text("DROP TABLE bench_villages"))
            await connection.execute(text(NOTES))
        async with engine.connect() as connection:
            raw = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await raw.execute(text("ANALYZE" if engine.dialect.name == "sqlite" else "VACUUM ANALYZE"))
    finally:
        await engine.dispose()


NOTES: Final = """
    INSERT INTO coverage_touched (level, code) SELECT DISTINCT 10, village_code FROM memberships
    WHERE NOT EXISTS (
        SELECT 1 FROM coverage_touched AS noted WHERE noted.level = 10 AND noted.code = village_code
    )
"""


def _prepare(connection: Connection) -> None:
    codes = sorted(code for code in regions().names if len(code) == VILLAGE)
    connection.execute(text("CREATE TABLE bench_villages (nth integer PRIMARY KEY, code text NOT NULL)"))
    rows = [{"nth": nth, "code": code} for nth, code in enumerate(codes)]
    connection.execute(text("INSERT INTO bench_villages VALUES (:nth, :code)"), rows)
    account = "INSERT INTO accounts (id, language, created_at, seen_at) VALUES (1, 'id', :now, :now)"
    moment = NOW.replace(tzinfo=None).isoformat(" ") if connection.dialect.name == "sqlite" else NOW
    connection.execute(text(account), {"now": moment})


def _statements(dialect: str) -> list[str]:
    villages = sum(len(code) == VILLAGE for code in regions().names)
    statements = [" ".join(each.split()) for each in STATEMENTS.split(";") if each.strip()]
    for word, meaning in (*MEANINGS.items(), ("% VILLAGES", f"% {villages}"), *DIALECTS[dialect].items()):
        statements = [each.replace(word, meaning) for each in statements]
    return statements


class Bench:
    """What was measured, and what was missed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._limit = SECONDS[database.engine.dialect.name]
        self.lines: list[str] = []
        self.missed = 0

    def note(self, fine: bool, line: str) -> None:
        """Note a line; it is a miss unless it is fine."""
        self.lines.append(line if fine else f"{line}  MISSED")
        self.missed += not fine

    async def timed(self, name: str, do: Callable[[], Awaitable[object]]) -> None:
        """Do something three times; the slowest counts."""
        took = []
        for _ in range(3):
            start = time.perf_counter()
            await do()
            took.append(time.perf_counter() - start)
        self.note(max(took) < self._limit, f"{name}: {max(took) * 1000:.0f} ms (slowest of 3)")

    async def run(self) -> None:
        """Count everything, ask for everything, let some pay, and count again."""
        start = time.perf_counter()
        await Coverage(self._database, lambda: NOW).count()
        self.note(True, f"everything counted once: {time.perf_counter() - start:.0f} s")
        await self._right()
        await self.timed("page of all Indonesia", lambda: self._page(""))
        await self.timed("its 38 provinces", lambda: self._inside("", 2))
        await self.timed("the 514 regencies", lambda: self._inside("", REGENCY))
        await self.timed(f"villages of {LARGEST}", lambda: self._inside(LARGEST, VILLAGE))
        await self.timed("every village in Indonesia", lambda: self._inside("", VILLAGE))
        await self.timed("board of all Indonesia", self._board)
        await self.timed("workbook of Indonesia", lambda: self._table(""))
        await self.timed(f"workbook of {LARGEST}", lambda: self._table(LARGEST))
        await self._catching_up()

    async def _page(self, code: str) -> str:
        async with self._database.begin() as db:
            return page(await read(db, code, NOW, ZONE), "id")

    async def _inside(self, code: str, level: int) -> int:
        async with self._database.begin() as db:
            return len(await coverage.inside(db, code, level))

    async def _board(self) -> str:
        async with self._database.begin() as db:
            view = await read(db, "", NOW, ZONE)
            return board_page(view, board_of(view, await coverage.inside(db, "", VILLAGE)), "id")

    async def _table(self, code: str) -> bytes:
        assert shown_level(code) >= len(code)
        async with self._database.begin() as db:
            return await table(db, await read(db, code, NOW, ZONE), "id", officer=True)

    async def _right(self) -> None:
        """Compare all members with their number, and some villages with a hand that asks the rule."""
        async with self._database.begin() as db:
            members = await db.scalar(select(func.count()).select_from(Membership)) or 0
            figures = (await read(db, "", NOW, ZONE)).figures
            whole = sum(figures.states.values()) + figures.ended
            self.note(members == whole, f"members in the counts: {whole} of {members}")
            codes = list(await db.scalars(select(Membership.village_code).distinct().limit(SAMPLE)))
            wrong = [code for code in codes if not await self._by_hand(db, code)]
            self.note(not wrong, f"villages counted by hand: {len(codes)}, wrong: {len(wrong)}")

    async def _by_hand(self, db: AsyncSession, code: str) -> bool:
        query = select(Membership).where(Membership.village_code == code, Membership.state == Life.ACTIVE)
        members = list(await db.scalars(query))
        months, today = await covered(db, [one.id for one in members]), date(2026, 11, 20)
        stands = [
            standing(one.first_month, months[one.id], today, one.protection_until, one.sponsor_until)
            for one in members
        ]
        figures = (await read(db, code, NOW, ZONE)).figures
        active = sum(each.paid_through is not None and not each.lapsed for each in stands)
        return (active, sum(each.lapsed for each in stands)) == (
            figures.active,
            sum(figures.states.values()) - figures.active - sum(each.paid_through is None for each in stands),
        )

    async def _catching_up(self) -> None:
        """Let a thousand people in as many villages pay, and count what that touched."""
        rows = [
            {"id": 10**12 + nth, "member": FIRST + nth * 7, "month": date(2026, 12, 1)} for nth in range(1000)
        ]
        paid = text(
            "INSERT INTO contributions (id, membership_id, month, amount, money, programmes, relief, sign,"
            " known_by, at) SELECT :id, id, :month, 8400, 'own', 2, true, 1, 'confirmed', started_at"
            " FROM memberships WHERE id = :member"
        )
        if self._database.engine.dialect.name == "sqlite":
            rows = [{**row, "month": "2026-12-01"} for row in rows]
        start = time.perf_counter()
        async with self._database.begin() as db:
            await (await db.connection()).execute(paid, rows)
        took = time.perf_counter() - start
        self.note(True, f"1,000 payments written, with their notes: {took:.2f} s")
        start = time.perf_counter()
        while True:
            async with self._database.begin() as db:
                if not await coverage.count_some(db):
                    break
        self.note(
            True, f"what they touched counted anew, up to Indonesia: {time.perf_counter() - start:.1f} s"
        )


async def measure(url: str, members: int) -> Bench:
    """Fill an empty database and measure."""
    await migrate(url)
    start = time.perf_counter()
    await fill(url, members)
    filled = time.perf_counter() - start
    database = await open_database(url, Keys.generate().text(), announce=lambda _: None)
    bench = Bench(database)
    bench.lines.append(f"{members} memberships made in {filled:.0f} s")
    try:
        await bench.run()
    finally:
        await database.close()
    return bench


def main(arguments: Sequence[str]) -> int:
    """Print what was measured; 1 where something was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--memberships", type=int, default=5_000_000)
    parser.add_argument("--database", help="the address of an empty database; a SQLite file unless given")
    told = parser.parse_args(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    with tempfile.TemporaryDirectory() as folder:
        url = told.database or f"sqlite:///{folder}/coverage.db"
        bench = asyncio.run(measure(url, told.memberships))
    sys.stdout.write("\n".join(bench.lines) + "\n")
    return int(bool(bench.missed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
