"""Broadcasts: one message to many. Who wrote it, whom it is for, who agreed, and how far it is.

draft → counting → draft → asked → held → planning → running ⇄ paused → done; any of them → cancelling → done.
Each recipient is a row of the deliveries (models/broadcasting/recipients.py).
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import JSON, ForeignKey, LargeBinary, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.accounts import Role
from models.broadcasting.segments import Term, read
from models.storage.base import Base, Id, one_of, table_of
from models.storage.ids import new_id
from models.storage.keys import Keys
from rules import broadcasts as rules

BROADCAST: Final = "broadcast"
"""The kind of delivery that is one recipient's copy; its subject is the broadcast, its step a zone."""

BROADCAST_NEWS: Final = "broadcast_news"
"""The kind of delivery that tells the author, and who is to agree, where a broadcast stands."""

COMMAND_LINE: Final = "command_line"
"""The kind of a broadcast whose text was given on the command line and has no message in any chat."""


MAY_BROADCAST: Final = (Role.OFFICER, Role.ADMINISTRATOR)
"""Roles that may write to many, and agree to it."""


class Stage(StrEnum):
    """Where a broadcast stands.

    draft       its author chooses whom it is for
    counting    the recipients are to be counted
    asked       a second person is asked to agree
    held        it may begin at its moment, and not before it could be stopped
    planning    a row a recipient is being made
    running     it is sent while the recipients' zones are open
    paused      somebody stopped it, or it stopped by itself for a reason
    cancelling  what is not sent is being cancelled
    done        every recipient has a final state
    """

    DRAFT = "draft"
    COUNTING = "counting"
    ASKED = "asked"
    HELD = "held"
    PLANNING = "planning"
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLING = "cancelling"
    DONE = "done"


WORKED_ON: Final = (
    Stage.COUNTING,
    Stage.HELD,
    Stage.PLANNING,
    Stage.RUNNING,
    Stage.PAUSED,
    Stage.CANCELLING,
)
"""The stages in which a tick has something to do or to show."""

LET_GO: Final = (Stage.HELD, Stage.PLANNING, Stage.RUNNING, Stage.PAUSED)
"""The stages in which a broadcast can still be cancelled after it was let go."""


class Broadcast(Base):
    """One message to many: where its original is, and its terms.

    `kind` says what the original is; `text`, sealed, is one given on the command line. `territories` are
    those of its author, `straight` skips the preview, `wanted_at` is the chosen moment. `approved_for` is how
    many recipients the second person agreed to. `planned_after` is the account up to which rows are made,
    `released` how many rows were let go, `window_at` since when failures are counted, `reason` why it paused.
    `progress_message` shows the bar, until that shows the end.
    """

    __tablename__ = "broadcasts"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    account_id: Mapped[int | None] = mapped_column(
        Id, ForeignKey("accounts.id", ondelete="SET NULL"), index=True
    )
    language: Mapped[str]
    origin_chat: Mapped[int] = mapped_column(Id)
    origin_message: Mapped[int] = mapped_column(Id)
    kind: Mapped[str]
    text: Mapped[bytes | None] = mapped_column(LargeBinary)
    segments: Mapped[list[Any]] = mapped_column(JSON)
    territories: Mapped[list[str]] = mapped_column(JSON)
    stage: Mapped[Stage] = mapped_column(one_of(Stage))
    counted: Mapped[int | None]
    sample: Mapped[list[int]] = mapped_column(JSON)
    straight: Mapped[bool]
    wanted_at: Mapped[datetime | None]
    starts_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    approved_by: Mapped[int | None] = mapped_column(Id)
    approved_for: Mapped[int | None]
    planned_after: Mapped[int] = mapped_column(Id)
    planned_at: Mapped[datetime | None]
    recipients: Mapped[int]
    released: Mapped[int]
    window_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    progress_message: Mapped[int | None] = mapped_column(Id)
    shown_at: Mapped[datetime | None]
    shown_done: Mapped[int]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    @property
    def terms(self) -> tuple[Term, ...]:
        """Whom it is for."""
        return read(self.segments)

    def choose(self, terms: Iterable[Term]) -> None:
        """Note other terms; what was counted before is no longer true."""
        self.segments = [term.stored() for term in terms]
        self.counted, self.sample = None, []

    def let_go(self, recipients: int, now: datetime) -> Stage:
        """Let it begin at its moment, or have a second person asked first; return where it stands now.

        Recipients that were made before keep their expiry.
        """
        if not rules.may_start(recipients, self.approved_for):
            self.stage = Stage.ASKED
            return self.stage
        self.stage, self.starts_at = Stage.HELD, rules.starts(now, self.wanted_at)
        if self.planned_at is None:
            self.expires_at = rules.expires(self.starts_at)
        return self.stage

    def said(self, keys: Keys) -> str | None:
        """Return the text that was given on the command line, None where a message is copied."""
        return None if self.text is None else keys.open("broadcasts", self.id, "text", self.text).decode()


async def begin(
    db: AsyncSession,
    keys: Keys,
    account_id: int,
    origin: tuple[int, int],
    kind: str,
    territories: Collection[str],
    language: str,
    now: datetime,
    *,
    text: str | None = None,
) -> Broadcast:
    """Note a message to be sent to many; `origin` is the chat and the message to be copied."""
    number = new_id(now)
    made = Broadcast(
        id=number,
        account_id=account_id,
        language=language,
        origin_chat=origin[0],
        origin_message=origin[1],
        kind=kind,
        text=None if text is None else keys.seal("broadcasts", number, "text", text.encode()),
        segments=[],
        territories=sorted(territories),
        stage=Stage.DRAFT,
        sample=[],
        straight=False,
        planned_after=0,
        recipients=0,
        released=0,
        shown_done=0,
        created_at=now,
    )
    db.add(made)
    await db.flush()
    return made


async def hold(db: AsyncSession, number: int) -> Broadcast | None:
    """Return a broadcast that nobody else changes until the transaction ends; None where there is none."""
    return await db.get(Broadcast, number, with_for_update=True, populate_existing=True)


async def take(db: AsyncSession, number: int) -> Broadcast | None:
    """Return a broadcast as `hold` does; None when somebody else has it in hand just now."""
    query = select(Broadcast).where(Broadcast.id == number).with_for_update(skip_locked=True)
    found: Broadcast | None = await db.scalar(query, execution_options={"populate_existing": True})
    return found


async def worked_on(db: AsyncSession) -> list[int]:
    """Return the broadcasts a tick has to see to, the oldest first; an end that is not shown yet included."""
    unshown = and_(Broadcast.stage == Stage.DONE, Broadcast.progress_message.is_not(None))
    open_ones = or_(Broadcast.stage.in_(WORKED_ON), unshown)
    return list(await db.scalars(select(Broadcast.id).where(open_ones).order_by(Broadcast.id)))


async def next_start(db: AsyncSession, now: datetime) -> datetime | None:
    """Return when the next broadcast begins that waits for its moment; None when none does."""
    waiting = (Broadcast.stage == Stage.HELD, Broadcast.starts_at > now)
    query = select(Broadcast.starts_at).where(*waiting).order_by(Broadcast.starts_at).limit(1)
    found: datetime | None = await db.scalar(query)
    return found


async def are_sent(db: AsyncSession, numbers: Iterable[int]) -> dict[int, Broadcast]:
    """Return broadcasts as they stand now."""
    query = select(Broadcast).where(Broadcast.id.in_(list(numbers)))
    found = await db.scalars(query, execution_options={"populate_existing": True})
    return {one.id: one for one in found}


async def of_author(db: AsyncSession, account_id: int, most: int) -> list[Broadcast]:
    """Return the broadcasts of an author, the newest first."""
    own = select(Broadcast).where(Broadcast.account_id == account_id).order_by(Broadcast.id.desc())
    return list(await db.scalars(own.limit(most)))


async def forget(db: AsyncSession, made: Broadcast) -> None:
    """Throw a draft away that was never let go."""
    await db.delete(made)
    await db.flush()


async def note_progress_message(db: AsyncSession, number: int, message_id: int | None) -> None:
    """Note which message shows the bar; None once it shows the end."""
    shown = update(table_of(Broadcast)).where(Broadcast.id == number)
    await db.execute(shown.values(progress_message=message_id))


async def note_shown(db: AsyncSession, number: int, now: datetime, done: int) -> None:
    """Note what the bar showed last, and when."""
    shown = update(table_of(Broadcast)).where(Broadcast.id == number)
    await db.execute(shown.values(shown_at=now, shown_done=done))
