"""Figures of the database, the backups and Telegram for Prometheus: asked when read, kept a few seconds."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Final, Generic, TypeVar

import structlog
from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy.exc import SQLAlchemyError

from health.checks import WITHIN, free
from models.backups import folder as backups
from models.owing.deliveries import Lane
from models.states import State
from models.storage.database import Database
from models.watching import Stock, Watched, alarms, stock, watch

OFTEN: Final = 10.0
"""Seconds for which what waits is not asked again, however often it is read."""

SELDOM: Final = 120.0
"""The same for what takes a look at every row of an index."""

T = TypeVar("T")
log = structlog.get_logger()


class Kept(Generic[T]):
    """A value that is asked for when it is older than so many seconds; what fails leaves none."""

    def __init__(self, ask: Callable[[], Awaitable[T]], seconds: float) -> None:
        self._ask = ask
        self._seconds = seconds
        self._asked_at = float("-inf")
        self._turn = asyncio.Lock()
        self._value: T | None = None

    async def value(self) -> T | None:
        """Return the value, or None when nobody answered in time."""
        async with self._turn:
            if monotonic() - self._asked_at > self._seconds:
                self._value = await self._fresh()
                self._asked_at = monotonic()
        return self._value

    async def _fresh(self) -> T | None:
        try:
            async with asyncio.timeout(WITHIN):
                return await self._ask()
        except (TimeoutError, OSError, SQLAlchemyError) as away:
            log.warning("health.not_asked", kind=type(away).__name__)
            return None


class Figures:
    """What the process can only know by asking."""

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime],
        folder: Path,
        backup_folder: Path,
        pending: Callable[[], Awaitable[int | None]],
    ) -> None:
        self._database = database
        self._now = now
        self._folder = folder
        self._backup_folder = backup_folder
        self._watched = Kept(self._watch, OFTEN)
        self._stock = Kept(self._count, SELDOM)
        self._pending = Kept(pending, OFTEN)

    async def telegram(self) -> bool:
        """Say whether Telegram answered lately."""
        return await self._pending.value() is not None

    async def read(self) -> list[Metric]:
        """Return every figure; what could not be asked is missing."""
        seen, there = await self._watched.value(), await self._stock.value()
        pending = await self._pending.value()
        found = [
            _one("bpu_database_up", "Whether the database answered.", float(seen is not None)),
            _one("bpu_telegram_up", "Whether Telegram answered.", float(pending is not None)),
            _one("bpu_disk_free_ratio", "The free share of the disk.", await self._room()),
            *await asyncio.to_thread(self._backups),
        ]
        if pending is not None:
            found.append(_one("bpu_pending_updates", "Updates that wait at Telegram.", pending))
        if seen is not None:
            found += _watched(seen, self._now())
        if there is not None:
            found += _stock(there)
        return found

    async def _watch(self) -> Watched:
        async with self._database.begin() as db:
            return await watch(db, self._now())

    async def _count(self) -> Stock:
        async with self._database.begin() as db:
            return await stock(db)

    async def _room(self) -> float:
        return await asyncio.to_thread(free, self._folder)

    def _backups(self) -> list[Metric]:
        """How old the newest file of each part is; without any, nothing is told."""
        age = GaugeMetricFamily("bpu_backup_age_seconds", "The age of the newest backup.", labels=["part"])
        for part, apart in (("keys", True), ("data", False)):
            when = backups.newest_at(self._backup_folder, apart=apart)
            if when is not None:
                age.add_metric([part], max(0.0, (self._now() - when).total_seconds()))
        return [age]


def _watched(seen: Watched, now: datetime) -> Iterable[Metric]:
    due = GaugeMetricFamily("bpu_queue_due", "Messages that are due and wait.", labels=["lane"])
    age = GaugeMetricFamily(
        "bpu_queue_oldest_seconds", "Since when the oldest of them waits.", labels=["lane"]
    )
    later = GaugeMetricFamily("bpu_queue_later", "Messages whose time is yet to come.", labels=["lane"])
    paused = GaugeMetricFamily("bpu_lane_paused", "Whether nobody sends in a lane.", labels=["lane"])
    waiting = {one.lane: one for one in seen.waiting}
    for lane in Lane:
        one, name = waiting.get(lane), [lane.name.lower()]
        due.add_metric(name, one.due if one else 0)
        later.add_metric(name, one.later if one else 0)
        oldest = one.oldest if one else None
        age.add_metric(name, 0.0 if oldest is None else max(0.0, (now - oldest).total_seconds()))
        paused.add_metric(name, float(lane in seen.paused))
    raised = GaugeMetricFamily("bpu_alarm", "What needs somebody.", labels=["kind"])
    for kind in alarms(seen, now):
        raised.add_metric([kind], 1.0)
    return [
        due,
        age,
        later,
        paused,
        raised,
        _one("bpu_uncertain", "Messages of a week that may have arrived.", seen.uncertain),
        _one("bpu_quarantine", "Updates set aside that nobody has looked at.", seen.quarantine),
        _one("bpu_legal_open", "Requests about one's own data that are open.", seen.requests),
        _one("bpu_legal_oldest_seconds", "Since when the oldest of them waits.", seen.oldest_request),
        _one("bpu_fleeting", "Messages with people's data still in a chat.", seen.fleeting),
        _one("bpu_fleeting_oldest_seconds", "Since when the oldest of them is there.", seen.oldest_fleeting),
    ]


def _stock(there: Stock) -> Iterable[Metric]:
    applications = GaugeMetricFamily("bpu_applications", "Applications, by state.", labels=["state"])
    for state in State:
        applications.add_metric([state.value], there.applications.get(state.value, 0))
    forms = GaugeMetricFamily("bpu_open_forms", "Unfinished forms, by dialogue.", labels=["flow"])
    for flow, count in sorted(there.forms.items()):
        forms.add_metric([flow], count)
    return [applications, forms]


def _one(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value=value)
