"""The clock that knocks: a few ticks in memory. What is due is a row; a tick asks for it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from measures import BUGS, TICKED, TICKS

PATIENCE: Final = 3.0
"""Seconds a stop waits for what a tick is doing; it ends with the transaction in hand."""

UnderWay = dict[str, asyncio.Task[None]]
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Tick:
    """Something to do every so many seconds; doing it twice, or late, changes nothing.

    `stop` tells what takes long to end soon.
    """

    name: str
    seconds: float
    do: Callable[[], Awaitable[None]]
    stop: Callable[[], None] | None = None


@contextlib.asynccontextmanager
async def ticking(*ticks: Tick, now: Callable[[], datetime]) -> AsyncIterator[None]:
    """Let these ticks knock while the block runs: at once, and then each in its time; a late one once.

    `now` is the machine's clock, which the scheduler goes by too.
    """
    late_once = {"misfire_grace_time": None, "coalesce": True}
    scheduler = AsyncIOScheduler(timezone="UTC", job_defaults=late_once)
    under_way: UnderWay = {}
    for tick in ticks:
        trigger = IntervalTrigger(seconds=tick.seconds)
        scheduler.add_job(_knock, trigger, [tick, under_way], id=tick.name, next_run_time=now())
    scheduler.start()
    minding = asyncio.create_task(_mind(scheduler, ticks, now))
    try:
        yield
    finally:
        minding.cancel()
        scheduler.shutdown(wait=False)
        await _end(ticks, under_way)


async def _knock(tick: Tick, under_way: UnderWay) -> None:
    """Do it, unless that is still under way, beside the scheduler: it cancels its own jobs when it stops."""
    if tick.name not in under_way:
        task = under_way[tick.name] = asyncio.create_task(_done(tick))
        task.add_done_callback(lambda _: under_way.pop(tick.name))


async def _done(tick: Tick) -> None:
    try:
        with TICKS.labels(tick.name).time():
            await tick.do()
        TICKED.labels(tick.name).set_to_current_time()
    except Exception as bug:  # the last resort: the next knock tries again
        BUGS.labels(tick.name).inc()
        log.error("clock.bug", job=tick.name, kind=type(bug).__name__, exc_info=bug)


async def _end(ticks: Sequence[Tick], under_way: UnderWay) -> None:
    """Let what is under way come to the end of its transaction."""
    for tick in ticks:
        if tick.stop is not None:
            tick.stop()
    if under_way:
        await asyncio.wait(under_way.values(), timeout=PATIENCE)
    for task in tuple(under_way.values()):
        task.cancel()


async def _mind(scheduler: AsyncIOScheduler, ticks: Sequence[Tick], now: Callable[[], datetime]) -> None:
    """Knock anew when the clock was set back: the scheduler would wait for the time it showed before."""
    while True:
        await asyncio.sleep(min(tick.seconds for tick in ticks))
        for tick in ticks:
            job = scheduler.get_job(tick.name)
            if job is not None and job.next_run_time > now() + timedelta(seconds=2 * tick.seconds):
                job.modify(next_run_time=now())
