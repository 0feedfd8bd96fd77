"""Updates as they arrive: read one by one, so that a malformed one spoils no other."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from telegram import Bot, Update

from locales import nearest

HIGHEST_ID: Final = 2**52
"""Telegram's ids have at most 52 bits (Bot API, `User.id`)."""

Raw = Mapping[str, Any]


@dataclass(slots=True)
class Arrival:
    """One update as it came, read; `update` is None when it cannot be read.

    `admitted` is None until it is decided whether its sender writes too fast: once, however often it is
    tried; `told` when the sender is to hear of it.
    """

    raw: Raw
    update: Update | None
    admitted: bool | None = None
    told: bool = False

    @classmethod
    def of(cls, raw: Raw, bot: Bot) -> "Arrival":
        """Read an update as it came."""
        try:
            return cls(raw, Update.de_json(_lean(raw), bot))
        except Exception:  # noqa: BLE001 - whatever cannot be read is quarantined, and delays nobody
            return cls(raw, None)

    @property
    def update_id(self) -> int:
        """Telegram's number of this update."""
        return int(self.raw["update_id"])

    @property
    def sender(self) -> int | None:
        """The id of the person who wrote, in a private chat."""
        update = self.update
        if update is None or update.effective_user is None or update.effective_chat is None:
            return None
        return update.effective_user.id if update.effective_chat.type == "private" else None

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


def _lean(raw: Raw) -> dict[str, Any]:
    """Return an update without the words and buttons of the message that was tapped: nobody reads them."""
    tap = raw.get("callback_query")
    if not isinstance(tap, dict) or not isinstance(tap.get("message"), dict):
        return dict(raw)
    message = {name: tap["message"][name] for name in ("message_id", "chat") if name in tap["message"]}
    return {**raw, "callback_query": {**tap, "message": {**message, "date": 0}}}


def _private_sender(part: Mapping[str, Any], message: object) -> int | None:
    sender = part.get("from")
    chat = message.get("chat") if isinstance(message, Mapping) else None
    if not isinstance(sender, Mapping) or not isinstance(chat, Mapping) or chat.get("type") != "private":
        return None
    number = sender.get("id")
    return number if isinstance(number, int) and 0 < number < HIGHEST_ID else None
