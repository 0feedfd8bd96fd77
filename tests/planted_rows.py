"""A row in every table there is, made from the schema alone: about one account and one person."""

import secrets
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Boolean, Column, Date, Enum, Integer, LargeBinary, Table, insert
from sqlalchemy.types import JSON, BigInteger

from models.accounts import Account
from models.people import row_of
from models.storage.base import Base, Moment
from models.storage.database import Database
from models.storage.sealed import PersonKey

WHEN = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
SKIPPED = {"audit_log", "audit_heads", "erasures", "key_checks"}
"""What is only ever added to, or tells nothing of anybody."""

OF_AN_ACCOUNT = (
    "account_id",
    "chat_id",
    "by_account",
    "approved_by",
    "frozen_by",
    "decided_by",
    "origin_chat",
)
FITTING: dict[str, Any] = {
    "applications.state": "submitted",
    "applications.duplicate": False,
    "applications.merged_into": None,
    "contributions.corrects": None,
    "consents.basis": "self",
    "data_requests.done_at": None,
    "deliveries.state": "sent",
    "grants.granted_by": None,
    "grants.revoked_by": None,
    "memberships.zone": "Asia/Jakarta",
    "places.replaced_by": None,
}
"""What chance must not choose: who owns it, and rows that hang on each other."""


class Planted:
    """What was planted: values that stand nowhere else, and the rows' own keys."""

    def __init__(self, database: Database, account_id: int, person_id: int) -> None:
        self.account_id = account_id
        self.person_id = person_id
        self.nik_index = database.keys.nik_index("9901014101909001")
        self.sender_index = database.keys.sender_index(account_id)
        self.sealed: dict[str, bytes] = {}
        self._database = database
        self._keys: dict[str, dict[str, Any]] = {}

    async def plant(self) -> None:
        """Write the rows, tables that others hang on first."""
        async with self._database.begin() as db:
            for table in Base.metadata.sorted_tables:
                if table.name not in SKIPPED:
                    row = self._row(table)
                    self._keys[table.name] = row
                    await db.execute(insert(table), [row])

    @property
    def tables(self) -> set[str]:
        """The tables that got a row."""
        return set(self._keys)

    def _row(self, table: Table) -> dict[str, Any]:
        if table.name == "person_keys":
            return row_of(self._database.keys, self.person_id, PersonKey.generate())
        if table.name == Account.__tablename__:
            known = {"id": self.account_id, "language": "id", "created_at": WHEN, "seen_at": WHEN}
            return known | {"dialogue_id": None}
        return {column.name: self._value(table, column) for column in table.columns}

    def _value(self, table: Table, column: Column[Any]) -> Any:
        name = f"{table.name}.{column.name}"
        if name in FITTING:
            return FITTING[name]
        if column.foreign_keys:
            pointed = next(iter(column.foreign_keys)).column
            return self._keys[pointed.table.name][pointed.name]
        if column.name in OF_AN_ACCOUNT:
            return self.account_id
        known = {"nik_index": self.nik_index, "sender_index": self.sender_index}
        if column.name in known or column.name == "account_index":
            return known.get(column.name, self.sender_index)
        return self._made(name, column)

    def _made(self, name: str, column: Column[Any]) -> Any:
        match column.type:
            case LargeBinary():
                self.sealed[name] = secrets.token_bytes(32)
                return self.sealed[name]
            case Enum():
                return column.type.enums[0]
            case Boolean():
                return True
            case Moment():
                return WHEN
            case Date():
                return date(2026, 11, 1)
            case JSON():
                return []
            case BigInteger() | Integer():
                return secrets.randbits(30) if column.primary_key else 1
        return f"planted {secrets.token_hex(6)}"
