"""A person's phone: everything they can do to the bot. Cheap to call in-process, no HTTP between."""

from dataclasses import dataclass
from typing import Any, Final

from simulator.entities import found_in, trimmed, units
from simulator.files import FOLDERS, Upload
from simulator.messages import Body, Message
from simulator.people import Chat, Person
from simulator.refusals import Impossible, Refusal
from simulator.updates import DAY, TAP_LIFE
from simulator.world import Telegram

Done = dict[str, Any]

TEXT: Final = 4096


@dataclass(frozen=True, slots=True)
class Phone:
    """The person's side of the private chat; each verb returns the ids of what it made."""

    telegram: Telegram
    person: Person

    @property
    def id(self) -> int:
        """The person's Telegram user id, which is also the id of their chat with the bot."""
        return self.person.person_id

    @property
    def messages(self) -> list[Message]:
        """What is in the chat now, oldest first, deleted messages left out."""
        return [message for message in self.person.chat.messages.values() if not message.deleted]

    @property
    def heard(self) -> list[str]:
        """The texts of the bot's messages, oldest first."""
        return [str(m.shown().get("text", "")) for m in self.messages if m.by_bot]

    @property
    def last(self) -> Done | None:
        """The bot's last message as the page shows it."""
        return next((m.shown() for m in reversed(self.messages) if m.by_bot), None)

    @property
    def keyboard(self) -> Done | None:
        """The reply keyboard (or force reply) the app shows now."""
        return self.person.chat.keyboard

    def chat(self) -> Done:
        """The whole chat as the page shows it."""
        chat = self.person.chat
        return {
            "messages": [message.shown() for message in chat.messages.values()],
            "keyboard": chat.keyboard,
            "commands": self.telegram.profile.commands_for(self.person),
            "menu": chat.menu or self.telegram.profile.menu,
            "version": chat.version,
        }

    def text(self, text: str, reply_to: int = 0) -> Done:
        """Type and send."""
        self._awake()
        return self._say(_text(text), reply_to)

    def tap(self, message_id: int, data: str) -> Done:
        """Tap an inline button, or send any data for any message, as a patched app could."""
        self._awake()
        message = self._message(message_id)
        return self._tapped(message.inaccessible() if message.deleted else message.api(), data)

    def press(self, label: str) -> Done:
        """Tap the newest inline button with that label, or the button of the reply keyboard."""
        for message in reversed(self.messages):
            for button in _buttons(message.markup, "inline_keyboard"):
                if button["text"] == label and "callback_data" in button:
                    return self.tap(message.message_id, button["callback_data"])
        for button in _buttons(self.keyboard, "keyboard"):
            if button["text"] == label:
                return self._pressed(button)
        raise Impossible("there is no such button")

    def _pressed(self, button: Done) -> Done:
        if button.get("request_contact"):
            return self.contact()
        if button.get("request_location"):
            return self.location(-6.2, 106.8)
        return self.text(button["text"])

    def _tapped(self, message: Body, data: str) -> Done:
        world = self.telegram
        tap = world.taps.new(self.id, world.clock.time())
        content = {
            "id": tap.tap_id,
            "from": self.person.user,
            "message": message,
            "chat_instance": str(self.id),
            "data": data,
        }
        update_id = world.queue.push("callback_query", content, TAP_LIFE, ("tap", self.id))
        return {"update_id": update_id, "callback_query_id": tap.tap_id}

    def contact(
        self,
        own: bool = True,
        phone_number: str = "",
        first_name: str = "",
        user_id: int | None = None,
        forwarded: bool = False,
    ) -> Done:
        """Share the own number, or somebody else's card (with their user id if Telegram knows it)."""
        self._awake()
        card: Body = self.person.own_contact()
        if not own:
            if not phone_number or not first_name:
                raise Impossible("another's card needs phone_number and first_name")
            card = {"phone_number": phone_number, "first_name": first_name}
            if user_id is not None:
                card["user_id"] = user_id
        origin = self._origin(self.person.user, self.telegram.seconds()) if forwarded else {}
        return self._say({"contact": card, **origin})

    def location(self, latitude: float, longitude: float) -> Done:
        """Share a place."""
        self._awake()
        return self._say({"location": {"latitude": latitude, "longitude": longitude}})

    def file(self, kind: str, content: bytes, name: str = "", caption: str = "") -> Done:
        """Send a photo, document, voice or sticker."""
        self._awake()
        if kind not in FOLDERS:
            raise Impossible("a file is a photo, document, voice or sticker")
        try:
            kept = self.telegram.files.sent(kind, Upload(name or f"{kind}.bin", content))
        except Refusal as refusal:
            raise Impossible(refusal.description) from refusal
        body = kept.fields()
        if caption:
            written = _text(caption)
            body["caption"] = written["text"]
            if "entities" in written:
                body["caption_entities"] = written["entities"]
        message = self._message_of(self.person.chat, body)
        message.file = kept
        return self._done(self.telegram.arrived(self.person.chat, message), message)

    def edit(self, message_id: int, text: str) -> Done:
        """Change an own text message."""
        self._awake()
        message = self._message(message_id)
        if message.by_bot or message.deleted or "text" not in message.body:
            raise Impossible("only an own text can be edited", 409)
        world = self.telegram
        message.body = {**message.body, **_text(text)}
        message.changed = world.seconds()
        self.person.chat.changed()
        world.tell("edit", self.person.chat, message)
        update_id = world.queue.push("edited_message", message.api(), DAY, ("chat", self.id))
        return self._done(update_id, message)

    def forward(self, message_id: int) -> Done:
        """Forward a message of this chat to the bot."""
        self._awake()
        message = self._message(message_id)
        if message.protected or message.deleted:
            raise Impossible("this message cannot be forwarded", 409)
        copy = self._message_of(
            self.person.chat, {**message.body, **self._origin(message.user, message.sent)}
        )
        copy.file = message.file
        return self._done(self.telegram.arrived(self.person.chat, copy), copy)

    def group(self, text: str) -> Done:
        """Write in the group the bot is in; joins it first."""
        self._alive()
        chat = self.telegram.group()
        chat.members.add(self.id)
        self.person.seen_in_group = True
        message = self._message_of(chat, _text(text))
        done = self._done(self.telegram.arrived(chat, message), message)
        return {**done, "chat_id": chat.chat_id}

    def block(self) -> Done:
        """Block the bot."""
        return self._membership(True, "member", "kicked")

    def unblock(self) -> Done:
        """Unblock the bot."""
        return self._membership(False, "kicked", "member")

    def leave(self) -> Done:
        """Delete the account; nothing tells the bot."""
        self.person.gone = True
        self._tell_people()
        return {}

    def _membership(self, blocked: bool, old: str, new: str) -> Done:
        self._alive()
        if self.person.blocked == blocked:
            return {"update_id": None}
        self.person.blocked = blocked
        self._tell_people()
        return {"update_id": self.telegram.member_changed(self.person.chat, self.person.user, old, new)}

    def _tell_people(self) -> None:
        self.telegram.events.tell({"type": "people", "person": self.id})

    def _alive(self) -> None:
        if self.person.gone:
            raise Impossible("this account was deleted", 409)

    def _awake(self) -> None:
        if self.person.gone:
            raise Impossible("this account was deleted", 409)
        if self.person.blocked:
            raise Impossible("this person blocked the bot", 409)
        self.person.met = True

    def _say(self, body: Body, reply_to: int = 0) -> Done:
        chat = self.person.chat
        if chat.keyboard is not None and (
            "force_reply" in chat.keyboard or chat.keyboard.get("one_time_keyboard")
        ):
            chat.keyboard = None
        return self._done(*self.telegram.said(chat, self.person, body, reply_to))

    def _message_of(self, chat: Chat, body: Body) -> Message:
        world = self.telegram
        return Message(world.next_message_id(), False, self.person.user, chat.api, world.seconds(), body)

    def _done(self, update_id: int | None, message: Message) -> Done:
        return {"update_id": update_id, "message_id": message.message_id}

    def _message(self, message_id: int) -> Message:
        message = self.person.chat.messages.get(message_id)
        if message is None:
            raise Impossible(f"there is no message {message_id} in this chat", 404)
        return message

    def _origin(self, user: Body, sent: int) -> Body:
        return {"forward_origin": {"type": "user", "sender_user": user, "date": sent}}


def _text(text: str) -> Body:
    plain, _ = trimmed(text, [])
    if not plain:
        raise Impossible("an empty text cannot be sent")
    if units(plain) > TEXT:
        raise Impossible("a text has 4096 characters at most")
    entities = found_in(plain, [])
    return {"text": plain, "entities": entities} if entities else {"text": plain}


def _buttons(markup: Done | None, name: str) -> list[Done]:
    return [button for row in (markup or {}).get(name, ()) for button in row]
