"""Places in the program where it is killed, by name: it kills itself when it passes for the n-th time.

Only for `bench.kills`, in a process of its own. Nothing of the bot knows about this.
"""

import os
import signal
from collections.abc import Callable
from typing import Any, Final

POINTS: Final = (
    "before a commit",
    "after a commit",
    "before a send",
    "after a send",
    "before acknowledging",
    "after acknowledging",
)
SILENT: Final = ("get", "set", "delete", "log")
"""How the methods begin that say nothing to anybody."""


def die_at(point: str, number: int) -> None:
    """Have this process die when it comes to a point for the n-th time."""
    when, _, what = point.partition(" ")
    left = number

    def passes() -> None:
        nonlocal left
        left -= 1
        if left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    {"a commit": _at_commits, "a send": _at_sends, "acknowledging": _at_acknowledging}[what](when, passes)


def _at_commits(when: str, passes: Callable[[], None]) -> None:
    from sqlalchemy import event
    from sqlalchemy.orm import Session

    event.listen(Session, f"{when}_commit", lambda _: passes())


def _at_sends(when: str, passes: Callable[[], None]) -> None:
    _around_calls(when, passes, lambda method, _: not method.startswith(SILENT))


def _at_acknowledging(when: str, passes: Callable[[], None]) -> None:
    """The poll that moves the offset, or the 200 of a webhook."""
    from aiohttp import web

    _around_calls(when, passes, lambda method, parameters: method == "getUpdates" and "offset" in parameters)
    written = web.Response.write_eof

    async def write_eof(self: web.Response, data: bytes = b"") -> None:
        if self.status == 200 and when == "before":
            passes()
        await written(self, data)
        if self.status == 200 and when == "after":
            passes()

    web.Response.write_eof = write_eof  # type: ignore[method-assign]


def _around_calls(when: str, passes: Callable[[], None], meant: Callable[[str, Any], bool]) -> None:
    from post.bot import Bot

    called = Bot.call

    async def call(self: Bot, method: str, parameters: dict[str, object], **more: Any) -> Any:
        if meant(method, parameters) and when == "before":
            passes()
        result = await called(self, method, parameters, **more)
        if meant(method, parameters) and when == "after":
            passes()
        return result

    Bot.call = call  # type: ignore[method-assign]
