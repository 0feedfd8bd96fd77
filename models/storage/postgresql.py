"""How a PostgreSQL connection is opened: durability is asked of the server, and waiting has an end."""

import asyncio
import contextlib
import os
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from models.storage.gate import StartRefused

if TYPE_CHECKING:
    import psycopg

LOCK_TIMEOUT = "2s"
STATEMENT_TIMEOUT = "5s"
NETWORK: Final[Mapping[str, int]] = {
    "connect_timeout": 4,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""How soon a server that is no longer there is found out: seconds, the last in milliseconds.

Unless told, a server that takes a connection and says nothing is waited for 130 seconds, and a connection
whose other end went away without a word for hours.
"""

SILENCE: Final = 10.0
"""Seconds without an answer after which a server is taken for gone: it ends statements itself after five."""

DURABLE_COMMITS = ("on", "remote_apply")

SET_UP = """
    SELECT current_setting('synchronous_commit'), current_setting('fsync'),
           current_setting('full_page_writes'),
           set_config('lock_timeout', '{lock}', false), set_config('statement_timeout', '{statement}', false),
           set_config('timezone', 'UTC', false)
"""


def hanging_up(silence: float) -> Callable[..., Awaitable["psycopg.AsyncConnection[Any]"]]:
    """Return what connects so that it hangs up when an answer takes longer than `silence` seconds.

    Nothing else would end the wait for a server behind a network that drops what it carries.
    """
    import psycopg  # a bot on SQLite does without

    class Watched(psycopg.AsyncConnection[Any]):
        """A connection whose every wait has an end."""

        async def wait(self, *given: Any, **named: Any) -> Any:
            """Wait for the server, as the library does."""
            end = asyncio.get_running_loop().call_later(silence, _hang_up, self.pgconn.socket)
            try:
                return await super().wait(*given, **named)
            finally:
                end.cancel()

    return Watched.connect


def _hang_up(descriptor: int) -> None:
    """End both ways of a connection: who waits for it learns that the server has gone."""
    with contextlib.suppress(OSError), socket.socket(fileno=os.dup(descriptor)) as connection:
        connection.shutdown(socket.SHUT_RDWR)


def prepare(ask: Callable[[str], Sequence[Any]], statement_timeout: str = STATEMENT_TIMEOUT) -> None:
    """Set a new connection up and read its settings; raise StartRefused if a commit could be lost."""
    settings = ask(SET_UP.format(lock=LOCK_TIMEOUT, statement=statement_timeout))
    check(*settings[:3])


def check(synchronous_commit: str, fsync: str, full_page_writes: str) -> None:
    """Raise StartRefused unless every commit survives a crash of the server with these settings."""
    if synchronous_commit not in DURABLE_COMMITS:
        raise StartRefused(
            f"PostgreSQL's synchronous_commit is {synchronous_commit!r}: commits could be lost. Set it to on."
        )
    if fsync != "on":
        raise StartRefused("PostgreSQL's fsync is off: a crash could destroy the database. Set it to on.")
    if full_page_writes != "on":
        raise StartRefused("PostgreSQL's full_page_writes is off: a crash could tear pages. Set it to on.")
