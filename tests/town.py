"""A town to test in: the simulator over real HTTP, the whole bot, and people with phones."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from handlers.assembly import Office, assemble
from handlers.flood import Flood
from jobs.broadcasts import Broadcasts
from jobs.coverage import Coverage
from jobs.deliveries import Deliveries
from jobs.programmes import Treasurers
from jobs.reminders import Reminders, wanted
from models import dialogues
from models.accounts import Role, grant, meet
from models.applications import Application, key_of, move
from models.reminding.reminders import DIGEST, REMINDER
from models.states import State
from models.storage.base import Base
from models.storage.database import Database, open_database
from models.storage.ids import new_id
from models.storage.sealed import PersonKey
from models.trust import second_factors
from models.trust.second_factors import Factor, SecondFactor
from post.bot import Bot
from post.transport import AiohttpRequest
from simulator.clock import Clock
from simulator.phone import Phone
from simulator.server import Simulator

JAKARTA = ZoneInfo("Asia/Jakarta")
TODAY = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
TOKEN = "1000000001:a-token-that-opens-nothing"
WANTED = {REMINDER: wanted, DIGEST: wanted}
Meanwhile = Callable[[], Awaitable[None]]
LINK = re.compile(r"https://t\.me/daftar_bpu_bot\?start=([\w-]+)")
FOR_EVER = datetime(2099, 1, 1, tzinfo=UTC)
LONG_ENOUGH = 20
"""More pauses than this, and the database will not come back."""


class Town:
    """One bot at one simulated Telegram; `restart` makes everything but the database anew."""

    def __init__(self, simulator: Simulator, url: str, database_url: str, keys: Path) -> None:
        self.simulator = simulator
        self.url = url
        self.database: Database
        self.office: Office
        self.broadcasts: Broadcasts
        self.pauses: list[float] = []
        self.on_pause: Callable[[], None] = _nothing
        self._database_url = database_url
        self._keys = keys
        self.people: dict[str, Chat] = {}
        self._stack = contextlib.AsyncExitStack()
        self._officer: Chat | None = None

    async def open(self, flood: Flood | None = None, read_timeout: float = 6.0) -> None:
        """Start the bot."""
        self.database = await self.remembering(self._database_url, self._keys)
        self._stack.push_async_callback(self.database.close)
        bot = Bot(self.simulator.token, self.url, self.road(read_timeout))
        await self._stack.enter_async_context(bot)
        flood = flood or Flood(burst=1_000_000, per_second=1000)
        clock = self.simulator.clock.now
        self.office = await assemble(bot, self.database, clock, JAKARTA, flood, self._pause)
        self.broadcasts = Broadcasts(self.database, self.office.said, clock)

    async def remembering(self, database_url: str, keys: Path) -> Database:
        """The database of the bot, opened as the bot does."""
        return await open_database(database_url, keys, announce=_unheard)

    def road(self, read_timeout: float) -> AiohttpRequest:
        """The way of the bot's calls to the simulated Telegram: HTTP."""
        return AiohttpRequest(read_timeout=read_timeout)

    async def close(self) -> None:
        """Stop the bot."""
        await self._stack.aclose()

    async def restart(self) -> None:
        """Kill the bot and start it again on the same database; what it had not confirmed comes again."""
        await self.close()
        self._stack = contextlib.AsyncExitStack()
        await self.open()

    async def settle(self) -> None:
        """Let the bot take in and answer everything that has arrived."""
        while await self.office.poller.once(0):
            continue

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        if len(self.pauses) > LONG_ENOUGH:
            raise AssertionError("the database does not come back")
        self.on_pause()

    async def die_speaking(self) -> None:
        """Take in what waits, and be killed when the first word is on its way; none arrives."""
        self.simulator.faults([{"method": "*", "share": 1.0, "do": "timeout_before", "seconds": 600}])
        calls = self.simulator.ledger.number
        taking = asyncio.create_task(self.office.intake.take(self.waiting()))
        while self.simulator.ledger.number == calls and not taking.done():  # noqa: ASYNC110 - no bell there
            await asyncio.sleep(0)
        taking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await taking
        self.simulator.faults([])

    def waiting(self) -> list[dict[str, Any]]:
        """The updates Telegram still keeps for the bot, as it would deliver them."""
        return [update.api() for update in self.simulator.telegram.queue.all_waiting()]

    async def deliver(self, meanwhile: Meanwhile | None = None) -> None:
        """Send what is owed and due; `meanwhile` happens while a message waits for its moment."""
        clock = self.simulator.clock
        happens = [meanwhile] if meanwhile else []

        async def sleep(seconds: float) -> None:
            clock.advance(timedelta(seconds=seconds))
            if happens:
                await happens.pop()()

        sender = Deliveries(
            self.database,
            self.office.send,
            self.office.compose,
            clock.now,
            wanted=WANTED,
            sleep=sleep,
            by_database_clock=False,
        )
        await sender.drain()
        await self.broadcasts.go_through(sender.drain)

    async def until(self, moment: datetime) -> None:
        """Let days pass: each at ten in the morning (WIB) is planned and delivered, and so is the moment."""
        clock = self.simulator.clock
        while clock.now() < moment:
            tomorrow = (clock.now().astimezone(JAKARTA) + timedelta(days=1)).replace(hour=10, minute=0)
            clock.move_to(min(tomorrow, moment))
            await Reminders(self.database, clock.now).plan_now()
            await Treasurers(self.database, clock.now).remind()
            clock.advance(timedelta(minutes=5))
            await self.deliver()
        await self.count()

    async def count(self) -> None:
        """Count what has changed, and owe groups their cards."""
        await Coverage(self.database, self.simulator.clock.now).see_to()
        await self.deliver()

    async def register(self, month: str = "") -> None:
        """Have an officer record that the application filed last is registered, and deliver the news."""
        officer = await self.officer()
        await officer.says(f"/terdaftar {await self.reference()} {month}".strip())
        assert "tercatat sebagai peserta" in officer.heard[-1], officer.heard
        await self.deliver()

    async def give_back(self, reason: str) -> None:
        """Have the office give the application filed last back, saying why."""
        officer, now = await self.officer(), self.simulator.clock.now()
        newest = select(Application.id).order_by(Application.id.desc()).limit(1)
        async with self.database.begin() as db:
            number = await db.scalar(newest)
            await move(
                db, self.database.keys, number or 0, State.RETURNED, by=officer.id, now=now, reason=reason
            )

    async def reference(self) -> str:
        """The receipt number of the application filed last."""
        async with self.database.begin() as db:
            newest = select(Application.reference).order_by(Application.id.desc()).limit(1)
            return await db.scalar(newest) or ""

    async def officer(self) -> "Chat":
        """Wulan, the officer of the town."""
        if self._officer is None:
            self._officer = self.person("Wulan")
            await self._officer.says("/start")
            async with self.database.begin() as db:
                await grant(db, self._officer.id, Role.OFFICER, self.simulator.clock.now(), None)
            await self.trust(self._officer)
        return self._officer

    async def appoint(self, chat: "Chat", role: Role) -> None:
        """Give somebody who has written before a role."""
        async with self.database.begin() as db:
            await grant(db, chat.id, role, self.simulator.clock.now(), None)
        await self.trust(chat)

    async def trust(self, chat: "Chat") -> None:
        """Take it for given that somebody has shown by a PIN that it is them, for good."""
        async with self.database.begin() as db:
            if await second_factors.of(db, chat.id) is None:
                db.add(
                    SecondFactor(
                        id=new_id(TODAY),
                        account_id=chat.id,
                        kind=Factor.PIN,
                        secret=b"none that opens",
                        set_at=TODAY,
                        wrong=0,
                        confirmed_at=FOR_EVER,
                    )
                )

    async def wait_a_little(self, minutes: int) -> None:
        """Let minutes pass in which nothing is sent."""
        self.simulator.clock.advance(timedelta(minutes=minutes))

    async def crowd(self, count: int, language: str = "id") -> list["Chat"]:
        """So many people who have written before; they are not made to write through the chat."""
        people = [
            Chat(self, self.simulator.person(first_name=f"Warga {number}", language_code=language, met=True))
            for number in range(count)
        ]
        async with self.database.begin() as db:
            await meet(db, {each.id: language for each in people}, self.simulator.clock.now())
        return people

    async def rows(self, table: type[Base]) -> int:
        """How many rows a table has."""
        async with self.database.begin() as db:
            return await db.scalar(select(func.count()).select_from(table)) or 0

    async def all(self, table: type[Base]) -> list[Any]:
        """Every row of a table, the oldest first."""
        async with self.database.begin() as db:
            return list(await db.scalars(select(table).order_by(*table.__table__.primary_key)))

    async def key(self, worker_id: int) -> PersonKey:
        """The data key of a worker."""
        async with self.database.begin() as db:
            return await key_of(db, self.database.keys, worker_id)

    def person(self, name: str = "Siti", language: str = "id") -> "Chat":
        """A new person with a phone."""
        chat = Chat(self, self.simulator.person(first_name=name, language_code=language))
        self.people[name] = chat
        return chat


def _nothing() -> None:
    return None


def _unheard(_: str) -> None:
    return None


@contextlib.asynccontextmanager
async def town(
    database_url: str, folder: Path, *, at: datetime = TODAY, kind: type[Town] = Town
) -> AsyncIterator[Town]:
    """Open a town with its clock standing still at `at`."""
    simulator = Simulator(clock=Clock(frozen_at=at), token=TOKEN, slow_repeats=False)
    async with simulator.serve() as url:
        place = kind(simulator, url, database_url, folder / "keys")
        await place.open()
        try:
            yield place
        finally:
            await place.close()


class Chat:
    """One person's chat with the bot: what they do, and what they heard since."""

    def __init__(self, town: Town, phone: Phone) -> None:
        self.town = town
        self.phone = phone
        self.heard: list[str] = []
        self._known: set[int] = set()

    @property
    def id(self) -> int:
        """The person's Telegram id."""
        return self.phone.id

    async def answers(self) -> dict[str, Any]:
        """What they have told in the form before them, as it rests in the database; {} without one."""
        database = self.town.database
        async with database.begin() as db:
            opened = (await dialogues.current(db, database.keys, [self.id])).get(self.id)
        return dict(opened.draft.get("answers", {})) if opened else {}

    async def forms(self) -> list[dict[str, Any]]:
        """What they have told in each unfinished form, the newest first."""
        database = self.town.database
        async with database.begin() as db:
            opened = await dialogues.open_ones(db, database.keys, self.id)
        return [dict(one.draft.get("answers", {})) for one in opened]

    async def says(self, text: str) -> None:
        """Type a text."""
        await self._does(lambda: self.phone.text(text))

    async def taps(self, label: str, *, oldest: bool = False) -> None:
        """Tap the newest button whose words hold `label`, or the oldest one still on the screen."""
        await self._does(lambda: self.tap(label, oldest))

    async def presses(self, data: str) -> str:
        """Send any callback data, as a patched app could; return what the tap itself is answered with."""
        done = self.phone.tap(max(self.said), data)
        await self._does(_nothing)
        tap = self.town.simulator.telegram.taps.get(str(done["callback_query_id"]))
        return (tap and tap.text) or ""

    async def shares_contact(self, **card: Any) -> None:
        """Share the own number, or somebody else's card."""
        await self._does(lambda: self.phone.contact(**card))

    async def sends(self, kind: str) -> None:
        """Send a photo, document, voice note or sticker."""
        await self._does(lambda: self.phone.file(kind, b"\x89PNG not really", f"{kind}.png"))

    async def edits_last(self, text: str) -> None:
        """Change one's own last text message."""
        own = [m for m in self.phone.messages if not m.by_bot and "text" in m.body]
        await self._does(lambda: self.phone.edit(own[-1].message_id, text))

    async def does(self, act: Any) -> None:
        """Do anything else a phone can do."""
        await self._does(lambda: act(self.phone))

    @property
    def buttons(self) -> list[str]:
        """The words of the buttons under the bot's last message, or of the reply keyboard."""
        last = self.phone.last or {}
        rows = last.get("reply_markup", {}).get("inline_keyboard") or (self.phone.keyboard or {}).get(
            "keyboard", []
        )
        return [button["text"] for row in rows for button in row]

    async def hears(self) -> list[str]:
        """What the bot says to them once it has taken in everything that has arrived."""
        await self._does(_nothing)
        return self.heard

    async def catches_up(self) -> None:
        """Hear what the bot said since this person last did something, what it owes included."""
        await self.town.deliver()
        self._hear()

    async def taps_while_it_is_sent(self, label: str) -> None:
        """Let what is owed be sent, and tap a button while the first message waits for its moment."""
        self._known = set(self.said)

        async def tap() -> None:
            self.tap(label)
            await self.town.settle()

        await self.town.deliver(tap)
        self._hear()

    async def opens_link_of(self, name: str) -> None:
        """Open the link in the newest message that somebody got, as an app does with a deep link."""
        texts = reversed(self.town.people[name].said.values())
        found = next(link for text in texts if (link := LINK.search(text)))
        await self.says(f"/start {found[1]}")

    async def waits(self, moment: datetime) -> None:
        """Let days pass, and hear what comes by itself."""
        self._known = set(self.said)
        await self.town.until(moment)
        self._hear()

    async def hears_of(self, act: Awaitable[None]) -> None:
        """Let an officer do something, and hear what comes of it."""
        self._known = set(self.said)
        await act
        await self.town.deliver()
        self._hear()

    async def _does(self, act: Any) -> None:
        self._known = set(self.said)
        act()
        await self.town.settle()
        self._hear()

    def _hear(self) -> None:
        said = self.said
        self.heard = [text for number, text in said.items() if number not in self._known]
        self._known = set(said)

    @property
    def said(self) -> dict[int, str]:
        """The bot's messages on the screen, by their number."""
        said = (message for message in self.phone.messages if message.by_bot)
        return {message.message_id: str(message.shown().get("text", "")) for message in said}

    def callback(self, label: str) -> str:
        """The data behind the newest button whose words hold `label`."""
        for message in reversed(self.phone.messages):
            for row in (message.markup or {}).get("inline_keyboard", ()):
                for button in row:
                    if label in button["text"] and "callback_data" in button:
                        return str(button["callback_data"])
        raise AssertionError(f"there is no button with {label!r}; there are {self.buttons}")

    def tap(self, label: str, oldest: bool = False) -> None:
        """Tap as `taps` does, without waiting for the bot."""
        messages = self.phone.messages if oldest else reversed(self.phone.messages)
        for message in messages:
            for row in (message.markup or {}).get("inline_keyboard", ()):
                for button in row:
                    if label in button["text"] and "callback_data" in button:
                        self.phone.tap(message.message_id, button["callback_data"])
                        return
        for row in (self.phone.keyboard or {}).get("keyboard", ()):
            for button in row:
                if label in button["text"]:
                    self.phone.press(button["text"])
                    return
        raise AssertionError(f"there is no button with {label!r}; there are {self.buttons}")

    def later(self, **span: float) -> None:
        """Let time pass."""
        self.town.simulator.clock.advance(timedelta(**span))
