"""People: one row for every human being whose data we hold, and it holds nothing but their wrapped key."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import LargeBinary, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.storage.among import among
from models.storage.base import Base, Id, table_of
from models.storage.ids import new_id
from models.storage.keys import Keys
from models.storage.sealed import PersonKey


class PersonKeyRow(Base):
    """A person's data key, wrapped by the master key `key_id`. Without this row nothing of theirs opens."""

    __tablename__ = "person_keys"

    person_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    key_id: Mapped[int]


async def new_person(db: AsyncSession, keys: Keys, now: datetime) -> tuple[int, PersonKey]:
    """Make a person: an id, and the key their data will be sealed with."""
    person_id, key = new_id(now), PersonKey.generate()
    await db.execute(insert(table_of(PersonKeyRow)), [row_of(keys, person_id, key)])
    return person_id, key


async def keys_of(db: AsyncSession, keys: Keys, person_ids: Iterable[int]) -> dict[int, PersonKey]:
    """Return the data keys of these people, read with one statement; whoever was erased is left out."""
    query = select(PersonKeyRow.person_id, PersonKeyRow.wrapped)
    rows = await db.execute(query.where(among(PersonKeyRow.person_id, person_ids)))
    return {row.person_id: PersonKey.unwrap(keys, row.person_id, row.wrapped) for row in rows}


def row_of(keys: Keys, person_id: int, key: PersonKey) -> dict[str, object]:
    """Return the row that keeps a person's key."""
    return {"person_id": person_id, "wrapped": key.wrapped(keys, person_id), "key_id": keys.sealing_id}


async def erase(db: AsyncSession, person_ids: Iterable[int]) -> None:
    """Delete the keys of these people: what a backup of other tables holds of them stays shut."""
    await db.execute(delete(PersonKeyRow).where(among(PersonKeyRow.person_id, person_ids)))
