"""The clock that knocks: a few ticks in memory. What is due is a row; a tick asks for it."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger


@dataclass(frozen=True, slots=True)
class Tick:
    """Something to do every so many seconds; doing it twice, or late, changes nothing."""

    name: str
    seconds: float
    do: Callable[[], Awaitable[None]]


@contextlib.asynccontextmanager
async def ticking(*ticks: Tick) -> AsyncIterator[None]:
    """Let these ticks knock while the block runs; one that is late is done all the same, once."""
    scheduler = AsyncIOScheduler(
        timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    )
    for tick in ticks:
        scheduler.add_job(tick.do, IntervalTrigger(seconds=tick.seconds), id=tick.name)
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)
