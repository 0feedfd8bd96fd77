"""Rotation of the key of the blind indexes: every index gets one more key upon it, all in one transaction.

The new index is made of the old one and the new key: nobody's NIK has to be opened, and indexes whose NIK is
known no longer go along. Two rows are equal before it, after it and at no time only half: whoever kills
it finds everything as it was. The bot does not run meanwhile, which is looked at, and loses nothing: Telegram
keeps for a day what people send.
"""

import asyncio
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Column,
    LargeBinary,
    MetaData,
    Table,
    bindparam,
    insert,
    select,
    text,
    union,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from models.storage.base import table_of
from models.storage.database import Database
from models.storage.gate import StartRefused
from models.storage.key_checks import KeyCheck
from models.storage.key_files import INDEX
from models.storage.keys import Keys
from models.trust.audit import Act, Entry, note
from models.trust.sealed_columns import INDEXED

PAGE: Final = 5000
TRIES: Final = 40
PAUSE: Final = 0.05
"""Seconds: PostgreSQL notices a moment later that somebody has hung up."""

RUNNING: Final = "The database is in use: stop the bot first, and start it again afterwards."
OTHERS: Final = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
PAIRS: Final = Table(
    "reindexed",
    MetaData(),
    Column("old", LargeBinary, primary_key=True),
    Column("new", LargeBinary),
    prefixes=["TEMPORARY"],
)


async def alone(database: Database) -> None:
    """Raise StartRefused while another process has the database open."""
    others = _stay if database.engine.dialect.name == "postgresql" else _hold_its_log
    if await others(database):
        raise StartRefused(RUNNING)


async def _stay(database: Database) -> bool:
    """Return whether others are at this PostgreSQL, and still are two seconds later."""
    for _ in range(TRIES):
        async with database.begin() as db:
            if not await db.scalar(text(OTHERS)):
                return False
        await asyncio.sleep(PAUSE)
    return True


async def _hold_its_log(database: Database) -> bool:
    """Leave SQLite's write-ahead log, which only the last one can who has the file open, and come back."""
    async with database.engine.connect() as connection:
        raw = await connection.get_raw_connection()
        driver: Any = raw.driver_connection
        try:
            async with driver.execute("PRAGMA journal_mode = TRUNCATE") as cursor:
                held: bool = (await cursor.fetchone())[0] != "truncate"
        except database.engine.dialect.loaded_dbapi.DatabaseError:
            held = True
    await database.engine.dispose()
    return held


async def reindex(db: AsyncSession, keys: Keys, number: int, now: datetime) -> int:
    """Put an index key upon every blind index, in this transaction; return how many indexes there are."""
    if db.get_bind().dialect.name == "postgresql":
        await db.execute(text("SET LOCAL statement_timeout = 0"))
        await db.execute(text("LOCK TABLE key_checks IN ACCESS EXCLUSIVE MODE"))
    connection = await db.connection()
    await connection.run_sync(PAIRS.create)
    columns = [table_of(entity).c[name] for entity, name in INDEXED]
    every = union(*(select(column).where(column.is_not(None)) for column in columns)).subquery()
    await db.execute(insert(PAIRS).from_select(["old"], select(every)))
    count = await _fill(db, keys, number)
    for column in columns:
        new = select(PAIRS.c.new).where(PAIRS.c.old == column).scalar_subquery()
        await db.execute(update(column.table).where(column.is_not(None)).values({column.name: new}))
    await connection.run_sync(PAIRS.drop)
    name = f"{INDEX} {number}"
    db.add(KeyCheck(name=name, value=keys.check_values()[name], since=now))
    await note(db, keys, [Entry(Act.REKEYED, None, None, "keys:index", {INDEX: number})], now)
    return count


async def _fill(db: AsyncSession, keys: Keys, number: int) -> int:
    """Work the new index out for each old one."""
    again, last, count = keys.index_key(number), b"", 0
    connection = await db.connection()
    page = select(PAIRS.c.old).where(PAIRS.c.old > bindparam("last")).order_by(PAIRS.c.old).limit(PAGE)
    change = update(PAIRS).where(PAIRS.c.old == bindparam("this")).values(new=bindparam("that"))
    while olds := list((await connection.execute(page, {"last": last})).scalars()):
        await connection.execute(change, [{"this": old, "that": again(bytes(old))} for old in olds])
        last, count = olds[-1], count + len(olds)
    return count
