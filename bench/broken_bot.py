"""The bot without one of its safeguards: `python -m bench.broken_bot acknowledging-last|deduplication`.

Only for showing that `bench.kills` notices. Nothing of the bot knows about this.
"""

import sys
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final

import bot
from handlers import intake
from handlers.polling import ALLOWED, BATCH, Poller


async def _acknowledge_first(self: Poller, patience: int) -> int:
    """Poll once more before the batch is committed: that tells Telegram to forget it."""
    batch = await self._get_updates(offset=self._offset, limit=BATCH, wait=patience, allowed_updates=ALLOWED)
    if batch:
        self._offset = max(int(raw["update_id"]) for raw in batch) + 1
        await self._get_updates(offset=self._offset, limit=1, wait=0, allowed_updates=ALLOWED)
        await self._take(batch)
    return len(batch)


async def all_new(_db: Any, _bot_id: int, ids: Iterable[int], _now: datetime) -> set[int]:
    """Take every copy of an update for a new one."""
    return set(ids)


def _without_acknowledging_last() -> None:
    Poller.once = _acknowledge_first  # type: ignore[method-assign]


def _without_deduplication() -> None:
    intake.new_updates = all_new  # type: ignore[assignment, attr-defined, unused-ignore]


SAFEGUARDS: Final[dict[str, Callable[[], None]]] = {
    "acknowledging-last": _without_acknowledging_last,
    "deduplication": _without_deduplication,
}

if __name__ == "__main__":
    SAFEGUARDS[sys.argv[1]]()
    sys.exit(bot.main(["run"]))
