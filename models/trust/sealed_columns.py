"""Where values rest that a master key itself sealed, and where blind indexes rest: what rotations go over."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, LargeBinary, Table, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.agency.associations import AssociationLink
from models.agency.import_parts import Part
from models.agency.imports import Import
from models.agency.quotas import QuotaDay, TypedNik
from models.agency.vouchings import Vouching
from models.applications import Application
from models.broadcasting.broadcasts import Broadcast
from models.data_requests import DataRequest
from models.erasures import Erasure
from models.memberships import Membership
from models.office.canaries import CanaryRow
from models.owing.deliveries import Delivery
from models.people import PersonKeyRow
from models.quarantine import Quarantine
from models.reminding.opt_outs import OptOut
from models.storage.base import Base, table_of
from models.storage.envelope import HEADER
from models.trust.second_factors import SecondFactor
from models.workers import Worker

KEY_ID_AT, KEY_ID_BYTES = 2, 2
"""Where an envelope names its key, counted from 1, and in how many bytes."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A column whose values a master key seals; `bound` tells which column a row's value says it is in."""

    entity: type[Base]
    column: str
    bound: Callable[[Any], str] | None = None

    @property
    def table(self) -> Table:
        """The table."""
        return table_of(self.entity)

    @property
    def value(self) -> ColumnElement[bytes]:
        """The column."""
        column: ColumnElement[bytes] = self.table.c[self.column]
        return column

    @property
    def row_id(self) -> ColumnElement[int]:
        """The column whose number a value is bound to."""
        number: ColumnElement[int] = next(iter(self.table.primary_key.columns))
        return number

    @property
    def key_id(self) -> ColumnElement[bytes]:
        """The number of the key that sealed a row's value, as it rests."""
        return func.substr(self.value, KEY_ID_AT, KEY_ID_BYTES, type_=LargeBinary)

    @property
    def is_there(self) -> ColumnElement[bool]:
        """Whether a row has a value: one that was used up is empty."""
        return func.length(self.value) > HEADER.size

    def place(self, row: Any) -> str:
        """Return what a row's value is bound to as its column."""
        return self.bound(row) if self.bound else self.column


SEALED: Final = (
    Sealed(PersonKeyRow, "wrapped"),
    Sealed(Delivery, "payload"),
    Sealed(Quarantine, "update"),
    Sealed(Quarantine, "error"),
    Sealed(SecondFactor, "secret"),
    Sealed(Vouching, "name"),
    Sealed(AssociationLink, "token"),
    Sealed(Broadcast, "text"),
    Sealed(Import, "document"),
    Sealed(Import, "outcome"),
    Sealed(Part, "sealed", bound=lambda row: f"{row.kind}:{row.number}"),
)

INDEXED: Final = (
    (Worker, "nik_index"),
    (Application, "nik_index"),
    (Membership, "nik_index"),
    (OptOut, "nik_index"),
    (TypedNik, "nik_index"),
    (TypedNik, "sender_index"),
    (QuotaDay, "sender_index"),
    (Quarantine, "sender_index"),
    (Erasure, "account_index"),
    (DataRequest, "account_index"),
    (CanaryRow, "nik_index"),
)
"""Every column of blind indexes."""


async def uses(db: AsyncSession) -> dict[int, int]:
    """Return how many values each master key has sealed, by its number."""
    counts: dict[int, int] = {}
    for sealed in SEALED:
        key_id = sealed.key_id.label("key_id")
        query = select(key_id, func.count()).where(sealed.is_there).group_by(key_id)
        for named, count in await db.execute(query):
            number = int.from_bytes(named, "big")
            counts[number] = counts.get(number, 0) + count
    return counts
