"""Putting owed messages into words at the moment they are sent, by kind, many with few questions."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.ext.asyncio import AsyncSession

from jobs.settling import PATIENCE, released, unwanted
from models.owing.deliveries import Claimed, Fate
from models.owing.settlements import Settlement
from models.storage.database import Database
from post.sayings import Saying

AWAY: Final = (OperationalError, InterfaceError, NoConnectionFree)
"""What the database raises while it is away, full or locked."""

Compose = Callable[
    [AsyncSession, Sequence[Claimed], datetime], Awaitable[Mapping[int, tuple[Saying, ...] | datetime]]
]
"""Returns by id what each message of a kind says now, or until when it rests; nothing for what is over."""

Wanted = Callable[[AsyncSession, Sequence[Claimed], datetime], Awaitable[set[int]]]
"""Returns the ids of those messages of a kind that are still wanted, asked right before they are sent."""

Ready = tuple[Saying, ...] | Settlement
log = structlog.get_logger()


async def all_wanted(_db: AsyncSession, owed: Sequence[Claimed], _now: datetime) -> set[int]:
    """Want them all: what a kind does that says nothing else."""
    return {each.id for each in owed}


class Words:
    """What to say for each kind, and whether it is still wanted."""

    def __init__(
        self, database: Database, compose: Mapping[str, Compose], wanted: Mapping[str, Wanted]
    ) -> None:
        self._database = database
        self._compose = compose
        self._wanted = wanted

    async def of(self, wave: Iterable[Claimed], now: datetime) -> dict[int, Ready]:
        """Return by id what to say, or what has become of a message that has nothing to say."""
        kinds = defaultdict(list)
        for claimed in wave:
            kinds[claimed.kind].append(claimed)
        ready: dict[int, Ready] = {}
        for kind, owed in kinds.items():
            ready |= await self._one_kind(kind, owed, now)
        return ready

    async def _one_kind(self, kind: str, owed: Sequence[Claimed], now: datetime) -> dict[int, Ready]:
        if kind not in self._compose:  # a newer release, side by side with this one, knows it
            log.error("deliveries.unknown_kind", kind=kind, count=len(owed))
            return {each.id: released(each, now + PATIENCE) for each in owed}
        try:
            return await self._asked(kind, owed, now)
        except AWAY:
            raise
        except Exception as bug:  # the last resort: the bug of one message must not hold up the others
            if len(owed) == 1:
                log.error("deliveries.bug", kind=kind, exc_info=bug)
                return {owed[0].id: Settlement(owed[0], Fate.BROKEN, error=type(bug).__name__)}
        alone = [await self._one_kind(kind, [each], now) for each in owed]
        return {number: ready for one in alone for number, ready in one.items()}

    async def _asked(self, kind: str, owed: Sequence[Claimed], now: datetime) -> dict[int, Ready]:
        wanted, compose = self._wanted.get(kind, all_wanted), self._compose[kind]
        async with self._database.begin() as db:
            chosen = await wanted(db, owed, now)
            words = await compose(db, [each for each in owed if each.id in chosen], now)
        return {each.id: _ready(each, words.get(each.id)) for each in owed}


def _ready(claimed: Claimed, words: tuple[Saying, ...] | datetime | None) -> Ready:
    if isinstance(words, datetime):
        return Settlement(claimed, Fate.QUEUED, words, alone=True)
    return words or unwanted(claimed)
