"""Memberships: what begins when an officer has recorded a registration, and who can be reached about it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, ForeignKey, Index, LargeBinary, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.applications import UNDESCRIBED, Application, key_of
from models.consents import Basis, Consent
from models.ownership import hand_overs
from models.ownership.hand_overs import Taken
from models.states import State
from models.storage.among import among
from models.storage.base import Base, Id, is_literally, one_of
from models.storage.ids import new_id
from models.storage.keys import Keys
from models.storage.sealed import PersonKey
from rules import kpj as kpj_rules
from rules.calendar import zone_of


class Life(StrEnum):
    """How a membership stands as people told us; whether it is paid or lapsed is derived, never stored.

    active    goes on
    ended     the worker or the office says that it is over
    deceased  the worker died: nobody is ever reminded again
    """

    ACTIVE = "active"
    ENDED = "ended"
    DECEASED = "deceased"


class Relation(StrEnum):
    """What a contact is to the worker: oneself, who registered them, or somebody else near."""

    SELF = "self"
    REGISTRANT = "registrant"
    FAMILY = "family"
    AGENT = "agent"
    HEAD_OF_RT = "head_of_rt"


class Membership(Base):
    """The membership of a worker; `income`, `kpj` and `payment_code` are sealed with their own key.

    `first_month` is the first contribution month. `protection_until` is the last protected day as the
    person or the office read it, `sponsor_until` the last day somebody else pays for. It goes with its
    worker: an erasure takes it and everything below it along.
    """

    __tablename__ = "memberships"
    __table_args__ = (
        Index(
            "ix_memberships_active",
            "zone",
            "id",
            sqlite_where=text("state = 'active'"),
            postgresql_where=text("state = 'active'"),
        ),
        Index("ix_memberships_undescribed", "id", sqlite_where=UNDESCRIBED, postgresql_where=UNDESCRIBED),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    worker_id: Mapped[int] = mapped_column(Id, ForeignKey("workers.id", ondelete="CASCADE"), index=True)
    application_id: Mapped[int | None] = mapped_column(
        Id, ForeignKey("applications.id", ondelete="SET NULL"), unique=True
    )
    nik_index: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    first_month: Mapped[date]
    programmes: Mapped[int]
    sector: Mapped[str]
    money: Mapped[str]
    village_code: Mapped[str] = mapped_column(index=True)
    zone: Mapped[str]
    income: Mapped[bytes] = mapped_column(LargeBinary)
    kpj: Mapped[bytes | None] = mapped_column(LargeBinary)
    payment_code: Mapped[bytes | None] = mapped_column(LargeBinary)
    protection_until: Mapped[date | None]
    state: Mapped[Life] = mapped_column(one_of(Life))
    sponsor_until: Mapped[date | None]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    sex: Mapped[str | None]
    birth_year: Mapped[int | None]

    def monthly_income(self, key: PersonKey) -> int:
        """Return the declared income in rupiah a month."""
        return int(key.open_text("memberships", self.id, "income", self.income))

    def number(self, key: PersonKey) -> str | None:
        """Return the KPJ, or None while nobody told it."""
        return None if self.kpj is None else key.open_text("memberships", self.id, "kpj", self.kpj)


class Contact(Base):
    """One account that can be reached about a membership; the first reachable position is asked.

    Whoever joined by a link has agreed: when, and the SHA-256 of the words. The first contact, who filed the
    application, consented there. How a chain grows and shrinks is in models/contacts.py.
    """

    __tablename__ = "contacts"

    membership_id: Mapped[int] = mapped_column(
        Id, ForeignKey("memberships.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(Id, ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    relation: Mapped[Relation] = mapped_column(one_of(Relation))
    agreed_at: Mapped[datetime | None]
    text_sha256: Mapped[bytes | None] = mapped_column(LargeBinary(32))


def is_active(of: type[Membership] = Membership) -> ColumnElement[bool]:
    """Return the condition that a membership goes on, in the words of the index of those that do."""
    return is_literally(of.state, Life.ACTIVE)


async def begin(
    db: AsyncSession,
    keys: Keys,
    application: Application,
    *,
    first_month: date,
    kpj: str | None,
    by: int | None,
    now: datetime,
    sponsor_until: date | None = None,
) -> Membership:
    """Begin the membership of a registered application; one that has begun is returned as it is.

    `by` is the officer, kept in the history of the application. Refused when the KPJ is no KPJ.
    """
    if application.state is not State.REGISTERED:
        raise ValueError("a membership begins when its application is registered")
    begun = await of_application(db, application.id)
    if begun is not None:
        return begun
    key = await key_of(db, keys, application.worker_id)
    membership = _membership(application, key, first_month, now)
    membership.sponsor_until = sponsor_until
    if kpj is not None:
        note_kpj(membership, key, kpj)
    db.add(membership)
    await db.flush()
    await _add_contacts(db, [(application, membership)])
    return membership


@dataclass(frozen=True, slots=True)
class Beginning:
    """A membership about to begin: the application, its worker's key, and what the office told."""

    application: Application
    key: PersonKey = field(repr=False)
    first_month: date
    kpj: str | None = field(repr=False)
    payment_code: str | None = field(repr=False)
    sponsor_until: date | None


async def begin_all(db: AsyncSession, beginnings: Sequence[Beginning], now: datetime) -> list[Membership]:
    """Begin the memberships of registered applications that have none yet, all of them in few statements."""
    begun = []
    for each in beginnings:
        membership = _membership(each.application, each.key, each.first_month, now)
        membership.sponsor_until = each.sponsor_until
        if each.kpj is not None:
            note_kpj(membership, each.key, each.kpj)
        if each.payment_code is not None:
            note_payment_code(membership, each.key, each.payment_code)
        begun.append(membership)
    db.add_all(begun)
    await db.flush()
    await _add_contacts(db, [(each.application, one) for each, one in zip(beginnings, begun, strict=True)])
    return begun


async def of_application(db: AsyncSession, application_id: int) -> Membership | None:
    """Return the membership that began with an application, or None."""
    query = select(Membership).where(Membership.application_id == application_id)
    found: Membership | None = await db.scalar(query)
    return found


async def of_account(
    db: AsyncSession, account_id: int, relations: Iterable[Relation] = Relation
) -> list[int]:
    """Return the ids of the active memberships an account is a contact of, in these relations."""
    query = (
        select(Membership.id)
        .join(Contact, Contact.membership_id == Membership.id)
        .where(Contact.account_id == account_id, Contact.relation.in_(list(relations)))
        .where(Membership.state == Life.ACTIVE)
        .order_by(Membership.id)
    )
    return list(dict.fromkeys(await db.scalars(query)))


async def end(db: AsyncSession, membership_id: int, state: Life, now: datetime) -> None:
    """Note that a membership is over, or that its worker died; what was noted first stays."""
    await db.execute(
        update(Membership)
        .where(Membership.id == membership_id, Membership.state == Life.ACTIVE)
        .values(state=state, ended_at=now)
    )


def note_kpj(membership: Membership, key: PersonKey, kpj: str) -> None:
    """Seal the member number into its membership, or raise Refused."""
    membership.kpj = key.seal_text("memberships", membership.id, "kpj", kpj_rules.parse(kpj))


def note_payment_code(membership: Membership, key: PersonKey, code: str) -> None:
    """Seal into a membership the code its first contribution is paid with."""
    membership.payment_code = key.seal_text("memberships", membership.id, "payment_code", code)


def _membership(application: Application, key: PersonKey, first_month: date, now: datetime) -> Membership:
    membership_id = new_id(now)
    income = str(int(application.told(key)["income"]))
    return Membership(
        id=membership_id,
        worker_id=application.worker_id,
        application_id=application.id,
        nik_index=application.nik_index,
        first_month=first_month.replace(day=1),
        programmes=application.programmes,
        sector=application.sector,
        money=application.money,
        village_code=application.village_code,
        zone=zone_of(application.village_code),
        income=key.seal_text("memberships", membership_id, "income", income),
        state=Life.ACTIVE,
        started_at=now,
        sex=application.sex,
        birth_year=application.birth_year,
    )


async def _add_contacts(db: AsyncSession, begun: Sequence[tuple[Application, Membership]]) -> None:
    """Add the first contacts of memberships, read with two statements for all."""
    consents = among(Consent.id, [application.consent_id for application, _ in begun])
    held = {row.id: row.basis for row in await db.execute(select(Consent.id, Consent.basis).where(consents))}
    taken = await hand_overs.taken(db, [application.id for application, _ in begun])
    for application, membership in begun:
        basis = held[application.consent_id]
        db.add_all(_contacts(application, membership.id, basis, taken.get(application.id)))
    await db.flush()


def _contacts(
    application: Application, membership_id: int, basis: Basis, taken: Taken | None
) -> tuple[Contact, ...]:
    """Return who is reached first: a worker who took the record over, then who filed the application."""
    filed_by = Relation.SELF if basis is Basis.SELF else Relation.REGISTRANT
    sender = Contact(membership_id=membership_id, account_id=application.account_id, relation=filed_by)
    if application.worker_account_id is None or taken is None:
        sender.position = 0
        return (sender,)
    sender.position = 1
    worker = Contact(
        membership_id=membership_id,
        position=0,
        account_id=application.worker_account_id,
        relation=Relation.SELF,
        agreed_at=taken.at,
        text_sha256=taken.text_sha256,
    )
    return (worker, sender)
