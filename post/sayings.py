"""What we may say to a chat, as values, and the method of the Bot API that says it."""

from dataclasses import dataclass, field, replace
from typing import Final

from post.keyboards import Inline, Keyboard, markup


@dataclass(frozen=True, slots=True)
class Message:
    """A new message, its text in Telegram's HTML; `effect` is the id of a message effect.

    `paid`: it may go beyond the free rate, for a fee. `fleeting`: it holds identity data, and leaves the chat
    within a day.
    """

    chat_id: int
    text: str
    keyboard: Keyboard | None = None
    protect: bool = False
    silent: bool = False
    effect: str | None = None
    paid: bool = False
    fleeting: bool = False


@dataclass(frozen=True, slots=True)
class Edit:
    """A new text, and new buttons or none, for a message of ours."""

    chat_id: int
    message_id: int
    text: str
    keyboard: Inline | None = None


@dataclass(frozen=True, slots=True)
class Delete:
    """A message taken back, ours or the person's."""

    chat_id: int
    message_id: int


NOTICE: Final = 200
"""How many characters the answer to a tap holds."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a tap: a passing notice of up to 200 characters, or an alert to be closed."""

    callback_query_id: str
    text: str = ""
    alert: bool = False


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of a message of another chat, such as an administrator's own."""

    chat_id: int
    from_chat_id: int
    message_id: int
    keyboard: Inline | None = None
    protect: bool = False
    silent: bool = False
    paid: bool = False


@dataclass(frozen=True, slots=True)
class Leave:
    """A group we leave."""

    chat_id: int


@dataclass(frozen=True, slots=True)
class Document:
    """A file to keep or to print, with up to 1,024 characters of HTML under it.

    It can be saved; `protect`: not forwarded. `fleeting`: it holds identity data.
    """

    chat_id: int
    name: str
    content: bytes = field(repr=False)
    caption: str | None = None
    protect: bool = False
    fleeting: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture shown in the chat, PNG or JPEG, with a few words in Telegram's HTML below."""

    chat_id: int
    content: bytes = field(repr=False)
    caption: str | None = None
    keyboard: Inline | None = None


def leaves(saying: "Saying") -> bool:
    """Return whether a message is to leave its chat within a day: it holds identity data, or is protected."""
    return isinstance(saying, Message | Document) and (saying.fleeting or saying.protect)


Text = Message | Edit | Delete | Answer | Copy | Leave
"""What is said in one JSON call; a file is uploaded in another way."""

File = Document | Picture
Saying = Text | File
Call = tuple[str, dict[str, object]]

HTML: Final[dict[str, object]] = {"parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}


def written(saying: Text) -> Call:
    """Return the method and the parameters that say this."""
    match saying:
        case Message():
            return _message(saying)
        case Answer(query, text, alert):
            words = {"text": text, "show_alert": alert} if text else {}
            return "answerCallbackQuery", {"callback_query_id": query, **words}
        case Edit(chat, message, text, keyboard):
            parts = {"chat_id": chat, "message_id": message, "text": text, **HTML}
            return "editMessageText", parts | _marked(keyboard)
        case Leave(chat):
            return "leaveChat", {"chat_id": chat}
        case Delete(chat, message):
            return "deleteMessage", {"chat_id": chat, "message_id": message}
        case Copy(chat, origin, message):
            parts = {"chat_id": chat, "from_chat_id": origin, "message_id": message}
            return "copyMessage", parts | _marked(saying.keyboard) | _manner(saying)


def paid(saying: Saying) -> Saying:
    """Return the same, allowed to go beyond the free rate for a fee; only new messages cost anything."""
    return replace(saying, paid=True) if isinstance(saying, Message | Copy) else saying


def _message(message: Message) -> Call:
    parts = {"chat_id": message.chat_id, "text": message.text, **HTML}
    parts |= _marked(message.keyboard) | _manner(message)
    if message.effect:
        parts["message_effect_id"] = message.effect
    return "sendMessage", parts


def _marked(keyboard: Keyboard | None) -> dict[str, object]:
    return {} if keyboard is None else {"reply_markup": markup(keyboard)}


def _manner(saying: Message | Copy) -> dict[str, object]:
    parts = {
        "protect_content": saying.protect,
        "disable_notification": saying.silent,
        "allow_paid_broadcast": saying.paid,
    }
    return {name: True for name, wanted in parts.items() if wanted}
