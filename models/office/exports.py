"""Exports: files for the office, who is in each, and how far the making is.

waiting → running → done | failed; done → waiting when the file is made again. One process holds an export for
a short lease, by the database's clock. Who is in an export is locked until the office's answer is in: no
other export takes them.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    and_,
    false,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.storage.base import Base, Id, one_of, table_of
from models.storage.clock import from_now
from models.storage.ids import new_id
from rules.exports import waits_for

LEASE: Final = timedelta(seconds=120)
"""Longer than a page takes to be gathered or written, and longer than a part takes to be sent."""

UNDER_WAY: Final = text("stage IN ('waiting', 'running')")


ASKED: Final = "export_asked"
"""The kind of delivery that asks a second person to agree to an export."""

NEWS: Final = "export_news"
"""The kind of delivery that tells whoever asked for an export what became of that question."""


class Making(StrEnum):
    """Where the making of an export stands.

    waiting    asked for; nobody has begun
    running    it is being gathered, written or sent
    done       the file was sent, or there was nobody to export
    failed     it could not be made or sent; it can be made again
    """

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Export(Base):
    """A file for the office: by whom (None from the command line), of which territory and payer, how laid.

    The layout's text rests here too, so that the same file can be made again after the layout has changed.
    `gathered`: it is settled who is in it; `members` how many. `written` and `parts_sent` tell how far the
    file is, `times` how often it was made, `mark` what the rows of the first one came to. Since `asked_at`
    a second person is waited for, who is noted as `agreed_by`.
    """

    __tablename__ = "exports"
    __table_args__ = (
        Index("ix_exports_under_way", "made_at", sqlite_where=UNDER_WAY, postgresql_where=UNDER_WAY),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    account_id: Mapped[int | None] = mapped_column(
        Id, ForeignKey("accounts.id", ondelete="SET NULL"), index=True
    )
    territory: Mapped[str]
    payer: Mapped[str | None]
    layout: Mapped[str]
    layout_text: Mapped[str]
    layout_sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    language: Mapped[str]
    stage: Mapped[Making] = mapped_column(one_of(Making))
    gathered: Mapped[bool]
    members: Mapped[int]
    written: Mapped[int]
    parts_sent: Mapped[int]
    times: Mapped[int]
    mark: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    tries: Mapped[int]
    progress_message: Mapped[int | None] = mapped_column(Id)
    asked_at: Mapped[datetime | None]
    agreed_by: Mapped[int | None] = mapped_column(Id)
    held_until: Mapped[datetime | None]
    made_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    def waits(self, now: datetime) -> bool:
        """Return whether a second person is waited for."""
        asked = self.asked_at is not None and now - self.asked_at < waits_for()
        return asked and self.agreed_by is None and self.stage is Making.WAITING


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an export is to be: of which territory (a region code, "" for all), which payer, what layout."""

    territory: str
    payer: str | None
    layout: str
    layout_text: str
    layout_sha256: bytes
    language: str


async def begin(db: AsyncSession, account_id: int | None, wanted: Wanted, now: datetime) -> Export:
    """Ask for an export; who is in it is settled when it is taken up."""
    export = Export(
        id=new_id(now),
        account_id=account_id,
        territory=wanted.territory,
        payer=wanted.payer,
        layout=wanted.layout,
        layout_text=wanted.layout_text,
        layout_sha256=wanted.layout_sha256,
        language=wanted.language,
        stage=Making.WAITING,
        gathered=False,
        members=0,
        written=0,
        parts_sent=0,
        times=0,
        tries=0,
        made_at=now,
    )
    db.add(export)
    await db.flush()
    return export


async def latest(db: AsyncSession, territories: Collection[str], most: int) -> list[Export]:
    """Return the exports made last within these territories, the newest first."""
    mine = select(Export) if "" in territories else select(Export).where(_covers(territories))
    return list(await db.scalars(mine.order_by(Export.id.desc()).limit(most)))


async def seen(db: AsyncSession, export_id: int, territories: Collection[str]) -> Export | None:
    """Return an export within these territories, held until the transaction ends; None for any other."""
    wanted = select(Export).where(Export.id == export_id).with_for_update()
    found = await db.scalar(wanted, execution_options={"populate_existing": True})
    if found is None or not any(found.territory.startswith(code) for code in territories):
        return None
    return found


def _covers(territories: Collection[str]) -> ColumnElement[bool]:
    return or_(false(), *(Export.territory.startswith(code, autoescape=True) for code in territories))


async def again(db: AsyncSession, export: Export, account_id: int, language: str, now: datetime) -> bool:
    """Have the same file made again for whoever asks; False while it is under way."""
    if export.stage in (Making.WAITING, Making.RUNNING):
        return False
    export.account_id, export.language = account_id, language
    export.stage, export.written, export.parts_sent, export.tries = Making.WAITING, 0, 0, 0
    export.progress_message, export.finished_at = None, None
    export.asked_at, export.agreed_by = None, None
    await db.flush()
    return True


_UNANSWERED: Final = and_(Export.asked_at.is_not(None), Export.agreed_by.is_(None))


async def unanswered(db: AsyncSession, since: datetime) -> list[Export]:
    """Return the exports that wait for a second person who was asked at some moment or before, held."""
    late = select(Export).where(UNDER_WAY, _UNANSWERED, Export.asked_at <= since)
    rows = await db.scalars(
        late.with_for_update(skip_locked=True), execution_options={"populate_existing": True}
    )
    return list(rows)


async def let_go(db: AsyncSession, export: Export) -> None:
    """Let go of an export that waits for a second person."""
    await db.execute(update(table_of(Export)).where(Export.id == export.id).values(held_until=None))


async def take(db: AsyncSession) -> Export | None:
    """Take the export that waits longest, for a while; None when none waits or all are in other hands.

    Those of the command line (without an account) are made there.
    """
    free = or_(Export.held_until.is_(None), Export.held_until < from_now())
    first = (
        select(Export.id)
        .where(UNDER_WAY, free, Export.account_id.is_not(None), ~_UNANSWERED)
        .order_by(Export.made_at, Export.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    taken = (
        update(table_of(Export))
        .where(Export.id == first.scalar_subquery())
        .values(stage=Making.RUNNING, tries=Export.tries + 1, held_until=from_now(LEASE))
        .returning(Export.id)
    )
    number = await db.scalar(taken)
    return None if number is None else await db.get_one(Export, number, populate_existing=True)


async def note(db: AsyncSession, export: Export, **values: Any) -> None:
    """Note how far an export is, and hold it anew."""
    moved = update(table_of(Export)).where(Export.id == export.id)
    await db.execute(moved.values(held_until=from_now(LEASE), **values))
    for name, value in values.items():
        setattr(export, name, value)


async def release(db: AsyncSession, export: Export, after: timedelta = timedelta(0)) -> None:
    """Let go of an export, for whoever comes first from some time on."""
    let_go = update(table_of(Export)).where(Export.id == export.id, Export.stage == Making.RUNNING)
    await db.execute(let_go.values(held_until=from_now(after)))


async def finish(db: AsyncSession, export: Export, stage: Making, now: datetime, mark: bytes | None) -> None:
    """Note that the file was sent, or could not be; `mark` is kept of the first time."""
    ended = update(table_of(Export)).where(Export.id == export.id)
    times = 1 if stage is Making.DONE else 0
    await db.execute(
        ended.values(
            stage=stage,
            held_until=None,
            finished_at=now,
            times=Export.times + times,
            mark=func.coalesce(Export.mark, mark),
        )
    )
