"""The library's objects holding only the parts that came: a message knows some 110, and nearly all have five.

The library's own constructors set every part there is, which cost more than thinking about the answer.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from telegram import (
    CallbackQuery,
    Chat,
    Contact,
    InaccessibleMessage,
    Message,
    MessageEntity,
    TelegramObject,
    Update,
    User,
)

Raw = Mapping[str, Any]

USUAL: Final = frozenset(("message_id", "date", "chat", "from", "text", "entities", "contact"))
"""A message that has no other parts is read here."""

_set = object.__setattr__  # theirs are frozen
_nobody = User(0, "", is_bot=False)
_nowhere = Chat(0, "private")


class Sparing(TelegramObject):
    """An object of the library's that was given its parts; those that did not come are as in `empty`."""

    __slots__ = ()
    empty: ClassVar[TelegramObject]

    def __init__(self, **parts: object) -> None:
        for name, part in parts.items():
            _set(self, name, part)

    def __getattr__(self, name: str) -> Any:
        """Return a part that did not come."""
        return getattr(self.empty, name)


class _User(Sparing, User):
    __slots__ = ()
    empty = _nobody


class _Chat(Sparing, Chat):
    __slots__ = ()
    empty = _nowhere


class _Message(Sparing, Message):
    __slots__ = ()
    empty = Message(0, datetime.fromtimestamp(0, UTC), _nowhere)


class _Tapped(Sparing, InaccessibleMessage):
    __slots__ = ()
    empty = InaccessibleMessage(_nowhere, 0)


class _Tap(Sparing, CallbackQuery):
    __slots__ = ()
    empty = CallbackQuery("", _nobody, "")


class _Update(Sparing, Update):
    __slots__ = ()
    empty = Update(0)


def _names(kinds: Iterable[type]) -> frozenset[str]:
    return frozenset(name for kind in kinds for name in getattr(kind, "__slots__", ()) if name[0] != "_")


OF_USER: Final = _names(User.__mro__) - {"api_kwargs"}
OF_CHAT: Final = _names(Chat.__mro__) - {"api_kwargs"}
"""The names of their parts: what a later Telegram sends besides is left out."""


def message(number: int, told: Raw) -> Update:
    """Return the update of a message that has only USUAL parts; any error when one of them is spoilt."""
    user, chat = _user(told["from"]), _chat(told["chat"])
    parts: dict[str, object] = {
        "message_id": told["message_id"],
        "date": datetime.fromtimestamp(told["date"], UTC),
        "chat": chat,
        "from_user": user,
        "text": told.get("text"),
        "entities": MessageEntity.de_list(told.get("entities") or [], None),
    }
    if told.get("contact"):
        parts["contact"] = Contact.de_json(told["contact"])
    written = _Message(**parts, _id_attrs=(told["message_id"], chat))
    return _Update(
        update_id=number,
        message=written,
        _id_attrs=(number,),
        _effective_user=user,
        _effective_chat=chat,
        _effective_message=written,
    )


def tap(number: int, told: Raw) -> Update:
    """Return the update of a tap; of the message that was tapped only where it is; any error when spoilt."""
    user, chat = _user(told["from"]), _chat(told["message"]["chat"])
    where = told["message"]["message_id"]
    query = _Tap(
        id=told["id"],
        from_user=user,
        chat_instance=told.get("chat_instance", ""),
        message=_Tapped(chat=chat, message_id=where, _id_attrs=(where, chat)),
        data=told.get("data"),
        _id_attrs=(told["id"],),
    )
    return _Update(
        update_id=number,
        callback_query=query,
        _id_attrs=(number,),
        _effective_user=user,
        _effective_chat=chat,
    )


def _user(told: Raw) -> User:
    number, _, _ = told["id"], told["first_name"], told["is_bot"]
    return _User(**{name: told[name] for name in told if name in OF_USER}, _id_attrs=(number,))


def _chat(told: Raw) -> Chat:
    number, _ = told["id"], told["type"]
    return _Chat(**{name: told[name] for name in told if name in OF_CHAT}, _id_attrs=(number,))
