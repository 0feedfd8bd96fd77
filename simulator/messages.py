"""A message in a chat: as the bot gets it, and as the chat page shows it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from simulator.files import Kept
from simulator.keyboards import Markup

Body = dict[str, Any]

KINDS: Final = ("photo", "document", "voice", "sticker", "contact", "location")


@dataclass(slots=True)
class Message:
    """One message; `body` holds the Bot API fields of its content, `sent` is in seconds since 1970."""

    message_id: int
    by_bot: bool
    user: Body
    chat: Body
    sent: int
    body: Body
    markup: Markup | None = None
    changed: int = 0
    deleted: bool = False
    protected: bool = False
    effect: str | None = None
    reply_to: int = 0
    file: Kept | None = None

    @property
    def kind(self) -> str:
        """text, photo, document, voice, sticker, contact or location."""
        for kind in KINDS:
            if kind in self.body:
                return kind
        return "text"

    def api(self) -> Body:
        """The Message object of the Bot API."""
        message = {
            "message_id": self.message_id,
            "from": self.user,
            "chat": self.chat,
            "date": self.sent,
            **self.body,
        }
        if self.markup is not None:
            message["reply_markup"] = self.markup
        if self.changed:
            message["edit_date"] = self.changed
        if self.protected:
            message["has_protected_content"] = True
        if self.effect:
            message["effect_id"] = self.effect
        if self.reply_to:
            message["reply_to_message"] = {"message_id": self.reply_to, "chat": self.chat, "date": 0}
        return message

    def inaccessible(self) -> Body:
        """What a tap on a deleted message carries."""
        return {"message_id": self.message_id, "chat": self.chat, "date": 0}

    def shown(self) -> Body:
        """The message of the page's contract (see /sim/people/{id}/chat)."""
        shown: Body = {
            "message_id": self.message_id,
            "from": "bot" if self.by_bot else "person",
            "date": datetime.fromtimestamp(self.sent, UTC).isoformat(),
            "kind": self.kind,
            "edited": self.changed > 0,
            "deleted": self.deleted,
            "protected": self.protected,
        }
        if not self.deleted:
            self._show_content(shown)
        return shown

    def _show_content(self, shown: Body) -> None:
        body = self.body
        text = body.get("text") or body.get("caption")
        if text:
            shown["text"] = text
            shown["entities"] = body.get("entities") or body.get("caption_entities") or []
        for name in ("contact", "location", "forward_origin", "link_preview_options"):
            if name in body:
                shown[name] = body[name]
        if self.file is not None:
            url = f"/sim/files/{self.file.file_id}"
            shown["file"] = {"name": self.file.name, "size": self.file.size, "url": url}
        if self.markup is not None:
            shown["reply_markup"] = self.markup
        if self.effect:
            shown["effect"] = self.effect
        if self.reply_to:
            shown["reply_to"] = self.reply_to
