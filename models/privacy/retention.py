"""Retention as it was carried out: what is held per kind, how old it is, and what the last run destroyed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.storage.base import Base, table_of
from models.storage.conflicts import insertion
from rules.retention import Rule, kept, rules


class RetentionRun(Base):
    """The last run of one rule: when, how many rows went, and how many since the first run."""

    __tablename__ = "retention_runs"

    name: Mapped[str] = mapped_column(primary_key=True)
    ran_at: Mapped[datetime]
    destroyed: Mapped[int]
    in_all: Mapped[int]


@dataclass(frozen=True, slots=True)
class Held:
    """How much of one kind is held, since when the oldest, how much of it is due, and the last run."""

    rule: Rule
    count: int
    oldest: date | datetime | None
    due: int
    run: RetentionRun | None


async def note(db: AsyncSession, destroyed: Mapping[str, int], now: datetime) -> None:
    """Note what a run destroyed, rule by rule."""
    table = table_of(RetentionRun)
    for name, count in sorted(destroyed.items()):
        row = {"name": name, "ran_at": now, "destroyed": count, "in_all": count}
        new = insertion(db, RetentionRun).values(row)
        again = {"ran_at": now, "destroyed": count, "in_all": table.c.in_all + count}
        await db.execute(new.on_conflict_do_update(index_elements=["name"], set_=again))


async def report(db: AsyncSession, now: datetime) -> list[Held]:
    """Return what is held of every kind."""
    runs = {run.name: run for run in await db.scalars(select(RetentionRun))}
    return [await _held(db, rule, now, runs.get(rule.name)) for rule in rules().values()]


async def _held(db: AsyncSession, rule: Rule, now: datetime, run: RetentionRun | None) -> Held:
    table = Base.metadata.tables[rule.table]
    count = await db.scalar(select(func.count()).select_from(table)) or 0
    if not rule.moment or rule.days is None:
        return Held(rule, count, None, 0, run)
    moment: Any = table.c[rule.moment]
    oldest = await db.scalar(select(func.min(moment)))
    return Held(rule, count, oldest, await due(db, rule, now), run)


async def due(db: AsyncSession, rule: Rule, now: datetime) -> int:
    """Return how many rows of a kind are past their time, by the column that tells their age."""
    table = Base.metadata.tables[rule.table]
    moment: Any = table.c[rule.moment]
    before: Any = now - kept(rule.name)
    condition = moment < (before.date() if isinstance(moment.type, Date) else before)
    if rule.name == "closed":
        condition &= table.c.state == "withdrawn"
    if rule.name == "hand_overs":
        condition &= table.c.spent_at.is_(None)
    return await db.scalar(select(func.count()).select_from(table).where(condition)) or 0
