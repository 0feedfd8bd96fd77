"""The pace that all processes share: how far the line of moments is given out, and which lanes are paused."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.owing.deliveries import Lane
from models.storage.base import Base, table_of
from models.storage.clock import from_now
from models.storage.conflicts import insert_new, insertion

ALL = "all"
"""The bucket of everything one bot sends."""


class Bucket(Base):
    """A line of moments to send at, given out up to `free_at`; replies are counted up to `counted_at`."""

    __tablename__ = "buckets"

    name: Mapped[str] = mapped_column(primary_key=True)
    free_at: Mapped[datetime]
    counted_at: Mapped[datetime]


class Pause(Base):
    """A lane in which nobody sends until a moment, and why."""

    __tablename__ = "pauses"

    lane: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    since: Mapped[datetime]
    until: Mapped[datetime]
    reason: Mapped[str]


@dataclass(frozen=True, slots=True)
class Held:
    """A bucket in one hand: until the transaction ends, every other process waits for it."""

    name: str
    now: datetime
    ahead: float
    elapsed: float


async def hold(db: AsyncSession, now: datetime | None = None, name: str = ALL) -> Held:
    """Take the bucket in hand; `now` is the caller's clock, None asks the database's, which all share.

    `ahead` is for how many seconds moments are given out, `elapsed` how long ago replies were counted.
    """
    found = await _locked(db, name)
    if found is None:
        begin = now or await database_time(db)
        await insert_new(db, Bucket, [{"name": name, "free_at": begin, "counted_at": begin}])
        found = await _locked(db, name)
        assert found is not None  # noqa: S101 - it was inserted just now, or by somebody else before
    free_at, counted_at = found
    moment = now or await database_time(db)  # asked after the wait for the lock
    ahead, elapsed = free_at - moment, moment - counted_at
    return Held(name, moment, ahead.total_seconds(), max(0.0, elapsed.total_seconds()))


async def put_back(db: AsyncSession, held: Held, ahead: float) -> None:
    """Note how far moments are given out now; replies are counted in."""
    values = {"free_at": held.now + timedelta(seconds=ahead), "counted_at": held.now}
    await db.execute(update(table_of(Bucket)).where(Bucket.name == held.name).values(values))


async def pause(
    db: AsyncSession, lanes: Iterable[Lane], now: datetime, lasts: timedelta, reason: str
) -> None:
    """Pause lanes for every process; a pause that lasts longer already stays."""
    rows = [
        {"lane": int(lane), "since": now, "until": now + lasts, "reason": reason} for lane in sorted(lanes)
    ]
    if not rows:
        return
    new = insertion(db, Pause)
    shorter = (Pause.until < new.excluded.until) | (Pause.since > new.excluded.since)
    replaced = {name: new.excluded[name] for name in ("since", "until", "reason")}
    await db.execute(new.on_conflict_do_update(index_elements=["lane"], set_=replaced, where=shorter), rows)


async def paused(db: AsyncSession, now: datetime) -> Mapping[Lane, Pause]:
    """Return the pauses in force. One that begins in the future was made by a clock that has gone back."""
    in_force = select(Pause).where(Pause.since <= now, Pause.until > now)
    return {Lane(each.lane): each for each in await db.scalars(in_force)}


async def database_time(db: AsyncSession) -> datetime:
    """Return the present moment of the database."""
    moment: datetime = (await db.execute(select(from_now()))).scalar_one()
    return moment


async def _locked(db: AsyncSession, name: str) -> tuple[datetime, datetime] | None:
    query = select(Bucket.free_at, Bucket.counted_at).where(Bucket.name == name).with_for_update()
    row = (await db.execute(query)).one_or_none()
    return None if row is None else (row.free_at, row.counted_at)
