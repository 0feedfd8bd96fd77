"""Reply markups: reply keyboards, inline keyboards, removal and force reply, with Telegram's limits."""

from collections.abc import Callable
from typing import Any, Final

import orjson

from simulator.refusals import Refusal, bad, not_simulated

Markup = dict[str, Any]

DATA_BYTES: Final = 64
COPY_CHARACTERS: Final = 256
INLINE_BUTTONS: Final = 100
REPLY_BUTTONS: Final = 300
MARKUP_BYTES: Final = 10_000
PLACEHOLDER: Final = 64

_STYLES: Final = {"", "default", "primary", "danger", "success"}
_COMMON: Final = {"text", "icon_custom_emoji_id", "style"}
_INLINE: Final = _COMMON | {"url", "callback_data", "web_app", "copy_text"}
_INLINE_UNKNOWN: Final = {
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "callback_game",
    "pay",
}
_REPLY: Final = _COMMON | {"request_contact", "request_location", "web_app"}
_REPLY_UNKNOWN: Final = {"request_users", "request_chat", "request_poll", "request_managed_bot"}
_KEYBOARD_FIELDS: Final = {
    "keyboard",
    "is_persistent",
    "resize_keyboard",
    "one_time_keyboard",
    "input_field_placeholder",
    "selective",
}


def read_markup(markup: Any) -> Markup | None:
    """The markup as it will be kept, None when it is empty; refuses what Telegram refuses."""
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    if markup.get("keyboard"):
        return _reply_keyboard(markup)
    if markup.get("inline_keyboard"):
        return _inline_keyboard(markup)
    if markup.get("remove_keyboard"):
        _only(markup, {"remove_keyboard", "selective"})
        return {"remove_keyboard": True}
    if markup.get("force_reply"):
        _only(markup, {"force_reply", "input_field_placeholder", "selective"})
        return markup
    _only(markup, _KEYBOARD_FIELDS | {"inline_keyboard", "remove_keyboard", "force_reply"})
    return None


def read_inline(markup: Any) -> Markup | None:
    """A markup for an edit: only inline keyboards are allowed there."""
    read = read_markup(markup)
    if read is not None and "inline_keyboard" not in read:
        raise bad("inline keyboard expected")
    return read


def _only(given: Markup, known: set[str], unknown: frozenset[str] | set[str] = frozenset()) -> None:
    for name in given.keys() - known:
        if name in unknown:
            raise not_simulated(f'button field "{name}"')
        raise bad(f'unknown field "{name}"')


def _reply_keyboard(markup: Markup) -> Markup:
    _only(markup, _KEYBOARD_FIELDS)
    rows = _rows(markup["keyboard"], "keyboard", _reply_button, REPLY_BUTTONS)
    if len(markup.get("input_field_placeholder") or "") > PLACEHOLDER:
        raise bad("input field placeholder is too long")
    return _sized({**markup, "keyboard": rows})


def _inline_keyboard(markup: Markup) -> Markup:
    _only(markup, {"inline_keyboard"})
    rows = _rows(markup["inline_keyboard"], "inline_keyboard", _inline_button, INLINE_BUTTONS)
    return _sized({"inline_keyboard": rows})


def _rows(given: Any, name: str, read: Callable[[Any], Markup], most: int) -> list[list[Markup]]:
    if not isinstance(given, list) or not all(isinstance(row, list) for row in given):
        raise bad(f'field "{name}" must be an Array of Arrays')
    rows = [[read(button) for button in row] for row in given]
    if sum(map(len, rows)) > most:
        raise bad("reply markup is too long")
    return [row for row in rows if row]


def _sized(markup: Markup) -> Markup:
    if len(orjson.dumps(markup)) > MARKUP_BYTES:
        raise bad("reply markup is too long")
    return markup


def _reply_button(button: Any) -> Markup:
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict):
        raise bad("can't parse keyboard button: KeyboardButton must be a String or an Object")
    _only(button, _REPLY, _REPLY_UNKNOWN)
    _label(button, "keyboard button")
    return button


def _inline_button(button: Any) -> Markup:
    if not isinstance(button, dict):
        raise bad("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    _only(button, _INLINE, _INLINE_UNKNOWN)
    _label(button, "inline keyboard button")
    actions = [name for name in ("url", "callback_data", "web_app", "copy_text") if button.get(name)]
    if not actions:
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad("can't parse inline keyboard button: exactly one action expected")
    refusal = _action_refused(button)
    if refusal:
        raise refusal
    return button


def _label(button: Markup, what: str) -> None:
    text = button.get("text")
    if not isinstance(text, str):
        raise bad(f"can't parse {what}: Can't find field \"text\"")
    if not text.strip():
        raise bad(f"{what} text must be non-empty")
    if button.get("style", "") not in _STYLES:
        raise bad(f"can't parse {what}: invalid button style specified")


def _action_refused(button: Markup) -> Refusal | None:
    data, url = button.get("callback_data"), button.get("url")
    if data is not None and (not isinstance(data, str) or len(data.encode()) > DATA_BYTES):
        return bad("BUTTON_DATA_INVALID")
    if url is not None and not str(url).startswith(("http://", "https://", "tg://")):
        return bad("BUTTON_URL_INVALID")
    copied = button.get("copy_text")
    if copied is not None and not 1 <= len(str(copied.get("text", ""))) <= COPY_CHARACTERS:
        return bad("BUTTON_COPY_TEXT_INVALID")
    return None
