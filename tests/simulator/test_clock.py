"""The clock: frozen or running, never back."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from simulator.clock import Clock

NINE = datetime(2026, 8, 17, 2, 0, tzinfo=UTC)


def test_a_frozen_clock_stands_until_it_is_moved() -> None:
    clock = Clock(frozen_at=NINE)
    assert clock.now() == NINE
    clock.move_to(NINE + timedelta(days=1))

    assert clock.now() == NINE + timedelta(days=1)
    assert clock.offset_seconds == 86400


def test_a_running_clock_keeps_its_lead() -> None:
    clock = Clock()
    before = clock.now()
    clock.advance(timedelta(days=30))

    assert clock.now() >= before + timedelta(days=30)


def test_the_clock_never_goes_back() -> None:
    with pytest.raises(ValueError, match="does not move back"):
        Clock(frozen_at=NINE).advance(timedelta(seconds=-1))


async def test_a_sleeper_wakes_exactly_when_it_is_time() -> None:
    clock = Clock(frozen_at=NINE)
    sleeper = asyncio.create_task(clock.sleep(60))
    await asyncio.sleep(0)
    clock.advance(timedelta(seconds=59))
    await asyncio.sleep(0)
    assert not sleeper.done()
    clock.advance(timedelta(seconds=1))
    await sleeper

    assert clock.now() == NINE + timedelta(seconds=60)


async def test_work_that_takes_too_long_is_given_up() -> None:
    clock = Clock(frozen_at=NINE)
    work = asyncio.create_task(clock.within(10, asyncio.Event().wait()))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    clock.advance(timedelta(seconds=10))

    with pytest.raises(TimeoutError):
        await work
