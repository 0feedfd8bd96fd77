"""Updates as they arrive: read one by one, so that a malformed one spoils no other."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeGuard

from telegram import Bot, Message, Update

from handlers import sparing
from locales import nearest

HIGHEST_ID: Final = 2**52
"""Telegram's ids have at most 52 bits (Bot API, `User.id`)."""

KINDS: Final = ("message", "edited_message", "callback_query", "my_chat_member")
"""The kinds of update we ask for; of any other nothing is read."""

HIGHEST_NUMBER: Final = 2**63
"""No table holds a number as high as this."""

Raw = Mapping[str, Any]


def numbered(raw: object) -> int | None:
    """Return Telegram's number of an update as it came, None where it has none that can be remembered."""
    number = raw.get("update_id") if isinstance(raw, Mapping) else None
    return number if _is_whole(number) and 0 <= number < HIGHEST_NUMBER else None


@dataclass(slots=True)
class Arrival:
    """One update as it came, read; `update` is None when it cannot be read.

    `sender` is the id of the person who wrote, in a private chat.
    `admitted` is None until it is decided whether its sender writes too fast: once, however often it is
    tried; `told` when the sender is to hear of it.
    """

    raw: Raw
    update: Update | None
    sender: int | None = None
    admitted: bool | None = None
    told: bool = False

    @classmethod
    def of(cls, raw: Raw, bot: Bot) -> "Arrival":
        """Read an update as it came."""
        try:
            update = _believable(_read(raw, bot))
            return cls(raw, update, _sender(update))
        except Exception:  # noqa: BLE001 - whatever cannot be read is quarantined, and delays nobody
            return cls(raw, None)

    @property
    def update_id(self) -> int:
        """Telegram's number of this update."""
        number: int = self.raw["update_id"]
        return number

    @property
    def language(self) -> str:
        """The language to guess for a sender we do not know."""
        user = self.update.effective_user if self.update is not None else None
        code = user.language_code if user is not None else None
        return nearest(code if isinstance(code, str) else None)

    @property
    def complainant(self) -> int | None:
        """The sender in a private chat as far as it can be told without reading the update."""
        for kind in ("message", "edited_message", "callback_query"):
            part = self.raw.get(kind)
            if isinstance(part, Mapping):
                return _private_sender(part, part.get("message", part))
        return None


def _sender(update: Update) -> int | None:
    user, chat = update.effective_user, update.effective_chat
    return user.id if user is not None and chat is not None and chat.type == "private" else None


def _read(raw: Raw, bot: Bot) -> Update:
    """Read an update; the two kinds nearly all are of, without asking each time for everything else."""
    match raw:
        case {"message": {"from": dict(), "chat": dict(), "date": int()} as message} if (
            message.keys() <= sparing.USUAL
        ):
            return sparing.message(raw["update_id"], message)
        case {"message": dict(message)}:
            return Update(raw["update_id"], message=Message.de_json(message, bot))
        case {"callback_query": {"message": dict()} as tap}:
            return sparing.tap(raw["update_id"], tap)
        case _:
            known = {name: raw[name] for name in ("update_id", *KINDS) if name in raw}
            return Update.de_json(known, bot)


def _believable(update: Update) -> Update:
    """Return an update; ValueError where its ids are none, or somebody writes in another's private chat."""
    user, chat, tap = update.effective_user, update.effective_chat, update.callback_query
    ids = [one.id for one in (user, chat) if one is not None]
    messages = (update.message, update.edited_message, tap.message if tap else None)
    ids += [one.message_id for one in messages if one is not None]
    if not all(_is_whole(one) and abs(one) < HIGHEST_ID for one in ids):
        raise ValueError("an id that is none")
    if user is not None and user.id <= 0:
        raise ValueError("nobody's id")
    if user is not None and chat is not None and chat.type == "private" and chat.id != user.id:
        raise ValueError("somebody in another's chat")
    return update


def _is_whole(number: object) -> TypeGuard[int]:
    return isinstance(number, int) and not isinstance(number, bool)


def person_of(raw: Raw) -> int | None:
    """Return who did what an update tells of, as far as it can be told without reading the update."""
    for part in raw.values():
        sender = part.get("from") if isinstance(part, Mapping) else None
        number = sender.get("id") if isinstance(sender, Mapping) else None
        if isinstance(number, int) and 0 < number < HIGHEST_ID:
            return number
    return None


def _private_sender(part: Mapping[str, Any], message: object) -> int | None:
    sender = part.get("from")
    chat = message.get("chat") if isinstance(message, Mapping) else None
    if not isinstance(sender, Mapping) or not isinstance(chat, Mapping) or chat.get("type") != "private":
        return None
    number = sender.get("id")
    return number if _is_whole(number) and 0 < number < HIGHEST_ID else None
