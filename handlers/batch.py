"""One batch of updates: its transaction, the people in it, and what is to be said once it is committed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Update
from telegram.ext import CallbackContext, ExtBot

from conversations.engine import Answers, Draft, Flow, Turn, resume
from conversations.flows import FLOWS
from handlers.render import Page, messages
from locales import say
from models import dialogues
from models.accounts import Account
from models.dialogues import OpenDialogue
from models.filing import Filed
from models.office import own_rows
from models.office.own_rows import Offered
from models.storage.keys import Keys
from models.trust.audit import Act, Entry
from post.keyboards import Inline, Keyboard
from post.sayings import NOTICE, Answer, Delete, Edit, Message, Saying
from sheets.layouts import Shelf

Clock = Callable[[], datetime]


@dataclass(slots=True)
class Place:
    """Where one person stands: the open dialogue, its flow, and the draft as it is in this batch."""

    dialogue: OpenDialogue
    flow: Flow
    draft: Draft
    changed: bool = False
    _turn: Turn | None = None

    @classmethod
    def of(cls, dialogue: OpenDialogue) -> "Place":
        """Return the place a stored dialogue stands at, in the form of today."""
        flow = FLOWS[dialogue.flow]
        turn = resume(flow, Draft.read(dialogue.draft))
        return cls(dialogue, flow, turn.draft, _turn=turn)

    def turn(self) -> Turn:
        """Return the turn that shows where this person stands."""
        if self._turn is None or self._turn.draft is not self.draft:
            self._turn = resume(self.flow, self.draft)
        return self._turn

    def take(self, turn: Turn) -> None:
        """Go where a turn leads."""
        self.changed = self.changed or turn.draft != self.draft
        self.draft = turn.draft


@dataclass(slots=True)
class Batch:
    """What a batch holds while its transaction is open.

    `places` are those in front of people, by account; `left` those put away within the batch, by dialogue:
    an answer given just before still has to rest. `owed` are those who are owed the sight of where they
    stand until they are known to be answered. `filed` are finished dialogues that are still to be written,
    with all others of the batch; `unwritten` the accounts whose rows another question would not find yet.
    `leaving` are messages of people's own that hold identity data, by chat and number.
    `layouts` are those of files for the office, `today` is the day in the office's zone.
    """

    db: AsyncSession
    keys: Keys
    now: datetime
    zone: ZoneInfo
    accounts: dict[int, Account] = field(default_factory=dict)
    places: dict[int, Place] = field(default_factory=dict)
    left: dict[int, Place] = field(default_factory=dict)
    sayings: dict[int, list[Saying]] = field(default_factory=dict)
    owed: set[int] = field(default_factory=set)
    filed: list[Filed] = field(default_factory=list)
    unwritten: set[int] = field(default_factory=set)
    audited: list[Entry] = field(default_factory=list)
    layouts: Shelf = field(default_factory=Shelf)
    leaving: list[tuple[int, int]] = field(default_factory=list)
    failure: Exception | None = None
    erased: bool = False
    today: date = field(init=False)
    _offered: Offered | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.today = self.now.astimezone(self.zone).date()

    @property
    def shown(self) -> dict[int, tuple[int, int]]:
        """The dialogue in front of each person and its version."""
        return {who: (place.dialogue.id, place.dialogue.version) for who, place in self.places.items()}

    @property
    def changed(self) -> list[Place]:
        """The places whose drafts are to be written, those in front and those put away."""
        held = {place.dialogue.id: place for place in (*self.left.values(), *self.places.values())}
        return [place for place in held.values() if place.changed and not place.dialogue.ended]

    def place_of(self, dialogue: OpenDialogue) -> Place:
        """Return the place of a stored dialogue, as this batch has it if it was answered just now."""
        in_front = self.places.get(dialogue.account_id)
        if in_front is not None and in_front.dialogue.id == dialogue.id:
            return in_front
        return self.left.get(dialogue.id) or Place.of(dialogue)

    async def offered(self, *, anew: bool = False) -> Offered:
        """Return the channels and payers in force: read once a batch, and only where somebody asks."""
        if anew or self._offered is None:
            self._offered = await own_rows.offered(self.db)
        return self._offered

    def forget(self, account_id: int) -> None:
        """Let go of all that is held of somebody who was erased."""
        del self.accounts[account_id]
        self.places.pop(account_id, None)
        self.left = {
            key: place for key, place in self.left.items() if place.dialogue.account_id != account_id
        }

    def say(self, saying: Saying, chat_id: int) -> None:
        """Owe a saying to a chat; it is said after the commit, in order."""
        self.sayings.setdefault(chat_id, []).append(saying)


class Context(CallbackContext[ExtBot[None], dict[Any, Any], dict[Any, Any], dict[str, Batch]]):
    """What a handler gets: the batch it belongs to, and the person it is about. It speaks through this."""

    batch: Batch
    _chat: int
    _user: int
    _tapped: int | None = None

    @classmethod
    def from_update(cls, update: object, application: Any) -> "Context":
        """Return the context of an update that has a sender."""
        context = super().from_update(update, application)
        context.batch = application.bot_data["batch"]
        if isinstance(update, Update):
            user, chat = update.effective_user, update.effective_chat
            context._user = user.id if user else 0
            context._chat = chat.id if chat else context._user
            query = update.callback_query
            context._tapped = query.message.message_id if query and query.message else None
        return context

    @property
    def account(self) -> Account:
        """The account of the sender."""
        return self.batch.accounts[self._user]

    @property
    def language(self) -> str:
        """The language the sender chose, or the nearest guess."""
        return self.account.language

    @property
    def place(self) -> Place | None:
        """The open dialogue in front of the sender."""
        return self.batch.places.get(self._user)

    def stand_at(self, place: Place | None) -> None:
        """Put a dialogue in front of the sender, or none; the one that was there is put away."""
        before = self.batch.places.pop(self._user, None)
        if before is not None:
            self.batch.left[before.dialogue.id] = before
        if place is None:
            self.account.dialogue_id = None
        else:
            self.batch.places[self._user] = place
            self.account.dialogue_id = place.dialogue.id

    def begin(self, flow: Flow, given: Answers | None = None, offered: Answers | None = None) -> None:
        """Put a new dialogue in front of the sender and ask its first question.

        `given` is what is known; `offered` are answers that can be taken with one tap where they are asked.
        """
        batch, account, before = self.batch, self.account, self.place
        draft = Draft(given or {}, offered or {}).stored()
        place = Place.of(dialogues.begin(account.id, flow.name, flow.version, draft, batch.now))
        place.changed = True
        batch.unwritten.add(account.id)
        self.stand_at(place)
        self.show(place.turn(), keyboard_shown=before is not None and before.turn().shows_keyboard)

    def audit(
        self, act: Act, person_id: int | None = None, subject: str | None = None, **details: object
    ) -> None:
        """Have an act of the sender written into the audit log with this batch: whose data, which row."""
        self.batch.audited.append(Entry(act, self.account.id, person_id, subject, details))

    def words(self, name: str, /, **values: object) -> str:
        """Return a message in the sender's language."""
        return say(self.language, name, **values)

    def say(
        self, text: str, keyboard: Keyboard | None = None, *, protect: bool = False, fleeting: bool = False
    ) -> None:
        """Say a text to the sender, after the commit; `fleeting`: it holds identity data and leaves again."""
        self.batch.say(Message(self._chat, text, keyboard, protect=protect, fleeting=fleeting), self._chat)

    def show_in_place(self, text: str, keyboard: Inline) -> None:
        """Show a text in the message that was tapped, after the commit; in a new one if that is gone."""
        if self._tapped is None:
            self.say(text, keyboard)
        else:
            self.batch.say(Edit(self._chat, self._tapped, text, keyboard), self._chat)

    def answer(self, query_id: str, text: str = "") -> None:
        """Answer a tap, after the commit; what is too long for a notice is said as a message."""
        fits = len(text) <= NOTICE
        self.batch.say(Answer(query_id, text if fits else ""), self._chat)
        if not fits:
            self.say(text)

    def answered(self, query_id: str) -> bool:
        """Return whether this tap has its answer already."""
        said = self.batch.sayings.get(self._chat, [])
        return any(isinstance(one, Answer) and one.callback_query_id == query_id for one in said)

    def delete(self, message_id: int) -> None:
        """Delete a message from the chat, after the commit."""
        self.batch.say(Delete(self._chat, message_id), self._chat)

    def page(self, place: Place) -> Page:
        """Return how a dialogue is shown to the sender."""
        return Page(place.flow, place.dialogue.id, self.language, self.batch.today)

    def show(self, turn: Turn, *, keyboard_shown: bool = False) -> None:
        """Say a turn of the dialogue in front of the sender."""
        place = self.place
        if place is not None:
            for message in messages(self.page(place), self._chat, turn, keyboard_shown=keyboard_shown):
                self.batch.say(message, self._chat)
