"""Wires: kept connections to one server, each carrying one call after another.

The loop connects and encrypts, httptools reads the answers; what is ours is to know whether anything of a
call was written.
"""

import asyncio
import ssl
from socket import SOCK_STREAM
from typing import Any, Final, cast

import aiohappyeyeballs
import httptools

from post.failures import Cut, NoAnswer, NotConnected

KEPT: Final = 15.0
"""Seconds a connection is kept that nobody uses: shorter than Telegram keeps it."""

NEXT_ADDRESS: Final = 0.25
"""Seconds until the next address of a server is tried beside the one before (RFC 8305)."""

RESOLVED: Final = 10.0
"""Seconds for which the addresses of a server are taken to be the same."""

UNREADABLE: Final = (httptools.HttpParserError, httptools.HttpParserUpgrade)
Answer = tuple[int, bytes]
"""The status and the whole body."""


class Wire(asyncio.Protocol):
    """One connection: a call is written whole, and its answer is waited for before the next."""

    __slots__ = ("_answer", "_body", "_loop", "_parser", "_timer", "_transport", "since")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Answer] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._body: list[bytes] = []
        self.since = loop.time()

    @property
    def is_free(self) -> bool:
        """Whether a call can be written."""
        transport = self._transport
        return self._answer is None and transport is not None and not transport.is_closing()

    def ask(self, request: bytes, seconds: float | None) -> asyncio.Future[Answer]:
        """Write a call; the answer comes within the seconds, or NoAnswer, or Cut.

        Raises NotConnected, and nothing was written, when the connection is gone already.
        """
        if self._transport is None or not self.is_free:
            raise NotConnected("the connection is gone")
        self._answer = answer = self._loop.create_future()
        if seconds is not None:
            self._timer = self._loop.call_later(seconds, self._too_late)
        self._transport.write(request)
        return answer

    def drop(self) -> None:
        """Break the connection."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note that there is a connection."""
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, _: Exception | None) -> None:
        """Note that there is none any more: a call under way may have been carried out."""
        self._transport = None
        self._fail(Cut("connection cut"))

    def data_received(self, data: bytes) -> None:
        """Read a part of an answer; what nobody asked for, or nobody can read, ends the connection."""
        if self._answer is None:
            self.drop()
            return
        try:
            self._parser.feed_data(data)
        except UNREADABLE:
            self._fail(Cut("answer cannot be read"))
            self.drop()

    def on_body(self, part: bytes) -> None:
        """Keep a part of the body."""
        self._body.append(part)

    def on_message_complete(self) -> None:
        """Hand the answer over; an interim one (1xx) is none."""
        status = self._parser.get_status_code()
        if status < 200:
            return
        body, self._body = b"".join(self._body), []
        answer = self._ended()
        if not self._parser.should_keep_alive():
            self.drop()
        if answer is not None and not answer.done():
            answer.set_result((status, body))

    def _too_late(self) -> None:
        self._fail(NoAnswer("no answer in time"))
        self.drop()

    def _fail(self, failure: Exception) -> None:
        answer = self._ended()
        if answer is not None and not answer.done():
            answer.set_exception(failure)

    def _ended(self) -> asyncio.Future[Answer] | None:
        answer, self._answer = self._answer, None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self.since = self._loop.time()
        return answer


class Wires:
    """The connections to one server; `secure` is what checks its certificate, None for plain HTTP."""

    def __init__(
        self, host: str, port: int, secure: ssl.SSLContext | None, connect_timeout: float | None
    ) -> None:
        self._host = host
        self._port = port
        self._secure = secure
        self._connect_timeout = connect_timeout
        self._idle: list[Wire] = []
        self._addresses: tuple[float, list[Any]] = (0.0, [])

    async def exchange(self, request: bytes, seconds: float | None) -> Answer:
        """Write a whole request and return the answer, which may take that many seconds once it is written.

        Raises NotConnected while nothing was written; NoAnswer or Cut when nobody knows.
        """
        wire = self._kept() or await self._connected()
        try:
            return await wire.ask(request, seconds)
        finally:
            if wire.is_free:
                self._idle.append(wire)
            else:
                wire.drop()

    def close(self) -> None:
        """Close what is not in use."""
        idle, self._idle = self._idle, []
        for wire in idle:
            wire.drop()

    def _kept(self) -> Wire | None:
        """Return a connection that was used a moment ago."""
        while self._idle:
            wire = self._idle.pop()
            if wire.is_free and asyncio.get_running_loop().time() - wire.since < KEPT:
                return wire
            wire.drop()
        return None

    async def _connected(self) -> Wire:
        """Return a new connection; raise outside the handler, so that nothing hangs on to our error."""
        try:
            async with asyncio.timeout(self._connect_timeout):
                return await self._connecting()
        except (OSError, ValueError):  # no address, nobody there, no time left, not the right certificate
            failure = NotConnected("not connected")
        raise failure

    async def _connecting(self) -> Wire:
        loop = asyncio.get_running_loop()
        socket = await aiohappyeyeballs.start_connection(
            await self._resolved(), happy_eyeballs_delay=NEXT_ADDRESS, interleave=1
        )
        _, wire = await loop.create_connection(
            lambda: Wire(loop),
            sock=socket,
            ssl=self._secure,
            server_hostname=None if self._secure is None else self._host,
        )
        return wire

    async def _resolved(self) -> list[Any]:
        loop = asyncio.get_running_loop()
        until, found = self._addresses
        if loop.time() >= until:
            found = list(await loop.getaddrinfo(self._host, self._port, type=SOCK_STREAM))
            self._addresses = (loop.time() + RESOLVED, found)
        return found
