"""Canaries: which invented person stands in which making of which file for the office.

Only the blind index of the NIK rests here: who reads the database cannot take the rows out of a file. None
are planted until the operator says so; the newest row of `plantings` is in force.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.office.exports import Export
from models.storage.base import Base, Id, table_of
from models.storage.conflicts import insert_new
from models.storage.ids import new_id
from models.storage.keys import Keys
from models.trust import audit
from models.trust.audit import Act, Entry
from rules.canaries import Canary, canary


class Planting(Base):
    """How many canaries each file gets from some moment on."""

    __tablename__ = "plantings"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    rows: Mapped[int]
    begun_at: Mapped[datetime]


class CanaryRow(Base):
    """One canary in the n-th making of an export."""

    __tablename__ = "canaries"

    export_id: Mapped[int] = mapped_column(
        Id, ForeignKey("exports.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    time: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    nik_index: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True, index=True)
    account_id: Mapped[int | None] = mapped_column(Id)
    made_at: Mapped[datetime]


async def plant(db: AsyncSession, keys: Keys, rows: int, now: datetime) -> None:
    """Let each file get so many canaries from now on."""
    number = new_id(now)
    db.add(Planting(id=number, rows=rows, begun_at=now))
    entry = Entry(Act.CONFIGURED, None, None, f"plantings:{number}", {"rows": rows})
    await audit.note(db, keys, [entry], now)


async def planted(db: AsyncSession) -> int:
    """Return how many canaries a file gets now."""
    newest = select(Planting.rows).order_by(Planting.id.desc()).limit(1)
    return await db.scalar(newest) or 0


async def of_making(
    db: AsyncSession, keys: Keys, export: Export, now: datetime
) -> list[tuple[bytes, Canary]]:
    """Return the canaries of one making of a file, each with its seed; killed, it gets the same again.

    They are noted with whoever has the file made; one that is made again has others.
    """
    time = export.times + 1
    seeds = [
        keys.export_mark(b"canary\0%d\0%d\0%d" % (export.id, time, number))
        for number in range(await planted(db))
    ]
    made = [(seed, canary(seed)) for seed in seeds]
    row = {"export_id": export.id, "time": time, "account_id": export.account_id, "made_at": now}
    await insert_new(db, CanaryRow, [row | {"nik_index": keys.nik_index(one.nik)} for _, one in made])
    return made


async def find(db: AsyncSession, keys: Keys, nik: str) -> list[CanaryRow]:
    """Return the makings of files a canary was planted in; none for any other NIK."""
    query = select(CanaryRow).where(CanaryRow.nik_index == keys.nik_index(nik))
    return list(await db.scalars(query.order_by(CanaryRow.made_at)))


async def known(db: AsyncSession, keys: Keys, niks: Collection[str]) -> set[str]:
    """Return which of these NIKs are canaries."""
    by_index = {keys.nik_index(nik): nik for nik in niks}
    if not by_index:
        return set()
    rows = await db.scalars(select(CanaryRow.nik_index).where(CanaryRow.nik_index.in_(list(by_index))))
    return {by_index[index] for index in rows}


async def forget(db: AsyncSession, account_id: int) -> None:
    """Name an account no more beside the canaries of files it had made."""
    theirs = update(table_of(CanaryRow)).where(CanaryRow.account_id == account_id)
    await db.execute(theirs.values(account_id=None))
