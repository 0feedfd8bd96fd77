"""How a process stops: what is in hand is finished, in good time or by force."""

import asyncio
import contextlib
import os
import signal
import threading
from typing import Final, Protocol

import structlog

from health import service
from health.checks import Ready
from running import say

STOP_WITHIN: Final = 5.0
"""Seconds a stop may take before it is cut short; what is then unanswered comes again."""

ENDS_WITHIN: Final = 9.0
"""Seconds after which a stop that hangs ends the process: what was said to be done is durable by then."""

STOPPED_BY_FORCE: Final = 70
"""What the process ends with when its stop hung."""

log = structlog.get_logger()


class Doing(Protocol):
    """What a process does until it is stopped."""

    async def run(self) -> None:
        """Do it until stopped."""

    def stop(self) -> None:
        """Begin nothing more."""


class Standby:
    """Nothing to be asked for: it only waits for the stop."""

    def __init__(self) -> None:
        self._stopped = asyncio.Event()

    async def run(self) -> None:
        """Return when stopped."""
        await self._stopped.wait()

    def stop(self) -> None:
        """Stop."""
        self._stopped.set()


async def until_signal(doing: Doing, words: str, ready: Ready | None = None) -> None:
    """Do it until a signal asks to stop; a second one changes nothing, five seconds cut the rest short."""
    running = asyncio.create_task(doing.run())

    def stop() -> None:
        if not running.done():
            log.info("bot.stopping")
            if ready is not None:
                ready.stopping = True
            end_within(ENDS_WITHIN)
            doing.stop()
            asyncio.get_running_loop().call_later(STOP_WITHIN, running.cancel)

    for signal_number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signal_number, stop)
    say(words)
    service.notify(os.environ, "READY=1")
    with contextlib.suppress(asyncio.CancelledError):
        await running


def end_within(seconds: float) -> None:
    """End the process after so many seconds, whatever hangs, unless it has ended by itself."""
    clock = threading.Timer(seconds, os._exit, [STOPPED_BY_FORCE])
    clock.daemon = True
    clock.start()
