"""The simulated Telegram: one bot, the people and chats around it, and everything said, in memory."""

import random
from collections.abc import Callable
from typing import Any, Final

from simulator.clock import Clock
from simulator.events import Events
from simulator.faults import Faults
from simulator.files import Files
from simulator.ledger import Ledger
from simulator.limits import Limits
from simulator.messages import Body, Message
from simulator.people import FIRST_GROUP, FIRST_PERSON, FIRST_SUPERGROUP, Chat, Person, new_group, new_person
from simulator.profile import Profile
from simulator.refusals import Impossible, Refusal, bad, forbidden
from simulator.taps import Taps
from simulator.updates import DAY, Queue

Listener = Callable[[int, dict[str, Any]], None]

LEDGER_IN_LOAD: Final = 100_000


class Telegram:
    """Holds the world; `remember` keeps only the last messages of each chat (load mode)."""

    def __init__(self, clock: Clock, profile: Profile, *, seed: int = 0, remember: int | None = None) -> None:
        self.clock = clock
        self.profile = profile
        self.chance = random.Random(seed)  # noqa: S311  chosen to be repeatable
        self.queue = Queue(clock, self.chance)
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.files = Files()
        self.taps = Taps()
        self.faults = Faults()
        self.limits: Limits | None = None
        self.ledger = Ledger(None if remember is None else LEDGER_IN_LOAD)
        self.events = Events()
        self.listeners: list[Listener] = []
        self._remember = remember
        self._message_id = 0
        clock.on_move(self._clock_moved)

    def _clock_moved(self) -> None:
        now = self.clock.now().isoformat()
        self.events.tell({"type": "clock", "now": now, "offset_seconds": self.clock.offset_seconds})

    def seconds(self) -> int:
        """The present second, as Telegram dates messages."""
        return int(self.clock.time())

    def add_person(
        self,
        first_name: str,
        person_id: int | None = None,
        last_name: str = "",
        language_code: str = "id",
        label: str = "",
    ) -> Person:
        """A new person, who has not met the bot yet."""
        if person_id is None:
            person_id = FIRST_PERSON + len(self.people)
            while person_id in self.people:
                person_id += 1
        if person_id in self.people or person_id <= 0:
            raise Impossible(f"person {person_id} exists already or has no positive id", 409)
        person = new_person(person_id, first_name, last_name, language_code, label)
        self.people[person_id] = person
        self.chats[person_id] = person.chat
        if self.events.heard:
            self.events.tell({"type": "people", "person": person_id})
        return person

    def person(self, person_id: int) -> Person:
        """The person of an id; raises Impossible (404)."""
        person = self.people.get(person_id)
        if person is None:
            raise Impossible(f"there is no person {person_id}", 404)
        return person

    def group(self) -> Chat:
        """The basic group (or what it was upgraded to), made at first use; the bot is told it was added."""
        chat = self.chats.get(FIRST_GROUP)
        if chat is None:
            chat = self.chats[FIRST_GROUP] = new_group(FIRST_GROUP, "Grup Warga")
            self.member_changed(chat, next(iter(self.people.values())).user, "left", "member")
        return self.chats[chat.moved_to] if chat.moved_to else chat

    def upgrade(self, chat: Chat) -> Chat:
        """Upgrade a basic group to a supergroup: the old id answers with the new one from now on."""
        if chat.kind != "group":
            raise Impossible("only a basic group can be upgraded", 409)
        new_id = FIRST_SUPERGROUP - sum(c.kind == "supergroup" for c in self.chats.values())
        new = self.chats[new_id] = new_group(new_id, chat.api["title"], "supergroup")
        new.members = chat.members
        chat.moved_to = new_id
        owner = self.people[next(iter(chat.members))]
        self.said(chat, owner, {"migrate_to_chat_id": new_id})
        self.said(new, owner, {"migrate_from_chat_id": chat.chat_id})
        return new

    def reachable(self, chat_id: int) -> Chat:
        """The chat a bot names; raises Telegram's refusals when it cannot write there."""
        chat = self.chats.get(chat_id)
        if chat is None:
            raise bad("chat not found")
        if chat.kind != "private":
            _check_group(chat)
            return chat
        person = self.people[chat_id]
        if person.gone:
            raise forbidden("user is deactivated")
        if person.blocked:
            raise forbidden("bot was blocked by the user")
        if not person.met:
            raise (
                forbidden("bot can't initiate conversation with a user")
                if person.seen_in_group
                else bad("chat not found")
            )
        return chat

    def next_message_id(self) -> int:
        """A new message id."""
        self._message_id += 1
        return self._message_id

    def keep(self, chat: Chat, message: Message) -> None:
        """Put a message into its chat."""
        chat.messages[message.message_id] = message
        chat.version += 1
        if self._remember is not None and len(chat.messages) > self._remember:
            del chat.messages[next(iter(chat.messages))]

    def said(self, chat: Chat, person: Person, body: Body, reply_to: int = 0) -> tuple[int | None, Message]:
        """A person says something: kept, told to the page, queued for the bot; the update id and message."""
        message = Message(
            self.next_message_id(), False, person.user, chat.api, self.seconds(), body, reply_to=reply_to
        )
        return self.arrived(chat, message), message

    def arrived(self, chat: Chat, message: Message) -> int | None:
        """Keep a person's message and queue it for the bot."""
        self.keep(chat, message)
        self.tell("message", chat, message)
        if chat.bot_status != "member":
            return None
        return self.queue.push("message", message.api(), DAY, ("chat", chat.chat_id))

    def member_changed(self, chat: Chat, by: Body, old: str, new: str) -> int | None:
        """Tell the bot that its place in a chat changed."""
        chat.bot_status = new if chat.kind != "private" else "member"
        content = {
            "chat": chat.api,
            "from": by,
            "date": self.seconds(),
            "old_chat_member": self._membership(old),
            "new_chat_member": self._membership(new),
        }
        return self.queue.push("my_chat_member", content, DAY, ("member", chat.chat_id))

    def _membership(self, status: str) -> Body:
        membership: Body = {"user": self.profile.user, "status": status}
        return {**membership, "until_date": 0} if status == "kicked" else membership

    def sent(self, chat: Chat, message: Message) -> None:
        """Keep the bot's message, tell the page and the listeners."""
        self.keep(chat, message)
        self.tell("message", chat, message)
        if self.listeners:
            shown = message.shown()
            for listener in self.listeners:
                listener(chat.chat_id, shown)

    def tell(self, kind: str, chat: Chat, message: Message) -> None:
        """Tell the page about a message: "message", "edit" or "delete"."""
        if self.events.heard:
            event = {"type": kind, "person": chat.chat_id, **message.shown(), "version": chat.version}
            self.events.tell({**event, "keyboard": chat.keyboard})


def _check_group(chat: Chat) -> None:
    if chat.moved_to:
        raise bad("group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.moved_to)
    refusals: dict[str, Refusal] = {
        "kicked": forbidden(f"bot was kicked from the {chat.kind} chat"),
        "left": forbidden(f"bot is not a member of the {chat.kind} chat"),
    }
    if chat.bot_status in refusals:
        raise refusals[chat.bot_status]
