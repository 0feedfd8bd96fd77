"""The whole bot in this process, as `bot.py run` puts it together, at a simulated Telegram."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from bench.processes import environment
from handlers.assembly import Office
from models.storage.database import open_database
from running import office as whole
from running.stopping import STOP_WITHIN
from settings import Settings
from simulator.clock import Clock
from simulator.server import Simulator

GLANCE: Final = 0.01


class SetClock(Clock):
    """A clock that runs, and can be set to any moment; everybody who looks at it sees the same."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self._shift = 0.0
        self.set(at)

    def set(self, at: datetime) -> None:
        """Set it ahead or back."""
        self._shift += at.timestamp() - self.time()

    def time(self) -> float:
        """Seconds since 1970."""
        return super().time() + self._shift


async def template(folder: Path) -> Path:
    """Make a SQLite file with every table and no row, and its key file, for `copied`."""
    database = await open_database(f"sqlite:///{folder}/bot.sqlite3", folder / "keys", announce=_unheard)
    await database.close()
    return folder


def copied(made: Path, folder: Path) -> Path:
    """Copy a template into a new folder."""
    return Path(shutil.copytree(made, folder))


@asynccontextmanager
async def office(
    simulator: Simulator,
    url: str,
    folder: Path,
    database: str = "",
    clock: Callable[[], datetime] | None = None,
    **settings: str,
) -> AsyncIterator[Office]:
    """Run the bot while the block runs; then it ends as after SIGTERM."""
    given = environment(simulator, url, folder, database) | settings
    now = clock or (lambda: datetime.now(UTC))
    async with whole.office(Settings.read(given), now, announce=_unheard) as (desk, _):
        polling = asyncio.create_task(desk.poller.run())
        try:
            yield desk
        finally:
            desk.poller.stop()
            await asyncio.wait({polling}, timeout=STOP_WITHIN)
            polling.cancel()


async def until(holds: Callable[[], Any], within: float) -> float | None:
    """Return after how many seconds something holds, None when it does not within that time."""
    began = time.monotonic()
    while not holds():
        if time.monotonic() - began > within:
            return None
        await asyncio.sleep(GLANCE)
    return time.monotonic() - began


def _unheard(_: str) -> None:
    return None
