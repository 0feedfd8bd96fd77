"""Watched: the process answers who watches, and shows its service manager that it lives, while it runs."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime
from pathlib import Path

from health import service
from health.checks import Ready
from health.figures import Figures
from health.server import Health, serving
from models.storage.database import Database


@contextlib.asynccontextmanager
async def watched(
    database: Database,
    place: tuple[str, int] | None,
    folders: tuple[Path, Path],
    pending: Callable[[], Awaitable[int | None]],
    now: Callable[[], datetime],
    environ: Mapping[str, str],
) -> AsyncIterator[Ready]:
    """Watch while the block runs; yield what is told when a stop begins. OSError when the place is taken.

    `place` is the address and port to answer at, None for nowhere; `folders` are those of the data and of the
    backups; `pending` asks Telegram how many updates wait there, None when it does not answer.
    """
    data, backups = folders
    ready = Ready(database, data)
    async with contextlib.AsyncExitStack() as stack:
        if place is not None:
            figures = Figures(database, now, data, backups, pending)
            await stack.enter_async_context(serving(Health(ready, figures), *place))
        await stack.enter_async_context(service.watchdog(environ))
        yield ready
