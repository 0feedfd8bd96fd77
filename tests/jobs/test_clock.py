"""The clock that knocks: at once, again and again, after a failure too; a stop waits for what is begun."""

import asyncio
import contextlib
from datetime import UTC, datetime

from jobs.clock import Tick, ticking


def now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


async def test_a_tick_knocks_at_once_and_again() -> None:
    knocks, twice = [], asyncio.Event()

    async def knock() -> None:
        knocks.append(now())
        if len(knocks) == 2:
            twice.set()

    async with ticking(Tick("soon", 0.05, knock), Tick("hourly", 3600, knock), now=now):
        await twice.wait()


async def test_a_tick_that_failed_knocks_again() -> None:
    knocks, again = [], asyncio.Event()

    async def knock() -> None:
        knocks.append(1)
        if len(knocks) > 1:
            again.set()
        raise ValueError

    async with ticking(Tick("soon", 0.05, knock), now=now):
        await again.wait()


async def test_a_stop_lets_what_is_under_way_come_to_its_end() -> None:
    begun, stopping, ends = asyncio.Event(), asyncio.Event(), []

    async def work() -> None:
        begun.set()
        try:
            await stopping.wait()
        except asyncio.CancelledError:
            ends.append("cancelled")
            raise
        ends.append("ended")

    async with ticking(Tick("long", 60, work, stopping.set), now=now):
        await begun.wait()

    assert ends == ["ended"]


async def test_what_is_done_by_a_tick_is_done_once_at_a_time() -> None:
    under_way, most, knocks, enough = 0, [], 0, asyncio.Event()

    async def slow() -> None:
        nonlocal under_way, knocks
        under_way += 1
        knocks += 1
        most.append(under_way)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(enough.wait(), 0.2)
        under_way -= 1
        if knocks == 3:
            enough.set()

    async with ticking(Tick("soon", 0.02, slow), now=now):
        await enough.wait()

    assert set(most) == {1}
