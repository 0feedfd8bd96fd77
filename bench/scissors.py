"""A road to a server that can be cut: bytes go both ways until somebody cuts a connection in two."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Scissors:
    """Connections through one port of ours; `cut` ends one of them, whatever is on its way."""

    def __init__(self, port: int, chance: random.Random) -> None:
        self._port = port
        self._chance = chance
        self._open: dict[asyncio.Task[None], tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = {}

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[int]:
        """Yield the port that leads to the server."""
        server = await asyncio.start_server(self._through, "127.0.0.1", 0)
        async with server:
            yield int(server.sockets[0].getsockname()[1])
            for _ in tuple(self._open):
                self.cut()

    def cut(self) -> bool:
        """Cut one connection at random, both ends at once; False when there is none."""
        if not self._open:
            return False
        task = self._chance.choice(list(self._open))
        for end in self._open.pop(task):
            end.transport.abort()
        return True

    async def _through(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        try:
            from_server, to_server = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError:
            writer.transport.abort()
            return
        self._open[task] = (writer, to_server)
        await asyncio.gather(_pass_on(reader, to_server), _pass_on(from_server, writer))
        self._open.pop(task, None)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()
