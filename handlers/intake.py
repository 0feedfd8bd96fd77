"""A batch of updates is a transaction: receive, dedupe, handle, commit, speak, and only then acknowledge.

Replies are collected while the transaction is open and said once it is durable. A batch that fails is
split until the update that makes it fail stands alone; that one is quarantined and answered with an apology.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson
import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from telegram import Update
from telegram.ext import Application

from handlers import standing
from handlers.batch import Batch, Clock, Context, Place
from handlers.flood import Flood
from locales import SOURCE, nearest, say
from models import deliveries, dialogues, quarantine
from models.accounts import meet
from models.database import Database
from models.dialogues import Overtaken
from models.seen import new_updates
from post.outcome import Later, Uncertain
from post.sayings import Message, Saying
from post.speak import Send, Unsaid, speak

TRIES: Final = 3
"""How often an update alone is tried before it is quarantined."""

CEILING: Final = 20.0
"""Seconds the speaking of one batch may take; what is not said by then is owed."""

SIDE_BY_SIDE: Final = 48
"""How many chats are spoken to at once."""

PAUSES: Final = (1, 2, 4, 8, 16, 30)
"""Seconds between tries while the database is away; it counts for no update as a failure."""

Raw = Mapping[str, Any]
log = structlog.get_logger()


class Failed(Exception):
    """A handler failed on one update of a batch."""

    def __init__(self, place: int, cause: Exception) -> None:
        super().__init__(type(cause).__name__)
        self.place = place
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Arrival:
    """One update as it came, read; `update` is None when it cannot be read."""

    raw: Raw
    update: Update | None

    @property
    def update_id(self) -> int:
        """Telegram's number of this update."""
        return int(self.raw["update_id"])

    @property
    def sender(self) -> int | None:
        """The id of the person who wrote, in a private chat."""
        update = self.update
        if update is None or update.effective_user is None or update.effective_chat is None:
            return None
        return update.effective_user.id if update.effective_chat.type == "private" else None


class Intake:
    """Takes batches of raw updates in; returns when each was committed and answered."""

    def __init__(
        self,
        application: Application[Any, Context, Any, Any, Any, Any],
        database: Database,
        send: Send[Saying],
        now: Clock,
        zone: ZoneInfo,
        flood: Flood,
    ) -> None:
        self._application = application
        self._database = database
        self._send = send
        self._now = now
        self._zone = zone
        self._flood = flood
        self._bot_id = application.bot.id
        application.add_error_handler(_note_failure)

    async def take(self, raws: Sequence[Raw]) -> None:
        """Handle a batch: when this returns, every update of it is durable and answered."""
        arrivals = [
            Arrival(raw, self._read(raw)) for raw in {int(raw["update_id"]): raw for raw in raws}.values()
        ]
        await self._settle(sorted(arrivals, key=lambda arrival: arrival.update_id))

    def _read(self, raw: Raw) -> Update | None:
        try:
            return Update.de_json(dict(raw), self._application.bot)
        except Exception:  # noqa: BLE001 - whatever cannot be read is quarantined, and delays nobody
            return None

    async def _settle(self, arrivals: Sequence[Arrival], tries: int = 1) -> None:
        """Commit and speak what can be; split at what fails; quarantine what fails alone."""
        if not arrivals:
            return
        try:
            sayings = await self._committed(arrivals)
        except Failed as failure:
            await self._split(arrivals, failure, tries)
        else:
            await self._speak(sayings)

    async def _split(self, arrivals: Sequence[Arrival], failure: Failed, tries: int) -> None:
        if len(arrivals) > 1:
            place = failure.place
            await self._settle(arrivals[:place])
            await self._settle(arrivals[place : place + 1])
            await self._settle(arrivals[place + 1 :])
        elif tries < TRIES:
            await self._settle(arrivals, tries + 1)
        else:
            await self._quarantine(arrivals[0], failure.cause)

    async def _committed(self, arrivals: Sequence[Arrival]) -> dict[int, list[Saying]]:
        """Handle these updates in one durable transaction; wait while the database is away."""
        for attempt in range(1_000_000):
            try:
                return await self._handle(arrivals)
            except Overtaken:
                continue
            except (OperationalError, InterfaceError) as away:
                log.warning("intake.database_away", kind=type(away.orig).__name__, attempts=attempt + 1)
                await asyncio.sleep(PAUSES[min(attempt, len(PAUSES) - 1)])
            except DBAPIError as error:
                raise Failed(len(arrivals) // 2, error) from error
        raise AssertionError("unreachable")

    async def _handle(self, arrivals: Sequence[Arrival]) -> dict[int, list[Saying]]:
        now = self._now()
        async with self._database.begin() as db:
            batch = Batch(db, self._database.keys, now, self._zone)
            new = await new_updates(db, self._bot_id, [arrival.update_id for arrival in arrivals], now)
            await self._meet(batch, arrivals)
            again: set[int] = set()
            for place, arrival in enumerate(arrivals):
                if arrival.update_id in new:
                    await self._one(batch, place, arrival)
                elif arrival.sender is not None:
                    again.add(arrival.sender)
            for account_id in again - batch.sayings.keys():
                await standing.show(batch, account_id)
            await _save(batch)
        if batch.erased:
            await self._database.scrub()
        return batch.sayings

    async def _meet(self, batch: Batch, arrivals: Sequence[Arrival]) -> None:
        people = {
            arrival.sender: nearest(arrival.update.effective_user.language_code)
            for arrival in arrivals
            if arrival.sender is not None
            and arrival.update is not None
            and arrival.update.effective_user is not None
        }
        batch.accounts = await meet(batch.db, people, batch.now)
        opened = await dialogues.current(batch.db, batch.keys, people)
        batch.places = {account_id: Place.of(one) for account_id, one in opened.items()}

    async def _one(self, batch: Batch, place: int, arrival: Arrival) -> None:
        """Handle one update; raise Failed when a handler did, so that the whole batch is undone."""
        if arrival.update is None:
            raise Failed(place, ValueError("unreadable update"))
        sender = arrival.sender
        if sender is None:
            standing.outside(batch, arrival.update)
            return
        if not self._flood.admits(sender, batch.now):
            if self._flood.notices(sender, batch.now):
                text = say(batch.accounts[sender].language, "dialogue.too_fast")
                batch.say(Message(sender, text), sender)
            return
        if sender not in batch.accounts:  # erased by an update before this one
            batch.accounts |= await meet(batch.db, {sender: SOURCE}, batch.now)
        batch.failure = None
        self._application.bot_data["batch"] = batch
        await self._application.process_update(arrival.update)
        if batch.failure is not None:
            raise Failed(place, batch.failure) from batch.failure

    async def _speak(self, sayings: Mapping[int, list[Saying]]) -> None:
        unsaid = await speak(self._send, sayings, concurrency=SIDE_BY_SIDE, deadline_seconds=CEILING)
        await self._owe([one for one in unsaid if isinstance(one.outcome, Later | Uncertain)])

    async def _owe(self, unsaid: Sequence[Unsaid]) -> None:
        """Owe those who were not answered the sight of where they stand, durably."""
        people = sorted({one.chat_id for one in unsaid if one.chat_id > 0})
        if not people:
            return
        log.warning("intake.replies_owed", count=len(people))
        now = self._now()
        async with self._database.begin() as db:
            await deliveries.owe(
                db, self._database.keys, [_place_owed(person, now) for person in people], now
            )

    async def _quarantine(self, arrival: Arrival, cause: Exception) -> None:
        """Put an update that fails alone aside, encrypted, and apologise to its sender."""
        log.error(
            "intake.quarantined", update_id=arrival.update_id, kind=type(cause).__name__, exc_info=cause
        )
        now, keys = self._now(), self._database.keys
        async with self._database.begin() as db:
            if await new_updates(db, self._bot_id, [arrival.update_id], now):
                sender = _sender_of(arrival.raw)
                update = orjson.dumps(dict(arrival.raw))
                await quarantine.put(
                    db, keys, self._bot_id, arrival.update_id, update, repr(cause), sender, now
                )
        chat = _sender_of(arrival.raw)
        if chat is not None:
            language = SOURCE
            await self._speak({chat: [Message(chat, say(language, "dialogue.apology"))]})


def _place_owed(person: int, now: datetime) -> deliveries.Owed:
    """Return what is owed to somebody who was not answered: the sight of where they stand."""
    return deliveries.Owed(
        lane=deliveries.Lane.REPLY,
        promise=deliveries.Promise.AT_LEAST_ONCE,
        dedupe=f"place:{person}:{now.isoformat()}",
        chat_id=person,
        kind="place",
        payload={},
        not_before=now + timedelta(seconds=1),
        account_id=person,
        expires_at=now + timedelta(hours=1),
    )


async def _note_failure(update: object, context: Context) -> None:
    """Note what a handler raised: `process_update` itself returns as if nothing had happened."""
    if isinstance(context.error, Exception):
        context.bot_data["batch"].failure = context.error


def _sender_of(raw: Raw) -> int | None:
    """Return the sender of a raw update in a private chat, as far as it can be told."""
    for kind in ("message", "edited_message", "callback_query"):
        part = raw.get(kind)
        if isinstance(part, Mapping) and isinstance(part.get("from"), Mapping):
            message = part.get("message", part)
            chat = message.get("chat") if isinstance(message, Mapping) else None
            sender = part["from"].get("id")
            if isinstance(chat, Mapping) and chat.get("type") == "private" and isinstance(sender, int):
                return sender
    return None


async def _save(batch: Batch) -> None:
    """Seal and write the drafts that changed, in few statements."""
    changed = [place for place in batch.places.values() if place.changed]
    for place in changed:
        place.dialogue.form_version = place.flow.version
        place.dialogue.keep(place.draft.stored(), batch.now)
    await batch.db.flush()  # a draft names the consent it rests on: that row must be there first
    await dialogues.save(batch.db, batch.keys, [place.dialogue for place in changed])
