"""The message with the bar of a broadcast, in its author's chat: how far it is, how fast, and its buttons.

One message a broadcast, edited at a gentle pace and whenever the stage changes; nobody waits for it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from babel.numbers import format_decimal

from jobs.progress import bar
from locales import say
from models.broadcasting import broadcasts, recipients
from models.broadcasting.broadcasts import Broadcast, Stage
from models.storage.database import Database
from post.keyboards import Button, Inline
from post.outcome import Gone, Later, Sent
from post.sayings import Edit, Message, Saying
from post.speak import Send
from rules.broadcasts import WIB, open_zones

EVERY: Final = timedelta(seconds=5)
"""How often the bar may move."""

SHOWN: Final = (Stage.HELD, Stage.PLANNING, Stage.RUNNING, Stage.PAUSED, Stage.CANCELLING, Stage.DONE)
"""The stages in which there is something to show."""

BUTTONS: Final = {
    Stage.HELD: ("stop",),
    Stage.PLANNING: ("stop",),
    Stage.RUNNING: ("pause", "stop"),
    Stage.PAUSED: ("go", "stop"),
}
"""What can be done at each stage."""

DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
Shown = tuple[str, Inline | None]


class Bars:
    """Shows how far broadcasts are."""

    def __init__(self, database: Database, send: Send[Saying], now: Callable[[], datetime]) -> None:
        self._database = database
        self._send = send
        self._now = now
        self._last: dict[int, Shown] = {}
        self._next: dict[int, datetime] = {}
        self._stages: dict[int, Stage] = {}

    async def show(self, number: int) -> None:
        """Move the bar of a broadcast, unless it moved just now and the stage is the same."""
        async with self._database.begin() as db:
            held = (await broadcasts.are_sent(db, [number])).get(number)
            if held is None or held.account_id is None or not self._is_due(held):
                return
            done = held.released - (await recipients.on_the_way(db, held))[0] if held.planned_at else 0
            shown = words(held, done, self._now())
            if held.stage is Stage.RUNNING:
                await broadcasts.note_shown(db, number, self._now(), done)
        if self._last.get(number) != shown:
            self._last[number] = shown
            await self._say(held, *shown)

    def _is_due(self, held: Broadcast) -> bool:
        now, same = self._now(), self._stages.get(held.id) is held.stage
        if held.stage not in SHOWN or (same and now < self._next.get(held.id, now)):
            return False
        self._stages[held.id], self._next[held.id] = held.stage, now + EVERY
        return True

    async def _say(self, held: Broadcast, text: str, keyboard: Inline | None) -> None:
        assert held.account_id is not None  # noqa: S101 - asked before
        message = held.progress_message
        if message is not None:
            outcome = await self._send(Edit(held.account_id, message, text, keyboard))
            if isinstance(outcome, Later):
                self._last.pop(held.id)
                self._next[held.id] = self._now() + max(EVERY, timedelta(seconds=outcome.seconds))
                return
            message = None if isinstance(outcome, Gone) else message
        if message is None and held.stage is not Stage.DONE:
            outcome = await self._send(Message(held.account_id, text, keyboard, silent=True))
            message = outcome.message_id if isinstance(outcome, Sent) else None
        await self._note(held, message)

    async def _note(self, held: Broadcast, message: int | None) -> None:
        """Note which message shows the bar; one that shows the end is done with."""
        shows = None if held.stage is Stage.DONE else message
        if shows != held.progress_message:
            async with self._database.begin() as db:
                await broadcasts.note_progress_message(db, held.id, shows)


def words(held: Broadcast, done: int, now: datetime) -> Shown:
    """Return what the message says, and its buttons."""
    language = held.language
    counts = {"done": done, "whole": held.recipients}
    shown = {name: format_decimal(count, locale=language) for name, count in counts.items()}
    starts = held.starts_at.astimezone(WIB) if held.starts_at else now.astimezone(WIB)
    when = {"hour": f"{starts:%H.%M}", "day": f"{starts:%d-%m-%Y}"}
    more = {"bar": bar(done, held.recipients), "pace": _pace(held, done, now), **when}
    text = say(language, f"broadcasts.bar.{held.stage.value}", **shown, **more)
    rows = tuple(
        (Button(say(language, f"broadcasts.button.{action}"), data=about(action, held.id)),)
        for action in BUTTONS.get(held.stage, ())
    )
    return text, Inline(rows) if rows else None


def about(action: str, number: int) -> str:
    """Return what a button of a broadcast carries."""
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = DIGITS[digit] + digits
    return f"v1|b|{action}|{digits}"


def _pace(held: Broadcast, done: int, now: datetime) -> str:
    """Return how fast it goes and how long it still takes; or that the hours of sending are awaited."""
    if not open_zones(now):
        return say(held.language, "broadcasts.bar.quiet")
    seconds = (now - held.shown_at).total_seconds() if held.shown_at else 0.0
    rate = (done - held.shown_done) / seconds if seconds > 0 else 0.0
    if rate <= 0:
        return ""
    minutes = max(1, round((held.recipients - done) / rate / 60))
    spoken = format_decimal(round(rate, 1), locale=held.language)
    left = {"hours": minutes // 60, "minutes": minutes % 60}
    return say(held.language, "broadcasts.bar.pace", rate=spoken, **left)
