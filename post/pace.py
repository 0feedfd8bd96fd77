"""How fast we may speak: one line of moments shared by all processes, and what makes it slower.

Telegram lets out about 30 messages a second over all chats, one a second into a chat and 20 a minute into a
group (Bots FAQ); up to 1,000 a second for a fee. Replies to people are said at once and outside the line, and
bulk gives way to them.
"""

import asyncio
import contextlib
import math
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from post.outcome import Broken, Later, Outcome, Uncertain, Unreachable
from post.sayings import Copy, Message, Saying
from post.speak import Send

HORIZON: Final = 0.25
"""Seconds ahead that moments are given out: what a process that dies leaves in doubt."""

FREE: Final = 30.0
"""Messages a second over all chats that Telegram lets out free of charge."""

SLACK: Final = 0.99
"""The share of a limit that is used: clocks round, and what is sent evenly does not arrive so."""

SLOW: Final = 5
"""How many times slower everything else goes while a lane is paused."""

YIELD: Final = 0.8
"""The most of the line that replies may take from everything else, whatever their number."""

COUNTED: Final = 1.0
"""Replies said longer ago than these seconds need no room any more."""

FAR: Final = 5.0
"""A line that reaches further ahead than these seconds was drawn by a clock that has since gone back."""

LATE: Final = timedelta(milliseconds=5)
"""A sender later than this moves all its moments, so that what waited does not go out in one heap."""

PASSING: Final = 0.05
"""Seconds that bulk waits at most for a batch of updates in hand: under unbroken load it must go on too."""

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Rates:
    """Telegram's limits: messages a second over all, in bulk and into a chat; a minute into a group.

    `paid`: bulk goes beyond the free limit for a fee, and says so in each message; nothing else does.
    """

    per_second: float = 30
    bulk_per_second: float = 25
    per_chat: float = 1
    group_per_minute: float = 20
    paid: bool = False

    @property
    def reserve(self) -> float:
        """What bulk leaves to replies, a second."""
        return max(0.0, self.per_second - self.bulk_per_second)

    def gap(self, *, bulk: bool) -> float:
        """Return the seconds a message takes of the line."""
        most = self.bulk_per_second if bulk else FREE * SLACK if self.paid else self.per_second
        return 1 / min(most, self.per_second * SLACK)

    def apart(self, chat_id: int) -> timedelta:
        """Return what must lie between two messages into a chat; groups have negative ids."""
        return timedelta(seconds=60 / self.group_per_minute if chat_id < 0 else 1 / self.per_chat)


class Line:
    """The moments to send at, one after another; `ahead` is how many seconds of them are given out."""

    def __init__(self, rates: Rates, ahead: float, *, slow: bool = False) -> None:
        self._rates = rates
        self._pace = SLOW if slow else 1
        self.ahead = ahead if 0 < ahead <= FAR + 2 * self._gap(bulk=True) else 0.0

    def yield_to(self, replies: int, elapsed: float) -> None:
        """Make room for replies that were said in the last seconds, beyond what is kept for them anyway."""
        over = max(0.0, replies - self._rates.reserve * elapsed) / (self._rates.per_second * SLACK)
        self.ahead += min(over, YIELD * min(elapsed, COUNTED))

    def room(self, *, bulk: bool) -> int:
        """Return how many moments lie within the horizon."""
        return max(0, math.ceil((HORIZON - self.ahead) / self._gap(bulk) - 1e-6))

    def take(self, count: int, *, bulk: bool) -> list[float]:
        """Take that many moments; return them as seconds from now."""
        gap, first = self._gap(bulk), self.ahead
        self.ahead += count * gap
        return [first + number * gap for number in range(count)]

    def _gap(self, bulk: bool) -> float:
        return self._rates.gap(bulk=bulk) * self._pace


class Beat:
    """Waits for one moment after another; being late once moves all that follow."""

    def __init__(self, now: Callable[[], datetime], sleep: Sleep) -> None:
        self._now = now
        self._sleep = sleep
        self._moved = timedelta(0)

    async def wait(self, moment: datetime) -> None:
        """Return at the moment; a clock set back meanwhile holds nobody up for long."""
        moment += self._moved
        early = (moment - self._now()).total_seconds()
        if early > 0:
            await self._sleep(min(early, FAR))
        late = self._now() - moment
        if late > LATE:
            self._moved += late


class Replies:
    """What one process says outside the line since it was last asked, and for how long it is to wait.

    While a batch of updates is in hand, bulk lets it pass, for `passing` seconds at most: people wait for
    their answers, reminders do not.
    """

    def __init__(self, passing: float = PASSING) -> None:
        self.count = 0
        self.flood = 0.0
        self._passing = passing
        self._in_hand = 0
        self._free = asyncio.Event()
        self._free.set()

    @contextlib.contextmanager
    def in_hand(self) -> Iterator[None]:
        """Let bulk wait while the block runs: a batch of updates is taken in and committed."""
        self._in_hand += 1
        self._free.clear()
        try:
            yield
        finally:
            self._in_hand -= 1
            if not self._in_hand:
                self._free.set()

    async def let_pass(self) -> None:
        """Return when no batch of updates is in hand, or when that takes too long."""
        if not self._free.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._passing):
                    await self._free.wait()

    def counting(self, send: Send[Saying]) -> Send[Saying]:
        """Return a sender that counts what it says."""

        async def counted(saying: Saying) -> Outcome:
            outcome = await send(saying)
            if isinstance(saying, Message | Copy):
                self.count += 1
            if isinstance(outcome, Later) and outcome.flood:
                self.flood = max(self.flood, outcome.seconds)
            return outcome

        return counted

    def forget(self, count: int, flood: float) -> None:
        """Forget what has been taken into account."""
        self.count -= count
        if self.flood <= flood:
            self.flood = 0.0


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How many of the last sends may fail before bulk stops by itself, and for how long it then stops."""

    share: float = 0.05
    of: int = 200
    pause: timedelta = timedelta(minutes=5)


class Breaker:
    """Notices that too much goes wrong."""

    def __init__(self, tolerance: Tolerance) -> None:
        self._tolerance = tolerance
        self._last: deque[str | None] = deque(maxlen=tolerance.of)

    def trips(self, outcome: Outcome) -> bool:
        """Note what a send came to; True when too many failed, after which the counting begins anew."""
        self._last.append(unexpected(outcome))
        failed = len(self._last) - self._last.count(None)
        return len(self._last) == self._tolerance.of and failed > self._tolerance.share * self._tolerance.of

    def begin_anew(self) -> Mapping[str, int]:
        """Forget what was noted; return why how many failed."""
        reasons = _counted(reason for reason in self._last if reason)
        self._last.clear()
        return reasons


def unexpected(outcome: Outcome) -> str | None:
    """Return why a send failed, if it should not have: a person who blocks us and a 429 are daily life.

    So is a network that is away: nothing was sent, so nobody is harmed by trying again soon.
    """
    match outcome:
        case Uncertain(reason) | Broken(reason):
            return reason
        case Unreachable("chat not found"):
            return "chat not found"
        case _:
            return None


def _counted(reasons: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for reason in reasons:
        counts[reason] = counts.get(reason, 0) + 1
    return dict(sorted(counts.items(), key=lambda each: -each[1]))
