"""What the chat page listens to: a stream of what just happened."""

import asyncio
from typing import Any, Final

BACKLOG: Final = 10_000


class Events:
    """Listeners with a queue each; costs nothing while nobody listens."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[dict[str, Any] | None]] = set()

    @property
    def heard(self) -> bool:
        """Whether anybody listens."""
        return bool(self._queues)

    def listen(self) -> asyncio.Queue[dict[str, Any] | None]:
        """A queue of events from now on; None ends it."""
        queue: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue(BACKLOG)
        self._queues.add(queue)
        return queue

    def leave(self, queue: asyncio.Queue[dict[str, Any] | None]) -> None:
        """Stop listening."""
        self._queues.discard(queue)

    def tell(self, event: dict[str, Any] | None) -> None:
        """Tell every listener; one that is a whole backlog behind misses the event."""
        for queue in self._queues:
            if not queue.full():
                queue.put_nowait(event)
