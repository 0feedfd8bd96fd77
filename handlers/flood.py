"""How fast one person may write: a bucket of tokens each, in memory, since losing it harms nobody."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

NOTICE = timedelta(minutes=1)
"""A person who floods is told so at most this often."""

FORGET = 100_000
"""With more buckets than this, full ones are thrown away."""


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: datetime
    told: datetime | None = None


@dataclass(slots=True)
class Flood:
    """`burst` messages at once, then `per_second`; more are seen, and have no effect."""

    burst: int = 20
    per_second: float = 1.0
    _buckets: dict[int, _Bucket] = field(default_factory=dict)

    def admits(self, person: int, now: datetime) -> bool:
        """Take a token of this person's bucket; False when it is empty."""
        bucket = self._buckets.get(person)
        if bucket is None:
            self._make_room(now)
            bucket = self._buckets[person] = _Bucket(self.burst, now)
        gained = max(0.0, (now - bucket.at).total_seconds()) * self.per_second
        bucket.tokens = min(self.burst, bucket.tokens + gained)
        bucket.at = now
        if bucket.tokens < 1:
            return False
        bucket.tokens -= 1
        return True

    def notices(self, person: int, now: datetime) -> bool:
        """Return whether this person is to be told now, and remember that."""
        bucket = self._buckets[person]
        if bucket.told is not None and now - bucket.told < NOTICE:
            return False
        bucket.told = now
        return True

    def _make_room(self, now: datetime) -> None:
        if len(self._buckets) >= FORGET:
            full = timedelta(seconds=self.burst / self.per_second)
            self._buckets = {person: one for person, one in self._buckets.items() if now - one.at < full}
