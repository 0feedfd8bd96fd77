"""Members for tests: named people with a membership, months paid, and somebody to reach."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.accounts import Account, meet
from models.consents import Basis, Consent
from models.contributions import Contribution, KnownBy
from models.memberships import Contact, Life, Membership, Relation
from models.owing.deliveries import Delivery
from models.people import new_person
from models.storage.database import Database
from models.storage.ids import new_id
from models.workers import Worker
from rules.calendar import month_after

JAKARTA, PAPUA = "3201012001", "9471012001"
BEGAN = timedelta(days=200)
CROWD = 87_000
NIK = "9901010101809002"


@dataclass
class Members:
    """Lets people join, and tells what is owed to whom; `now` is when they tell us things."""

    database: Database
    now: datetime
    named: dict[int, str] = field(default_factory=dict)

    async def join(
        self,
        name: str,
        account: int | Iterable[tuple[int, Relation]],
        *,
        paid: str | None = "2026-11",
        months: int = 3,
        **told: Any,
    ) -> Membership:
        """Let somebody join who is paid through a month for so many months, unless they never paid."""
        chain = [(account, Relation.SELF)] if isinstance(account, int) else list(account)
        async with self.database.begin() as db:
            await meet(db, {each: "id" for each, _ in chain}, self.now)
            return await self._join(db, name, chain, paid, months, told)

    async def crowd(self, count: int, *chain: tuple[int, Relation], **told: Any) -> None:
        """Let a crowd join who paid through November: each alone, or all in the care of the same people."""
        accounts = [each for each, _ in chain] or [CROWD + number for number in range(count)]
        async with self.database.begin() as db:
            await meet(db, dict.fromkeys(accounts, "id"), self.now)
            for number in range(count):
                reach = list(chain) or [(CROWD + number, Relation.SELF)]
                await self._join(db, f"Worker {number}", reach, "2026-11", 3, told)

    async def _join(
        self,
        db: AsyncSession,
        name: str,
        chain: list[tuple[int, Relation]],
        paid: str | None,
        months: int,
        told: dict[str, Any],
    ) -> Membership:
        person, key = await new_person(db, self.database.keys, self.now)
        consent = _consent(person, chain[0][0], self.now)
        nik_index = self.database.keys.nik_index(name)
        sealed = {
            column: key.seal_text("workers", person, column, told_as)
            for column, told_as in (("name", name), ("nik", NIK))
        }
        membership = _membership(person, nik_index, self.now, told)
        membership.income = key.seal_text("memberships", membership.id, "income", "1000000")
        worker = _worker(person, consent.id, sealed, nik_index, self.now)
        worker.nik = key.seal_text("workers", person, "nik", "9901014101909001")
        for row in (consent, worker, membership):
            db.add(row)
            await db.flush()
        db.add_all(
            Contact(membership_id=membership.id, position=at, account_id=each, relation=relation)
            for at, (each, relation) in enumerate(chain)
        )
        if paid is not None:
            last = date.fromisoformat(f"{paid}-01")
            db.add_all(line(membership.id, month_after(last, -at), self.now) for at in range(months))
        await db.flush()
        self.named[membership.id] = name
        return membership

    async def pay(self, membership: Membership, month: date) -> None:
        """Let a month be paid."""
        async with self.database.begin() as db:
            db.add(line(membership.id, month, self.now))

    async def change(self, account: int, **values: Any) -> None:
        """Let something happen to an account."""
        async with self.database.begin() as db:
            found = await db.get_one(Account, account)
            for name, value in values.items():
                setattr(found, name, value)

    async def deliveries(self) -> list[Delivery]:
        """Return all that is owed, the first to be sent first."""
        async with self.database.begin() as db:
            found = await db.scalars(select(Delivery).order_by(Delivery.not_before, Delivery.id))
            return list(found)

    async def owed(self) -> list[str]:
        """Return what is owed in short: "Siti before_7 2026-12", "digest 86100"."""
        return sorted(self._short(each) for each in await self.deliveries())

    def _short(self, each: Delivery) -> str:
        if each.subject_id is None:
            return f"{each.kind} {each.account_id}"
        return f"{self.named[each.subject_id]} {each.step} {each.month:%Y-%m}"


def line(membership_id: int, month: date, at: datetime) -> Contribution:
    """Return a line of the ledger: reported by the worker a little before the month is due."""
    return Contribution(
        id=new_id(at),
        membership_id=membership_id,
        month=month,
        amount=8400,
        money="own",
        programmes=2,
        relief=True,
        sign=1,
        known_by=KnownBy.REPORTED_WORKER,
        at=at,
    )


def _consent(person: int, account: int, now: datetime) -> Consent:
    return Consent(
        id=new_id(now),
        person_id=person,
        account_id=account,
        text_version="2026-11",
        text_sha256=bytes(32),
        language="id",
        given_at=now,
        channel="telegram",
        basis=Basis.SELF,
    )


def _worker(person: int, consent: int, sealed: dict[str, bytes], nik_index: bytes, now: datetime) -> Worker:
    return Worker(
        id=person,
        consent_id=consent,
        **sealed,
        nik_index=nik_index,
        birth_date=b"sealed",
        village_code=JAKARTA,
        village_name="Suka Maju",
        region_version="2026",
        created_at=now,
    )


def _membership(person: int, nik_index: bytes, now: datetime, told: dict[str, Any]) -> Membership:
    usual = {
        "first_month": date(2026, 9, 1),
        "programmes": 2,
        "sector": "other",
        "money": "own",
        "village_code": JAKARTA,
        "zone": "Asia/Jakarta",
        "state": Life.ACTIVE,
        "started_at": now - BEGAN,
    }
    return Membership(id=new_id(now), worker_id=person, nik_index=nik_index, **usual | told)
