"""Our bot at Telegram: the library's Bot on our own request object, the sender of sayings, raw updates."""

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import telegram
from telegram.error import TelegramError

from measures import RETRY_AFTER, SENDS
from post.keyboards import Inline, markup
from post.outcome import Broken, Gone, Later, Outcome, Sent, outcome_of
from post.sayings import Answer, Delete, Document, File, Picture, Saying, written
from post.transport import AiohttpRequest


class Bot(telegram.Bot):
    """The library's Bot with a short way to any method, and without the token in its `repr`."""

    __slots__ = ("_own_request",)

    def __init__(self, token: str, base_url: str, request: AiohttpRequest) -> None:
        super().__init__(
            token,
            base_url=f"{base_url}/bot",
            base_file_url=f"{base_url}/file/bot",
            request=request,
            get_updates_request=request,
        )
        self._own_request = request

    def __repr__(self) -> str:
        return "Bot()"

    async def call(
        self, method: str, parameters: dict[str, object], *, read_timeout: float | None = None
    ) -> Any:
        """Call a method and return its result as it came; raises the library's errors."""
        return await self._own_request.call(
            f"{self.base_url}/{method}", parameters, read_timeout=read_timeout
        )


def build(token: str, base_url: str, request: AiohttpRequest) -> Bot:
    """Return a bot: methods at `<base_url>/bot<token>/`, files at `<base_url>/file/bot<token>/`."""
    return Bot(token, base_url.rstrip("/"), request)


async def get_updates_raw(
    bot: Bot, *, offset: int | None, limit: int, wait: int, allowed_updates: Sequence[str]
) -> list[dict[str, Any]]:
    """Return the waiting updates as they came, so that a malformed one spoils no other; `wait` in seconds."""
    parameters: dict[str, object] = {
        "limit": limit,
        "timeout": wait,
        "allowed_updates": [*allowed_updates],
    }
    if offset is not None:
        parameters["offset"] = offset
    patience = (bot.request.read_timeout or 0) + wait
    updates: list[dict[str, Any]] = await bot.call("getUpdates", parameters, read_timeout=patience)
    return updates


async def tried(call: Awaitable[object]) -> Outcome:
    """Return what one of the library's own calls came to, such as sending a file."""
    try:
        return _sent(await call)
    except TelegramError as error:
        return outcome_of(error)


async def fetched(bot: telegram.Bot, file_id: str, most: int) -> bytes | Outcome:
    """Return a file somebody sent, of at most so many bytes, or what the call came to."""
    try:
        file = await bot.get_file(file_id)
        if (file.file_size or 0) > most:
            return Broken("file is too big")
        return bytes(await file.download_as_bytearray())
    except TelegramError as error:
        return outcome_of(error)


@dataclass(frozen=True, slots=True)
class Sender:
    """Says things to Telegram past the library's machinery, which costs three times as much."""

    bot: Bot

    async def send(self, saying: Saying) -> Outcome:
        """Say it once and return what came of it; nothing Telegram answers is raised."""
        outcome = await self._send(saying)
        SENDS.labels(_named(outcome)).inc()
        return outcome

    async def _send(self, saying: Saying) -> Outcome:
        if isinstance(saying, Document | Picture):
            return await tried(self._upload(saying))
        method, parameters = written(saying)
        try:
            return _sent(await self.bot.call(method, parameters))
        except TelegramError as error:
            return _settled(saying, outcome_of(error))
        except orjson.JSONEncodeError:
            return Broken("text cannot be written")

    async def _upload(self, file: File) -> telegram.Message:
        """Send a file by the library's own call, which knows how files are uploaded."""
        match file:
            case Document(chat, name, content, caption, protect):
                return await self.bot.send_document(
                    chat,
                    content,
                    filename=name,
                    caption=caption,
                    parse_mode="HTML",
                    protect_content=protect or None,
                )
            case Picture(chat, content, caption, keyboard):
                return await self.bot.send_photo(
                    chat,
                    content,
                    filename="picture.png",
                    caption=caption,
                    parse_mode="HTML",
                    reply_markup=_buttons(keyboard),
                )


def _named(outcome: Outcome) -> str:
    """Return what came of a send as one of a few words."""
    if isinstance(outcome, Later) and outcome.flood:
        RETRY_AFTER.set(outcome.seconds)
        return "flood"
    return type(outcome).__name__.lower()


def _buttons(keyboard: Inline | None) -> telegram.InlineKeyboardMarkup | None:
    """Return buttons as the library's own calls take them."""
    return None if keyboard is None else telegram.InlineKeyboardMarkup.de_json(markup(keyboard))


def _sent(result: object) -> Sent:
    if isinstance(result, dict):
        return Sent(result.get("message_id"))
    return Sent(getattr(result, "message_id", None))


def _settled(saying: Saying, outcome: Outcome) -> Outcome:
    """A message that is gone is deleted, and a tap that is gone needs no answer."""
    match saying, outcome:
        case ((Delete() | Answer()), Gone()):
            return Sent()
        case _:
            return outcome
