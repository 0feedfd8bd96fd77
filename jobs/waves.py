"""Between two waves, one transaction: what was sent is settled, what is due is claimed, at the pace."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from models.owing import buckets, deliveries, fleeting, handing_on, sending, settlements
from models.owing.deliveries import PROOF, Claimed, Fate, Lane
from models.owing.settlements import Settlement
from models.reminding.reminders import DIGEST, REMINDER
from models.storage.database import Database
from post.pace import HORIZON, Line, Rates, Replies
from rules.calendar import ZONES, local_day

BULK: Final = (Lane.REMINDER, Lane.BROADCAST)
"""The lanes that give way: to replies, after a 429, and when too much goes wrong."""


@dataclass(frozen=True, slots=True)
class Pausing:
    """Lanes to be paused for every process, and why."""

    lanes: Sequence[Lane]
    lasts: timedelta
    reason: str


@dataclass(frozen=True, slots=True)
class Wave:
    """Messages in hand, each with its moment; `wait` is the seconds until there is room, None when idle."""

    messages: Sequence[tuple[datetime, Claimed]] = ()
    wait: float | None = None


class Waves:
    """Claims wave after wave, and keeps what is to be settled until that is durable."""

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime],
        rates: Rates,
        replies: Replies,
        lease: timedelta,
        by_database_clock: bool,
    ) -> None:
        self._database = database
        self._now = now
        self._rates = rates
        self._replies = replies
        self._lease = lease
        self._by_database_clock = by_database_clock
        self._done: list[Settlement] = []
        self._leaving: list[tuple[int, int]] = []
        self._pauses: list[Pausing] = []

    @property
    def unsettled(self) -> bool:
        """Whether something was sent that is not noted yet."""
        return bool(self._done)

    @property
    def interrupted(self) -> bool:
        """Whether something happened that the rest of the wave must not be sent after."""
        return bool(self._pauses)

    def settle(self, *settlements: Settlement) -> None:
        """Note with the next wave what became of messages."""
        self._done.extend(settlements)

    def leaves(self, chat_id: int, message_id: int) -> None:
        """Note with the next wave that a message is to leave its chat within a day."""
        self._leaving.append((chat_id, message_id))

    def pause(self, lanes: Sequence[Lane], lasts: timedelta, reason: str) -> None:
        """Pause lanes with the next wave, for every process."""
        self._pauses.append(Pausing(lanes, lasts, reason))

    async def next(self, *, claiming: bool = True) -> Wave:
        """Settle what is done and claim what is due; what is not durable when this raises is kept."""
        done, pauses, leaving = tuple(self._done), tuple(self._pauses), tuple(self._leaving)
        said, flood = self._replies.count, self._replies.flood
        if not (done or pauses or said or flood) and not (claiming and await self._waiting()):
            return Wave()
        if flood:
            pauses = (*pauses, Pausing(BULK, timedelta(seconds=flood), "429 to a reply"))
        await self._replies.let_pass()
        async with self._database.begin() as db:
            await self._note(db, done)
            await fleeting.note_all(db, leaving, self._now())
            wave = await self._at_pace(db, pauses, said, claiming)
        del self._done[: len(done)]
        del self._leaving[: len(leaving)]
        del self._pauses[: len(pauses) - bool(flood)]
        self._replies.forget(said, flood)
        return wave

    async def _waiting(self) -> bool:
        async with self._database.begin() as db:
            return bool(await sending.lanes_due(db, self._now()))

    async def _note(self, db: AsyncSession, done: Sequence[Settlement]) -> None:
        """Settle, dead chats first: accounts are locked before deliveries, everywhere."""
        if not done:
            return
        await settlements.bury(
            db, {each.claimed.chat_id: each.error or "" for each in done if each.fate is Fate.DEAD}
        )
        await self._hand_on(db, done)
        await settlements.settle(db, done)
        if any(each.claimed.kind == PROOF for each in done):
            await deliveries.forget_proofs(db)
        for each in done:
            if each.chat_id is not None:
                await settlements.move(db, each.claimed.chat_id, each.chat_id)
        await settlements.space(db, self._apart(done))
        await fleeting.note_all(db, _fleeting(done), self._now())

    async def _hand_on(self, db: AsyncSession, done: Iterable[Settlement]) -> None:
        """Let the next in reach be reminded in place of chats that turned out to be dead."""
        dead = [
            each.claimed
            for each in done
            if each.fate is Fate.DEAD and each.claimed.kind in (REMINDER, DIGEST)
        ]
        if dead:
            day = local_day(self._now(), ZONES[-1])  # while reminders are sent it is the same date everywhere
            accounts = {each.chat_id for each in dead}
            await handing_on.hand_on(db, accounts, [each.id for each in dead], self._now(), day)

    def _apart(self, done: Iterable[Settlement]) -> dict[int, datetime]:
        """Return until when chats wait: a moment after each message, and as long as Telegram asked."""
        now, waits = self._now(), dict[int, datetime]()
        for each in done:
            chat = each.claimed.chat_id
            if each.fate in (Fate.SENT, Fate.UNCERTAIN):
                waits[chat] = now + self._rates.apart(chat)
            elif each.fate is Fate.QUEUED and each.not_before is not None and not each.alone:
                waits[chat] = each.not_before
        return waits

    async def _at_pace(self, db: AsyncSession, pauses: Iterable[Pausing], said: int, claiming: bool) -> Wave:
        """Claim as many as the line has room for; until the commit every other process waits here."""
        held = await buckets.hold(db, None if self._by_database_clock else self._now())
        now = self._now()
        for each in pauses:
            await buckets.pause(db, each.lanes, held.now, each.lasts, each.reason)
        paused = await buckets.paused(db, held.now)
        line = Line(self._rates, held.ahead, slow=bool(paused))
        line.yield_to(said, held.elapsed)
        due = await sending.lanes_due(db, now) if claiming else []
        messages = await self._claimed(db, line, [lane for lane in due if lane not in paused], now)
        await buckets.put_back(db, held, line.ahead)
        if messages or line.room(bulk=True) or not due:
            return Wave(messages)
        return Wave(wait=max(line.ahead - HORIZON / 2, HORIZON / 10))

    async def _claimed(
        self, db: AsyncSession, line: Line, lanes: Iterable[Lane], now: datetime
    ) -> list[tuple[datetime, Claimed]]:
        messages: list[tuple[datetime, Claimed]] = []
        for lane in lanes:
            room = line.room(bulk=lane in BULK)
            if not room:
                continue
            wave = await sending.claim(db, self._database.keys, now, room, self._lease, [lane])
            moments = line.take(len(wave), bulk=lane in BULK)
            messages += [(now + timedelta(seconds=at), each) for at, each in zip(moments, wave, strict=True)]
        return messages


def _fleeting(done: Iterable[Settlement]) -> list[tuple[int, int]]:
    """Return the messages among these that are to leave their chats again."""
    return [
        (each.claimed.chat_id, each.message_id)
        for each in done
        if each.fate is Fate.SENT and each.claimed.kind in fleeting.KINDS and each.message_id is not None
    ]
