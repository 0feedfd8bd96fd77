"""The clock of the simulated world: real time plus an offset, or frozen; it only ever moves forward."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")
Travel = Callable[[datetime], Awaitable[None]]
"""Moves the clock to a moment, and may let things happen on the way."""


class Clock:
    """Tells the time and wakes whoever waits for it; `Clock()` runs, `Clock(frozen_at=...)` stands still."""

    def __init__(self, frozen_at: datetime | None = None) -> None:
        self._frozen = None if frozen_at is None else frozen_at.timestamp()
        self._offset = 0.0
        self._bells: set[asyncio.Event] = set()
        self._listeners: list[Callable[[], None]] = []
        self._travel: Travel | None = None

    @property
    def frozen(self) -> bool:
        """Whether time stands still until somebody moves it."""
        return self._frozen is not None

    @property
    def offset_seconds(self) -> float:
        """How far the clock was moved ahead by hand."""
        return self._offset

    def time(self) -> float:
        """Seconds since 1970."""
        return (time.time() if self._frozen is None else self._frozen) + self._offset

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.fromtimestamp(self.time(), UTC)

    def advance(self, by: timedelta) -> datetime:
        """Move the clock ahead and wake all who wait; the new time. Raises ValueError for a step back."""
        if by < timedelta(0):
            raise ValueError("the clock does not move back")
        self._offset += by.total_seconds()
        for bell in self._bells:
            bell.set()
        for listener in self._listeners:
            listener()
        return self.now()

    def move_to(self, moment: datetime) -> datetime:
        """Move the clock ahead to an aware moment; the new time."""
        return self.advance(moment - self.now())

    def travel_by(self, travel: Travel) -> None:
        """Let whoever asks for a time on the page get there in this way."""
        self._travel = travel

    async def travel(self, moment: datetime) -> datetime:
        """Go to an aware moment in the way the clock was told; the new time. ValueError for a step back."""
        if moment < self.now():
            raise ValueError("the clock does not move back")
        if self._travel is None:
            return self.move_to(moment)
        await self._travel(moment)
        return self.now()

    def on_move(self, listener: Callable[[], None]) -> None:
        """Call the listener after each move by hand."""
        self._listeners.append(listener)

    async def wait(self, bell: asyncio.Event, deadline: float) -> None:
        """Return when the bell rings, the clock is moved, or it shows the deadline (seconds since 1970)."""
        self._bells.add(bell)
        try:
            left = deadline - self.time()
            if left > 0:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(None if self.frozen else left):
                        await bell.wait()
        finally:
            self._bells.discard(bell)

    async def sleep(self, seconds: float) -> None:
        """Sleep until the clock shows that many seconds more."""
        deadline = self.time() + seconds
        bell = asyncio.Event()
        while self.time() < deadline:
            bell.clear()
            await self.wait(bell, deadline)

    async def within(self, seconds: float, work: Coroutine[Any, Any, T]) -> T:
        """The result of the work; raises TimeoutError when the clock passes that many seconds first."""
        task, timer = asyncio.ensure_future(work), asyncio.ensure_future(self.sleep(seconds))
        try:
            await asyncio.wait((task, timer), return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            raise TimeoutError
        finally:
            task.cancel()
            timer.cancel()
            await asyncio.gather(task, timer, return_exceptions=True)
