"""An erasure reaches every column that names somebody or holds something sealed, in every table there is."""

import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import LargeBinary, select

from models.erasures import erase_account
from models.people import PersonKeyRow
from models.privacy.reached import KEPT, How, how
from models.storage.base import Base, Id
from models.storage.database import Database
from models.storage.ids import new_id
from models.tables import TABLES
from tests.planted_rows import SKIPPED, WHEN, Planted

SITI = 7_390_481_265
NAMING = re.compile(
    r"account|person|worker_id|chat|_by$|^by_|application_id|membership_id|consent_id|dialogue_id"
)
OTHERS = {"accounts.id", "workers.id", "applications.merged_into", "association_links.agent_id",
          "association_members.agent_id", "import_parts.import_id"}  # fmt: skip
PLAIN = {"places.replaced_by", "workforces.workers"}
"""Columns whose name sounds like somebody and that name a place on a list."""


def concerned() -> set[str]:
    """Return the columns that name somebody or hold what is sealed, by the schema."""
    return (
        OTHERS
        | {
            f"{table.name}.{column.name}"
            for table in Base.metadata.tables.values()
            for column in table.columns
            if isinstance(column.type, LargeBinary)
            or (NAMING.search(column.name) and isinstance(column.type, type(Id)))
        }
        - PLAIN
    )


def test_every_column_that_names_somebody_is_named_with_what_becomes_of_it() -> None:
    """A new table with a person's id or a sealed value: reach it in the erasure, then name it in the list."""
    assert concerned() == set(how())


def test_every_table_is_known_to_the_schema() -> None:
    assert {table.__tablename__ for table in TABLES} == set(Base.metadata.tables)


def test_what_is_kept_says_why() -> None:
    assert all(len(reason) > 20 for reason in KEPT.values())


async def erased(database: Database) -> Planted:
    """Plant a row in every table and erase the account they are about."""
    planted = Planted(database, SITI, new_id(WHEN))
    await planted.plant()
    async with database.begin() as db:
        await erase_account(db, database.keys, SITI, WHEN)
    return planted


async def values(database: Database) -> dict[str, list[Any]]:
    """Return what each column of each table holds."""
    async with database.begin() as db:
        found: dict[str, list[Any]] = {}
        for table in Base.metadata.tables.values():
            rows = (await db.execute(select(table))).mappings().all()
            for column in table.columns:
                found[f"{table.name}.{column.name}"] = [row[column.name] for row in rows]
    return found


async def test_a_row_in_every_table_and_nothing_is_left(database: Database) -> None:
    planted = await erased(database)
    found = await values(database)
    ids = {planted.account_id, planted.person_id}
    indexes = {planted.nik_index, planted.sender_index}
    left = {
        column
        for column, held in found.items()
        if how().get(column) not in (How.KEPT, How.TIMED)
        for value in held
        if (isinstance(value, int) and value in ids)
        or (isinstance(value, bytes) and value in indexes | set(planted.sealed.values()))
    }

    assert len(planted.sealed) > 30
    assert {table.name for table in Base.metadata.sorted_tables} - SKIPPED == set(planted.tables)
    assert set() == left
    assert [] == found["person_keys.person_id"]


async def test_messages_with_data_are_to_leave_the_chat_now(database: Database) -> None:
    await erased(database)

    assert [WHEN] == (await values(database))["fleeting_messages.leaves_at"]


async def test_what_was_erased_opens_no_more(database: Database) -> None:
    planted = await erased(database)
    async with database.begin() as db:
        assert await db.get(PersonKeyRow, planted.person_id) is None


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_the_file_holds_none_of_the_sealed_values(database: Database) -> None:
    planted = await erased(database)
    assert await database.scrub()
    path = Path(str(database.engine.url.database))
    seized = b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))
    gone = {name: value for name, value in planted.sealed.items() if how()[name] is not How.KEPT}

    assert len(gone) > 25
    assert [] == [name for name, value in gone.items() if value in seized]
