"""What each recipient of a broadcast gets: the author's own message, copied as it is.

Whether an account is still to be written to is asked here, right before it is.
"""

import html
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.broadcasting import broadcasts, recipients
from models.broadcasting.broadcasts import Broadcast, Stage
from models.broadcasting.recipients import REST
from models.owing.deliveries import Claimed
from models.storage.keys import Keys
from post.sayings import Copy, Message, Saying
from rules.broadcasts import open_zones
from rules.calendar import ZONES, local_day

Said = Mapping[int, tuple[Saying, ...] | datetime]
Resting = Callable[[AsyncSession, Sequence[Claimed], datetime], Awaitable[Said]]
"""Puts owed messages into words, or says until when they rest."""

GOING_ON = (Stage.RUNNING, Stage.PAUSED, Stage.PLANNING, Stage.HELD, Stage.ASKED)


def saying(held: Broadcast, keys: Keys, chat_id: int) -> Saying:
    """Return a broadcast's message for a chat."""
    text = held.said(keys)
    if text is not None:
        return Message(chat_id, html.escape(text, quote=False))
    return Copy(chat_id, held.origin_chat, held.origin_message)


class Copies:
    """The copies of broadcasts."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    async def compose(self, db: AsyncSession, wave: Sequence[Claimed], now: datetime) -> Said:
        """Return each recipient's copy; a rest while the broadcast pauses or the zone sleeps.

        Nothing for who is no longer to be written to, or when the broadcast is over.
        """
        parts: dict[int, list[Claimed]] = defaultdict(list)
        for each in wave:
            parts[each.subject_id or 0].append(each)
        known = await broadcasts.are_sent(db, parts)
        said: dict[int, tuple[Saying, ...] | datetime] = {}
        for number, part in parts.items():
            if number in known and known[number].stage in GOING_ON:
                said |= await self._part(db, known[number], part, now)
        return said

    async def _part(self, db: AsyncSession, held: Broadcast, part: Sequence[Claimed], now: datetime) -> Said:
        assert held.expires_at is not None  # noqa: S101 - recipients are made after it
        rest, awake = held.expires_at + REST, open_zones(now)
        going = [each for each in part if held.stage is Stage.RUNNING and each.step in awake]
        asleep = dict.fromkeys({each.id for each in part} - {each.id for each in going}, rest)
        today = local_day(now, ZONES[-1])
        still = await recipients.still(db, held, [each.chat_id for each in going], today)
        copies = {
            each.id: (saying(held, self._keys, each.chat_id),) for each in going if each.chat_id in still
        }
        return copies | asleep
