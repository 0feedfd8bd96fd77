"""The parts of an import: what rests of a list while it is worked on, sealed, and not for long."""

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import ForeignKey, LargeBinary, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.storage.base import Base, Id, one_of
from models.storage.conflicts import insert_new
from models.storage.keys import Keys


class Kind(StrEnum):
    """What a part of an import holds.

    file      the file as it was sent
    list      how the list came: its headings, which column is where
    returned  rows that could not be taken, each with its reasons, as lines of JSON
    answer    the file that goes back
    """

    FILE = "file"
    LIST = "list"
    RETURNED = "returned"
    ANSWER = "answer"


class Part(Base):
    """One sealed part of an import; `number` tells parts of one kind apart."""

    __tablename__ = "import_parts"

    import_id: Mapped[int] = mapped_column(
        Id, ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    kind: Mapped[Kind] = mapped_column(one_of(Kind), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


async def keep(
    db: AsyncSession, keys: Keys, import_id: int, kind: Kind, content: bytes, number: int = 0
) -> None:
    """Keep a part, sealed; one that is there already stays."""
    sealed = keys.seal("import_parts", import_id, f"{kind}:{number}", content)
    await insert_new(db, Part, [{"import_id": import_id, "kind": kind, "number": number, "sealed": sealed}])


async def parts(db: AsyncSession, keys: Keys, import_id: int, kind: Kind) -> Sequence[bytes]:
    """Return the parts of a kind, opened, in order."""
    wanted = select(Part.number, Part.sealed).where(Part.import_id == import_id, Part.kind == kind)
    rows = await db.execute(wanted.order_by(Part.number))
    return [keys.open("import_parts", import_id, f"{kind}:{row.number}", row.sealed) for row in rows]
