"""The bot without one of its safeguards, in a process of its own: only to show that `bench.kills` notices.

Nothing of the bot knows about this.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from handlers import intake, line
from handlers.answering import CEILING, SIDE_BY_SIDE
from handlers.arrivals import Raw
from handlers.batch import Batch
from handlers.polling import ALLOWED, BATCH, Poller
from post.speak import speak


async def _acknowledge_first(self: Poller, patience: int) -> int:
    """Poll once more before the batch is committed: that tells Telegram to forget it."""
    batch = await self._get_updates(offset=self._offset, limit=BATCH, wait=patience, allowed_updates=ALLOWED)
    if batch:
        self._offset = max(int(raw["update_id"]) for raw in batch) + 1
        await self._get_updates(offset=self._offset, limit=1, wait=0, allowed_updates=ALLOWED)
        await self._take(batch)
    return len(batch)


async def _handled_at_once(self: line.Line, raw: Raw) -> bool:
    """Say 200 as soon as an update stands in line."""
    self._waiting.append(line.Waiting(raw, line._now(), line.person_of(raw)))
    self._bell.set()
    return True


async def _all_new(_db: Any, _bot_id: int, ids: Iterable[int], _now: datetime) -> set[int]:
    """Take every copy of an update for a new one."""
    return set(ids)


def _without_acknowledging_last() -> None:
    Poller.once = _acknowledge_first  # type: ignore[method-assign]
    line.Line.handled = _handled_at_once  # type: ignore[method-assign]


def _without_deduplication() -> None:
    intake.new_updates = _all_new  # type: ignore[assignment, attr-defined, unused-ignore]


def _without_speaking_last() -> None:
    """Say everything within the transaction, before it is committed."""
    handle = intake.Intake._handle

    async def _spoken(self: intake.Intake, batch: Batch, arrivals: Sequence[Any]) -> None:
        await handle(self, batch, arrivals)
        said, batch.sayings = batch.sayings, {}
        await speak(self._answering._send, said, concurrency=SIDE_BY_SIDE, deadline_seconds=CEILING)

    intake.Intake._handle = _spoken  # type: ignore[method-assign]


SAFEGUARDS: Final[dict[str, Callable[[], None]]] = {
    "acknowledging-last": _without_acknowledging_last,
    "deduplication": _without_deduplication,
    "speaking-last": _without_speaking_last,
}


def take_away(safeguard: str) -> None:
    """Take a safeguard away from the program in this process."""
    SAFEGUARDS[safeguard]()
