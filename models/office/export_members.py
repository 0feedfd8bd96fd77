"""Who is in an export: locked until the office's answer is in, so that no other export takes them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    and_,
    delete,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from models.applications import Application
from models.office.exports import Export, Making
from models.states import State
from models.storage.among import among
from models.storage.base import Base, Id, is_literally, one_of, table_of
from models.storage.conflicts import insertion

STANDS: Final = text("outcome IS NULL")


class Fate(StrEnum):
    """What became of somebody after the export; nothing while the office's answer is awaited.

    registered  the office has registered them
    refused     the office sent them back
    taken_back  withdrawn, returned or held here, and the officer was told
    """

    REGISTERED = "registered"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"


class ExportMember(Base):
    """Somebody in an export, under what their sheet is grouped by; `told_at`: when a change was told."""

    __tablename__ = "export_members"
    __table_args__ = (
        Index(
            "uq_export_members_locked",
            "application_id",
            unique=True,
            sqlite_where=STANDS,
            postgresql_where=STANDS,
        ),
    )

    export_id: Mapped[int] = mapped_column(
        Id, ForeignKey("exports.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    grouped: Mapped[str] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(
        Id,
        ForeignKey("applications.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        index=True,
    )
    outcome: Mapped[Fate | None] = mapped_column(one_of(Fate))
    told_at: Mapped[datetime | None]


def inside(column: InstrumentedAttribute[str], codes: Collection[str]) -> ColumnElement[bool]:
    """Return the condition that a village lies in one of these territories; "" is all of Indonesia."""
    if "" in codes:
        return column == column
    return or_(false(), *(and_(column >= code, column < code + ":") for code in sorted(codes)))


def ready(territories: Collection[str], payer: str | None = None) -> ColumnElement[bool]:
    """Return the condition that an application can be exported: accepted, sound, and in no other export."""
    locked = exists().where(ExportMember.application_id == Application.id, ExportMember.outcome.is_(None))
    sound = and_(
        is_literally(Application.state, State.ACCEPTED),
        ~Application.duplicate,
        Application.frozen_at.is_(None),
        Application.closed_as.is_(None),
        ~locked,
    )
    everywhere = "" in territories
    parts = [sound] if everywhere else [sound, inside(Application.village_code, territories)]
    return and_(*parts, *([] if payer is None else [Application.payer == payer]))


async def count_ready(db: AsyncSession, territories: Collection[str]) -> dict[str, int]:
    """Return how many can be exported, by their payer."""
    query = select(Application.payer, func.count()).where(ready(territories)).group_by(Application.payer)
    return {row[0]: int(row[1]) for row in await db.execute(query)}


async def gather(db: AsyncSession, export: Export, after: int, most: int, grouping: Any) -> list[int]:
    """Lock the next applications into an export, by their ids; return those looked at, the last one last.

    `grouping` is what each stands under (a column or ""). Whoever another export took just now is left to it.
    """
    wanted = ready([export.territory], export.payer)
    page = select(Application.id).where(wanted, Application.id > after).order_by(Application.id).limit(most)
    ids = list(await db.scalars(page.with_for_update(of=Application)))
    if ids:
        rows = select(literal(export.id, Id), grouping, Application.id).where(among(Application.id, ids))
        columns = ["export_id", "grouped", "application_id"]
        locked = insertion(db, ExportMember).from_select(columns, rows)
        await db.execute(locked.on_conflict_do_nothing())
    return ids


async def count_members(db: AsyncSession, export_id: int) -> int:
    """Return how many are in an export."""
    counted = select(func.count()).select_from(ExportMember).where(ExportMember.export_id == export_id)
    return await db.scalar(counted) or 0


async def count_fates(db: AsyncSession, export_id: int) -> dict[str, int]:
    """Return how many of an export came to what; "open" are those whose answer is awaited."""
    query = select(ExportMember.outcome, func.count()).where(ExportMember.export_id == export_id)
    rows = await db.execute(query.group_by(ExportMember.outcome))
    return {"open" if row[0] is None else row[0].value: int(row[1]) for row in rows}


async def members(
    db: AsyncSession, export_id: int, after: tuple[str, int], most: int
) -> Sequence[tuple[str, int]]:
    """Return the next of an export behind a (group, application) pair, in the order of the file."""
    place = tuple_(ExportMember.grouped, ExportMember.application_id)
    page = (
        select(ExportMember.grouped, ExportMember.application_id)
        .where(ExportMember.export_id == export_id, place > tuple_(*after))
        .order_by(ExportMember.grouped, ExportMember.application_id)
        .limit(most)
    )
    return [(row.grouped, row.application_id) for row in await db.execute(page)]


async def let_go(db: AsyncSession, application_ids: Iterable[int]) -> None:
    """Take these out of exports that are still being made; of a file that is out the officer is told."""
    unmade = select(Export.id).where(Export.stage != Making.DONE)
    theirs = (among(ExportMember.application_id, application_ids), ExportMember.outcome.is_(None))
    await db.execute(delete(ExportMember).where(*theirs, ExportMember.export_id.in_(unmade)))


async def answered(db: AsyncSession, application_ids: Iterable[int], fate: Fate) -> None:
    """Note what the office answered about these; they are locked no more."""
    standing = (among(ExportMember.application_id, application_ids), ExportMember.outcome.is_(None))
    await db.execute(update(table_of(ExportMember)).where(*standing).values(outcome=fate))


@dataclass(frozen=True, slots=True)
class Changed:
    """Somebody in an export whom the office is no longer to register, by receipt number."""

    export_id: int
    account_id: int
    reference: str


async def changed_since(db: AsyncSession, now: datetime, most: int) -> list[Changed]:
    """Return those withdrawn, sent back or frozen since their export, once: the office gives them back.

    Frozen ones stay locked, the others do not. Whoever was registered by another road is noted as such.
    """
    await _registered_otherwise(db)
    gone = Application.state.not_in([State.ACCEPTED, State.REGISTERED])
    query = (
        select(
            ExportMember.export_id,
            Export.account_id,
            Application.reference,
            Application.id,
            gone.label("gone"),
        )
        .join(Application, Application.id == ExportMember.application_id)
        .join(Export, Export.id == ExportMember.export_id)
        .where(ExportMember.outcome.is_(None), ExportMember.told_at.is_(None), Export.account_id.is_not(None))
        .where(Export.stage == Making.DONE, or_(gone, Application.frozen_at.is_not(None)))
        .order_by(ExportMember.export_id, Application.id)
        .limit(most)
    )
    rows = list(await db.execute(query))
    open_ones = update(table_of(ExportMember)).where(ExportMember.outcome.is_(None))
    if rows:
        told = open_ones.where(among(ExportMember.application_id, [row.id for row in rows]))
        await db.execute(told.values(told_at=now))
        await answered(db, [row.id for row in rows if row.gone], Fate.TAKEN_BACK)
    return [Changed(row.export_id, row.account_id, row.reference) for row in rows]


async def _registered_otherwise(db: AsyncSession) -> None:
    registered = select(Application.id).where(
        Application.id == ExportMember.application_id, Application.state == State.REGISTERED
    )
    noted = update(table_of(ExportMember)).where(ExportMember.outcome.is_(None), registered.exists())
    await db.execute(noted.values(outcome=Fate.REGISTERED))
