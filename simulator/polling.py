"""getUpdates: long polls, the rules against hasty repeats, and one poller at a time."""

import asyncio
import random
from typing import Any, Final

from simulator.clock import Clock
from simulator.refusals import conflict
from simulator.updates import Queue, Redelivery, Waiting

LONGEST: Final = 50
MOST: Final = 100
HASTY: Final = 0.5
REPEATED: Final = 3.0
TERMINATED: Final = "terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_ACTIVE: Final = (
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)


class _Poll:
    """A getUpdates call that waits."""

    __slots__ = ("bell", "ended")

    def __init__(self) -> None:
        self.bell = asyncio.Event()
        self.ended: str | None = None


class Poller:
    """Answers getUpdates from the queue; `slow_repeats=False` drops the 0.5 s and 3 s rules."""

    def __init__(self, queue: Queue, clock: Clock, slow_repeats: bool = True) -> None:
        self._queue = queue
        self._clock = clock
        self._slow_repeats = slow_repeats
        self._poll: _Poll | None = None
        self._last: tuple[int, float] | None = None
        self._next_conflict = 0.0
        self._closed = False
        queue.on_new(self._woken)

    def _woken(self, _update: Waiting) -> None:
        if self._poll is not None:
            self._poll.bell.set()

    @property
    def waiting(self) -> bool:
        """Whether a poll waits for updates now."""
        return self._poll is not None

    def open(self) -> None:
        """Let polls wait again."""
        self._closed = False

    def close(self) -> None:
        """Let a waiting poll end, so that the server can stop."""
        self._closed = True
        if self._poll is not None:
            self._poll.bell.set()

    def end(self, reason: str) -> None:
        """End the poll that waits with 409."""
        if self._poll is not None:
            self._poll.ended = reason
            self._poll.bell.set()
            self._poll = None

    def redeliver(self, share: float, seed: int) -> None:
        """Deliver a share of the updates twice and shuffle batches; 0 stops it."""
        self._queue.redelivery = Redelivery(share, random.Random(seed)) if share > 0 else None  # noqa: S311

    async def get_updates(self, arguments: dict[str, Any], webhook: bool) -> list[dict[str, Any]]:
        """The answer of getUpdates; raises 409 when a webhook is set or another poll takes over."""
        if webhook:
            await self._conflict(WEBHOOK_ACTIVE)
        offset = arguments.get("offset", 0)
        limit = min(max(arguments.get("limit", MOST), 1), MOST)
        timeout = min(max(arguments.get("timeout", 0), 0), LONGEST)
        self._queue.allow(arguments.get("allowed_updates"))
        limit, timeout = self._slowed(offset, limit, timeout)
        batch = self._take(offset, limit)
        if not batch and timeout and not self._closed:
            self.end(TERMINATED)
            batch = await self._wait(max(offset, 0), limit, timeout)
        return [update.api() for update in batch]

    def _slowed(self, offset: int, limit: int, timeout: int) -> tuple[int, int]:
        now = self._clock.time()
        last, self._last = self._last, (offset, now)
        if last is None or last[0] != offset or not self._slow_repeats:
            return limit, timeout
        if now < last[1] + REPEATED:
            timeout = max(timeout, int(REPEATED))
        return (1 if now < last[1] + HASTY else limit), timeout

    def _take(self, offset: int, limit: int) -> list[Waiting]:
        if offset < 0:
            self._queue.keep_last(-offset)
        elif offset > 0:
            self._queue.confirm_below(offset)
        return self._queue.take(limit)

    async def _wait(self, offset: int, limit: int, timeout: int) -> list[Waiting]:  # noqa: ASYNC109
        poll = self._poll = _Poll()
        deadline = self._clock.time() + timeout
        try:
            while True:
                await self._clock.wait(poll.bell, deadline)
                poll.bell.clear()
                if poll.ended is not None:
                    await self._conflict(poll.ended)
                batch = self._take(offset, limit)
                if batch or self._closed or self._clock.time() >= deadline:
                    return batch
        finally:
            if self._poll is poll:
                self._poll = None

    async def _conflict(self, reason: str) -> None:
        now = self._clock.time()
        if now < self._next_conflict:
            await self._clock.sleep(REPEATED)
        else:
            self._next_conflict = now + REPEATED
        raise conflict(reason)
