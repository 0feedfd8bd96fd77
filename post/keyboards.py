"""Buttons under a message or in place of the keyboard, as values, and how Telegram reads them."""

from dataclasses import dataclass
from typing import Literal

Style = Literal["primary", "success", "danger"]


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: it answers with `data` (1 to 64 bytes), opens `url` or copies `copy`."""

    text: str
    data: str | None = None
    url: str | None = None
    copy: str | None = None
    style: Style | None = None

    def __post_init__(self) -> None:
        if (self.data is None) + (self.url is None) + (self.copy is None) != 2:
            raise ValueError("a button does one thing")

    def written(self) -> dict[str, object]:
        """Return this button as an InlineKeyboardButton."""
        written: dict[str, object] = {"text": self.text}
        if self.data is not None:
            written["callback_data"] = self.data
        elif self.url is not None:
            written["url"] = self.url
        else:
            written["copy_text"] = {"text": self.copy}
        if self.style is not None:
            written["style"] = self.style
        return written


@dataclass(frozen=True, slots=True)
class Inline:
    """Rows of buttons under a message."""

    rows: tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Replies:
    """Rows of big answers in place of the keyboard, above them a button sharing the person's own number."""

    rows: tuple[tuple[str, ...], ...]
    contact_label: str | None = None


@dataclass(frozen=True, slots=True)
class NoKeyboard:
    """Takes the big answers away."""


Keyboard = Inline | Replies | NoKeyboard


def markup(keyboard: Keyboard) -> dict[str, object]:
    """Return a keyboard as `reply_markup`."""
    match keyboard:
        case Inline(rows):
            return {"inline_keyboard": [[button.written() for button in row] for row in rows]}
        case Replies(rows, label):
            contact = [[{"text": label, "request_contact": True}]] if label else []
            answers = [[{"text": text} for text in row] for row in rows]
            return {"keyboard": contact + answers, "resize_keyboard": True, "is_persistent": True}
        case NoKeyboard():
            return {"remove_keyboard": True}
