"""A server that says yes to every call and counts, in its own process: `python -m bench.counting_server`.

It prints its port. It knows HTTP as far as our calls need it and no Bot API, so that it is never what is
measured: `…/counted` answers with the calls so far, those and how many chats they went to.
"""

import argparse
import asyncio
import os
import sys
from typing import Final, cast

import orjson
import uvloop

END: Final = b"\r\n\r\n"
LENGTH: Final = b"content-length: "


class Counting(asyncio.Protocol):
    """One connection; `chats` is shared by all of them."""

    def __init__(self, chats: list[int]) -> None:
        self._chats = chats
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what answers go to."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Answer every call that is whole."""
        self._read += data
        while (end := self._read.find(END)) >= 0:
            head = self._read[:end]
            begin = head.lower().find(LENGTH) + len(LENGTH)
            whole = end + len(END) + int(head[begin:].split(b"\r\n", 1)[0])
            if len(self._read) < whole:
                return
            body, self._read = self._read[end + len(END) : whole], self._read[whole:]
            self._answer(head.split(b" ", 2)[1], body)

    def _answer(self, path: bytes, body: bytes) -> None:
        if path.endswith(b"/counted"):
            result = {"calls": len(self._chats), "chats": len(set(self._chats))}
        else:
            self._chats.append(orjson.loads(body)["chat_id"])
            result = {"message_id": len(self._chats)}
        answer = orjson.dumps({"ok": True, "result": result})
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        self._transport.write(head % len(answer) + answer)


async def serve() -> None:
    """Serve until the process is ended."""
    chats: list[int] = []
    server = await asyncio.get_running_loop().create_server(
        lambda: Counting(chats), "127.0.0.1", backlog=1024
    )
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(prog="bench.counting_server", description=__doc__.splitlines()[0])
    parser.add_argument("--core", type=int, help="the only one to run on")
    given = parser.parse_args()
    if given.core is not None:
        os.sched_setaffinity(0, {given.core})
    uvloop.run(serve())


if __name__ == "__main__":
    main()
