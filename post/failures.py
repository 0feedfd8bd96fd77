"""How a call to Telegram fails: the library's own error classes, split by whether anything was sent.

None of them carries an address, since the address holds the token.
"""

import datetime as dt
import json
from typing import Any, Final

import aiohttp
import orjson
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)


class NotConnected(NetworkError):
    """No connection came about: Telegram has seen nothing of this call."""


class PoolFull(TimedOut):
    """Every connection stayed busy: Telegram has seen nothing of this call."""


class NoAnswer(TimedOut):
    """The call was written and no answer came in time: done or not done, nobody knows."""


class Cut(NetworkError):
    """The connection broke after the call was begun: done or not done, nobody knows."""


class ServerFailed(NetworkError):
    """A failure of the server, or of something before it that does not speak the Bot API."""


class Garbled(NetworkError):
    """A good status with an unreadable answer: the call was most likely carried out."""


UNSENT: Final = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)
ERRORS: Final[dict[int, type[TelegramError]]] = {
    401: InvalidToken,
    403: Forbidden,
    404: InvalidToken,
    409: Conflict,
    421: InvalidToken,
}


def failure_of(error: Exception) -> NetworkError:
    """Return our error for one of aiohttp's, in words that cannot hold the address."""
    kind = type(error).__name__
    if isinstance(error, UNSENT):
        return NotConnected(f"not connected ({kind})")
    if isinstance(error, TimeoutError):
        return NoAnswer(f"no answer in time ({kind})")
    return Cut(f"connection cut ({kind})")


def result_of(payload: bytes) -> Any:
    """Return the `result` of a good answer, or raise Garbled."""
    answer = parsed(payload)
    if answer is None or "result" not in answer:
        raise Garbled("unreadable answer")
    return answer["result"]


def parsed(payload: bytes) -> dict[str, Any] | None:
    """Return an answer of the Bot API as a dict, or None when it is not one."""
    answer = read_json(payload)
    return answer if isinstance(answer, dict) and "ok" in answer else None


def read_json(payload: bytes) -> Any:
    """Return what Telegram wrote, or None when it cannot be read.

    orjson refuses half a surrogate pair, which the standard library accepts: one odd update must not
    make a whole batch unreadable.
    """
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError:
        return _patiently(payload)


def _patiently(payload: bytes) -> Any:
    try:
        return json.loads(payload.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None


def refusal(status: int, payload: bytes) -> TelegramError:
    """Return the library's error for an answer whose status is not 200.

    A page that is no answer of the Bot API, say a firewall's 403, is never taken for Telegram's word.
    """
    answer = parsed(payload)
    if answer is None:
        return ServerFailed(f"status {status} without an answer of the Bot API")
    parameters = answer.get("parameters") or {}
    if new_chat := parameters.get("migrate_to_chat_id"):
        return ChatMigrated(new_chat)
    if status == 429 or parameters.get("retry_after"):
        return RetryAfter(dt.timedelta(seconds=parameters.get("retry_after") or 1))
    description = str(answer.get("description") or f"status {status}")
    return ServerFailed(description) if status >= 500 else ERRORS.get(status, BadRequest)(description)
