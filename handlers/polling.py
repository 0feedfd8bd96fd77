"""Long polling whose offset moves only after the batch is committed and answered."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Final

import structlog
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from handlers.arrivals import KINDS, Raw, numbered

ALLOWED: Final = KINDS
"""The kinds of update we ask for; others never arise."""

BATCH: Final = 100
PATIENCE: Final = 5
"""Seconds a poll waits for something to arrive: a connection that died unnoticed is found out after them."""

HOOKED: Final = "webhook is active"
"""What Telegram says in a 409 when updates are posted to a webhook (tdlib)."""

PAUSES: Final = (1, 2, 3)
"""Seconds between polls while Telegram does not answer; never longer, for people wait when it is back."""

GetUpdates = Callable[..., Awaitable[list[dict[str, Any]]]]
Take = Callable[[Sequence[Raw]], Awaitable[None]]
log = structlog.get_logger()


async def _nothing() -> None:
    return None


class Poller:
    """Asks for updates, has each batch taken in, and acknowledges it with the next offset.

    `rest` is done when nothing came and when polling ends; `pauses` are the seconds to wait after so many
    failures in a row; `unhook` takes the webhook away that was set before the first poll. One set later is
    somebody else's.
    """

    def __init__(
        self,
        get_updates: GetUpdates,
        take: Take,
        rest: Callable[[], Awaitable[None]] = _nothing,
        pauses: Sequence[float] = PAUSES,
        unhook: Callable[[], Awaitable[None]] = _nothing,
    ) -> None:
        self._get_updates = get_updates
        self._take = take
        self._rest = rest
        self._pauses = pauses
        self._unhook = unhook
        self._met = False
        self._stopping = asyncio.Event()
        self._offset: int | None = None
        self._taking = False
        self.failure: str | None = None

    def stop(self) -> None:
        """Ask for no more; the batch in hand is finished and acknowledged."""
        self._stopping.set()

    async def run(self) -> None:
        """Poll until stopped; returns once the last batch is acknowledged."""
        failures = 0
        while not self._stopping.is_set():
            try:
                if await self._until_stop(self.once(PATIENCE)) == 0:
                    await self._rest()
            except (InvalidToken, Conflict) as refusal:
                self.failure = type(refusal).__name__
                log.error("polling.refused", kind=self.failure)
                if isinstance(refusal, InvalidToken):
                    return
                failures += 1
                await self._free(refusal)
                await self._pause(failures)
            except TelegramError as error:
                failures += 1
                log.warning("polling.failed", kind=type(error).__name__, attempts=failures)
                await self._pause(failures, error)
            else:
                failures, self.failure, self._met = 0, None, True
        await self._acknowledge()
        await self._rest()

    async def once(self, patience: int) -> int:
        """Take in what has arrived within `patience` seconds; return how many updates that was."""
        batch = await self._get_updates(
            offset=self._offset, limit=BATCH, wait=patience, allowed_updates=ALLOWED
        )
        if batch:
            self._taking = True
            await self._take(batch)
            self._taking = False
            numbers = [number for raw in batch if (number := numbered(raw)) is not None]
            self._offset = max(numbers) + 1 if numbers else self._offset
        return len(batch)

    async def _free(self, refusal: TelegramError) -> None:
        """Take a webhook away that is in the way of the first poll."""
        if HOOKED in refusal.message and not self._met:
            log.warning("polling.webhook_deleted")
            with contextlib.suppress(TelegramError):
                await self._unhook()

    async def _until_stop(self, poll: Coroutine[Any, Any, int]) -> int | None:
        """Poll once and return how many updates came, or leave a poll that still waits when the stop comes.

        A batch in hand is finished.
        """
        polling = asyncio.ensure_future(poll)
        stop = asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait({polling, stop}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if not polling.done() and not self._taking:
            polling.cancel()
            await asyncio.wait({polling})
            return None
        return await polling

    async def _pause(self, failures: int, error: TelegramError | None = None) -> None:
        seconds: float = self._pauses[min(failures, len(self._pauses)) - 1]
        if isinstance(error, RetryAfter):
            after = error.retry_after
            seconds = after if isinstance(after, int | float) else after.total_seconds()
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return

    async def _acknowledge(self) -> None:
        """Move the offset past the last batch, so that a clean stop redelivers nothing."""
        if self._offset is not None:
            try:
                await self._get_updates(offset=self._offset, limit=1, wait=0, allowed_updates=ALLOWED)
            except TelegramError as error:
                log.warning("polling.not_acknowledged", kind=type(error).__name__)
