"""A batch of updates is a transaction: receive, dedupe, handle, commit, speak, and only then acknowledge.

Replies are collected while the transaction is open and said once it is durable. A batch that fails is
split until the update that makes it fail stands alone; that one is quarantined and answered with an apology.
"""

import asyncio
import contextlib
import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession
from telegram.ext import Application

from handlers import filing, standing
from handlers.answering import Answering, Noted
from handlers.arrivals import Arrival, Raw, numbered
from handlers.batch import Batch, Clock, Context, Place
from handlers.coverage import groups
from handlers.durably import AGAIN, Durably, Pause
from handlers.flood import Flood
from locales import say
from measures import BATCHES, QUARANTINED, RETRIES, UPDATES, batch_in_hand
from models import dialogues, quarantine
from models.accounts import Account, meet
from models.owing import fleeting
from models.seen import new_updates
from models.storage.database import Database
from models.trust import audit
from post.sayings import Message, Saying
from post.speak import Send
from sheets.layouts import Shelf

TRIES: Final = 3
"""How often an update alone is tried before it is quarantined."""

log = structlog.get_logger()


class Failed(Exception):
    """A handler failed on one update of a batch."""

    def __init__(self, place: int, cause: Exception) -> None:
        super().__init__(type(cause).__name__)
        self.place = place
        self.cause = cause


class Intake:
    """Takes batches of raw updates in; returns when each was committed and answered.

    `in_hand` is entered while a batch is handled and committed, so that what is not urgent can wait;
    `several` processes take batches in.
    """

    def __init__(
        self,
        application: Application[Any, Context, Any, Any, Any, Any],
        database: Database,
        send: Send[Saying],
        now: Clock,
        zone: ZoneInfo,
        flood: Flood,
        pause: Pause = asyncio.sleep,
        in_hand: Callable[[], AbstractContextManager[None]] = contextlib.nullcontext,
        layouts: Shelf | None = None,
        several: bool = False,
    ) -> None:
        self._application = application
        self._in_hand = in_hand
        self._layouts = layouts or Shelf()
        self._database = database
        self._now = now
        self._zone = zone
        self._flood = flood
        self._bot_id = application.bot.id
        self._durably = Durably(database, pause)
        self._answering = Answering(self._durably, database.keys, send, now, several)
        self._to_scrub = False
        application.add_error_handler(_note_failure)

    @property
    def away(self) -> bool:
        """Whether the database was away the last time it was asked."""
        return self._durably.away

    async def recover(self) -> None:
        """Owe those whom a former run may not have answered the sight of where they stand."""
        await self._answering.recover()

    async def rest(self) -> None:
        """Note that the last batch was answered: the next one, which would, does not come."""
        await self._answering.rest()

    async def take(self, raws: Sequence[Raw]) -> None:
        """Handle a batch: when this returns, every update of it is durable and answered."""
        once = {number: raw for raw in raws if (number := numbered(raw)) is not None}
        if any(numbered(raw) is None for raw in raws):
            log.error("intake.unnumbered")
        with batch_in_hand():
            await self._settle([Arrival.of(once[number], self._application.bot) for number in sorted(once)])

    async def _speak(self, batch: Batch) -> None:
        """Say what a committed batch has to say."""
        with BATCHES.labels("speak").time():
            await self._answering.speak(batch.sayings, batch.owed, batch.shown)
        await self._scrub(batch)

    async def _settle(self, arrivals: Sequence[Arrival], tries: int = 1) -> None:
        """Commit and speak what can be; split at what fails; quarantine what fails alone."""
        if not arrivals:
            return
        try:
            batch = await self._committed(arrivals)
        except Failed as failure:
            await self._split(arrivals, failure, tries)
        else:
            await self._speak(batch)

    async def _split(self, arrivals: Sequence[Arrival], failure: Failed, tries: int) -> None:
        RETRIES.inc()
        if len(arrivals) > 1:
            place = failure.place
            await self._settle(arrivals[:place])
            await self._settle(arrivals[place : place + 1])
            await self._settle(arrivals[place + 1 :])
        elif tries < TRIES:
            await self._settle(arrivals, tries + 1)
        else:
            await self._quarantine(arrivals[0], failure.cause)

    async def _committed(self, arrivals: Sequence[Arrival]) -> Batch:
        """Handle these updates in one durable transaction; any error blames one update, or the middle one."""

        async def handle(db: AsyncSession) -> tuple[Batch, Noted]:
            batch = Batch(db, self._database.keys, self._now(), self._zone, layouts=self._layouts)
            noted = await self._answering.note(db)
            await self._handle(batch, arrivals)
            return batch, noted

        try:
            with self._in_hand(), BATCHES.labels("commit").time():
                batch, noted = await self._durably.do(handle)
        except Failed:
            raise
        except Exception as bug:
            raise Failed(len(arrivals) // 2, bug) from bug
        self._answering.noted(noted)
        return batch

    async def _handle(self, batch: Batch, arrivals: Sequence[Arrival]) -> None:
        ids = [arrival.update_id for arrival in arrivals]
        new = await new_updates(batch.db, self._bot_id, ids, batch.now)
        UPDATES.labels("new").inc(len(new))
        UPDATES.labels("redelivered").inc(len(ids) - len(new))
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

    async def _meet(self, batch: Batch, arrivals: Sequence[Arrival]) -> None:
        people = {one.sender: one.language for one in arrivals if one.sender is not None}
        batch.accounts = await meet(batch.db, people, batch.now)
        opened = await dialogues.current(batch.db, batch.keys, people)
        batch.places = {account_id: Place.of(one) for account_id, one in opened.items()}
        batch.owed |= await self._answering.owed_to(batch.db, people)

    async def _one(self, batch: Batch, place: int, arrival: Arrival) -> None:
        """Handle one update; raise Failed when a handler did, so that the whole batch is undone."""
        if arrival.update is None:
            raise Failed(place, ValueError("unreadable update"))
        sender = arrival.sender
        if sender is None:
            if not await groups.taken(batch, arrival.update):
                standing.outside(batch, arrival.update)
            return
        if sender not in batch.accounts:  # erased by an update before this one
            batch.accounts |= await meet(batch.db, {sender: arrival.language}, batch.now)
        if not self._admits(batch, arrival, sender):
            return
        if sender in batch.unwritten:  # what this update asks the database must be there
            await _save(batch)
        batch.failure = None
        self._application.bot_data["batch"] = batch
        await self._application.process_update(arrival.update)
        if isinstance(batch.failure, AGAIN):
            raise batch.failure
        if batch.failure is not None:
            raise Failed(place, batch.failure) from batch.failure

    def _admits(self, batch: Batch, arrival: Arrival, sender: int) -> bool:
        """Refuse who writes too fast, and tell them now and then."""
        if arrival.admitted is None:
            arrival.admitted = self._flood.admits(sender, batch.now)
            arrival.told = not arrival.admitted and self._flood.notices(sender, batch.now)
        if arrival.told:
            text = say(batch.accounts[sender].language, "dialogue.too_fast")
            batch.say(Message(sender, text), sender)
        return arrival.admitted

    async def _scrub(self, batch: Batch) -> None:
        """Take what was erased out of the log of the database too; what is in the way now is tried again."""
        self._to_scrub = self._to_scrub or batch.erased
        if self._to_scrub:
            try:
                self._to_scrub = not await self._database.scrub()
            except OperationalError as away:
                log.warning("intake.not_scrubbed", kind=type(away.orig).__name__)

    async def _quarantine(self, arrival: Arrival, cause: Exception) -> None:
        """Put an update that fails alone aside, encrypted, and apologise to its sender."""
        QUARANTINED.inc()
        log.error(
            "intake.quarantined", update_id=arrival.update_id, kind=type(cause).__name__, exc_info=cause
        )
        language = await self._durably.do(lambda db: self._put_aside(db, arrival, cause))
        sender = arrival.complainant
        if sender is not None:
            await self._answering.speak({sender: [Message(sender, say(language, "dialogue.apology"))]})

    async def _put_aside(self, db: AsyncSession, arrival: Arrival, cause: Exception) -> str:
        """Write the quarantine row, and return the language of the sender."""
        now, keys, sender = self._now(), self._database.keys, arrival.complainant
        if await new_updates(db, self._bot_id, [arrival.update_id], now):
            update = _written(arrival.raw)
            await quarantine.put(db, keys, self._bot_id, arrival.update_id, update, repr(cause), sender, now)
        account = None if sender is None else await db.get(Account, sender)
        return arrival.language if account is None else account.language


def _written(raw: Raw) -> bytes:
    """Return an update as JSON, only its number where it is nested too deep to be written."""
    try:
        return json.dumps(raw).encode()  # unlike orjson, it takes whatever json.loads gave
    except RecursionError:
        return json.dumps({"update_id": raw["update_id"], "nested": "too deep"}).encode()


async def _note_failure(update: object, context: Context) -> None:
    """Note what a handler raised: `process_update` itself returns as if nothing had happened."""
    if isinstance(context.error, Exception):
        context.bot_data["batch"].failure = context.error


async def _save(batch: Batch) -> None:
    """Seal and write the drafts that changed, in few statements."""
    changed = batch.changed
    await dialogues.save(batch.db, batch.keys, [one.dialogue for one in changed if not one.dialogue.stored])
    for place in changed:
        place.changed = False
        place.dialogue.asked_at = None  # until it is noted that the present question was shown
        place.dialogue.form_version = place.flow.version
        place.dialogue.keep(place.draft.stored(), batch.now)
    await batch.db.flush()  # a draft names the consent it rests on: that row must be there first
    await dialogues.save(batch.db, batch.keys, [place.dialogue for place in changed])
    await filing.write(batch)
    audited, batch.audited = batch.audited, []
    await audit.note(batch.db, batch.keys, audited, batch.now)
    leaving, batch.leaving = batch.leaving, []
    await fleeting.note_all(batch.db, leaving, batch.now)
    batch.unwritten.clear()
