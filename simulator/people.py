"""Who and where: people with their Telegram accounts, private chats and groups."""

from dataclasses import dataclass, field
from typing import Any, Final

from simulator.keyboards import Markup
from simulator.messages import Body, Message

FIRST_PERSON: Final = 7_000_000_001
FIRST_GROUP: Final = -4_000_001
FIRST_SUPERGROUP: Final = -1_001_000_000_001


@dataclass(slots=True)
class Chat:
    """A private chat or a group: its messages by id, the keyboard in force, and where the bot stands."""

    chat_id: int
    kind: str
    api: Body
    messages: dict[int, Message] = field(default_factory=dict)
    keyboard: Markup | None = None
    version: int = 0
    bot_status: str = "member"
    members: set[int] = field(default_factory=set)
    moved_to: int = 0
    menu: Body | None = None

    def changed(self) -> None:
        """Note that the chat looks different now."""
        self.version += 1


@dataclass(slots=True)
class Person:
    """Somebody with an account; `met` once they wrote to the bot, `gone` when the account is deleted."""

    person_id: int
    first_name: str
    last_name: str
    language_code: str
    label: str
    phone: str
    user: Body
    chat: Chat
    blocked: bool = False
    gone: bool = False
    met: bool = False
    seen_in_group: bool = False

    def shown(self) -> Body:
        """The person of the page's contract."""
        return {
            "id": self.person_id,
            "first_name": self.first_name,
            "last_name": self.last_name,
            "language_code": self.language_code,
            "label": self.label,
            "blocked": self.blocked,
            "left": self.gone,
            "phone": self.phone,
        }

    def own_contact(self) -> Body:
        """The contact card Telegram makes when they share their own number."""
        card: dict[str, Any] = {"phone_number": self.phone, "first_name": self.first_name}
        if self.last_name:
            card["last_name"] = self.last_name
        return {**card, "user_id": self.person_id}


def new_person(
    person_id: int, first_name: str, last_name: str = "", language_code: str = "id", label: str = ""
) -> Person:
    """A person with an invented phone number in a range nobody owns."""
    name: Body = {"first_name": first_name}
    if last_name:
        name["last_name"] = last_name
    user = {"id": person_id, "is_bot": False, **name}
    if language_code:
        user["language_code"] = language_code
    chat = Chat(person_id, "private", {"id": person_id, **name, "type": "private"}, members={person_id})
    phone = f"62860{person_id % 10**8:08d}"
    return Person(person_id, first_name, last_name, language_code, label, phone, user, chat)


def new_group(chat_id: int, title: str, kind: str = "group") -> Chat:
    """A group or supergroup the bot is in."""
    return Chat(chat_id, kind, {"id": chat_id, "title": title, "type": kind})
