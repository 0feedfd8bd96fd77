"""What this bot has filed, as the rows that its peers write."""

from pathlib import Path

from sqlalchemy import select

from bench.peers.rows import Row, row
from models.applications import Application, key_of
from models.storage.database import open_database


async def filed(url: str, keys: Path) -> list[Row]:
    """Return a row for each application, opened with the bot's keys, in the order of filing."""
    database = await open_database(url, keys, announce=lambda _: None)
    try:
        async with database.begin() as db:
            return [
                row(one.account_id, one.reference, one.told(await key_of(db, database.keys, one.worker_id)))
                for one in await db.scalars(select(Application).order_by(Application.id))
            ]
    finally:
        await database.close()
