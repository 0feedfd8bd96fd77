"""Holdings: everything that is kept about an account and the people it may see, as plain values.

UU 27/2022, article 32. What an account filed for itself and its family is opened whole; a NIK stands in full
only for who typed it. Of people registered for others it says that there is a record, not what is in it.
`PARTS` and `SEEN_ELSEWHERE` name every table; a test fails for one that is forgotten.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, Final

from sqlalchemy import ColumnElement, RowMapping, Select, Table, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.storage.base import Base
from models.storage.keys import Keys

MOST: Final = 1000
"""At most so many rows of a kind, the newest; how many there are in all is said beside them."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one table that name an account in a column, and what of them is told: nothing sealed."""

    section: str
    table: str
    column: str
    told: tuple[str, ...]

    def of(self, account_id: int, index: bytes) -> ColumnElement[bool]:
        """Return the condition that a row is the account's."""
        column: ColumnElement[Any] = self._table.c[self.column]
        return column == (index if self.column in BY_INDEX else account_id)

    @property
    def _table(self) -> Table:
        return Base.metadata.tables[self.table]

    def rows(self, account_id: int, index: bytes) -> Select[Any]:
        """Return the query for the newest rows."""
        table = self._table
        newest = [column.desc() for column in table.primary_key.columns]
        columns = [table.c[name] for name in self.told]
        return select(*columns).where(self.of(account_id, index)).order_by(*newest).limit(MOST)

    def count(self, account_id: int, index: bytes) -> Select[Any]:
        """Return the query for how many there are."""
        return select(func.count()).select_from(self._table).where(self.of(account_id, index))


BY_INDEX: Final = ("sender_index", "account_index")

PARTS: Final = (
    Part(
        "account", "accounts", "id", ("id", "language", "unreachable", "stopped_at", "created_at", "seen_at")
    ),
    Part("roles", "grants", "account_id", ("role", "territory", "granted_at", "valid_until", "revoked_at")),
    Part("pin", "second_factors", "account_id", ("kind", "set_at", "confirmed_at", "locked_until")),
    Part(
        "consents",
        "consents",
        "account_id",
        ("given_at", "text_version", "text_sha256", "language", "channel", "basis", "manner"),
    ),
    Part("contact_for", "contacts", "account_id", ("relation", "position", "agreed_at", "text_sha256")),
    Part(
        "associations",
        "association_members",
        "account_id",
        ("joined_at", "shows_name", "answered_at", "text_version", "text_sha256"),
    ),
    Part("treasurer", "treasurers", "account_id", ("taken_at", "ended_at")),
    Part("vouched", "vouchings", "account_id", ("post", "said_at", "agreed", "number", "objection")),
    Part(
        "programmes", "programmes", "account_id", ("village_code", "year", "quota", "made_at", "handed_on_at")
    ),
    Part(
        "lists",
        "imports",
        "account_id",
        ("purpose", "stage", "agreement_how", "agreed_when", "filed", "known", "refused", "created_at"),
    ),
    Part("exports", "exports", "account_id", ("territory", "payer", "layout", "members", "made_at")),
    Part("broadcasts", "broadcasts", "account_id", ("kind", "stage", "recipients", "created_at")),
    Part("group_cards", "group_cards", "account_id", ("code", "asked_at", "confirmed_at")),
    Part("numbers_told", "workforces", "by_account", ("code", "workers", "source", "as_of")),
    Part("in_hand", "reviews", "account_id", ("taken_at", "lease_until")),
    Part("messages", "deliveries", "account_id", ("kind", "state", "created_at", "not_before")),
    Part("leaving", "fleeting_messages", "chat_id", ("sent_at", "leaves_at")),
    Part("invitations", "invitations", "account_id", ("relation", "created_at", "expires_at", "spent_at")),
    Part("hand_overs", "hand_overs", "account_id", ("made_at", "expires_at", "spent_at", "text_sha256")),
    Part("wrong_codes", "wrong_tries", "account_id", ("at",)),
    Part("goes_on", "continuations", "by_account", ("after", "at")),
    Part("no_reminders", "opt_outs", "account_id", ("stopped_at",)),
    Part("quotas", "quota_days", "sender_index", ("day", "listed", "reached_at", "alarmed_at")),
    Part("typed", "typed_niks", "sender_index", ("day",)),
    Part("set_aside", "quarantine", "sender_index", ("at",)),
    Part(
        "requests", "data_requests", "account_index", ("request", "asked_at", "due_at", "done_at", "answer")
    ),
    Part("erasures", "erasures", "account_index", ("erased_at",)),
)
"""What names an account, in the order in which it is told."""

SEEN_ELSEWHERE: Final = {
    "agents": "opened in `agent`",
    "dialogues": "opened in `drafts`",
    "applications": "opened in `registrations`, `filed_for_others` and `filed_by_others`",
    "application_events": "in each registration",
    "workers": "the same answers as in the registration",
    "corrections": "in each registration",
    "memberships": "opened in `memberships`",
    "contributions": "in each membership",
    "snoozes": "in each membership",
    "places": "in each registration",
    "export_members": "in each registration",
    "status_links": "in each registration",
    "audit_log": "in `looks`",
    "association_links": "the link of a coordinator's own poster",
    "person_keys": "the key that opens the rest",
    "import_parts": "the list itself, until it is worked off",
    "canaries": "invented people in files for the office",
    "plantings": "how many invented people a file gets, of nobody",
    "own_rows": "channels and payers; who changed them is in the audit log",
    "role_links": "roles offered to others; who offered them is in the audit log",
    "audit_heads": "of nobody",
    "buckets": "of nobody",
    "pauses": "of nobody",
    "coverage": "counts",
    "coverage_counts": "counts",
    "coverage_touched": "villages",
    "key_checks": "of nobody",
    "plans": "of nobody",
    "retention_runs": "of nobody",
    "seen_updates": "numbers of updates",
}
"""The other tables, and where what they hold is told, or why it is nobody's."""


async def rows_of(db: AsyncSession, keys: Keys, account_id: int) -> dict[str, list[Row]]:
    """Return what names an account, part by part; empty parts are left out."""
    index, found = keys.sender_index(account_id), dict[str, list[Row]]()
    for part in PARTS:
        rows = [plain(row) for row in (await db.execute(part.rows(account_id, index))).mappings()]
        if len(rows) == MOST:
            rows.append({"count": await db.scalar(part.count(account_id, index))})
        if rows:
            found[part.section] = rows
    return found


def plain(row: "Mapping[str, Any] | RowMapping") -> Row:
    """Return a row as JSON holds it, without what is empty."""
    return {name: value_of(value) for name, value in row.items() if value is not None}


def value_of(value: Any) -> Any:
    """Return one value as JSON holds it: dates in ISO 8601, digests in hex."""
    match value:
        case datetime() | date():
            return value.isoformat()
        case Enum():
            return value.value
        case bytes():
            return value.hex()
    return value


def together(rows: Sequence[Row], names: Sequence[str]) -> list[Row]:
    """Return rows with only these columns."""
    return [{name: row[name] for name in names if name in row} for row in rows]
