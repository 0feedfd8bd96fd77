"""Memberships: begun by an officer from a registered application, gone with their worker."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from models import contacts, contributions, memberships
from models.accounts import meet
from models.applications import Application, key_of, move
from models.consents import Basis
from models.contributions import Contribution, KnownBy
from models.erasures import replay
from models.memberships import Contact, Life, Membership, Relation, begin
from models.reminding import snoozes
from models.reminding.snoozes import Snooze
from models.states import State
from models.storage.database import Database
from rules.refusal import Refused

Files = Callable[..., Awaitable[Application]]
SITI, BUDI, OFFICER = 86_001, 86_002, 86_100
DECEMBER = date(2026, 12, 1)


@pytest.fixture
def registers(database: Database, files: Files, now: datetime) -> Callable[..., Awaitable[Membership]]:
    """File somebody, let the office register them, and begin the membership."""

    async def register(account: int, basis: Basis = Basis.SELF, **told: Any) -> Membership:
        application = await files(account, basis=basis)
        async with database.begin() as db:
            for state in (State.ACCEPTED, State.REGISTERED):
                application = await move(db, database.keys, application.id, state, by=OFFICER, now=now)
            values: dict[str, Any] = {"first_month": DECEMBER, "kpj": None} | told
            return await begin(db, database.keys, application, by=OFFICER, now=now, **values)

    return register


Registers = Callable[..., Awaitable[Membership]]


async def chain(database: Database, membership_id: int) -> list[tuple[int, Relation]]:
    async with database.begin() as db:
        query = select(Contact).where(Contact.membership_id == membership_id).order_by(Contact.position)
        return [(each.account_id, each.relation) for each in await db.scalars(query)]


async def test_a_registered_application_becomes_a_membership(
    database: Database, registers: Registers
) -> None:
    siti = await registers(SITI, kpj="12 3456 78901")
    async with database.begin() as db:
        key = await key_of(db, database.keys, siti.worker_id)

    assert (1_500_000, "12345678901") == (siti.monthly_income(key), siti.number(key))
    assert (DECEMBER, Life.ACTIVE, "Asia/Jakarta") == (siti.first_month, siti.state, siti.zone)
    assert [(SITI, Relation.SELF)] == await chain(database, siti.id)


async def test_whoever_registered_another_is_reached_for_them(
    database: Database, registers: Registers
) -> None:
    bakso_seller = await registers(BUDI, basis=Basis.AGENT)

    assert [(BUDI, Relation.REGISTRANT)] == await chain(database, bakso_seller.id)


async def test_a_membership_begins_once(database: Database, registers: Registers, now: datetime) -> None:
    siti = await registers(SITI)
    async with database.begin() as db:
        application = await db.get_one(Application, siti.application_id)
        again = await begin(
            db, database.keys, application, first_month=DECEMBER, kpj=None, by=OFFICER, now=now
        )

    assert siti.id == again.id


async def test_an_application_under_way_begins_nothing(
    database: Database, files: Files, now: datetime
) -> None:
    application = await files(SITI)
    async with database.begin() as db:
        with pytest.raises(ValueError, match="registered"):
            await begin(db, database.keys, application, first_month=DECEMBER, kpj=None, by=OFFICER, now=now)


async def test_a_kpj_of_ten_digits_is_refused(registers: Registers) -> None:
    with pytest.raises(Refused):
        await registers(SITI, kpj="1234567890")


async def test_the_chain_grows_and_shrinks(database: Database, registers: Registers, now: datetime) -> None:
    siti = await registers(SITI)
    async with database.begin() as db:
        await meet(db, {BUDI: "id"}, now)
        await contacts.add(db, siti.id, BUDI, Relation.FAMILY)
    both = await chain(database, siti.id)
    async with database.begin() as db:
        await contacts.drop(db, siti.id, SITI)

    assert [(SITI, Relation.SELF), (BUDI, Relation.FAMILY)] == both
    assert [(BUDI, Relation.FAMILY)] == await chain(database, siti.id)


async def test_the_first_end_of_a_membership_stays(
    database: Database, registers: Registers, now: datetime
) -> None:
    siti = await registers(SITI)
    async with database.begin() as db:
        before = await memberships.of_account(db, SITI)
        await memberships.end(db, siti.id, Life.DECEASED, now)
        await memberships.end(db, siti.id, Life.ENDED, now)
    async with database.begin() as db:
        state = await db.scalar(select(Membership.state))
        after = await memberships.of_account(db, SITI)

    assert (Life.DECEASED, [siti.id], []) == (state, before, after)


async def test_an_erased_worker_leaves_nothing_of_the_membership(
    database: Database, registers: Registers, now: datetime
) -> None:
    siti = await registers(SITI)
    async with database.begin() as db:
        lines = await contributions.record(
            db, database.keys, siti, [DECEMBER], KnownBy.REPORTED_WORKER, by=SITI, now=now
        )
        await contributions.correct(db, lines[0], KnownBy.CONFIRMED_OFFICER, by=OFFICER, now=now)
        await snoozes.snooze(db, siti.id, DECEMBER, DECEMBER)
    async with database.begin() as db:
        await replay(db, [siti.worker_id])
    async with database.begin() as db:
        tables = (Membership, Contact, Contribution, Snooze)
        left = [await db.scalar(select(func.count()).select_from(table)) for table in tables]

    assert [0, 0, 0, 0] == left
