"""Freezes: after "Ini bukan saya" a record rests, on every road, until an officer has looked."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import delete, select

from models import memberships
from models.agency import programmes
from models.agency.programmes import Plan
from models.agency.verdicts import seats
from models.applications import Application, Closing, move
from models.consents import Basis
from models.erasures import withdraw
from models.memberships import Contact, Life, Membership, Relation
from models.owing import wanted
from models.owing.deliveries import Delivery
from models.ownership import freezes, hand_overs
from models.reminding.reasons import ladder_on, parameters
from models.reminding.reminders import Batch, Slot, plan_batch
from models.states import State
from models.storage.database import Database
from models.storage.tokens import new_token
from rules.programmes import Flaw
from rules.refusal import Refused

Files = Callable[..., Awaitable[Application]]
SITI, SLAMET, OFFICER = 86_001, 86_002, 86_100
DUE = date(2026, 12, 8)


async def frozen(database: Database, application: Application, now: datetime) -> None:
    async with database.begin() as db:
        assert await freezes.freeze(db, application.id, SLAMET, now) is not None


async def member(database: Database, application: Application, now: datetime) -> Membership:
    """Let a membership begin, its first month paid."""
    async with database.begin() as db:
        for state in (State.ACCEPTED, State.REGISTERED):
            moved = await move(db, database.keys, application.id, state, by=OFFICER, now=now)
        return await memberships.begin(
            db, database.keys, moved, first_month=date(2026, 12, 1), kpj=None, by=OFFICER, now=now
        )


async def planned(database: Database, one: Membership) -> list[int]:
    """Plan the day a first month is due soon; whom that reaches, and the ids of what is owed."""
    async with database.begin() as db:
        reasons = ladder_on(DUE)
        moment = datetime.combine(DUE, datetime.min.time(), tzinfo=one.started_at.tzinfo) + timedelta(hours=3)
        slots = [Slot.on(DUE, one.zone, moment)] * len(reasons)
        batch = Batch(one.zone, one.id - 1, one.id)
        await plan_batch(db, DUE, reasons, slots, batch, parameters(DUE, one.zone), moment)
        return list(await db.scalars(select(Delivery.id).where(Delivery.kind.in_(("reminder", "digest")))))


@pytest.mark.parametrize("to", [State.ACCEPTED, State.RETURNED, State.IN_REVIEW, State.WITHDRAWN])
async def test_nothing_moves_a_frozen_application(
    database: Database, files: Files, now: datetime, to: State
) -> None:
    application = await files(SITI, basis=Basis.FAMILY)
    await frozen(database, application, now)
    async with database.begin() as db:
        with pytest.raises(Refused, match=r"application\.frozen"):
            await move(db, database.keys, application.id, to, by=OFFICER, now=now)


async def test_who_filed_it_may_take_it_back_all_the_same(
    database: Database, files: Files, now: datetime
) -> None:
    application = await files(SITI, basis=Basis.FAMILY)
    await frozen(database, application, now)
    async with database.begin() as db:
        assert 1 == await withdraw(db, database.keys, SITI, now)


@pytest.mark.parametrize("basis", [Basis.SELF, Basis.FAMILY])
async def test_nobody_is_reminded_of_a_frozen_membership(
    database: Database, files: Files, now: datetime, basis: Basis
) -> None:
    application = await files(SITI, basis=basis)
    one = await member(database, application, now)
    owed = await planned(database, one)
    async with database.begin() as db:
        before = await wanted.wanted(db, owed, DUE)
        seen_to = await wanted.to_see_to(db, [SITI])
    await frozen(database, application, now)
    async with database.begin() as db:
        assert (set(owed), 1) == (before, len(owed))
        assert set() == await wanted.wanted(db, owed, DUE)
        assert {SITI: set()} == await wanted.to_see_to(db, [SITI])
        await db.execute(delete(Delivery))
    assert {SITI: {one.id} if basis is Basis.FAMILY else set()} == seen_to
    assert [] == await planned(database, one)


async def test_members_without_an_application_are_reminded_while_others_are_frozen(
    database: Database, files: Files, now: datetime
) -> None:
    gone, stays = await files(SITI), await files(SLAMET, "9901014101909002")
    await member(database, gone, now)
    one = await member(database, stays, now)
    await frozen(database, gone, now)
    async with database.begin() as db:
        (await db.get_one(Membership, one.id)).application_id = None

    assert 1 == len(await planned(database, one))


async def test_a_frozen_place_needs_the_office_and_nobody_frozen_is_put_on_a_list(
    database: Database, files: Files, now: datetime
) -> None:
    listed = await files(SITI, "9901014101909001", Basis.VILLAGE)
    later = await files(SITI, "9901014101909002", Basis.VILLAGE)
    async with database.begin() as db:
        (await db.get_one(Application, listed.id)).occupation_id = "petani"
        plan = Plan(listed.village_code, 2027, None, None, "apbdes", date(2027, 1, 1), 12, 5)
        one = await programmes.begin(db, SITI, plan, now)
        await programmes.add(db, one, [listed.id], now)
        before = await programmes.listable(db, one, 5)
    for each in (listed, later):
        await frozen(database, each, now)
    async with database.begin() as db:
        (seat,) = await seats(db, database.keys, one, now.date())

        assert [later.id] == before
        assert [] == await programmes.listable(db, one, 5)
        assert seat.frozen
        assert Flaw.OFFICE in seat.flaws


async def test_no_link_hands_a_frozen_record_over(database: Database, files: Files, now: datetime) -> None:
    application, token = await files(SITI, basis=Basis.FAMILY), new_token()
    async with database.begin() as db:
        await hand_overs.give(db, application, token, now)
    await frozen(database, application, now)
    async with database.begin() as db:
        assert await hand_overs.by_token(db, token, now) is None
        assert [] == await hand_overs.to_give(db, SITI, 5)


async def test_what_was_found_right_goes_on_and_is_not_frozen_again(
    database: Database, files: Files, now: datetime
) -> None:
    application = await files(SITI, basis=Basis.FAMILY)
    await frozen(database, application, now)
    async with database.begin() as db:
        assert await freezes.freeze(db, application.id, SITI, now) is None
        held = await freezes.frozen(db, application.id)
        assert held is not None
        assert (now, SLAMET) == (held.frozen_at, held.frozen_by)
        await freezes.thaw(db, held, now)
    async with database.begin() as db:
        moved = await move(db, database.keys, application.id, State.ACCEPTED, by=OFFICER, now=now)

        assert State.ACCEPTED is moved.state
        assert await freezes.freeze(db, application.id, SLAMET, now) is None
        assert await freezes.frozen(db, application.id) is None


async def test_what_was_found_wrong_is_closed_with_its_membership(
    database: Database, files: Files, now: datetime
) -> None:
    application = await files(SITI, basis=Basis.FAMILY)
    one = await member(database, application, now)
    await frozen(database, application, now)
    async with database.begin() as db:
        held = await freezes.frozen(db, application.id)
        assert held is not None
        await freezes.close(db, database.keys, held, OFFICER, now)
    async with database.begin() as db:
        closed = await db.get_one(Application, application.id)
        life = (await db.get_one(Membership, one.id)).state
        links = [(each.account_id, each.relation) for each in await db.scalars(select(Contact))]

    assert (State.WITHDRAWN, Closing.REFUSED, None) == (closed.state, closed.closed_as, closed.frozen_at)
    assert Life.ENDED is life
    assert [(SITI, Relation.REGISTRANT)] == links
