"""Rotation of the master key: what it sealed is sealed anew with the newest one, while the bot runs.

Which key sealed a value is written in the value, so that whatever was killed goes on where it was: what is
left to do is what still names another key. Rows that somebody else holds are passed over and met again.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.people import PersonKeyRow
from models.storage.conflicts import insert_new
from models.storage.database import Database
from models.storage.key_checks import KeyCheck
from models.storage.key_files import MASTER
from models.storage.keys import Keys
from models.trust.audit import Act, Entry, note
from models.trust.sealed_columns import SEALED, Sealed, uses

BATCH: Final = 500
"""How many values are sealed anew in one transaction: for some milliseconds SQLite has no other writer."""

SETTLED: Final = timedelta(minutes=10)
"""Longer than any transaction lasts that began with the keys as they were before."""

BACKUPS_KEPT: Final = timedelta(days=30)
"""How long backups are kept, which open only with the master key of their time."""


class NotYet(Exception):
    """A key may not be retired yet; the message says in one sentence why."""


async def rewrap(database: Database, batch: int = BATCH) -> AsyncIterator[int]:
    """Seal with the newest master key whatever another one sealed; yield how many values after each batch."""
    while await _left(database):
        for sealed in SEALED:
            async for done in _walk(database, sealed, batch):
                yield done


async def _left(database: Database) -> bool:
    async with database.begin() as db:
        return any(number != database.keys.sealing_id for number in await uses(db))


async def _walk(database: Database, sealed: Sealed, batch: int) -> AsyncIterator[int]:
    """Go once over a table by its ids; between batches the others have as much time as a batch took."""
    last, clock = -1, asyncio.get_running_loop().time
    while True:
        began = clock()
        async with database.begin() as db:
            rows = (await db.execute(_old(sealed, database.keys, last).limit(batch))).all()
            if not rows:
                return
            await _seal_anew(db, database.keys, sealed, rows)
        last = rows[-1].row_id
        yield len(rows)
        await asyncio.sleep(clock() - began)


def _old(sealed: Sealed, keys: Keys, last: int) -> Select[Any]:
    """Return the question for rows behind an id whose value another key sealed and nobody holds."""
    newest = keys.sealing_id.to_bytes(2, "big")
    query = select(
        sealed.row_id.label("row_id"), *sealed.table.primary_key.columns, sealed.value.label("old")
    )
    query = query.where(sealed.row_id > last, sealed.is_there, sealed.key_id != newest)
    return query.order_by(sealed.row_id).with_for_update(skip_locked=True)


async def _seal_anew(db: AsyncSession, keys: Keys, sealed: Sealed, rows: Any) -> None:
    primary = list(sealed.table.primary_key.columns)
    same = [column == bindparam(f"at_{column.name}") for column in primary]
    statement = update(sealed.table).where(*same, sealed.value == bindparam("old"))
    values: dict[str, Any] = {sealed.column: bindparam("new")}
    if sealed.entity is PersonKeyRow:
        values["key_id"] = keys.sealing_id
    changes = [
        {f"at_{column.name}": getattr(row, column.name) for column in primary}
        | {"old": row.old, "new": _anew(keys, sealed, row)}
        for row in rows
    ]
    connection = await db.connection()
    await connection.execute(statement.values(values), changes)


def _anew(keys: Keys, sealed: Sealed, row: Any) -> bytes:
    table, place = sealed.table.name, sealed.place(row)
    return keys.seal(table, row.row_id, place, keys.open(table, row.row_id, place, row.old))


async def begin_with(db: AsyncSession, keys: Keys, now: datetime) -> None:
    """Note since when the newest master key seals; a second call changes nothing."""
    name = f"{MASTER} {keys.sealing_id}"
    await insert_new(db, KeyCheck, [{"name": name, "value": keys.check_values()[name]}])
    check = await db.get_one(KeyCheck, name, populate_existing=True)
    if check.since is None:
        check.since = now
        await note(db, keys, [Entry(Act.REKEYED, None, None, "keys:master", {MASTER: keys.sealing_id})], now)


async def retire(db: AsyncSession, keys: Keys, number: int, now: datetime, *, at_once: bool = False) -> None:
    """Have the database forget a master key, or raise NotYet: nothing may need it any more.

    Without `at_once` backups count as well, which are kept so long and open only with it.
    """
    if number == keys.sealing_id:
        raise NotYet(f"The key `master {number}` seals: rotate it first.")
    if count := (await uses(db)).get(number, 0):
        raise NotYet(f"The key `master {number}` still opens {count} values. Run: bot.py keys rotate")
    newest = await db.get_one(KeyCheck, f"{MASTER} {keys.sealing_id}")
    wait = SETTLED if at_once else BACKUPS_KEPT
    if newest.since is not None and now < newest.since + wait:
        until = newest.since + wait
        raise NotYet(f"The key `master {number}` may be needed until {until:%Y-%m-%d %H:%M} UTC.")
    await db.execute(delete(KeyCheck).where(KeyCheck.name == f"{MASTER} {number}"))
    await note(db, keys, [Entry(Act.REKEYED, None, None, "keys:master", {"retired": number})], now)
