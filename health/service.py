"""What a service manager is told: that the bot is ready, and, as long as the loop turns, that it lives.

The protocol is one datagram of text to the socket of NOTIFY_SOCKET (systemd, sd_notify(3)).
"""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Mapping


def notify(environ: Mapping[str, str], message: str) -> None:
    """Tell the service manager, if there is one that wants to be told."""
    place = environ.get("NOTIFY_SOCKET", "")
    if not place:
        return
    address = f"\0{place[1:]}" if place.startswith("@") else place
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.sendto(message.encode(), address)


@contextlib.asynccontextmanager
async def watchdog(environ: Mapping[str, str]) -> AsyncIterator[None]:
    """While the block runs, show three times within the time of WATCHDOG_USEC that the loop turns."""
    microseconds = environ.get("WATCHDOG_USEC", "")
    if not microseconds.isdecimal():
        yield
        return
    showing = asyncio.create_task(_show(environ, int(microseconds) / 3_000_000))
    try:
        yield
    finally:
        showing.cancel()
        notify(environ, "STOPPING=1")


async def _show(environ: Mapping[str, str], every: float) -> None:
    while True:
        notify(environ, "WATCHDOG=1")
        await asyncio.sleep(every)
