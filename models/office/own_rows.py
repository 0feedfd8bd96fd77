"""Payment channels and payers of an installation's own: rows beside those that are shipped, or against them.

The shipped tables are the basis (rules/data). For each code the newest row of ours decides: one in force is
shown, one that was ended is not, whether it was ours or shipped. Rows are never changed but for their end,
and never deleted: what a list or a message once named can always be looked up.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import Index, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.storage.base import Base, Id, one_of
from models.storage.conflicts import insert_returning
from models.storage.ids import new_id
from models.storage.keys import Keys
from models.trust import audit
from models.trust.audit import Act, Entry
from rules.channels import channels
from rules.programmes import fundings
from rules.refusal import Refused

IN_FORCE: Final = text("ended_at IS NULL")


class Table(StrEnum):
    """Which table a row belongs to: the channels members are told, or who pays for a village's list."""

    CHANNEL = "channel"
    PAYER = "payer"


class OwnRow(Base):
    """A channel or payer: its code, its name, the kind of money (payers), why, and who added and ended it.

    The name of a shipped row that was ended is empty. `begun_by` is None for the command line.
    """

    __tablename__ = "own_rows"
    __table_args__ = (
        Index(
            "uq_own_rows_in_force",
            "kind",
            "code",
            unique=True,
            sqlite_where=IN_FORCE,
            postgresql_where=IN_FORCE,
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    kind: Mapped[Table] = mapped_column(one_of(Table, "own_table"))
    code: Mapped[str]
    name: Mapped[str]
    money: Mapped[str | None]
    source: Mapped[str]
    begun_at: Mapped[datetime]
    begun_by: Mapped[int | None] = mapped_column(Id)
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(Id)


@dataclass(frozen=True, slots=True)
class Line:
    """One line in force. `name` is "" for a shipped payer, whose words are ours; `row` is None if shipped."""

    code: str
    name: str
    money: str | None = None
    row: OwnRow | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line to be added."""

    code: str
    name: str
    source: str
    money: str | None = None


@dataclass(frozen=True, slots=True)
class Offered:
    """The tables in force, shipped and own together, by code in the order they are shown."""

    lines: Mapping[Table, Mapping[str, Line]] = field(default_factory=dict)

    @property
    def channels(self) -> str:
        """The names of the channels, as members are told them."""
        return ", ".join(line.name for line in self.lines[Table.CHANNEL].values())

    @property
    def payers(self) -> tuple[tuple[str, str], ...]:
        """The code of each payer, and its name where it is one of ours."""
        return tuple((line.code, line.name) for line in self.lines[Table.PAYER].values())


async def offered(db: AsyncSession) -> Offered:
    """Return the tables in force, with one statement on a table of few rows."""
    rows = await db.scalars(select(OwnRow).order_by(OwnRow.id), execution_options={"populate_existing": True})
    lines = {
        Table.CHANNEL: {code: Line(code, name) for code, name in channels().items()},
        Table.PAYER: {code: Line(code, "", money) for code, money in fundings().items()},
    }
    for row in rows:
        if row.ended_at is None:
            lines[row.kind][row.code] = Line(row.code, row.name, row.money, row)
        else:
            lines[row.kind].pop(row.code, None)
    return Offered(lines)


async def add(
    db: AsyncSession, keys: Keys, kind: Table, wanted: Wanted, now: datetime, by: int | None
) -> OwnRow:
    """Put a line in force at once; refuses a code that is in force already."""
    if wanted.code in (await offered(db)).lines[kind]:
        raise Refused("tables.there_already", code=wanted.code)
    row = {
        "id": new_id(now),
        "kind": kind,
        "code": wanted.code,
        "name": wanted.name,
        "money": wanted.money,
        "source": wanted.source,
        "begun_at": now,
        "begun_by": by,
    }
    made = await insert_returning(db, OwnRow, [row], OwnRow.id)
    if not made:
        raise Refused("tables.there_already", code=wanted.code)
    await _note(db, keys, kind, wanted.code, "added", made[0], now, by)
    return await db.get_one(OwnRow, made[0])


async def retire(
    db: AsyncSession, keys: Keys, kind: Table, code: str, now: datetime, by: int | None, why: str = ""
) -> bool:
    """End a line at once, be it shipped or own; False where none of that code is in force."""
    line = (await offered(db)).lines[kind].get(code)
    if line is None:
        return False
    if line.row is not None:
        number = line.row.id
        ended = update(OwnRow).where(OwnRow.id == number, OwnRow.ended_at.is_(None))
        await db.execute(ended.values(ended_at=now, ended_by=by))
    else:
        number = new_id(now)
        end = {"begun_at": now, "begun_by": by, "ended_at": now, "ended_by": by}
        db.add(OwnRow(id=number, kind=kind, code=code, name="", money=line.money, source=why, **end))
        await db.flush()
    await _note(db, keys, kind, code, "retired", number, now, by)
    return True


async def _note(
    db: AsyncSession,
    keys: Keys,
    kind: Table,
    code: str,
    what: str,
    number: int,
    now: datetime,
    by: int | None,
) -> None:
    details = {"table": kind.value, "code": code, "what": what}
    await audit.note(db, keys, [Entry(Act.CONFIGURED, by, None, f"own_rows:{number}", details)], now)
