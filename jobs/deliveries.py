"""Sends what is owed, at the pace all senders share: claim, commit, send, settle, commit.

No worker sleeps on a message: one that must wait is a row with a later moment. Whoever dies is swept up.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog

from jobs.clock import Tick
from jobs.settling import PATIENCE, released, settlement
from jobs.waves import BULK, Waves
from jobs.words import AWAY, Compose, Wanted, Words
from models.owing import sending
from models.owing.deliveries import Claimed, Fate, Lane, Promise
from models.owing.settlements import Settlement
from models.storage.database import Database
from post.outcome import Broken, Halted, Later, Outcome, Sent, Uncertain
from post.pace import Beat, Breaker, Rates, Replies, Sleep, Tolerance
from post.sayings import Saying, paid
from post.speak import Send

LEASE: Final = timedelta(seconds=60)
"""Longer than the longest call; a claimed row whose lease ended was left by somebody who died."""

IDLE: Final = 1.0
"""Seconds between two looks at an empty queue."""

DRAIN: Final = 3.0
"""Seconds a stop waits for calls that are under way; what they come to is unknown after that."""

PAUSES: Final = (1, 2, 4)
"""Seconds between tries while the database is away."""

AFTER_A_BUG: Final = 30.0
"""Seconds until sending is tried again after what no retry mends."""

NOTHING: Final[Mapping[str, Wanted]] = {}
Letter = tuple[datetime, Claimed, tuple[Saying, ...]]
log = structlog.get_logger()


class Deliveries:
    """Sends owed messages, each put into words by its kind at the moment it is sent.

    `by_database_clock` is how several processes agree on the pace; one process alone may use its own.
    """

    def __init__(
        self,
        database: Database,
        send: Send[Saying],
        compose: Mapping[str, Compose],
        now: Callable[[], datetime],
        *,
        wanted: Mapping[str, Wanted] = NOTHING,
        rates: Rates | None = None,
        replies: Replies | None = None,
        tolerance: Tolerance | None = None,
        sleep: Sleep = asyncio.sleep,
        lease: timedelta = LEASE,
        patience: float = DRAIN,
        by_database_clock: bool | None = None,
    ) -> None:
        if by_database_clock is None:
            by_database_clock = database.engine.dialect.name == "postgresql"
        self._database = database
        self._send = send
        self._now = now
        self._sleep = sleep
        self._replies = replies or Replies()
        self._tolerance = tolerance or Tolerance()
        self._patience = patience
        self._breaker = Breaker(self._tolerance)
        self._words = Words(database, compose, wanted)
        rates = rates or Rates()
        self._paid = rates.paid
        self._waves = Waves(database, now, rates, self._replies, lease, by_database_clock)
        self._flying: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()
        self._stopping = asyncio.Event()

    @property
    def tick(self) -> Tick:
        """Every few seconds: what dead senders left, and what is too late."""
        return Tick("deliveries", 5.0, self.tend)

    async def tend(self) -> None:
        """Take back what dead senders held, and close what waited beyond its time."""
        async with self._database.begin() as db:
            swept = await sending.sweep(db)
        if swept.again:
            log.warning("deliveries.swept", count=swept.again)
        if swept.uncertain:
            log.error("deliveries.uncertain", count=swept.uncertain, reason="sender died")
        late, portion = 0, sending.PORTION
        while portion == sending.PORTION:
            async with self._database.begin() as db:
                portion = await sending.expire(db, self._now())
            late += portion
        if late:
            log.warning("deliveries.expired", count=late)

    @contextlib.asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Send while the block runs; then what is not yet said is let go of, and what is, is noted."""
        worker = asyncio.create_task(self._work())
        try:
            yield
        finally:
            self.stop()
            await worker
            await self._finish()

    def stop(self) -> None:
        """Begin no further message."""
        self._stopping.set()

    async def drain(self) -> None:
        """Send until nothing is due, also while the worker runs: one of the two sends, the other waits."""
        await self.tend()
        async with self._turn:
            while not self._stopping.is_set() and (wait := await self._wave()) is not None:
                if wait:
                    await self._sleep(wait)

    async def _work(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            try:
                async with self._turn:
                    wait = await self._wave()
                failures = 0
            except AWAY as away:
                kind = type(getattr(away, "orig", away)).__name__
                log.warning("deliveries.database_away", kind=kind, attempts=failures + 1)
                wait = PAUSES[min(failures, len(PAUSES) - 1)]
                failures += 1
            except Exception as bug:  # the last resort: a bug must not end the sending for good
                log.error("deliveries.bug", kind=type(bug).__name__, exc_info=bug)
                wait = AFTER_A_BUG
            if wait != 0:
                await self._idle(IDLE if wait is None else wait)

    async def _idle(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()

    async def _wave(self) -> float | None:
        """Send one wave; return the seconds to wait before the next, None when nothing is left to do."""
        wave = await self._waves.next()
        if wave.messages:
            await self._dispatch(await self._letters(wave.messages))
            return 0.0
        if self._flying:
            await self._some_land()
        return 0.0 if self._flying or self._waves.unsettled else wave.wait

    async def _some_land(self) -> None:
        """Return when a call ends, the stop comes, or it is time to look for what is new."""
        stop = asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait({*self._flying, stop}, timeout=IDLE, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()

    async def _letters(self, messages: Sequence[tuple[datetime, Claimed]]) -> list[Letter]:
        """Put a wave into words; what has none is settled."""
        try:
            ready = await self._words.of([each for _, each in messages if each.readable], self._now())
        except BaseException:
            self._waves.settle(*(released(each) for _, each in messages))
            raise
        letters: list[Letter] = []
        for moment, each in messages:
            words = ready.get(each.id, Settlement(each, Fate.BROKEN, error="payload cannot be opened"))
            if isinstance(words, Settlement):
                self._settle(words)
            else:
                letters.append((moment, each, words))
        return letters

    async def _dispatch(self, letters: Sequence[Letter]) -> None:
        """Send each at its moment, side by side; what must not be sent any more is let go of."""
        beat = Beat(self._now, self._sleep)
        for place, (moment, claimed, sayings) in enumerate(letters):
            await beat.wait(moment)
            if claimed.lane in BULK:
                await self._replies.let_pass()
            if self._stopping.is_set() or self._waves.interrupted:
                self._waves.settle(*(released(each) for _, each, _ in letters[place:]))
                return
            task = asyncio.create_task(self._deliver(claimed, sayings))
            self._flying.add(task)
            task.add_done_callback(self._flying.discard)
            self._replies.count += len(sayings) - 1

    async def _deliver(self, claimed: Claimed, sayings: Sequence[Saying]) -> None:
        words = await self._as_of_now(claimed) if claimed.lane is Lane.REPLY else sayings
        if isinstance(words, Settlement):
            self._settle(words)
            return
        outcome: Outcome = Uncertain("stopped")
        try:
            outcome = await self._said(claimed, words)
        finally:
            self._settle(settlement(claimed, outcome, self._now()))
            self._learn(outcome)

    async def _as_of_now(self, claimed: Claimed) -> tuple[Saying, ...] | Settlement:
        """Put it into words once more: while it waited for its moment, its person may have answered."""
        now = self._now()
        try:
            return (await self._words.of([claimed], now))[claimed.id]
        except AWAY:
            return released(claimed)
        except asyncio.CancelledError:
            self._waves.settle(released(claimed))
            raise

    async def _said(self, claimed: Claimed, sayings: Sequence[Saying]) -> Outcome:
        outcome: Outcome = Broken("nothing to say")
        for place, saying in enumerate(sayings):
            try:
                outcome = await self._send(paid(saying) if self._paid and claimed.lane in BULK else saying)
            except Exception as bug:  # the last resort: the bug of one message must not hold up the others
                log.error("deliveries.bug", kind=claimed.kind, exc_info=bug)
                outcome = Broken(type(bug).__name__)
            if not isinstance(outcome, Sent):
                half = place > 0 and claimed.promise is Promise.AT_MOST_ONCE
                return Uncertain("said in part") if half else outcome
        return outcome

    def _settle(self, settled: Settlement) -> None:
        claimed, reason = settled.claimed, settled.error
        if settled.fate is Fate.BROKEN:
            log.error("deliveries.broken", kind=claimed.kind, reason=reason)
        elif settled.fate is Fate.UNCERTAIN:
            log.warning("deliveries.uncertain", kind=claimed.kind, reason=reason)
        self._waves.settle(settled)

    def _learn(self, outcome: Outcome) -> None:
        """Slow down, or stop by ourselves, after what a send came to."""
        match outcome:
            case Later(seconds, flood=True):
                log.warning("deliveries.flood", seconds=seconds)
                self._waves.pause(BULK, timedelta(seconds=seconds), "429")
            case Halted(reason):
                log.error("deliveries.halted", reason=reason)
                self._waves.pause(tuple(Lane), PATIENCE, reason)
        if self._breaker.trips(outcome):
            reasons = self._breaker.begin_anew()
            reason = ", ".join(f"{count} {why}" for why, count in reasons.items())
            log.error("deliveries.stopped_by_itself", reason=reason, count=sum(reasons.values()))
            self._waves.pause(BULK, self._tolerance.pause, f"too many failed: {reason}")

    async def _finish(self) -> None:
        """Note what calls under way came to; those that take too long are in doubt."""
        if self._flying:
            await asyncio.wait(self._flying, timeout=self._patience)
        for task in tuple(self._flying):
            task.cancel()
        if self._flying:
            await asyncio.wait(self._flying)
        try:
            await self._waves.next(claiming=False)
        except AWAY:
            log.error("deliveries.not_settled")
