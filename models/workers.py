"""Workers: the human beings who are registered. What identifies them is sealed with their own key."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from models.storage.base import Base, Id
from models.storage.sealed import PersonKey


class Worker(Base):
    """A worker as one application told us; the same NIK may come twice, and a person then decides.

    `id` is the person's id, `nik_index` tells equal NIKs, `contact` is the next person to reach.
    """

    __tablename__ = "workers"

    id: Mapped[int] = mapped_column(
        Id, ForeignKey("person_keys.person_id"), primary_key=True, autoincrement=False
    )
    consent_id: Mapped[int] = mapped_column(Id, ForeignKey("consents.id"), index=True)
    nik: Mapped[bytes] = mapped_column(LargeBinary)
    nik_index: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    name: Mapped[bytes] = mapped_column(LargeBinary)
    birth_date: Mapped[bytes] = mapped_column(LargeBinary)
    phone: Mapped[bytes | None] = mapped_column(LargeBinary)
    address: Mapped[bytes | None] = mapped_column(LargeBinary)
    contact: Mapped[bytes | None] = mapped_column(LargeBinary)
    village_code: Mapped[str] = mapped_column(index=True)
    village_name: Mapped[str]
    region_version: Mapped[str]
    created_at: Mapped[datetime]

    def opened(self, key: PersonKey, column: str) -> str | None:
        """Return one sealed text of this worker: nik, name, birth_date (ISO), phone or address."""
        sealed = getattr(self, column)
        return None if sealed is None else key.open_text("workers", self.id, column, sealed)

    def born(self, key: PersonKey) -> date:
        """Return the birth date."""
        return date.fromisoformat(key.open_text("workers", self.id, "birth_date", self.birth_date))

    def next_to_reach(self, key: PersonKey) -> Any:
        """Return the next person to reach, as it was told, or None."""
        return self.contact and key.open_json("workers", self.id, "contact", self.contact)
