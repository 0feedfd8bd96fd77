"""What a row weighs on disk with its indexes: `python -m bench.weights [--people 40000] [--postgresql URL]`.

The tables that grow with people and months are filled one after another as the bot fills them: what is
sealed is sealed, indexes of NIKs and receipt numbers are as random as they are. After each table the database
is looked at: SQLite's number of pages, PostgreSQL's `pg_total_relation_size`. Printed are bytes a row. Rows
are written once and never changed: what changes often weighs more on PostgreSQL until it was vacuumed.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any, Final

import orjson
import structlog
from sqlalchemy import Table, insert, text

import models.tables  # noqa: F401  every table must be known where statements are made
from bench.databases import new_database
from bench.exports import filing
from models import people
from models.agency.lists import Listed
from models.filing import prepare
from models.storage.base import Base
from models.storage.database import Database, migrate, normalise_url, open_database
from models.storage.ids import new_id
from models.storage.keys import Keys
from models.storage.sealed import PersonKey
from rules.calendar import Step, month_after
from rules.regions import VILLAGE, regions

NOW: Final = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
FIRST: Final = date(2026, 9, 1)
CHUNK: Final = 2_000
VILLAGES: Final = 300
MONTHS: Final = 3
STEPS: Final = (Step.BEFORE_7, Step.BEFORE_3, Step.DUE)
UPDATES: Final = 4
"""Of each person: months in the ledger, reminders sent, updates handled."""

TABLES: Final = (
    *("accounts", "person_keys", "consents", "workers", "applications", "application_events"),
    *("memberships", "contacts", "contributions", "deliveries", "dialogues", "seen_updates"),
    *("fleeting_messages", "audit_log"),
)
"""In the order in which they refer to each other."""

Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Weight:
    """How many rows a table has, and the bytes of it and its indexes."""

    table: str
    rows: int
    size: int

    @property
    def line(self) -> str:
        """Return it in words."""
        each = self.size / self.rows
        return f"{self.table:>20} {self.rows:>9,} rows {self.size / 2**20:8.1f} MB {each:7.0f} bytes a row"


class Village:
    """Makes people up, each with all the rows the bot keeps of somebody who is registered and pays."""

    def __init__(self, keys: Keys, chance: Random) -> None:
        self._keys = keys
        self._chance = chance
        self._codes = [code for code in regions().names if len(code) == VILLAGE][:VILLAGES]
        self._audited = 0

    def rows(self, numbers: range) -> Rows:
        """Return the rows of some people, by table."""
        rows: Rows = {table: [] for table in TABLES}
        for number in numbers:
            for table, made in self._person(number).items():
                rows[table] += made
        return rows

    def _person(self, number: int) -> Rows:
        account = self._chance.randrange(10**8, 8 * 10**9)
        form = Listed(new_id(NOW), PersonKey.generate(), new_id(NOW), account, 1)
        told = filing(number, self._codes[number % len(self._codes)])
        filed = prepare(self._keys, form, told, NOW)
        return {
            "accounts": [{"id": account, "language": "id", "created_at": NOW, "seen_at": NOW}],
            "person_keys": [people.row_of(self._keys, form.person_id, form.key)],
            "consents": [self._consent(form)],
            "workers": [filed.worker],
            "applications": [{**filed.application, "state": "registered"}],
            "application_events": self._events(filed.application["id"], account),
            **self._member(form, account, filed.application),
            **self._dialogue(form, account, told.answers),
            "seen_updates": self._updates(number),
        }

    def _consent(self, form: Listed) -> dict[str, Any]:
        return {
            "id": form.consent_id,
            "person_id": form.person_id,
            "account_id": form.account_id,
            "text_version": "2026-12",
            "text_sha256": self._chance.randbytes(32),
            "language": "id",
            "given_at": NOW,
            "channel": "telegram",
            "basis": "self",
        }

    def _events(self, application: int, account: int) -> list[dict[str, Any]]:
        way = ("draft", "submitted", "in_review", "accepted", "registered")
        return [
            {"id": new_id(NOW), "application_id": application, "from_state": before, "to_state": after}
            | {"by_account": account, "at": NOW}
            for before, after in pairwise(way)
        ]

    def _member(self, form: Listed, account: int, application: Mapping[str, Any]) -> Rows:
        membership = new_id(NOW)
        taken = ("nik_index", "first_month", "programmes", "sector", "money", "village_code")
        member = {name: application[name] for name in taken} | {
            "id": membership,
            "worker_id": form.person_id,
            "application_id": application["id"],
            "zone": "Asia/Jakarta",
            "income": form.key.seal_text("memberships", membership, "income", "1500000"),
            "kpj": form.key.seal_text("memberships", membership, "kpj", "26012345678"),
            "state": "active",
            "started_at": NOW,
            "sex": "male",
            "birth_year": 1990,
        }
        return {
            "memberships": [member],
            "contacts": [
                {"membership_id": membership, "position": 0, "account_id": account, "relation": "self"}
            ],
            "contributions": [self._paid(membership, month_after(FIRST, at)) for at in range(MONTHS)],
            "deliveries": [self._sent(membership, account, step) for step in STEPS],
            "audit_log": [self._audit(form)],
        }

    def _paid(self, membership: int, month: date) -> dict[str, Any]:
        return {
            "id": new_id(NOW),
            "membership_id": membership,
            "month": month,
            "amount": 8400,
            "money": "own",
            "programmes": 2,
            "relief": True,
            "sign": 1,
            "known_by": "reported_worker",
            "by_account": None,
            "at": NOW,
        }

    def _sent(self, membership: int, account: int, step: Step) -> dict[str, Any]:
        return {
            "id": new_id(NOW),
            "lane": 2,
            "promise": "B",
            "dedupe": f"reminder:{membership}:2026-12:{step}",
            "account_id": account,
            "chat_id": account,
            "kind": "reminder",
            "subject_id": membership,
            "month": date(2026, 12, 1),
            "step": step.value,
            "payload": b"",
            "not_before": NOW,
            "expires_at": NOW + timedelta(hours=6),
            "state": "sent",
            "attempts": 1,
            "message_id": self._chance.randrange(10**6),
            "created_at": NOW,
        }

    def _audit(self, form: Listed) -> dict[str, Any]:
        self._audited += 1
        return {
            "number": self._audited,
            "at": NOW,
            "by_account": form.account_id,
            "act": "accepted",
            "person_id": form.person_id,
            "subject": "BPU-7K3M-92QX",
            "details": "{}",
            "mark": self._chance.randbytes(32),
        }

    def _updates(self, number: int) -> list[dict[str, Any]]:
        ids = range(10**8 + number * UPDATES, 10**8 + (number + 1) * UPDATES)
        return [{"bot_id": 123456789, "update_id": each, "seen_at": NOW} for each in ids]

    def _dialogue(self, form: Listed, account: int, answers: Mapping[str, Any]) -> Rows:
        dialogue = new_id(NOW)
        draft = orjson.dumps({"answers": answers, "aside": {}}).decode()
        return {
            "dialogues": [
                {"id": dialogue, "account_id": account, "flow": "registration", "form_version": 1}
                | {"version": 12, "person_id": form.person_id, "consent_id": form.consent_id}
                | {"sealed": form.key.seal_text("dialogues", dialogue, "sealed", draft)}
                | {"created_at": NOW, "updated_at": NOW, "asked_at": NOW}
            ],
            "fleeting_messages": [
                {"chat_id": account, "message_id": at, "leaves_at": NOW, "sent_at": NOW} for at in range(2)
            ],
        }


async def weigh(url: str, count: int) -> AsyncIterator[Weight]:
    """Fill table after table of an empty database with so many people, and tell what each came to."""
    keys = Keys.generate()
    await migrate(normalise_url(url))
    database = await open_database(url, keys.text(), announce=lambda _: None)
    try:
        rows = await asyncio.to_thread(Village(keys, Random(1)).rows, range(count))  # noqa: S311
        for name in TABLES:
            before = await _size(database, name)
            await _insert(database, Base.metadata.tables[name], rows[name])
            yield Weight(name, len(rows[name]), await _size(database, name) - before)
            rows[name] = []
    finally:
        await database.close()


async def _insert(database: Database, table: Table, rows: list[dict[str, Any]]) -> None:
    for portion in _portions(rows):
        async with database.begin() as db:
            await db.execute(insert(table), portion)


def _portions(rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for first in range(0, len(rows), CHUNK):
        yield rows[first : first + CHUNK]


async def _size(database: Database, table: str) -> int:
    """Return the bytes of a table with its indexes; on SQLite of everything, of which only one grows."""
    async with database.begin() as db:
        if database.engine.dialect.name == "postgresql":
            asked = text("SELECT pg_total_relation_size(CAST(:table AS regclass))")
            return int(await db.scalar(asked, {"table": table}) or 0)
        pages = await db.scalar(text("PRAGMA page_count"))
        size = await db.scalar(text("PRAGMA page_size"))
        return int(pages or 0) * int(size or 0)


async def _weighed(url: str, count: int) -> int:
    total = 0
    async for weight in weigh(url, count):
        sys.stdout.write(f"{weight.line}\n")
        sys.stdout.flush()
        total += weight.size
    return total


def main() -> int:
    """Print what each table weighs, and what a person does."""
    parser = argparse.ArgumentParser(prog="bench.weights", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--people", type=int, default=40_000)
    parser.add_argument(
        "--postgresql", default="", help="a PostgreSQL server; a new SQLite file unless given"
    )
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    with tempfile.TemporaryDirectory() as folder, new_database(given.postgresql) as made:
        total = asyncio.run(_weighed(made or f"sqlite:///{folder}/weights.db", given.people))
    sys.stdout.write(f"figure: {given.people} people, {total / given.people:.0f} bytes each in all\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
