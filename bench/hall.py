"""A hall full of applicants before the bot's intake, no Telegram between.

What they do becomes updates, and what the bot says is heard.

What an applicant was asked and answered is kept, so that every answer the bot lost, asked again or took
twice shows.
"""

from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from bench.applicant import GREETING, RECEIPT, Applicant, invented
from bench.witnesses import ORDER, PLACES, Witness
from post.outcome import Outcome, Sent
from post.sayings import Answer, Message, Saying, written

FIRST_PERSON: Final = 7_000_000_001
RANGE: Final = 10_000_000
PEOPLE: Final = 20_000
"""Update ids and people a hall has for itself: several may stand before one database."""

SENT_AT: Final = 1_795_000_000
Raw = dict[str, Any]


@dataclass(slots=True)
class Device:
    """The phone of somebody in a hall: what is done with it waits there as an update."""

    hall: "Hall"
    id: int
    keyboard: dict[str, Any] | None = None

    def text(self, text: str) -> Raw:
        """Type and send."""
        command = {"entities": [{"type": "bot_command", "offset": 0, "length": len(text)}]}
        return self._say({"text": text, **(command if text.startswith("/") else {})})

    def contact(self) -> Raw:
        """Share the own number."""
        number = f"62860{self.id % 100_000_000:08d}"
        return self._say({"contact": {"phone_number": number, "first_name": "Warga", "user_id": self.id}})

    def tap(self, message_id: int, data: str) -> Raw:
        """Tap a button."""
        message = self._message(message_id, {})
        return self.hall.arrived(
            "callback_query",
            {"from": self._person(), "message": message, "chat_instance": str(self.id), "data": data},
        )

    def _say(self, body: Raw) -> Raw:
        return self.hall.arrived("message", self._message(self.hall.next_message(), body))

    def _message(self, message_id: int, body: Raw) -> Raw:
        chat = {"id": self.id, "type": "private", "first_name": "Warga"}
        return {"message_id": message_id, "date": SENT_AT, "chat": chat, "from": self._person(), **body}

    def _person(self) -> Raw:
        return {"id": self.id, "is_bot": False, "first_name": "Warga", "language_code": "id"}


@dataclass(slots=True)
class Hall:
    """So many applicants, `at_once` at a time; each answers every question once, the moment it is asked.

    `waiting` are the updates in the order they arose, `acknowledged` the numbers of those the intake has
    returned from: nobody will send them again.
    """

    people: int
    at_once: int
    number: int = 0
    waiting: deque[Raw] = field(default_factory=deque)
    acknowledged: set[int] = field(default_factory=set)
    everybody: dict[int, Witness] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    receipts: int = 0
    shown_again: int = 0
    refused: int = 0
    _updates: int = 0
    _messages: int = 0

    def enter(self) -> None:
        """Let the first in."""
        for _ in range(min(self.at_once, self.people)):
            self._enter()

    def take(self, most: int) -> list[Raw]:
        """Take the oldest updates out of the queue."""
        return [self.waiting.popleft() for _ in range(min(most, len(self.waiting)))]

    def acknowledge(self, batch: Collection[Raw]) -> None:
        """Note that the intake has returned from a batch."""
        self.acknowledged.update(raw["update_id"] for raw in batch)

    async def send(self, saying: Saying) -> Outcome:
        """Hear what the bot says, as Telegram would take it."""
        self._messages += 1
        match saying:
            case Message(chat):
                self.hear(chat, written(saying)[1], self._messages)
            case Answer():
                self.refused += bool(saying.text)
        return Sent(self._messages)

    def arrived(self, kind: str, content: Raw) -> Raw:
        """Queue what somebody did."""
        self._updates += 1
        number = self.number * RANGE + self._updates
        if kind == "callback_query":
            content["id"] = str(number)
        self.waiting.append({"update_id": number, kind: content})
        return {"update_id": number}

    def next_message(self) -> int:
        """Return a fresh message number."""
        self._messages += 1
        return self._messages

    def sent_off(self, person: int) -> bool:
        """Say whether this person's tap on "send" was acknowledged."""
        return self.everybody[person].answered.get("review") in self.acknowledged

    def stuck(self) -> list[str]:
        """Return a line for each who has no receipt."""
        return [
            f"stuck: person {person} waits after {PLACES[witness.furthest]}"
            for person, witness in self.everybody.items()
            if not witness.done
        ]

    def _enter(self) -> None:
        number = self.number * PEOPLE + len(self.everybody)
        applicant = Applicant(Device(self, FIRST_PERSON + number), invented(number))
        self.everybody[applicant.phone.id] = Witness(applicant)
        applicant.greets()

    def hear(self, chat: int, said: Mapping[str, Any], message_id: int) -> None:
        """Hear what the bot wrote to a chat, as that message."""
        witness = self.everybody[chat]
        markup = said.get("reply_markup") or {}
        phone = witness.applicant.phone
        assert isinstance(phone, Device)
        if "keyboard" in markup or "remove_keyboard" in markup:
            phone.keyboard = markup if "keyboard" in markup else None
        shown = {"text": said["text"], "message_id": message_id}
        if "inline_keyboard" in markup:
            shown["reply_markup"] = markup
        place = witness.applicant.place(shown)
        if place is not None:
            self._at(witness, place, shown)

    def _at(self, witness: Witness, place: str, shown: Mapping[str, Any]) -> None:
        if witness.done and place == GREETING:
            return  # no form is open, and another is offered
        if ORDER[place] < witness.furthest:
            self._fault(witness, f"asked again: {place}")
        elif place in witness.answered:
            self.shown_again += 1
            if witness.answered[place] in self.acknowledged and place != GREETING:
                self._fault(witness, f"an acknowledged answer was lost: {place}")
                self._answer(witness, place, shown)
        elif place == RECEIPT:
            self._leave(witness)
        else:
            self._answer(witness, place, shown)

    def _answer(self, witness: Witness, place: str, shown: Mapping[str, Any]) -> None:
        witness.furthest = ORDER[place]
        witness.answered[place] = witness.applicant.answers(place, shown)

    def _leave(self, witness: Witness) -> None:
        witness.furthest = ORDER[RECEIPT]
        if witness.done:
            self.shown_again += 1
            return
        witness.done = True
        self.receipts += 1
        if len(self.everybody) < self.people:
            self._enter()

    def _fault(self, witness: Witness, what: str) -> None:
        self.faults.append(f"{what} (person {witness.applicant.phone.id})")
