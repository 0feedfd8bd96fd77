"""Imports: lists that were sent, and how far each is.

asked → waiting → running → done; asked → cancelled. One process holds an import for a short lease, by the
database's clock; whoever comes after its death goes on behind the last row that is durable.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

import orjson
from sqlalchemy import ForeignKey, Index, LargeBinary, delete, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.accounts import Role
from models.agency.import_parts import Kind, Part
from models.storage.base import Base, Id, one_of, table_of
from models.storage.clock import from_now
from models.storage.ids import new_id
from models.storage.keys import Keys

LEASE: Final = timedelta(seconds=60)
"""Much longer than a part of a list takes; every part that is filed begins it anew."""

KEPT: Final = timedelta(days=1)
"""How long what came of a list is kept once it is done, and a list that nobody agreed to."""

MOST_OPEN: Final = 5
"""How many lists one account may have under way."""


class Stage(StrEnum):
    """Where an import stands.

    asked      the sender is asked whether everybody on the list agreed
    waiting    the sender declared so; nobody has begun
    running    its rows are being judged and filed
    done       every row has its verdict, or the file could not be read
    """

    ASKED = "asked"
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"


class Purpose(StrEnum):
    """What a list is for.

    workers   people to be registered
    results   what the office answered to an export: registered, or refused with the reason
    payments  contributions the office has received
    """

    WORKERS = "workers"
    RESULTS = "results"
    PAYMENTS = "payments"


MAY_SEND: Final = frozenset({Role.AGENT, Role.OFFICER, Role.ADMINISTRATOR})
"""Roles that may send lists."""

OPEN: Final = (Stage.ASKED, Stage.WAITING, Stage.RUNNING)
UNDER_WAY: Final = text("stage IN ('waiting', 'running')")


class Import(Base):
    """A list that an account sent; `document` names it at Telegram, `outcome` what stood against it (sealed).

    `after_row` is the last row that has its verdict, `expected` how many there seem to be; `filed`, `known`
    (filed by this account before) and `refused` count them, `tries` how often it was taken up since the last
    of them. `relation`, `agreement_how`, `agreed_when`, `agreed_at` and `text_sha256` are what the sender
    declared, `progress_message` is the message with the bar. Of a file of the office (`purpose`) nothing is
    declared, and `filed` are the rows that came to something.
    """

    __tablename__ = "imports"
    __table_args__ = (
        Index("ix_imports_under_way", "after_row", sqlite_where=UNDER_WAY, postgresql_where=UNDER_WAY),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(Id, ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    stage: Mapped[Stage] = mapped_column(one_of(Stage))
    document: Mapped[bytes] = mapped_column(LargeBinary)
    relation: Mapped[str]
    agreement_how: Mapped[str | None]
    agreed_when: Mapped[str | None]
    agreed_at: Mapped[datetime | None]
    text_sha256: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    language: Mapped[str]
    expected: Mapped[int]
    after_row: Mapped[int]
    filed: Mapped[int]
    known: Mapped[int]
    refused: Mapped[int]
    tries: Mapped[int]
    outcome: Mapped[bytes | None] = mapped_column(LargeBinary)
    purpose: Mapped[Purpose] = mapped_column(one_of(Purpose, checked=False), server_default="workers")
    progress_message: Mapped[int | None] = mapped_column(Id)
    held_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    def named(self, keys: Keys) -> dict[str, Any]:
        """Return how Telegram knows the file: file_id, message_id."""
        named: dict[str, Any] = orjson.loads(keys.open("imports", self.id, "document", self.document))
        return named

    def against(self, keys: Keys) -> dict[str, Any]:
        """Return what stood against the list as a whole: `refused` with `values`, `left_from` a row."""
        if self.outcome is None:
            return {}
        against: dict[str, Any] = orjson.loads(keys.open("imports", self.id, "outcome", self.outcome))
        return against

    @property
    def judged(self) -> int:
        """How many rows have their verdict."""
        return self.filed + self.known + self.refused

    def take_in(self, progress: "Progress") -> None:
        """Follow what `advance` noted, once that is durable."""
        self.after_row = progress.after_row
        self.filed += progress.filed
        self.known += progress.known
        self.refused += progress.refused


class Overtaken(Exception):
    """Somebody else has gone on with this import: what was about to be written is already."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What a part of a list came to: the last row judged, and how many were filed, known and refused."""

    after_row: int
    filed: int
    known: int
    refused: int


async def receive(
    db: AsyncSession,
    keys: Keys,
    account_id: int,
    document: Mapping[str, Any],
    relation: str,
    language: str,
    now: datetime,
) -> int | None:
    """Note a list and return its id; None with too many under way. The caller holds the account."""
    theirs = (Import.account_id == account_id, Import.stage.in_(OPEN))
    if (await db.scalar(select(func.count()).where(*theirs)) or 0) >= MOST_OPEN:
        return None
    number = new_id(now)
    sent = Import(
        id=number,
        account_id=account_id,
        stage=Stage.ASKED,
        purpose=Purpose.WORKERS,
        document=keys.seal("imports", number, "document", orjson.dumps(document)),
        relation=relation,
        language=language,
        expected=0,
        after_row=0,
        filed=0,
        known=0,
        refused=0,
        tries=0,
        created_at=now,
    )
    db.add(sent)
    await db.flush()
    return number


async def of_account(db: AsyncSession, account_id: int, most: int) -> list[Import]:
    """Return the lists an account sent last, the newest first."""
    theirs = select(Import).where(Import.account_id == account_id).order_by(Import.id.desc())
    return list(await db.scalars(theirs.limit(most), execution_options={"populate_existing": True}))


async def asked(db: AsyncSession, import_id: int, account_id: int) -> Import | None:
    """Return a list of this very account that waits for its declaration, or None."""
    wanted = (Import.id == import_id, Import.account_id == account_id, Import.stage == Stage.ASKED)
    found: Import | None = await db.scalar(
        select(Import).where(*wanted).with_for_update(), execution_options={"populate_existing": True}
    )
    return found


async def declare(db: AsyncSession, sent: Import, how: str, when: str, shown: bytes, now: datetime) -> None:
    """Note what the sender declared for everybody on the list; `shown` is the digest of the text."""
    sent.stage, sent.agreement_how, sent.agreed_when = Stage.WAITING, how, when
    sent.agreed_at, sent.text_sha256 = now, shown
    await db.flush()


async def say_purpose(db: AsyncSession, sent: Import, purpose: Purpose) -> None:
    """Note that a list is a file of the office: it is worked off without a declaration."""
    sent.stage, sent.purpose = Stage.WAITING, purpose
    await db.flush()


async def forget(db: AsyncSession, sent: Import) -> None:
    """Throw a list away that nothing was done with."""
    await db.delete(sent)
    await db.flush()


async def take(db: AsyncSession) -> Import | None:
    """Take the list that has come least far, for a while; None when none waits or all are in other hands."""
    free = or_(Import.held_until.is_(None), Import.held_until < from_now())
    first = (
        select(Import.id)
        .where(UNDER_WAY, free)
        .order_by(Import.after_row, Import.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    taken = (
        update(table_of(Import))
        .where(Import.id == first.scalar_subquery())
        .values(stage=Stage.RUNNING, tries=Import.tries + 1, held_until=from_now(LEASE))
        .returning(Import.id)
    )
    number = await db.scalar(taken)
    return None if number is None else await db.get_one(Import, number, populate_existing=True)


async def waiting(db: AsyncSession, besides: int) -> bool:
    """Say whether another list waits for its turn."""
    free = or_(Import.held_until.is_(None), Import.held_until < from_now())
    return (
        await db.scalar(select(Import.id).where(UNDER_WAY, free, Import.id != besides).limit(1)) is not None
    )


async def advance(db: AsyncSession, held: Import, progress: Progress) -> None:
    """Note that the rows behind the last ones have their verdicts; raise Overtaken if somebody else has."""
    moved = (
        update(table_of(Import))
        .where(Import.id == held.id, Import.stage == Stage.RUNNING, Import.after_row == held.after_row)
        .values(
            after_row=progress.after_row,
            filed=Import.filed + progress.filed,
            known=Import.known + progress.known,
            refused=Import.refused + progress.refused,
            tries=0,
            held_until=from_now(LEASE),
        )
        .returning(Import.id)
    )
    if await db.scalar(moved) is None:
        raise Overtaken


async def expect(db: AsyncSession, import_id: int, rows: int) -> None:
    """Note how many rows there seem to be."""
    await db.execute(update(table_of(Import)).where(Import.id == import_id).values(expected=rows))


async def note_progress_message(db: AsyncSession, import_id: int, message_id: int) -> None:
    """Note which message shows the bar."""
    shown = update(table_of(Import)).where(Import.id == import_id)
    await db.execute(shown.values(progress_message=message_id))


async def release(db: AsyncSession, import_id: int, after: timedelta = timedelta(0)) -> None:
    """Let go of a list, for whoever comes first from some time on."""
    let_go = update(table_of(Import)).where(Import.id == import_id, Import.stage == Stage.RUNNING)
    await db.execute(let_go.values(held_until=from_now(after)))


async def finish(
    db: AsyncSession, keys: Keys, held: Import, against: Mapping[str, Any], now: datetime
) -> None:
    """Note that every row has its verdict, and what stood against the rest; only the answer is kept."""
    sealed = keys.seal("imports", held.id, "outcome", orjson.dumps(dict(against))) if against else None
    ended = (
        update(table_of(Import))
        .where(Import.id == held.id, Import.stage == Stage.RUNNING, Import.after_row == held.after_row)
        .values(stage=Stage.DONE, outcome=sealed, held_until=None, finished_at=now)
        .returning(Import.id)
    )
    if await db.scalar(ended) is None:
        raise Overtaken
    used_up = (Part.import_id == held.id, Part.kind != Kind.ANSWER)
    await db.execute(delete(table_of(Part)).where(*used_up))


async def purge(db: AsyncSession, before: datetime) -> int:
    """Forget lists that were done, or never agreed to, before a moment; return how many."""
    old = or_(Import.finished_at < before, (Import.stage == Stage.ASKED) & (Import.created_at < before))
    gone = list(await db.scalars(select(Import.id).where(old)))
    if gone:
        await db.execute(delete(table_of(Part)).where(Part.import_id.in_(gone)))
        await db.execute(delete(table_of(Import)).where(Import.id.in_(gone)))
    return len(gone)


async def erase(db: AsyncSession, account_id: int) -> None:
    """Destroy the lists of an account; what was filed from them belongs to the people on them."""
    theirs = select(Import.id).where(Import.account_id == account_id)
    await db.execute(delete(table_of(Part)).where(Part.import_id.in_(theirs)))
    await db.execute(delete(table_of(Import)).where(Import.account_id == account_id))
