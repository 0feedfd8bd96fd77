"""A road between the bot and what it speaks to, on which things go wrong as they do on real ones."""

import asyncio
import contextlib
import re
import socket
import struct
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

TROUBLES: Final = (
    "refuse",
    "reset",
    "cut before",
    "cut after",
    "black hole",
    "black hole after",
    "delay",
    "trickle",
)
"""What may happen to a call: no connection; reset at its first byte; closed before or after it was carried
out; taken and never answered, not carried out or carried out; carried out late; answered in drops."""

DELAY: Final = 1.0
DROP: Final = 64
"""Bytes of a trickle, ten times a second."""

ABORT: Final = struct.pack("ii", 1, 0)
LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CHUNKED: Final = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
NOTHING_NEW: Final = b'"result":[]}'
FILE: Final = "file"

Reader = asyncio.StreamReader
Writer = asyncio.StreamWriter


@dataclass(frozen=True, slots=True)
class Trouble:
    """What happens, and to the calls of which method; "*" is all of them."""

    do: str
    method: str = "*"

    def strikes(self, method: str) -> bool:
        """Return whether it happens to a call of this method."""
        return self.do != "refuse" and self.method in ("*", method)


class Road:
    """Listens at a port of its own and passes on what it is given, until there is trouble."""

    def __init__(self, host: str, port: int) -> None:
        self._to = (host, port)
        self._server: asyncio.Server | None = None
        self._port = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._idle: set[Writer] = set()
        self._refusing = False
        self.trouble: Trouble | None = None
        self.struck: Counter[str] = Counter()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[int]:
        """Listen while the block runs; yields the port."""
        await self._listen()
        try:
            yield self._port
        finally:
            await self.refuse()
            for task in tuple(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._enter, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def refuse(self) -> None:
        """Let nobody in, and break what is idle; a call under way is still answered."""
        self._refusing = True
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in tuple(self._idle):
            reset(writer)

    async def clear(self) -> None:
        """End the trouble. What was taken and not answered stays so, as on a connection whose end is gone."""
        self.trouble = None
        if self._refusing:
            self._refusing = False
            await self._listen()

    async def _enter(self, reader: Reader, writer: Writer) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                await self._pass(reader, writer)
        finally:
            self._tasks.discard(task)
            self._idle.discard(writer)
            writer.close()

    async def _pass(self, reader: Reader, writer: Writer) -> None:
        raise NotImplementedError


class BotApiRoad(Road):
    """Knows one call of the Bot API from the next, so that trouble meets one method and no other."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port)
        self.refuse_after_updates = False

    async def _pass(self, reader: Reader, writer: Writer) -> None:
        while not self._refusing:
            self._idle.add(writer)
            request = await _message(reader)
            self._idle.discard(writer)
            method = _method(request)
            trouble = self._strikes(method)
            if trouble is not None and not await _begun(trouble.do, reader, writer):
                return
            answer = await self._answer(request, reader)
            trouble = trouble or self._strikes(method)
            if trouble is not None and not await _ended(trouble.do, reader, writer):
                return
            if trouble is not None and trouble.do == "trickle":
                await _trickle(answer, writer)
            else:
                writer.write(answer)
                await writer.drain()
            if self.refuse_after_updates and method == "getUpdates" and not answer.endswith(NOTHING_NEW):
                self.refuse_after_updates = False
                await self.refuse()

    def _strikes(self, method: str) -> Trouble | None:
        if self.trouble is None or not self.trouble.strikes(method):
            return None
        self.struck[method] += 1
        return self.trouble

    async def _answer(self, request: bytes, reader: Reader) -> bytes:
        """Make the call; it is given up when who asked goes away."""
        upstream, out = await asyncio.open_connection(*self._to)
        try:
            out.write(request)
            answer = asyncio.ensure_future(_message(upstream))
            gone = asyncio.ensure_future(reader.readexactly(1))
            await asyncio.wait({answer, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                answer.cancel()
                gone.result()
            gone.cancel()
            await asyncio.wait({gone})
            return answer.result()
        finally:
            out.close()


class DatabaseRoad(Road):
    """Passes bytes both ways; a call is whatever comes from the bot at once."""

    async def _pass(self, reader: Reader, writer: Writer) -> None:
        upstream, out = await asyncio.open_connection(*self._to)
        self._idle.add(writer)
        back = asyncio.create_task(self._back(upstream, reader, writer))
        try:
            while chunk := await reader.read(65_536):
                trouble = self.trouble
                if trouble is not None:
                    self.struck[trouble.do] += 1
                    if not await _begun(trouble.do, reader, writer):
                        return
                out.write(chunk)
        finally:
            back.cancel()
            out.close()

    async def _back(self, upstream: Reader, reader: Reader, writer: Writer) -> None:
        with contextlib.suppress(OSError):
            while chunk := await upstream.read(65_536):
                trouble = self.trouble
                if trouble is not None and trouble.do == "cut after":
                    reset(writer)
                    return
                if trouble is not None and trouble.do == "black hole after":
                    await asyncio.Event().wait()
                if trouble is not None and trouble.do == "trickle":
                    await _trickle(chunk, writer)
                else:
                    writer.write(chunk)
            writer.close()


async def _begun(do: str, reader: Reader, writer: Writer) -> bool:
    """Let happen what happens before a call is carried out; False when it ends there."""
    match do:
        case "reset":
            reset(writer)
            return False
        case "cut before":
            writer.close()
            return False
        case "black hole":
            await reader.read()
            return False
        case "delay":
            await asyncio.sleep(DELAY)
    return True


async def _ended(do: str, reader: Reader, writer: Writer) -> bool:
    """Let happen what happens after a call was carried out; False when its answer is lost."""
    match do:
        case "cut after" | "reset" | "cut before":
            writer.close()
            return False
        case "black hole after" | "black hole":
            await reader.read()
            return False
    return True


async def _trickle(answer: bytes, writer: Writer) -> None:
    for start in range(0, len(answer), DROP):
        writer.write(answer[start : start + DROP])
        await writer.drain()
        await asyncio.sleep(0.1)


def reset(writer: Writer) -> None:
    """Break a connection so that the other side gets a reset, not an end."""
    connection = writer.get_extra_info("socket")
    if connection is not None:
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
    writer.transport.abort()


def _method(request: bytes) -> str:
    path = request.split(b" ", 2)[1].decode()
    return FILE if path.startswith("/file/") else path.rpartition("/")[2]


async def _message(reader: Reader) -> bytes:
    """Return one request or answer of HTTP as it came."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = LENGTH.search(head)
    if length is not None:
        return head + await reader.readexactly(int(length[1]))
    return head + await _chunks(reader) if CHUNKED.search(head) else head


async def _chunks(reader: Reader) -> bytes:
    body = b""
    while True:
        size = await reader.readuntil(b"\r\n")
        chunk = await reader.readexactly(int(size.split(b";")[0], 16) + 2)
        body += size + chunk
        if len(chunk) == 2:
            return body
