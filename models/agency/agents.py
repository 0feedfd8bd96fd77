"""Agents: who asked to register others for an office, who approved it, for which territory and how long.

What an agent told of himself is sealed with his own data key. His badge is public: whoever is visited may ask
the bot whose it is (`/cekagen`), and hears what an identity card would say.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models import accounts
from models.accounts import Role
from models.dialogues import OpenDialogue
from models.people import PersonKeyRow
from models.references import new_reference
from models.storage.base import Base, Id, one_of, table_of
from models.storage.ids import new_id
from models.storage.keys import Keys
from models.storage.sealed import PersonKey

BADGE = "AGN"
"""How the number on an agent's badge begins."""


class Kind(StrEnum):
    """For whom an agent works.

    perisai      appointed by a Kantor or Wadah Perisai, with a number
    village      village or kelurahan staff
    security     Bhabinkamtibmas or Babinsa
    bumdes       a business of the village
    association  an association or cooperative of workers
    """

    PERISAI = "perisai"
    VILLAGE = "village"
    SECURITY = "security"
    BUMDES = "bumdes"
    ASSOCIATION = "association"


class Stage(StrEnum):
    """Where a request stands: applied, approved by an officer, refused, or ended before its time."""

    APPLIED = "applied"
    APPROVED = "approved"
    REFUSED = "refused"
    ENDED = "ended"


OPEN = text("stage IN ('applied', 'approved')")


class Agent(Base):
    """One request to be an agent and what became of it; an account has one open request at most.

    `territory` is the code of a desa, kecamatan or kabupaten; `valid_until` the last day of an approval.
    """

    __tablename__ = "agents"
    __table_args__ = (
        Index("uq_agents_open", "account_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(Id, ForeignKey("accounts.id"))
    person_id: Mapped[int] = mapped_column(Id, ForeignKey("person_keys.person_id"), index=True)
    consent_id: Mapped[int] = mapped_column(Id, ForeignKey("consents.id"), index=True)
    badge: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[Kind] = mapped_column(one_of(Kind))
    name: Mapped[bytes] = mapped_column(LargeBinary)
    number: Mapped[bytes | None] = mapped_column(LargeBinary)
    office: Mapped[bytes] = mapped_column(LargeBinary)
    territory: Mapped[str]
    stage: Mapped[Stage] = mapped_column(one_of(Stage), index=True)
    applied_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(Id)
    valid_until: Mapped[date | None]

    def stands(self, today: date) -> bool:
        """Return whether he is an agent on a day."""
        return self.stage is Stage.APPROVED and self.valid_until is not None and today <= self.valid_until


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody told who wants to be an agent."""

    kind: Kind
    territory: str
    name: str = field(repr=False)
    office: str = field(repr=False)
    number: str | None = field(repr=False, default=None)


@dataclass(frozen=True, slots=True)
class Known:
    """An agent in the hand, with what was told open."""

    agent: Agent
    told: Told


async def apply(db: AsyncSession, dialogue: OpenDialogue, told: Told, now: datetime) -> Agent | None:
    """File a request with the key and consent of its dialogue; None when the account has one open already."""
    if dialogue.consent_id is None:
        raise ValueError("nothing is filed without a consent")
    if await open_request(db, dialogue.account_id) is not None:
        return None
    agent_id, key = new_id(now), dialogue.key

    def sealed(column: str, value: str) -> bytes:
        return key.seal_text("agents", agent_id, column, value)

    agent = Agent(
        id=agent_id,
        account_id=dialogue.account_id,
        person_id=dialogue.person_id,
        consent_id=dialogue.consent_id,
        badge=new_reference(BADGE),
        kind=told.kind,
        name=sealed("name", told.name),
        number=None if told.number is None else sealed("number", told.number),
        office=sealed("office", told.office),
        territory=told.territory,
        stage=Stage.APPLIED,
        applied_at=now,
    )
    db.add(agent)
    await db.flush()
    return agent


async def open_request(db: AsyncSession, account_id: int) -> Agent | None:
    """Return the request of an account that waits or was approved; an approval whose time is over too."""
    query = select(Agent).where(Agent.account_id == account_id, OPEN)
    found: Agent | None = await db.scalar(query)
    return found


async def territory_of(db: AsyncSession, account_id: int, today: date) -> str | None:
    """Return the code of the territory an account was approved for, on a day; None for others."""
    query = select(Agent.territory).where(
        Agent.account_id == account_id, OPEN, Agent.stage == Stage.APPROVED, Agent.valid_until >= today
    )
    found: str | None = await db.scalar(query)
    return found


async def waiting(db: AsyncSession, limit: int) -> list[Agent]:
    """Return requests nobody has decided on, the oldest first."""
    query = select(Agent).where(Agent.stage == Stage.APPLIED).order_by(Agent.id).limit(limit)
    return list(await db.scalars(query))


async def approved(db: AsyncSession, today: date, limit: int) -> list[Agent]:
    """Return those who are agents on a day, the newest first."""
    query = select(Agent).where(Agent.stage == Stage.APPROVED, Agent.valid_until >= today)
    return list(await db.scalars(query.order_by(Agent.id.desc()).limit(limit)))


async def territories(db: AsyncSession, account_id: int, today: date) -> frozenset[str]:
    """Return the region codes for which an account is an approved agent on a day."""
    query = select(Agent.territory).where(Agent.account_id == account_id, Agent.stage == Stage.APPROVED)
    return frozenset(await db.scalars(query.where(Agent.valid_until >= today)))


async def by_badge(db: AsyncSession, badge: str) -> Agent | None:
    """Return the request that has a badge."""
    found: Agent | None = await db.scalar(select(Agent).where(Agent.badge == badge))
    return found


async def hold(db: AsyncSession, agent_id: int) -> Agent | None:
    """Return a request, which nobody else decides on until the transaction ends."""
    query = select(Agent).where(Agent.id == agent_id).with_for_update()
    found: Agent | None = await db.scalar(query, execution_options={"populate_existing": True})
    return found


async def opened(db: AsyncSession, keys: Keys, agents: Iterable[Agent]) -> list[Known]:
    """Return agents with what they told, read with one statement; whoever was erased is left out."""
    agents = list(agents)
    persons = [each.person_id for each in agents]
    rows = await db.execute(
        select(PersonKeyRow.person_id, PersonKeyRow.wrapped).where(PersonKeyRow.person_id.in_(persons))
    )
    held = {row.person_id: PersonKey.unwrap(keys, row.person_id, row.wrapped) for row in rows}
    return [Known(each, _told(each, held[each.person_id])) for each in agents if each.person_id in held]


async def approve(db: AsyncSession, agent: Agent, by: int, now: datetime, valid_until: date) -> None:
    """Make an agent of who asked, until a day; an approval that ran out is renewed by another one."""
    agent.stage, agent.decided_at, agent.decided_by = Stage.APPROVED, now, by
    agent.valid_until = valid_until
    await accounts.revoke(db, agent.account_id, Role.AGENT, now, by)
    await db.flush()
    await accounts.grant(db, agent.account_id, Role.AGENT, now, by, valid_until)


async def close(db: AsyncSession, agent: Agent, by: int, now: datetime, stage: Stage) -> None:
    """Refuse a request, or end an approval before its time: the role is gone at once."""
    agent.stage, agent.decided_at, agent.decided_by = stage, now, by
    await accounts.revoke(db, agent.account_id, Role.AGENT, now, by)
    await db.flush()


async def leave(db: AsyncSession, account_id: int, now: datetime) -> None:
    """End what an account has open: it is to be erased."""
    ended: dict[str, Any] = {"stage": Stage.ENDED, "decided_at": now}
    mine = (Agent.account_id == account_id, OPEN)
    await db.execute(update(table_of(Agent)).where(*mine).values(ended))
    await accounts.revoke(db, account_id, Role.AGENT, now, account_id)


def _told(agent: Agent, key: PersonKey) -> Told:
    def opened_text(column: str, value: bytes) -> str:
        return key.open_text("agents", agent.id, column, value)

    return Told(
        kind=agent.kind,
        territory=agent.territory,
        name=opened_text("name", agent.name),
        office=opened_text("office", agent.office),
        number=None if agent.number is None else opened_text("number", agent.number),
    )
