"""After the commit: what a batch has to say is said; who is not answered is owed the sight of their place.

That somebody was answered, and which of our messages are to leave their chats again, is noted with the next
batch, when nothing comes, or at a clean stop. Whoever is not noted when the bot starts may have heard
nothing, since a tap lives 150 seconds and is then never sent again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.durably import Durably
from models import dialogues
from models.accounts import Account, mark_unreachable
from models.owing import deliveries, fleeting, sending
from models.storage.keys import Keys
from post.outcome import Broken, Gone, Halted, Later, Outcome, Sent, Uncertain, Unreachable
from post.sayings import Delete, Saying, leaves
from post.speak import Send, Unsaid, speak

CEILING: Final = 20.0
"""Seconds the speaking of one batch may take; what is not said by then is owed."""

SIDE_BY_SIDE: Final = 48
"""How many chats are spoken to at once."""

OWED_FOR: Final = timedelta(days=1)
"""How long the sight of where one stands is owed: as long as Telegram keeps the words it answers."""

AFTER_START: Final = 10.0
"""Seconds after the start until who was perhaps not answered is: most are, by an update that comes again."""

LEFT: Final = timedelta(seconds=30)
"""With several processes: who answered longer ago is not just being spoken to by a living one."""

Shown = tuple[int, int]
"""A dialogue and its version."""

OurMessage = tuple[int, int]
"""A message of ours: its chat and its number."""

NOWHERE: Final[Mapping[int, Shown]] = {}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Noted:
    """What was written into a transaction, to be forgotten once it is committed."""

    answered: Mapping[int, Shown]
    leaving: Sequence[OurMessage]


class Answering:
    """Speaks, and remembers who has been answered: the dialogue in front of each, and its version.

    `several` processes answer people: what is not noted yet may be what another one has in hand.
    """

    def __init__(
        self,
        durably: Durably,
        keys: Keys,
        send: Send[Saying],
        now: Callable[[], datetime],
        several: bool = False,
    ) -> None:
        self._durably = durably
        self._keys = keys
        self._send = send
        self._now = now
        self._several = several
        self._answered: dict[int, Shown] = {}
        self._owed: set[int] = set()
        self._leaving: dict[OurMessage, None] = {}

    async def recover(self) -> None:
        """Owe those whom a former run may not have answered the sight of where they stand."""

        async def owe(db: AsyncSession) -> set[int]:
            if not self._several:
                await sending.take_back_places(db, self._now() + timedelta(seconds=AFTER_START))
            already = await deliveries.places_owed(db)
            unasked = await dialogues.unasked(db, self._now() - LEFT if self._several else None)
            await self._owe(db, dict.fromkeys(unasked - already, 0.0 if self._several else AFTER_START))
            await dialogues.note_asked(db, unasked, self._now())
            return already | unasked

        self._owed = await self._durably.do(owe)

    async def owed_to(self, db: AsyncSession, people: Iterable[int]) -> set[int]:
        """Return who of these is owed the sight of where they stand by another process."""
        return await deliveries.places_owed(db, people) if self._several else set()

    async def note(self, db: AsyncSession) -> Noted:
        """Note what came of the speaking since the last time; pass the result to `noted` after the commit."""
        noted = Noted(dict(self._answered), tuple(self._leaving))
        if noted.answered:
            await dialogues.note_shown(db, noted.answered.values(), self._now())
        await fleeting.note_all(db, noted.leaving, self._now())
        return noted

    def noted(self, noted: Noted) -> None:
        """Forget what is noted."""
        for person, shown in noted.answered.items():
            if self._answered.get(person) == shown:
                self._answered.pop(person, None)
        for message in noted.leaving:
            self._leaving.pop(message, None)

    async def rest(self) -> None:
        """Note now what came of the speaking: no further batch will, or not soon."""
        if self._answered or self._leaving:
            self.noted(await self._durably.do(self.note))

    async def speak(
        self,
        sayings: Mapping[int, Sequence[Saying]],
        owed: Iterable[int] = (),
        shown: Mapping[int, Shown] = NOWHERE,
    ) -> None:
        """Say it all; `owed` are those who are owed the sight of where they stand until they are answered.

        `shown` are the dialogues in front of people, as they stand in what is said.
        """
        unsaid = await speak(self._noting, sayings, concurrency=SIDE_BY_SIDE, deadline_seconds=CEILING)
        for reason in {one.outcome.reason for one in unsaid if isinstance(one.outcome, Broken)}:
            log.error("intake.broken", reason=reason)
        gone = {one.chat_id: one.outcome.reason for one in unsaid if isinstance(one.outcome, Unreachable)}
        waits = _waits(unsaid)
        answered = sayings.keys() - waits.keys()
        settled = sayings.keys() & (self._owed | set(owed))
        left = _left(sayings, unsaid)
        if gone or waits or settled or left:
            await self._durably.do(lambda db: self._settle(db, gone, waits, settled, left))
        self._owed = (self._owed - answered) | waits.keys()
        self._answered |= {person: shown[person] for person in answered & shown.keys()}

    async def _noting(self, saying: Saying) -> Outcome:
        """Send, and remember which messages hold identity data and leave their chats within a day."""
        outcome = await self._send(saying)
        if leaves(saying) and isinstance(outcome, Sent) and outcome.message_id is not None:
            self._leaving[saying.chat_id, outcome.message_id] = None  # type: ignore[union-attr]
        return outcome

    async def _settle(
        self,
        db: AsyncSession,
        gone: Mapping[int, str],
        waits: Mapping[int, float],
        settled: Iterable[int],
        left: Sequence[OurMessage],
    ) -> None:
        """Note who cannot be reached and who is still to be answered; nobody is owed the same twice.

        What should have left a chat (`left`) is tried again until it has.
        """
        await fleeting.note_all(db, left, self._now(), timedelta(0))
        for person, reason in sorted(gone.items()):
            await mark_unreachable(db, person, reason)
            await deliveries.cancel(db, person)
        await deliveries.places_settled(db, settled)
        await self._owe(db, waits)

    async def _owe(self, db: AsyncSession, waits: Mapping[int, float]) -> None:
        """Owe these people the sight of where they stand, each after so many seconds."""
        known = {person: wait for person, wait in waits.items() if await db.get(Account, person)}
        if known:
            log.warning("intake.replies_owed", count=len(known))
            now = self._now()
            owed = [place_owed(person, wait, now) for person, wait in known.items()]
            await deliveries.owe(db, self._keys, owed, now)


def place_owed(person: int, seconds: float, now: datetime) -> deliveries.Owed:
    """Return what is owed to somebody who may not be answered: the sight of where they stand."""
    return deliveries.Owed(
        lane=deliveries.Lane.REPLY,
        promise=deliveries.Promise.AT_LEAST_ONCE,
        dedupe=f"place:{person}:{now.isoformat()}:{seconds:g}",
        chat_id=person,
        kind=deliveries.PLACE,
        payload={},
        not_before=now + timedelta(seconds=max(1.0, seconds)),
        account_id=person,
        expires_at=now + OWED_FOR,
    )


def _left(sayings: Mapping[int, Sequence[Saying]], unsaid: Iterable[Unsaid]) -> list[OurMessage]:
    """Return the messages that should have left their chats and may be there still."""
    failed = [sayings[one.chat_id][one.index] for one in unsaid if not isinstance(one.outcome, Gone | Broken)]
    return [(one.chat_id, one.message_id) for one in failed if isinstance(one, Delete)]


def _waits(unsaid: Iterable[Unsaid]) -> dict[int, float]:
    """Return the people who are still to be answered, and the seconds Telegram asks us to wait."""
    waits: dict[int, float] = {}
    for one in unsaid:
        if one.chat_id > 0 and isinstance(one.outcome, Later | Uncertain | Halted):
            seconds = one.outcome.seconds if isinstance(one.outcome, Later) else 0.0
            waits[one.chat_id] = max(seconds, waits.get(one.chat_id, 0.0))
    return waits
