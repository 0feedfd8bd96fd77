"""Whether this process can do its work: each check by its name, none of which tells anything of a person."""

import asyncio
import hmac
import shutil
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final

from sqlalchemy import insert, select
from sqlalchemy.exc import SQLAlchemyError

from models.seen import SeenUpdate
from models.storage.base import table_of
from models.storage.clock import from_now
from models.storage.database import Database
from models.storage.key_checks import KeyCheck
from models.storage.revisions import code_revision, database_revision
from models.watching import DISK

WITHIN: Final = 3.0
"""Seconds a check may take; a database that needs longer is not ready."""

NOBODY: Final = 0
"""The bot whose update is written and taken back: there is none with that id."""

Check = Callable[[], Awaitable[bool]]


class Ready:
    """What must hold before work may come: `stopping` says no from the first sign of a stop on."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder
        self.stopping = False

    async def asked(self) -> Mapping[str, bool]:
        """Return each check with whether it holds."""
        checks: dict[str, Check] = {
            "database": self._writes,
            "revision": self._of_this_release,
            "keys": self._keys_fit,
            "disk": self._has_room,
        }
        held = {name: await _held(check) for name, check in checks.items()}
        return {"running": not self.stopping, **held}

    async def _writes(self) -> bool:
        """Write a row and take it back."""
        async with self._database.engine.connect() as connection:
            row = {"bot_id": NOBODY, "update_id": NOBODY, "seen_at": from_now()}
            await connection.execute(insert(table_of(SeenUpdate)).values(**row))
            await connection.rollback()
        return True

    async def _of_this_release(self) -> bool:
        async with self._database.engine.connect() as connection:
            return await connection.run_sync(database_revision) == code_revision()

    async def _keys_fit(self) -> bool:
        ours = self._database.keys.check_values()
        async with self._database.engine.connect() as connection:
            rows = (await connection.execute(select(KeyCheck.name, KeyCheck.value))).all()
        return all(hmac.compare_digest(ours.get(name, b""), value) for name, value in rows)

    async def _has_room(self) -> bool:
        return await asyncio.to_thread(free, self._folder) > DISK


def free(folder: Path) -> float:
    """Return the share of the disk of a folder that is free."""
    usage = shutil.disk_usage(folder)
    return usage.free / usage.total


async def _held(check: Check) -> bool:
    try:
        async with asyncio.timeout(WITHIN):
            return await check()
    except (TimeoutError, OSError, SQLAlchemyError):
        return False
