"""Dialogues: drafts that people are filling in, sealed with the key of the person they are about."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import (
    ForeignKey,
    LargeBinary,
    TextClause,
    bindparam,
    delete,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models import people
from models.accounts import Account
from models.consents import Consent
from models.people import PersonKeyRow
from models.storage.among import Numbers, among, among_those
from models.storage.base import Base, Id, Moment, table_of
from models.storage.ids import first_id, new_id
from models.storage.keys import Keys
from models.storage.sealed import PersonKey

Draft = dict[str, Any]


class Overtaken(Exception):
    """A dialogue was changed or removed since it was read: the batch must read it again."""


class Dialogue(Base):
    """One unfinished dialogue of an account; `version` grows with every answer.

    `asked_at` is when the present question was shown, None as long as it is not known to be.
    """

    __tablename__ = "dialogues"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(Id, ForeignKey("accounts.id"), index=True)
    flow: Mapped[str]
    form_version: Mapped[int]
    version: Mapped[int]
    person_id: Mapped[int] = mapped_column(Id, ForeignKey("person_keys.person_id"), index=True)
    consent_id: Mapped[int | None] = mapped_column(Id, ForeignKey("consents.id"), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]


@dataclass(slots=True)
class OpenDialogue:
    """A dialogue in the hand: its draft is open. `stored` is the version that rests, 0 when none does."""

    id: int
    account_id: int
    flow: str
    form_version: int
    version: int
    person_id: int
    key: PersonKey = field(repr=False)
    draft: Draft = field(repr=False)
    created_at: datetime
    updated_at: datetime
    consent_id: int | None = None
    asked_at: datetime | None = None
    stored: int = 0
    ended: bool = False

    def keep(self, draft: Draft, now: datetime) -> None:
        """Take the draft as it stands after an answer."""
        self.draft = draft
        self.version += 1
        self.updated_at = now

    def sealed(self) -> bytes:
        """Return the draft as it may rest."""
        return self.key.seal_json("dialogues", self.id, "sealed", self.draft)


COLUMNS = (
    Dialogue.id,
    Dialogue.account_id,
    Dialogue.flow,
    Dialogue.form_version,
    Dialogue.version,
    Dialogue.person_id,
    Dialogue.consent_id,
    Dialogue.sealed,
    Dialogue.created_at,
    Dialogue.updated_at,
    Dialogue.asked_at,
    PersonKeyRow.wrapped,
)
IN_FRONT = (
    select(*COLUMNS)
    .join(Account, (Account.dialogue_id == Dialogue.id) & (Account.id == Dialogue.account_id))
    .join(PersonKeyRow, PersonKeyRow.person_id == Dialogue.person_id)
    .where(among_those(Account.id, "accounts"))
)
AS_IT_IS = {"autoflush": False}
"""Nothing a session still holds back concerns what is asked: drafts are written when they are saved."""

UNFINISHED = (
    select(*COLUMNS)
    .join(PersonKeyRow, PersonKeyRow.person_id == Dialogue.person_id)
    .where(Dialogue.account_id == bindparam("account"))
    .order_by(Dialogue.id.desc())
)
REST = (
    update(table_of(Dialogue))
    .where(Dialogue.id == bindparam("row"), Dialogue.version == bindparam("stored"))
    .values(
        {
            name: bindparam(f"new_{name}")
            for name in ("form_version", "version", "consent_id", "sealed", "updated_at", "asked_at")
        }
    )
)


async def current(db: AsyncSession, keys: Keys, account_ids: Iterable[int]) -> dict[int, OpenDialogue]:
    """Return the dialogue in front of each account that has one."""
    await db.flush()
    rows = await db.execute(IN_FRONT, {"accounts": sorted(account_ids)})
    return {row.account_id: _opened(keys, row) for row in rows}


async def open_ones(db: AsyncSession, keys: Keys, account_id: int) -> list[OpenDialogue]:
    """Return all unfinished dialogues of an account, newest first."""
    rows = await db.execute(UNFINISHED, {"account": account_id}, execution_options=AS_IT_IS)
    return [_opened(keys, row) for row in rows]


def begin(account_id: int, flow: str, form_version: int, draft: Draft, now: datetime) -> OpenDialogue:
    """Return a new dialogue with its person and key; it rests once it is saved."""
    return OpenDialogue(
        id=new_id(now),
        account_id=account_id,
        flow=flow,
        form_version=form_version,
        version=1,
        person_id=new_id(now),
        key=PersonKey.generate(),
        draft=draft,
        created_at=now,
        updated_at=now,
    )


async def start(
    db: AsyncSession, keys: Keys, account_id: int, flow: str, form_version: int, draft: Draft, now: datetime
) -> OpenDialogue:
    """Begin a dialogue, save it, and put it in front of its account."""
    dialogue = begin(account_id, flow, form_version, draft, now)
    await save(db, keys, [dialogue])
    return dialogue


async def save(db: AsyncSession, keys: Keys, dialogues: Iterable[OpenDialogue]) -> None:
    """Let dialogues rest, new ones in front of their accounts; raise Overtaken if one changed meanwhile."""
    moved = [each for each in dialogues if not each.ended]
    await _insert(db, keys, [each for each in moved if not each.stored])
    await _update(db, sorted((each for each in moved if each.stored), key=lambda each: each.id))
    for each in moved:
        each.stored = each.version


async def forget(db: AsyncSession, dialogue: OpenDialogue) -> None:
    """Throw a draft away, with the consent and the key of the person nobody was registered as."""
    await end(db, dialogue)
    await _erase_people(db, [dialogue.person_id])


async def end(db: AsyncSession, dialogue: OpenDialogue) -> None:
    """Remove a dialogue that has been filed or given up; its person's key stays."""
    await end_all(db, [dialogue])


async def end_all(db: AsyncSession, ended: Sequence[OpenDialogue]) -> None:
    """Remove dialogues that have been filed or given up, in one statement; their people's keys stay."""
    await db.execute(delete(table_of(Dialogue)).where(among(Dialogue.id, [each.id for each in ended])))
    for each in ended:
        account = await db.get_one(Account, each.account_id)
        if account.dialogue_id == each.id:
            account.dialogue_id = None
        each.ended = True


async def _insert(db: AsyncSession, keys: Keys, new: list[OpenDialogue]) -> None:
    if not new:
        return
    await db.execute(
        insert(table_of(PersonKeyRow)), [people.row_of(keys, each.person_id, each.key) for each in new]
    )
    await db.execute(insert(table_of(Dialogue)), [_row(each) for each in new])
    for each in new:
        await _put_in_front(db, each.account_id, each.id)
    await db.flush()


async def _put_in_front(db: AsyncSession, account_id: int, dialogue_id: int | None) -> None:
    account = await db.get_one(Account, account_id)
    account.dialogue_id = dialogue_id


async def _update(db: AsyncSession, changed: list[OpenDialogue]) -> None:
    if not changed:
        return
    connection = await db.connection()
    result = await connection.execute(REST, [_change(each) for each in changed])
    if result.rowcount != len(changed):
        raise Overtaken


def _row(dialogue: OpenDialogue) -> dict[str, object]:
    return {
        "id": dialogue.id,
        "account_id": dialogue.account_id,
        "flow": dialogue.flow,
        "person_id": dialogue.person_id,
        "created_at": dialogue.created_at,
        **_mutable(dialogue),
    }


def _change(dialogue: OpenDialogue) -> dict[str, object]:
    new = {f"new_{name}": value for name, value in _mutable(dialogue).items()}
    return {"row": dialogue.id, "stored": dialogue.stored, **new}


def _mutable(dialogue: OpenDialogue) -> dict[str, object]:
    return {
        "form_version": dialogue.form_version,
        "version": dialogue.version,
        "consent_id": dialogue.consent_id,
        "sealed": dialogue.sealed(),
        "updated_at": dialogue.updated_at,
        "asked_at": dialogue.asked_at,
    }


def _opened(keys: Keys, row: Any) -> OpenDialogue:
    key = PersonKey.unwrap(keys, row.person_id, row.wrapped)
    return OpenDialogue(
        id=row.id,
        account_id=row.account_id,
        flow=row.flow,
        form_version=row.form_version,
        version=row.version,
        person_id=row.person_id,
        key=key,
        draft=key.open_json("dialogues", row.id, "sealed", row.sealed),
        created_at=row.created_at,
        updated_at=row.updated_at,
        consent_id=row.consent_id,
        asked_at=row.asked_at,
        stored=row.version,
    )


async def unasked(db: AsyncSession, before: datetime | None = None) -> set[int]:
    """Return the accounts that were perhaps not shown the present question of the dialogue before them.

    `before` leaves out those who answered since: somebody may be about to show it to them.
    """
    in_front = (Account.dialogue_id == Dialogue.id) & (Account.id == Dialogue.account_id)
    waiting = select(Account.id).join(Dialogue, in_front).where(Dialogue.asked_at.is_(None))
    if before is not None:
        waiting = waiting.where(Dialogue.updated_at < before)
    return set(await db.scalars(waiting))


def _noting(shown: str) -> TextClause:
    return text(
        f"UPDATE dialogues SET asked_at = :now FROM ({shown}) AS shown"  # noqa: S608 - our own words
        " WHERE dialogues.id = shown.id AND dialogues.version = shown.version AND asked_at IS NULL"
    ).bindparams(bindparam("now", type_=Moment()))


NOTE_SHOWN = {
    "postgresql": _noting("SELECT * FROM unnest(:ids, :versions) AS pair(id, version)").bindparams(
        bindparam("ids", type_=Numbers()), bindparam("versions", type_=Numbers())
    ),
    "sqlite": _noting(
        "SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS version"
        " FROM json_each(:pairs)"
    ),
}
"""What was answered since is not noted: its question is another."""


async def note_shown(db: AsyncSession, shown: Iterable[tuple[int, int]], now: datetime) -> None:
    """Note that the questions of these dialogues, as they stood at a version, were shown."""
    pairs, engine = sorted(shown), db.get_bind().dialect.name
    values: dict[str, object] = {"now": now}
    if engine == "sqlite":
        values["pairs"] = orjson.dumps(pairs).decode()
    else:
        values |= {"ids": [row for row, _ in pairs], "versions": [version for _, version in pairs]}
    await db.execute(NOTE_SHOWN[engine], values)


async def note_asked(db: AsyncSession, account_ids: Iterable[int], now: datetime) -> None:
    """Note that these accounts were shown the present question."""
    in_front = select(Account.dialogue_id).where(among(Account.id, account_ids))
    unnoted = (Dialogue.id.in_(in_front), Dialogue.asked_at.is_(None))
    await db.execute(update(table_of(Dialogue)).where(*unnoted).values(asked_at=now))


async def forget_untouched(db: AsyncSession, before: datetime) -> int:
    """Throw away drafts whose last answer is older than a moment, with their keys; return how many."""
    begun = Dialogue.id < first_id(
        before
    )  # ids are in the order of time: those begun since are not looked at
    old = select(Dialogue.id, Dialogue.person_id, Dialogue.account_id).where(
        begun, Dialogue.updated_at < before
    )
    found = (await db.execute(old)).all()
    if found:
        ids = [row.id for row in found]
        theirs = among(Account.id, {row.account_id for row in found}), among(Account.dialogue_id, ids)
        await db.execute(update(Account).where(*theirs).values(dialogue_id=None))
        await db.execute(delete(Dialogue).where(among(Dialogue.id, ids)))
        await _erase_people(db, [row.person_id for row in found])
    return len(found)


async def _erase_people(db: AsyncSession, person_ids: list[int]) -> None:
    """Erase people nobody was registered as: the consent given for the draft goes with them."""
    await db.execute(delete(Consent).where(among(Consent.person_id, person_ids)))
    await people.erase(db, person_ids)
