"""The line of webhook requests: whatever has arrived while one batch is handled is the next batch.

A request is answered when its update is durable and its person has been answered: commit, speak, acknowledge.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog

from handlers.arrivals import Raw, person_of
from handlers.durably import AWAY
from models.storage.turns import Turns

BATCH: Final = 100
MOST: Final = 200
"""More requests than this do not wait; Telegram opens at most 100 connections for a bot."""

PATIENCE: Final = 45.0
"""Seconds a request waits for its answer at most: Telegram gives a connection up after 60 (tdlib)."""

TURN: Final = 25.0
"""Seconds a person's update waits while another process is busy with them: longer than speaking may take."""

AGAIN: Final = 0.02
"""Seconds until it is tried again to take people somebody else is busy with."""

QUIET: Final = 1.0
"""Seconds without an update after which it is noted who was answered."""

ROUND: Final = 15.0
"""Seconds between two looks for people whom a process that died has left without an answer."""

Take = Callable[[Sequence[Raw]], Awaitable[None]]
Do = Callable[[], Awaitable[None]]
log = structlog.get_logger()


@dataclass(slots=True, eq=False)
class Waiting:
    """One update whose request waits; `done` tells whether it was handled, `since` is the loop's time."""

    raw: Raw
    since: float
    person: int | None = None
    done: asyncio.Future[bool] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Line:
    """Takes what waits in batches, one after another; `away` tells whether the database is.

    `rest` is done when it is quiet and at the end, `recover` now and then: it looks after those whom a
    process that died has left. `patience` is how long a request waits, `turn` how long it lets other
    processes go before, in seconds.
    """

    def __init__(
        self,
        take: Take,
        rest: Do,
        recover: Do | None,
        away: Callable[[], bool],
        turns: Turns,
        *,
        most: int = MOST,
        patience: float = PATIENCE,
        turn: float = TURN,
    ) -> None:
        self._take = take
        self._rest = rest
        self._recover = recover
        self._recovered = 0.0
        self._away = away
        self._turns = turns
        self._most = most
        self._patience = patience
        self._turn = turn
        self._waiting: deque[Waiting] = deque()
        self._bell = asyncio.Event()
        self._stopping = False
        self.failure: str | None = None

    def __len__(self) -> int:
        """How many requests wait that are in no batch yet."""
        return len(self._waiting)

    @property
    def takes(self) -> bool:
        """Whether a request that comes now has a prospect of being answered."""
        return not self._stopping and not self._away() and len(self._waiting) < self._most

    async def handled(self, raw: Raw) -> bool:
        """Wait until an update is durable and answered; False when it must come again."""
        if not self.takes:
            return False
        waiting = Waiting(raw, _now(), person_of(raw))
        self._waiting.append(waiting)
        self._bell.set()
        try:
            return await asyncio.wait_for(asyncio.shield(waiting.done), self._patience)
        except TimeoutError:
            log.warning("webhook.late", count=len(self._waiting))
            with contextlib.suppress(ValueError):
                self._waiting.remove(waiting)
            return False

    def stop(self) -> None:
        """Take nothing more; what waits is handled."""
        self._stopping = True
        self._bell.set()

    async def run(self) -> None:
        """Handle batches until stopped and nothing waits."""
        try:
            while self._waiting or not self._stopping:
                await self._look_after()
                if self._waiting:
                    await self._batch()
                else:
                    await self._something()
            await self._rest()
        finally:
            self._refuse(self._waiting)
            await self._turns.close()

    async def _something(self) -> None:
        """Return when a request comes or the stop does; when it is quiet, note who was answered."""
        self._bell.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(QUIET):
                await self._bell.wait()
                return
        with contextlib.suppress(*AWAY):
            await self._rest()

    async def _look_after(self) -> None:
        if self._recover is not None and _now() > self._recovered + ROUND:
            self._recovered = _now()
            with contextlib.suppress(*AWAY):
                await self._recover()

    async def _batch(self) -> None:
        batch: list[Waiting] = []
        try:
            first = list(self._waiting)[:BATCH]
            async with self._turns.of(each.person for each in first if each.person is not None) as free:
                batch = self._called(first, set(free))
                if batch:
                    await self._take([each.raw for each in batch])
            _answer(batch, handled=True)
        except AWAY as away:
            log.warning("webhook.database_away", kind=type(getattr(away, "orig", away)).__name__)
            self._refuse(batch or list(self._waiting))
        except Exception as bug:  # the last resort: Telegram keeps what is not acknowledged
            log.error("webhook.bug", kind=type(bug).__name__, exc_info=bug)
            self._refuse(batch)
        finally:
            _answer(batch, handled=False)
        if not batch:
            await asyncio.sleep(AGAIN)

    def _called(self, first: Sequence[Waiting], free: set[int]) -> list[Waiting]:
        """Take out of the line those whose person is free, or was busy elsewhere for too long."""
        late = _now() - self._turn
        batch = [each for each in first if each.person is None or each.person in free or each.since < late]
        chosen = set(batch)
        self._waiting = deque(each for each in self._waiting if each not in chosen)
        return batch

    def _refuse(self, waiting: Iterable[Waiting]) -> None:
        refused = list(waiting)
        _answer(refused, handled=False)
        gone = set(refused)
        self._waiting = deque(each for each in self._waiting if each not in gone)


def _answer(batch: Iterable[Waiting], *, handled: bool) -> None:
    for each in batch:
        if not each.done.done():
            each.done.set_result(handled)


def _now() -> float:
    return asyncio.get_running_loop().time()
