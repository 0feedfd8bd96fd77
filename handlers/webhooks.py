"""Webhooks: updates as Telegram posts them, each acknowledged once it is durable and answered."""

import hmac
from collections.abc import Iterable
from typing import Any, Final

from aiohttp import web

from handlers.line import Line
from post.failures import read_json

HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"
LARGEST: Final = 1024 * 1024
"""Bytes of a request; what Telegram posts has a few thousand."""

DEEPEST: Final = 64
"""How deep an update may be nested: a message that answers one that answers none has about ten floors."""

HIGHEST_ID: Final = 2**52
SOON: Final = {"Retry-After": "1"}


class Webhooks:
    """Lets in who knows the secret, and has each update taken by the line."""

    def __init__(self, secret: str, line: Line) -> None:
        self._secret = secret.encode()
        self._line = line

    async def receive(self, request: web.Request) -> web.Response:
        """Answer one request: 200 for what is done, 503 for what must come again.

        A body of more than LARGEST bytes is refused by the server (413).
        """
        given = request.headers.get(HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, self._secret):
            return web.Response(status=403)
        if not self._line.takes:
            return web.Response(status=503, headers=SOON)
        update = _update(await request.read())
        if update is None:
            return web.Response(status=400)
        if not await self._line.handled(update):
            return web.Response(status=503, headers=SOON)
        return web.Response()


def _update(body: bytes) -> dict[str, Any] | None:
    """Return an update as it came, or None for what is none."""
    update = read_json(body)
    if not isinstance(update, dict) or _too_deep(update):
        return None
    number = update.get("update_id")
    return update if type(number) is int and 0 <= number < HIGHEST_ID else None


def _too_deep(update: object) -> bool:
    floor: list[object] = [update]
    for _ in range(DEEPEST):
        floor = [inner for each in floor for inner in _inside(each) if isinstance(inner, dict | list)]
        if not floor:
            return False
    return True


def _inside(part: object) -> Iterable[object]:
    if isinstance(part, dict):
        return part.values()
    return part if isinstance(part, list) else ()
