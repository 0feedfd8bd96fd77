"""The library's request object: its own calls and files by aiohttp, ours by wires, a fifth of the work.

No token is in any error.
"""

import asyncio
import base64
import io
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp
import orjson
from telegram.request import BaseRequest, RequestData
from yarl import URL

from post.failures import Garbled, NotConnected, PoolFull, failure_of, parsed, refusal, result_of
from post.wires import Wires

JSON: Final = {"Content-Type": "application/json"}
NO_CEILING: Final = 1e9
"""aiohttp rounds longer timeouts up to whole seconds; ours are meant as given."""


@dataclass(frozen=True, slots=True)
class Way:
    """Where a method is called: the connections to its server, and the head of a call up to the length."""

    wires: Wires
    head: bytes = field(repr=False)


class AiohttpRequest(BaseRequest):
    """Calls to the Bot API over a pool of kept connections; all times are seconds.

    A call waits at most `pool_timeout` for a place, `connect_timeout` for a connection and
    `read_timeout` for writing and the whole answer. So a timeout after the first two always means
    that the call may have been carried out.
    """

    __slots__ = ("_media", "_places", "_pool", "_secure", "_session", "_usual", "_ways", "_wires")

    def __init__(
        self,
        *,
        connections: int = 256,
        pool_timeout: float | None = 1.0,
        connect_timeout: float | None = 3.0,
        read_timeout: float | None = 6.0,
        media_write_timeout: float = 20.0,
    ) -> None:
        self._places = asyncio.Semaphore(connections)
        self._pool = pool_timeout
        self._media = media_write_timeout
        self._usual = _timeout(connect_timeout, 0.0, read_timeout)
        self._session: aiohttp.ClientSession | None = None
        self._secure: ssl.SSLContext | None = None
        self._ways: dict[str, Way] = {}
        self._wires: dict[tuple[str, str, int], Wires] = {}

    @property
    def longest_call(self) -> float:
        """Return the seconds after which every call has ended, whatever it carries."""
        waits = (self._pool, self._usual.connect, self._media, self._usual.sock_read)
        return sum(float("inf") if wait is None else wait for wait in waits)

    @property
    def read_timeout(self) -> float | None:
        """Return the seconds a call may take once it is connected."""
        return self._usual.sock_read

    async def initialize(self) -> None:
        """Open the pool; a second time does nothing."""
        self._session = self._session or aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def shutdown(self) -> None:
        """Close the pool; a second time does nothing."""
        session, self._session = self._session, None
        for wires in self._wires.values():
            wires.close()
        if session is not None:
            await session.close()

    async def call(
        self, url: str, parameters: Mapping[str, object], *, read_timeout: float | None = None
    ) -> Any:
        """Call a method with JSON parameters and return its result, without the library's own machinery.

        Raises the library's errors, and orjson.JSONEncodeError for what cannot be written as JSON.
        """
        body = orjson.dumps(parameters)
        way = self._ways.get(url) or self._found(url)
        seconds = self._usual.sock_read if read_timeout is None else read_timeout
        await self._place(self._pool)
        try:
            status, payload = await way.wires.exchange(
                b"%b%d\r\n\r\n%b" % (way.head, len(body), body), seconds
            )
        finally:
            self._places.release()
        if status != 200:
            raise refusal(status, payload)
        return result_of(payload)

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Return a good answer as a dict; nothing of an unreadable one is logged."""
        answer = parsed(payload)
        if answer is None or "result" not in answer:
            raise Garbled("unreadable answer")
        return answer

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,
        connect_timeout: object = BaseRequest.DEFAULT_NONE,
        pool_timeout: object = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Make one request of the library's, and raise its error for every status but a good one."""
        uploads = request_data is not None and request_data.contains_files
        timeout = _timeout(
            _chosen(connect_timeout, self._usual.connect),
            _chosen(write_timeout, self._media if uploads else 0.0),
            _chosen(read_timeout, self._usual.sock_read),
        )
        body, headers = _body(request_data)
        pool = _chosen(pool_timeout, self._pool)
        status, payload = await self._exchange(method, url, body, headers, timeout, pool)
        if not 200 <= status <= 299:
            raise refusal(status, payload)
        return status, payload

    async def _exchange(
        self,
        method: str,
        url: str,
        body: bytes | aiohttp.FormData | None,
        headers: Mapping[str, str] | None,
        limits: aiohttp.ClientTimeout,
        pool_timeout: float | None,
    ) -> tuple[int, bytes]:
        """Return status and body; raise outside the handler, or aiohttp's error would hang on to ours."""
        await self._place(pool_timeout)
        try:
            async with self._opened().request(
                method, url, data=body, headers=headers, timeout=limits, allow_redirects=False
            ) as response:
                return response.status, await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            failure = failure_of(error)
        finally:
            self._places.release()
        raise failure

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise NotConnected("the request object is not open")
        return self._session

    def _found(self, url: str) -> Way:
        """Return the way to a method, which stays the same; without an address nothing is sent."""
        try:
            address = URL(url)
            where = (address.scheme, address.host or "", address.port or 0)
        except ValueError:
            where = ("", "", 0)
        if not where[1]:
            raise NotConnected("the address cannot be read")
        if where not in self._wires:
            secure = self._checking() if address.scheme == "https" else None
            self._wires[where] = Wires(where[1], where[2], secure, self._usual.connect)
        way = self._ways[url] = Way(self._wires[where], _head(address))
        return way

    def _checking(self) -> ssl.SSLContext:
        self._secure = self._secure or ssl.create_default_context()
        return self._secure

    async def _place(self, seconds: float | None) -> None:
        """Take a place among the calls under way, in a request object that is open."""
        self._opened()
        if self._places.locked():
            await self._wait_for_place(seconds)
        else:
            await self._places.acquire()

    async def _wait_for_place(self, seconds: float | None) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._places.acquire()
        except TimeoutError:
            full = PoolFull("every connection is busy")
        else:
            return
        raise full


def _head(address: URL) -> bytes:
    """Return the head of a call with JSON, up to the number of bytes."""
    lines = [
        f"POST {address.raw_path_qs} HTTP/1.1",
        f"Host: {address.host_port_subcomponent}",
        "Content-Type: application/json",
    ]
    if address.user is not None:
        whoever = f"{address.user}:{address.password or ''}".encode()
        lines.append(f"Authorization: Basic {base64.b64encode(whoever).decode()}")
    return "\r\n".join([*lines, "Content-Length: "]).encode()


def _timeout(connect: float | None, write: float | None, read: float | None) -> aiohttp.ClientTimeout:
    """Return a timeout whose total cannot end before the time for connecting does."""
    total = None if connect is None or write is None or read is None else connect + write + read
    return aiohttp.ClientTimeout(total=total, connect=connect, sock_read=read, ceil_threshold=NO_CEILING)


def _chosen(given: object, usual: float | None) -> float | None:
    if given is BaseRequest.DEFAULT_NONE:
        return usual
    return float(given) if isinstance(given, int | float) else None


def _body(data: RequestData | None) -> tuple[bytes | aiohttp.FormData | None, Mapping[str, str] | None]:
    if data is None:
        return None, None
    if not data.contains_files:
        return orjson.dumps(data.parameters), JSON
    form = aiohttp.FormData()
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (file_name, content, kind) in data.multipart_data.items():
        stream = io.BytesIO(content) if isinstance(content, bytes) else content
        form.add_field(name, stream, filename=file_name, content_type=kind)
    return form, None
