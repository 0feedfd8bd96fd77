"""Coverage: the counts of every place, kept current by counting anew what was touched.

Triggers (migration 0014) note each village whose registrations, memberships, contributions, places or lists
change, in the same transaction. `count_some` takes notes, counts those villages anew from the rows
themselves, and notes the places around them; so a count is exact as soon as no note lies in it, and a kill
loses nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import orjson
from sqlalchemy import ColumnElement, Index, delete, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from models.counting.coverage_counting import Counts, counted
from models.storage.among import among
from models.storage.base import Base, Id, table_of
from models.storage.conflicts import insertion
from rules.coverage import Tally, added, parent
from rules.regions import LEVELS, VILLAGE

VILLAGES_AT_ONCE: Final = 100
"""How many villages are counted in one transaction."""

UPWARDS: Final = (*sorted(LEVELS, reverse=True), 0)
"""The levels in the order in which they are counted: villages first, Indonesia last."""

EMPTY: Final = "{}"


class Coverage(Base):
    """The tally of one place (rules/coverage.py) as JSON: what is, what was in each month, and shares of it.

    `level` is how many digits the code has, `around` the code of the place right around it; the place of no
    digits is Indonesia, and nothing is around that. Nothing is counted where there is no row.
    """

    __tablename__ = "coverage"
    __table_args__ = (Index("ix_coverage_level_code", "level", "code"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[int]
    around: Mapped[str | None] = mapped_column(index=True)
    present: Mapped[str]
    history: Mapped[str]
    shares: Mapped[str]


class Touched(Base):
    """A note that a place is to be counted anew; there may be several of one place."""

    __tablename__ = "coverage_touched"
    __table_args__ = (Index("ix_coverage_touched_level_code", "level", "code"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    level: Mapped[int]
    code: Mapped[str]


@dataclass(frozen=True, slots=True)
class Counted:
    """The tally of a place; `shares` is read only where it is asked for."""

    code: str
    tally: Tally
    shares: Tally = field(default_factory=dict)


async def of_place(db: AsyncSession, code: str) -> Counted:
    """Return all that is counted of a place."""
    row = await db.get(Coverage, code, populate_existing=True)
    if row is None:
        return Counted(code, {})
    return Counted(code, _tally(row.present) | _tally(row.history), _tally(row.shares))


async def inside(db: AsyncSession, code: str, level: int) -> list[Counted]:
    """Return what is counted now of the places of a level within a place, in the order of their codes."""
    query = select(Coverage.code, Coverage.present).where(
        Coverage.level == level, begins(Coverage.code, code)
    )
    rows = await db.execute(query.order_by(Coverage.code))
    return [Counted(row.code, _tally(row.present)) for row in rows]


async def is_current(db: AsyncSession, code: str) -> bool:
    """Return whether nothing in or around a place waits to be counted."""
    around = [code[:digits] for digits in (0, *LEVELS) if digits < len(code)]
    waits = [_noted(level, begins(Touched.code, code)) for level in UPWARDS if level >= len(code)]
    waits += [_noted(len(each), Touched.code == each) for each in around]
    return (await db.scalar(select(Touched.id).where(or_(*waits)).limit(1))) is None


async def count_some(db: AsyncSession, most: int = VILLAGES_AT_ONCE) -> int:
    """Count some of the places that wait, of the lowest level first; return how many that were."""
    for level in UPWARDS:
        codes = await _waiting(db, level, most)
        if codes:
            notes = select(Touched.id).where(Touched.level == level, Touched.code.in_(codes))
            done = list(await db.scalars(notes))
            await _count(db, level, codes)
            await db.execute(delete(table_of(Touched)).where(among(Touched.id, done)))
            return len(codes)
    return 0


async def recheck(db: AsyncSession, after: str, most: int = VILLAGES_AT_ONCE) -> tuple[str | None, int]:
    """Count the next villages anew; return the last one, None at the end, and how many differed.

    Villages with a note are left out: they will be counted. Those that differ get one.
    """
    noted = select(Touched.code).where(Touched.level == VILLAGE)
    query = select(Coverage).where(
        Coverage.level == VILLAGE, Coverage.code > after, Coverage.code.not_in(noted)
    )
    rows = list(await db.scalars(query.order_by(Coverage.code).limit(most)))
    if not rows:
        return None, 0
    found = await counted(db, [row.code for row in rows])
    wrong = [row.code for row in rows if _texts(found[row.code]) != (row.present, row.history, row.shares)]
    await touch(db, wrong)
    return rows[-1].code, len(wrong)


async def touch(db: AsyncSession, codes: Iterable[str]) -> None:
    """Note that places are to be counted anew."""
    rows = [{"level": len(code), "code": code} for code in sorted(set(codes))]
    if rows:
        await db.execute(insert(table_of(Touched)), rows)


def begins(column: InstrumentedAttribute[str], code: str) -> ColumnElement[bool]:
    """Return the condition that a code begins with another one, as a range that an index answers."""
    if not code:
        return column >= ""
    if not code.isdecimal():  # no code of ours, and nothing that could stop the counting
        return column.startswith(code, autoescape=True)
    return (column >= code) & (column < str(int(code) + 1).zfill(len(code)))


def _noted(level: int, which: ColumnElement[bool]) -> ColumnElement[bool]:
    return (Touched.level == level) & which


async def _waiting(db: AsyncSession, level: int, most: int) -> list[str]:
    waiting = select(Touched.code).where(Touched.level == level).group_by(Touched.code)
    return list(await db.scalars(waiting.order_by(Touched.code).limit(most)))


async def _count(db: AsyncSession, level: int, codes: Sequence[str]) -> None:
    counts = await counted(db, codes) if level == VILLAGE else await _summed(db, codes)
    rows = [_row(code, level, counts[code]) for code in codes if counts[code]]
    gone = [code for code in codes if not counts[code]]
    if gone:
        await db.execute(delete(table_of(Coverage)).where(Coverage.code.in_(gone)))
    if rows:
        statement = insertion(db, Coverage)
        replaced = {name: statement.excluded[name] for name in ("present", "history", "shares")}
        await db.execute(statement.on_conflict_do_update(index_elements=["code"], set_=replaced), rows)
    await touch(db, {around for code in codes if (around := parent(code)) is not None})


async def _summed(db: AsyncSession, codes: Sequence[str]) -> Mapping[str, Counts]:
    """Return the counts of places from those right inside them."""
    rows: dict[str | None, list[Coverage]] = defaultdict(list)
    for row in await db.scalars(select(Coverage).where(Coverage.around.in_(codes))):
        rows[row.around].append(row)
    return {
        code: Counts(
            added(_tally(row.present) for row in rows[code]),
            added(_tally(row.history) for row in rows[code]),
            added(_tally(row.shares) for row in rows[code]),
        )
        for code in codes
    }


def _row(code: str, level: int, counts: Counts) -> dict[str, object]:
    present, history, shares = _texts(counts)
    place = {"code": code, "level": level, "around": parent(code)}
    return {**place, "present": present, "history": history, "shares": shares}


def _texts(counts: Counts) -> tuple[str, str, str]:
    return _text(counts.present), _text(counts.history), _text(counts.shares)


def _text(tally: Tally) -> str:
    named = {name: count for name, count in tally.items() if count}
    return orjson.dumps(named, option=orjson.OPT_SORT_KEYS).decode() if named else EMPTY


def _tally(text: str) -> dict[str, int]:
    found: dict[str, int] = orjson.loads(text)
    return found
