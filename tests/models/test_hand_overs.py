"""Hand-overs: a link makes a record the worker's own, once; who registered keeps seeing it."""

from asyncio import gather
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from models import contacts, memberships
from models.accounts import Account, meet
from models.applications import Application, move, seen_by
from models.consents import Basis
from models.erasures import erase_account, withdraw
from models.memberships import Contact, Membership, Relation
from models.ownership import hand_overs
from models.ownership.hand_overs import VALID, HandOver
from models.ownership.taking import take
from models.states import State
from models.storage.database import Database
from models.storage.tokens import new_token

Files = Callable[..., Awaitable[Application]]
SITI, SLAMET, AGUS, OFFICER = 86_001, 86_002, 86_003, 86_100
AGREED = bytes(32)


async def given(database: Database, application: Application, now: datetime) -> str:
    """Make a link for an application; its token."""
    token = new_token()
    async with database.begin() as db:
        await hand_overs.give(db, application, token, now)
    return token


async def taken(database: Database, token: str, account: int, now: datetime) -> int | None:
    """Let an account use a link; the application it took."""
    async with database.begin() as db:
        await meet(db, {account: "id"}, now)
        found = await take(db, token, account, AGREED, now)
    return found.id if found else None


async def begins(database: Database, application: Application, now: datetime) -> Membership:
    """Let an officer record that an application is registered."""
    async with database.begin() as db:
        for state in (State.ACCEPTED, State.REGISTERED):
            moved = await move(db, database.keys, application.id, state, by=OFFICER, now=now)
        first = now.date().replace(day=1)
        return await memberships.begin(
            db, database.keys, moved, first_month=first, kpj=None, by=OFFICER, now=now
        )


async def chain(database: Database, membership: Membership) -> list[tuple[int, str]]:
    async with database.begin() as db:
        links = await contacts.chain(db, membership.id)
    return [(link.account_id, link.relation.value) for link in links]


async def test_of_ten_who_try_at_once_one_takes_the_record(
    database: Database, files: Files, now: datetime
) -> None:
    application = await files(SITI, basis=Basis.FAMILY)
    token = await given(database, application, now)
    takers = range(SLAMET, SLAMET + 10)
    found = await gather(*(taken(database, token, each, now) for each in takers))
    async with database.begin() as db:
        worker = (await db.get_one(Application, application.id)).worker_account_id

    assert [application.id] == [each for each in found if each is not None]
    assert found.index(application.id) == takers.index(worker or 0)


async def test_what_is_used_run_out_replaced_or_over_opens_nothing(
    database: Database, files: Files, now: datetime
) -> None:
    niks = [f"990101410190900{number}" for number in range(1, 5)]
    used, late, replaced, over = [await files(SITI, nik, Basis.FAMILY) for nik in niks]
    tokens = [await given(database, each, now) for each in (used, late, replaced, over)]
    await taken(database, tokens[0], AGUS, now)
    anew = await given(database, replaced, now)
    async with database.begin() as db:
        await move(db, database.keys, over.id, State.WITHDRAWN, by=SITI, now=now)
    opened = [await taken(database, tokens[number], SLAMET, now) for number in (0, 2, 3)]
    opened += [await taken(database, tokens[1], SLAMET, now + VALID)]

    assert [None] * 4 == opened
    assert replaced.id == await taken(database, anew, SLAMET, now + VALID - timedelta(seconds=1))


async def test_nobody_hands_over_to_oneself(database: Database, files: Files, now: datetime) -> None:
    application = await files(SITI, basis=Basis.FAMILY)
    token = await given(database, application, now)

    assert await taken(database, token, SITI, now) is None
    assert application.id == await taken(database, token, SLAMET, now)


async def test_what_one_filed_for_oneself_or_gave_already_is_not_given(
    database: Database, files: Files, now: datetime
) -> None:
    own = await files(SITI, "9901014101909001")
    family = await files(SITI, "9901014101909002", Basis.FAMILY)
    gone = await files(SITI, "9901014101909003", Basis.FAMILY)
    await taken(database, await given(database, gone, now), SLAMET, now)
    async with database.begin() as db:
        offered = await hand_overs.to_give(db, SITI, 5)
        alone = [await hand_overs.one_to_give(db, SITI, each.id) is None for each in (own, family, gone)]
        strangers = await hand_overs.one_to_give(db, AGUS, family.id)

    assert [family.id] == [each.id for each in offered]
    assert [True, False, True] == alone
    assert strangers is None


@pytest.mark.parametrize("order", ["before", "after"])
async def test_the_worker_comes_first_whether_the_membership_has_begun(
    database: Database, files: Files, now: datetime, order: str
) -> None:
    application = await files(SITI, basis=Basis.FAMILY)
    token = await given(database, application, now)
    if order == "before":
        await taken(database, token, SLAMET, now)
    membership = await begins(database, application, now)
    if order == "after":
        await taken(database, token, SLAMET, now)
    async with database.begin() as db:
        first = await db.get_one(Contact, (membership.id, 0))
        seen = [[each.id for each in await seen_by(db, account, 5)] for account in (SITI, SLAMET, AGUS)]

    assert [(SLAMET, "self"), (SITI, "registrant")] == await chain(database, membership)
    assert (now, AGREED) == (first.agreed_at, first.text_sha256)
    assert [[application.id], [application.id], []] == seen


async def test_who_was_in_the_chain_already_is_in_it_once(
    database: Database, files: Files, now: datetime
) -> None:
    application = await files(SITI, basis=Basis.FAMILY)
    membership = await begins(database, application, now)
    async with database.begin() as db:
        await meet(db, {SLAMET: "id"}, now)
        await contacts.add(db, membership.id, SLAMET, Relation.FAMILY)
    await taken(database, await given(database, application, now), SLAMET, now)

    assert [(SLAMET, "self"), (SITI, "registrant")] == await chain(database, membership)


async def test_where_another_is_the_worker_already_nobody_takes_it(
    database: Database, files: Files, now: datetime
) -> None:
    application = await files(SITI, basis=Basis.FAMILY)
    membership = await begins(database, application, now)
    async with database.begin() as db:
        await meet(db, {AGUS: "id"}, now)
        await contacts.add(db, membership.id, AGUS, Relation.SELF)
    token = await given(database, application, now)

    assert await taken(database, token, SLAMET, now) is None
    assert [(AGUS, "self"), (SITI, "registrant")] == await chain(database, membership)


async def test_what_was_taken_is_the_workers_to_erase_and_no_longer_the_registrants(
    database: Database, files: Files, now: datetime
) -> None:
    application = await files(SITI, basis=Basis.FAMILY)
    await taken(database, await given(database, application, now), SLAMET, now)
    async with database.begin() as db:
        assert 0 == await withdraw(db, database.keys, SITI, now)
        assert 0 == (await erase_account(db, database.keys, SITI, now)).people
    async with database.begin() as db:
        assert 1 == (await erase_account(db, database.keys, SLAMET, now)).people
        assert await db.get(Application, application.id) is None
        assert await db.get(HandOver, application.id) is None
        assert await db.get(Account, SLAMET) is None


async def test_who_stops_turns_the_own_links_off(database: Database, files: Files, now: datetime) -> None:
    application = await files(SITI, basis=Basis.AGENT)
    token = await given(database, application, now)
    async with database.begin() as db:
        await withdraw(db, database.keys, SITI, now)

    assert await taken(database, token, SLAMET, now) is None


async def test_of_an_erased_worker_nothing_is_named_in_what_the_office_keeps(
    database: Database, files: Files, now: datetime
) -> None:
    application = await files(SITI, basis=Basis.FAMILY)
    await taken(database, await given(database, application, now), SLAMET, now)
    membership = await begins(database, application, now)
    async with database.begin() as db:
        await erase_account(db, database.keys, SLAMET, now)
    async with database.begin() as db:
        left = await db.get_one(Application, application.id)

    assert left.worker_account_id is None
    assert [(SITI, "registrant")] == await chain(database, membership)


async def test_links_that_ran_out_are_forgotten_and_agreements_kept(
    database: Database, files: Files, now: datetime
) -> None:
    used = await files(SITI, "9901014101909001", Basis.FAMILY)
    unused = await files(SITI, "9901014101909002", Basis.FAMILY)
    for each in (used, unused):
        token = await given(database, each, now)
        if each is used:
            await taken(database, token, SLAMET, now)
    async with database.begin() as db:
        await hand_overs.purge(db, now + VALID + timedelta(seconds=1))

        assert await db.get(HandOver, unused.id) is None
        row = (await hand_overs.taken(db, [used.id]))[used.id]
        assert (now, AGREED) == (row.at, row.text_sha256)
