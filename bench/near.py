"""A town in which nothing is far away: no HTTP to Telegram, no thread to SQLite, and the rest as it is.

For measurements of what the bot does, not of how it gets there. Wherever the real ways wait, these let the
loop turn once, so that whoever is cut off there is cut off here too, at the same places in every run.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Generator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import aiosqlite
import orjson
from telegram.request import BaseRequest, RequestData

from models.storage.database import Database
from models.storage.engine import POOLS, new_engine, normalise_url
from post.failures import Cut, refusal
from post.transport import AiohttpRequest
from simulator.server import Simulator
from tests.town import Town


class AtTheDoor(AiohttpRequest):
    """Calls that are carried out by the simulated Telegram at once; those with files still go by HTTP."""

    __slots__ = ("_simulator",)

    def __init__(self, simulator: Simulator, read_timeout: float) -> None:
        super().__init__(read_timeout=read_timeout)
        self._simulator = simulator

    async def call(
        self, url: str, parameters: Mapping[str, object], *, read_timeout: float | None = None
    ) -> Any:
        """Call a method, and return its result; raises what the real way raises."""
        status, answer = await self._carried_out(url, parameters)
        if status != 200:
            raise refusal(status, orjson.dumps(answer))
        return answer["result"]

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
        """Make one request of the library's; raises what the real way raises."""
        if request_data is not None and request_data.contains_files:
            return await super().do_request(url, method, request_data)
        status, answer = await self._carried_out(url, {} if request_data is None else request_data.parameters)
        payload = orjson.dumps(answer)
        if not 200 <= status <= 299:
            raise refusal(status, payload)
        return status, payload

    async def _carried_out(self, url: str, parameters: Mapping[str, object]) -> tuple[int, dict[str, Any]]:
        written = orjson.loads(orjson.dumps(parameters))
        await asyncio.sleep(0)
        answer = await self._simulator.call(url.rpartition("/")[2], written)
        await asyncio.sleep(0)
        if answer is None:
            raise Cut("connection cut")
        return answer


class Near(aiosqlite.Connection):
    """A connection whose statements run where they are asked for: its thread is never started."""

    def __init__(self, path: Path) -> None:
        opens = partial(sqlite3.connect, path, check_same_thread=False)
        super().__init__(opens, iter_chunk_size=64)
        self._tx: Any = AtOnce()

    def __await__(self) -> Generator[Any, None, aiosqlite.Connection]:
        return self._connect().__await__()

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        done = fn(*args, **kwargs)
        await asyncio.sleep(0)
        return done


class AtOnce:
    """What a connection hands its work to, in place of a queue before a thread."""

    def put_nowait(self, work: tuple[asyncio.Future[Any] | None, Callable[[], Any]]) -> None:
        """Do some work now; who waits for it hears of it when the loop turns."""
        heard, function = work
        heard = heard or asyncio.get_running_loop().create_future()
        try:
            tell = partial(aiosqlite.core.set_result, heard, function())
        except Exception as error:  # noqa: BLE001 - raised where it is waited for
            tell = partial(aiosqlite.core.set_exception, heard, error)
        heard.get_loop().call_soon(tell)


class NearTown(Town):
    """A town whose bot has its Telegram and its SQLite in its own loop."""

    async def remembering(self, database_url: str, keys: Path) -> Database:
        """The database of the bot: SQLite by connections without threads, anything else as it is."""
        usual = await super().remembering(database_url, keys)
        if not database_url.startswith("sqlite"):
            return usual
        await usual.close()
        where = normalise_url(database_url)
        path = Path(str(where.database))
        pool: dict[str, Any] = {**POOLS["sqlite"], "async_creator": lambda *_, **__: Near(path)}
        return Database(new_engine(where, **pool), usual.keys)

    def road(self, read_timeout: float) -> AiohttpRequest:
        """The way of the bot's calls to the simulated Telegram: none."""
        return AtTheDoor(self.simulator, read_timeout)
