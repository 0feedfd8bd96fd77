"""Members as one account may see them: name, standing and prices, read with one statement each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.engine import Words
from handlers.batch import Batch
from handlers.render import base36, id_of
from models import contributions
from models.contacts import KEEPERS
from models.memberships import Contact, Life, Membership, Relation
from models.people import PersonKeyRow
from models.storage.among import among
from models.storage.keys import Keys
from models.storage.sealed import PersonKey
from models.workers import Worker
from rules import tariff
from rules.money import rupiah
from rules.names import first_word
from rules.programmes import money_in
from rules.standing import Standing, standing


@dataclass(frozen=True, slots=True)
class Member:
    """One membership in the hand: whose it is, what is covered, and where it stands today.

    `invited`: the account it is shown to joined by a link. It never typed the NIK, and does not see it.
    """

    membership: Membership
    relation: Relation
    invited: bool
    standing: Standing
    name: str = field(repr=False)
    income: int = field(repr=False)
    worker: Worker = field(repr=False)
    key: PersonKey = field(repr=False)

    @property
    def id(self) -> int:
        """The id of the membership."""
        return self.membership.id

    @property
    def nik(self) -> str:
        """The payment number: opened only for who asks to see this one member's contributions."""
        return self.worker.opened(self.key, "nik") or ""

    @property
    def whose(self) -> object:
        """Whom a message to this contact is about: "you", or the worker by name."""
        return Words("reminders.you") if self.relation is Relation.SELF else self.name

    @property
    def spoken_for(self) -> bool:
        """Whether this contact may stop the worker's reminders for everybody, or turn them on again."""
        return self.relation in KEEPERS or not self.invited

    @property
    def first_name(self) -> str:
        """The first word of the worker's name, for those who are not in the chain."""
        return first_word(self.name)

    def sponsored(self, today: date) -> date | None:
        """Return the last day somebody else pays, while that day has not passed; None otherwise."""
        until = self.membership.sponsor_until
        return until if until is not None and today <= until else None

    def price(self, month: date) -> tariff.Price:
        """Return the contribution of a month by its own tariff and relief."""
        one = self.membership
        money = money_in(month, one.money, one.sponsor_until)
        return tariff.price(self.income, sector=one.sector, money=money, month=month)

    def amount(self, month: date) -> object:
        """Return the contribution of a month in words: both prices where it is unsettled which one holds."""
        price, programmes = self.price(month), self.membership.programmes
        if not price.unsettled:
            return rupiah(price.total(programmes))
        row = tariff.bracket(self.income)
        full = row.jkk + row.jkm + (row.jht if programmes == 3 else 0)
        return Words("offer.either", {"low": rupiah(price.total(programmes)), "high": rupiah(full)})


async def members_of(batch: Batch, account_id: int, ids: Iterable[int] | None = None) -> list[Member]:
    """Return the active members an account is a contact of, the soonest lapse first; `ids` keeps some."""
    return await read(batch.db, batch.keys, account_id, batch.today, ids)


async def first_names(db: AsyncSession, keys: Keys, ids: Iterable[int]) -> dict[int, str]:
    """Return the first word of the worker's name of each of these memberships; nothing for one erased."""
    query = (
        select(Membership.id, Worker, PersonKeyRow.wrapped)
        .join(Worker, Worker.id == Membership.worker_id)
        .join(PersonKeyRow, PersonKeyRow.person_id == Worker.id)
        .where(among(Membership.id, ids))
    )
    return {
        number: first_word(worker.opened(PersonKey.unwrap(keys, worker.id, wrapped), "name") or "-")
        for number, worker, wrapped in await db.execute(query)
    }


async def read(
    db: AsyncSession, keys: Keys, account_id: int, today: date, ids: Iterable[int] | None = None
) -> list[Member]:
    """Return the members of an account as they stand on a day, the soonest lapse first."""
    query = (
        select(Membership, Contact.relation, Contact.agreed_at, Worker, PersonKeyRow.wrapped)
        .join(Contact, Contact.membership_id == Membership.id)
        .join(Worker, Worker.id == Membership.worker_id)
        .join(PersonKeyRow, PersonKeyRow.person_id == Worker.id)
        .where(Contact.account_id == account_id, Membership.state == Life.ACTIVE)
    )
    rows = (await db.execute(query if ids is None else query.where(among(Membership.id, ids)))).all()
    covered = await contributions.covered(db, [row[0].id for row in rows])
    found = [
        _member(
            keys,
            (membership, relation, agreed_at is not None),
            worker,
            wrapped,
            covered[membership.id],
            today,
        )
        for membership, relation, agreed_at, worker, wrapped in rows
    ]
    return sorted(found, key=lambda member: (member.standing.due, member.name, member.id))


def _member(
    keys: Keys,
    held: tuple[Membership, Relation, bool],
    worker: Worker,
    wrapped: bytes,
    covered: set[date],
    today: date,
) -> Member:
    membership = held[0]
    key = PersonKey.unwrap(keys, worker.id, wrapped)
    return Member(
        *held,
        standing(
            membership.first_month,
            covered,
            today,
            membership.protection_until,
            membership.sponsor_until,
        ),
        worker.opened(key, "name") or "",
        membership.monthly_income(key),
        worker,
        key,
    )


async def member_of(batch: Batch, account_id: int, code: str) -> Member | None:
    """Return the member whose id a button carries, if the account is a contact of it and it goes on."""
    wanted = id_of(code)
    found = [] if wanted is None else await members_of(batch, account_id, [wanted])
    return found[0] if found else None


def about(action: str, member: Member, *more: str) -> str:
    """Return what a button of a member's pages carries: nothing personal."""
    return "|".join(("v1", "m", action, base36(member.id), *more))


def page_of(members: Sequence[Member], number: int, size: int) -> tuple[Sequence[Member], int, int]:
    """Return the members of a page, its number within what there is, and how many pages there are."""
    pages = max(1, -(-len(members) // size))
    number = min(max(number, 1), pages)
    return members[(number - 1) * size : number * size], number, pages
