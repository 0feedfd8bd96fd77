"""A town to test in: the simulator over real HTTP, the whole bot, and people with phones."""

import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from handlers.assembly import Office, assemble
from handlers.flood import Flood
from models.database import Database, open_database
from post.bot import Bot
from post.transport import AiohttpRequest
from simulator.clock import Clock
from simulator.phone import Phone
from simulator.server import Simulator

JAKARTA = ZoneInfo("Asia/Jakarta")
TODAY = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
TOKEN = "1000000001:a-token-that-opens-nothing"


class Town:
    """One bot at one simulated Telegram; `restart` makes everything but the database anew."""

    def __init__(self, simulator: Simulator, url: str, database_url: str, keys: Path) -> None:
        self.simulator = simulator
        self.url = url
        self.database: Database
        self.office: Office
        self._database_url = database_url
        self._keys = keys
        self._stack = contextlib.AsyncExitStack()

    async def open(self, flood: Flood | None = None) -> None:
        """Start the bot."""
        self.database = await open_database(self._database_url, self._keys, announce=_unheard)
        self._stack.push_async_callback(self.database.close)
        bot = Bot(self.simulator.token, self.url, AiohttpRequest())
        await self._stack.enter_async_context(bot)
        flood = flood or Flood(burst=1000, per_second=1000)
        self.office = await assemble(bot, self.database, self.simulator.clock.now, JAKARTA, flood)

    async def close(self) -> None:
        """Stop the bot."""
        await self._stack.aclose()

    async def restart(self) -> None:
        """Stop the bot and start it again on the same database."""
        await self.close()
        self._stack = contextlib.AsyncExitStack()
        await self.open()

    async def settle(self) -> None:
        """Let the bot take in and answer everything that has arrived."""
        while await self.office.poller.once(0):
            continue

    def person(self, name: str = "Siti") -> "Chat":
        """A new person with a phone."""
        return Chat(self, self.simulator.person(first_name=name))


def _unheard(_: str) -> None:
    return None


@contextlib.asynccontextmanager
async def town(database_url: str, folder: Path, *, at: datetime = TODAY) -> AsyncIterator[Town]:
    """Open a town with its clock standing still at `at`."""
    simulator = Simulator(clock=Clock(frozen_at=at), token=TOKEN, slow_repeats=False)
    async with simulator.serve() as url:
        place = Town(simulator, url, database_url, folder / "keys")
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

    async def says(self, text: str) -> None:
        """Type a text."""
        await self._does(lambda: self.phone.text(text))

    async def taps(self, label: str, *, oldest: bool = False) -> None:
        """Tap the newest button whose words hold `label`, or the oldest one still on the screen."""
        await self._does(lambda: self._tap(label, oldest))

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

    async def _does(self, act: Any) -> None:
        before = {m.message_id for m in self.phone.messages if m.by_bot}
        act()
        await self.town.settle()
        self.heard = [
            str(m.shown().get("text", "")) for m in self.phone.messages if m.by_bot and m.message_id not in before
        ]

    def _tap(self, label: str, oldest: bool) -> None:
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
