"""What a call to Telegram came to: a small value for each way a send may end, read from code and text.

The texts are those of Telegram's own Bot API server. A reason is one of our own words or a description
without what it quotes, since Telegram quotes what a person wrote.
"""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from post.failures import NotConnected, PoolFull


@dataclass(frozen=True, slots=True)
class Sent:
    """Done, or already as wanted; the message's id where there is one."""

    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class Unreachable:
    """This chat takes nothing from us until its person writes again."""

    reason: str


@dataclass(frozen=True, slots=True)
class Later:
    """Not carried out, try again after `seconds`; `flood` when Telegram asked us to slow down."""

    seconds: float
    flood: bool = False


@dataclass(frozen=True, slots=True)
class Uncertain:
    """Carried out or not, nobody knows: only what may come twice is tried again."""

    reason: str


@dataclass(frozen=True, slots=True)
class Broken:
    """Our own bad request: an alarm, never tried again."""

    reason: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The message or the tap this is about is no more: an edit is sent anew, anything else is done."""

    reason: str


@dataclass(frozen=True, slots=True)
class Moved:
    """The group has become a supergroup: the same again, to `chat_id`."""

    chat_id: int


@dataclass(frozen=True, slots=True)
class Halted:
    """Telegram refuses this bot as a whole: nothing is lost, all lanes stop, an operator must act."""

    reason: str


Outcome = Sent | Unreachable | Later | Uncertain | Broken | Gone | Moved | Halted

SOON: Final = Later(1)
"""Nothing was written: a connection may well be there in a second."""

ROWS: Final[tuple[tuple[type[TelegramError], str, Outcome], ...]] = (
    (Forbidden, "blocked by the user", Unreachable("blocked")),
    (Forbidden, "user is deactivated", Unreachable("deactivated")),
    (Forbidden, "can't initiate conversation", Unreachable("never wrote to us")),
    (Forbidden, "was kicked from", Unreachable("kicked")),
    (Forbidden, "is not a member of", Unreachable("not a member")),
    (Forbidden, "chat was deleted", Unreachable("chat deleted")),
    (Forbidden, "", Unreachable("forbidden")),
    (BadRequest, "chat not found", Unreachable("chat not found")),
    (BadRequest, "peer_id_invalid", Unreachable("chat not found")),
    (BadRequest, "frozen_method_invalid", Halted("bot frozen")),
    (BadRequest, "message is not modified", Sent()),
    (BadRequest, "to edit not found", Gone("message not found")),
    (BadRequest, "to delete not found", Gone("message not found")),
    (BadRequest, "message can't be edited", Gone("message cannot be edited")),
    (BadRequest, "message can't be deleted", Broken("message cannot be deleted")),
    (BadRequest, "query is too old", Gone("tap too old")),
    (BadRequest, "can't parse entities", Broken("entities cannot be parsed")),
    (BadRequest, "message text is empty", Broken("text is empty")),
    (BadRequest, "reply markup is too long", Broken("reply markup is too long")),
    (InvalidToken, "method not found", Broken("method not found")),
    (EndPointNotFound, "", Broken("method not found")),
    (InvalidToken, "", Halted("token refused")),
    (Conflict, "", Halted("conflict")),
    (NotConnected, "", SOON),
    (PoolFull, "", SOON),
    (NetworkError, "httpx.connecterror", SOON),
    (TimedOut, "pool timeout", SOON),
)
"""Class (which stands for the code), part of the text in lower case, outcome: the first that fits counts."""


def outcome_of(error: TelegramError) -> Outcome:
    """Return what a call that raised this error came to."""
    if isinstance(error, RetryAfter):
        return Later(_seconds(error.retry_after), flood=True)
    if isinstance(error, ChatMigrated):
        return Moved(error.new_chat_id)
    text = error.message.lower()
    for kind, words, outcome in ROWS:
        if isinstance(error, kind) and words in text:
            return outcome
    reason = unquoted(error.message)
    return Broken(reason) if isinstance(error, BadRequest) else Uncertain(reason)


def unquoted(description: str) -> str:
    """Return a description up to its first quotation and without long numbers: those may be a person's."""
    kept = re.split(r"""[^\w]["'“]|"|https?:""", description, maxsplit=1)[0]
    return re.sub("[0-9]{4,}", "…", kept)[:100].strip()


def _seconds(duration: float | dt.timedelta) -> float:
    return duration.total_seconds() if isinstance(duration, dt.timedelta) else float(duration)
