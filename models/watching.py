"""What is worth watching, as numbers: asked by index, for whoever reads the metrics and for the alarms."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.applications import Application
from models.data_requests import DataRequest
from models.dialogues import Dialogue
from models.owing import figures
from models.owing.buckets import Pause
from models.owing.deliveries import Delivery, Fate, Lane, in_state
from models.owing.figures import Waiting
from models.owing.fleeting import Fleeting
from models.quarantine import Quarantine

HELD_UP: Final = timedelta(minutes=5)
"""A reply or news that waits longer than this is held up; reminders may wait their turn."""

PROMPT: Final = (Lane.REPLY, Lane.TRANSACTION)
LEGAL: Final = timedelta(hours=48)
"""What somebody asked of their data and waits longer is urgent: the law gives 72 hours."""

CHAT: Final = timedelta(hours=40)
"""A message with people's data in a chat for longer is urgent: after 48 hours nobody can delete it."""

BACKUP: Final = timedelta(hours=26)
"""A backup that is older has been missed."""

DISK: Final = 0.10
"""The least share of the disk that must be free."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What waits and what is open, at a moment. Ages are seconds, 0 where there is nothing."""

    waiting: tuple[Waiting, ...] = ()
    uncertain: int = 0
    quarantine: int = 0
    paused: tuple[Lane, ...] = ()
    requests: int = 0
    oldest_request: float = 0.0
    fleeting: int = 0
    oldest_fleeting: float = 0.0


@dataclass(frozen=True, slots=True)
class Stock:
    """How much there is; counting it takes longer, so it is asked seldom."""

    applications: Mapping[str, int] = field(default_factory=dict)
    forms: Mapping[str, int] = field(default_factory=dict)


async def watch(db: AsyncSession, now: datetime) -> Watched:
    """Return what waits and what is open."""
    waiting = await figures.waiting(db, now)
    uncertain = (in_state(Fate.UNCERTAIN), Delivery.not_before >= now - figures.A_WEEK)
    paused = await db.scalars(select(Pause.lane).where(Pause.until > now).order_by(Pause.lane))
    asked = select(func.count(), func.min(DataRequest.asked_at)).where(DataRequest.done_at.is_(None))
    requests, first_asked = (await db.execute(asked)).one()
    left = select(func.count(), func.min(Fleeting.sent_at))
    fleeting, first_sent = (await db.execute(left)).one()
    return Watched(
        waiting=waiting,
        uncertain=await db.scalar(select(func.count()).select_from(Delivery).where(*uncertain)) or 0,
        quarantine=await db.scalar(select(func.count()).select_from(Quarantine)) or 0,
        paused=tuple(Lane(lane) for lane in paused),
        requests=requests,
        oldest_request=_age(first_asked, now),
        fleeting=fleeting,
        oldest_fleeting=_age(first_sent, now),
    )


async def stock(db: AsyncSession) -> Stock:
    """Return how many applications there are by state, and unfinished forms by dialogue."""
    applications = select(Application.state, func.count()).group_by(Application.state)
    forms = select(Dialogue.flow, func.count()).group_by(Dialogue.flow)
    return Stock(
        {str(state): count for state, count in await db.execute(applications)},
        {str(flow): count for flow, count in await db.execute(forms)},
    )


def alarms(seen: Watched, now: datetime) -> tuple[str, ...]:
    """Return what needs somebody, of what the database knows: names for the log, the page and the rules."""
    held = any(one.lane in PROMPT and one.oldest and now - one.oldest > HELD_UP for one in seen.waiting)
    raised = {
        "held_up": held,
        "quarantine": seen.quarantine > 0,
        "legal": seen.oldest_request > LEGAL.total_seconds(),
        "chat": seen.oldest_fleeting > CHAT.total_seconds(),
    }
    return tuple(name for name, up in raised.items() if up)


def _age(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())
