"""Measures: what the process counts of its own work, for /metrics. No label is a person or a chat.

Counting costs about a microsecond; what is asked of the database is asked only when somebody reads it
(`health/`).
"""

import contextlib
from collections.abc import Iterator
from time import monotonic
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY: Final = CollectorRegistry()
"""Ours alone; what the library counts of the interpreter is added where it is shown."""

SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

UPDATES: Final = Counter("bpu_updates", "Updates taken in.", ["how"], registry=REGISTRY)
"""`how`: new, or redelivered."""

BATCHES: Final = Histogram(
    "bpu_batch_seconds", "Seconds of a batch.", ["phase"], buckets=SECONDS, registry=REGISTRY
)
"""`phase`: commit (handling and the durable commit), or speak."""

RETRIES: Final = Counter(
    "bpu_batch_retries", "Batches that failed and were split or tried again.", registry=REGISTRY
)
QUARANTINED: Final = Counter("bpu_quarantined", "Updates set aside.", registry=REGISTRY)
SENDS: Final = Counter(
    "bpu_sends", "Calls that say something, by what came of them.", ["outcome"], registry=REGISTRY
)
"""`outcome`: sent, flood (429), later, unreachable (403), broken (400), uncertain, or halted."""

RETRY_AFTER: Final = Gauge(
    "bpu_retry_after_seconds", "What Telegram asked us to wait, the last time.", registry=REGISTRY
)
TICKS: Final = Histogram(
    "bpu_tick_seconds",
    "Seconds of what happens because time passed.",
    ["job"],
    buckets=SECONDS,
    registry=REGISTRY,
)
TICKED: Final = Gauge(
    "bpu_tick_ended_timestamp_seconds", "When a job last ended.", ["job"], registry=REGISTRY
)
BUGS: Final = Counter("bpu_tick_failures", "Jobs that ended with an error.", ["job"], registry=REGISTRY)

_begun: list[float] = []


@contextlib.contextmanager
def batch_in_hand() -> Iterator[None]:
    """Note that a batch is not acknowledged yet while the block runs."""
    begun = monotonic()
    _begun.append(begun)
    try:
        yield
    finally:
        _begun.remove(begun)


def _oldest() -> float:
    return monotonic() - min(_begun) if _begun else 0.0


Gauge(
    "bpu_oldest_batch_seconds", "For how long the oldest batch is in hand, unacknowledged.", registry=REGISTRY
).set_function(_oldest)
