"""The chain of those who can be reached, and the links into it."""

from asyncio import gather
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from models import contacts
from models.accounts import Account, Role, grant, meet
from models.contacts import Agreement, Link, may_change
from models.erasures import erase_account, replay, withdraw
from models.memberships import Contact, Life, Membership, Relation, end
from models.owing.wanted import to_see_to
from models.ownership import invitations
from models.ownership.invitations import Invitation, Use
from models.storage.database import Database
from tests.members import Members

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
SLAMET, SITI, AGUS, DEWI, BUDI = 86_001, 86_002, 86_003, 86_004, 86_100


@pytest.fixture
async def slamet(database: Database) -> Membership:
    """A bakso seller whom his neighbour Siti registered."""
    return await Members(database, NOW).join("Slamet Riyadi", [(SITI, Relation.REGISTRANT)])


async def add(database: Database, membership: Membership, *people: tuple[int, Relation]) -> None:
    async with database.begin() as db:
        await meet(db, {each: "id" for each, _ in people}, NOW)
        for each, relation in people:
            await contacts.add(db, membership.id, each, relation, Agreement(NOW, bytes(32)))


async def people(database: Database, membership: Membership) -> list[int]:
    async with database.begin() as db:
        return [link.account_id for link in await contacts.chain(db, membership.id)]


async def links(database: Database) -> list[Invitation]:
    async with database.begin() as db:
        return list(await db.scalars(select(Invitation).order_by(Invitation.id)))


async def invite(database: Database, membership: Membership, by: int = SITI) -> str:
    async with database.begin() as db:
        token = await invitations.invite(db, membership.id, by, Relation.FAMILY, NOW)
    assert token is not None
    return token


async def test_others_come_last_and_the_worker_first(database: Database, slamet: Membership) -> None:
    await add(database, slamet, (AGUS, Relation.FAMILY), (DEWI, Relation.HEAD_OF_RT), (SLAMET, Relation.SELF))
    async with database.begin() as db:
        positions = list(await db.scalars(select(Contact.position).order_by(Contact.position)))

    assert [SLAMET, SITI, AGUS, DEWI] == await people(database, slamet)
    assert [0, 1, 2, 3] == positions


async def test_whoever_leaves_leaves_the_order_of_the_others(database: Database, slamet: Membership) -> None:
    await add(database, slamet, (AGUS, Relation.FAMILY), (DEWI, Relation.AGENT))
    async with database.begin() as db:
        await contacts.drop(db, slamet.id, AGUS)
    await add(database, slamet, (BUDI, Relation.FAMILY), (SLAMET, Relation.SELF))

    assert [SLAMET, SITI, DEWI, BUDI] == await people(database, slamet)


async def test_a_chain_tells_who_can_be_reached(database: Database, slamet: Membership) -> None:
    await add(database, slamet, (AGUS, Relation.FAMILY), (DEWI, Relation.AGENT))
    async with database.begin() as db:
        (await db.get_one(Account, AGUS)).unreachable = "blocked"
        (await db.get_one(Account, DEWI)).stopped_at = NOW
        chain = await contacts.chain(db, slamet.id)

    assert [True, False, False] == [link.reachable for link in chain]


@pytest.mark.parametrize(
    ("relation", "others", "may"),
    [
        (Relation.SELF, [Relation.REGISTRANT], True),
        (Relation.REGISTRANT, [Relation.SELF], True),
        (Relation.FAMILY, [Relation.REGISTRANT], False),
        (Relation.FAMILY, [Relation.AGENT], True),
    ],
)
def test_the_worker_and_the_registrant_keep_the_chain(
    relation: Relation, others: list[Relation], may: bool
) -> None:
    chain = [Link(number, each, True) for number, each in enumerate([*others, relation])]

    assert may is may_change(relation, chain)


async def test_the_table_holds_the_digest_of_a_link_alone(database: Database, slamet: Membership) -> None:
    token = await invite(database, slamet)
    (link,) = await links(database)

    assert 22 == len(token)
    assert token.encode() not in link.token_sha256
    assert NOW + timedelta(days=7) == link.expires_at


async def test_of_many_who_try_at_once_one_spends_a_link(database: Database, slamet: Membership) -> None:
    token = await invite(database, slamet)

    async def spend() -> bool:
        async with database.begin() as db:
            return await invitations.spend(db, token, NOW)

    assert [False] * 4 + [True] == sorted(await gather(*(spend() for _ in range(5))))


async def test_a_link_that_ran_out_is_not_spent(database: Database, slamet: Membership) -> None:
    token = await invite(database, slamet)
    late = NOW + invitations.VALID
    async with database.begin() as db:
        spent = await invitations.spend(db, token, late)
        link = await invitations.by_token(db, token)

    assert not spent
    assert link is not None
    assert [Use.OPEN, Use.EXPIRED] == [link.use(late - timedelta(seconds=1)), link.use(late)]


@pytest.mark.parametrize("token", ["", "x", "x" * 21, "x" * 22, "x" * 23, "é" * 22, "\ud800" * 22, " " * 22])
async def test_what_is_no_link_of_ours_is_none(database: Database, slamet: Membership, token: str) -> None:
    await invite(database, slamet)
    async with database.begin() as db:
        assert await invitations.by_token(db, token) is None


async def test_ten_unused_links_are_enough(database: Database, slamet: Membership) -> None:
    tokens = [await invite(database, slamet) for _ in range(invitations.MOST_OPEN)]
    async with database.begin() as db:
        eleventh = await invitations.invite(db, slamet.id, SITI, Relation.AGENT, NOW)
        await invitations.spend(db, tokens[0], NOW)
        after_one_was_used = await invitations.invite(db, slamet.id, SITI, Relation.AGENT, NOW)
        later = NOW + invitations.VALID
        after_a_week = await invitations.invite(db, slamet.id, SITI, Relation.AGENT, later)

    assert eleventh is None
    assert after_one_was_used is not None
    assert after_a_week is not None


async def test_links_go_with_whoever_leaves_the_chain(database: Database, slamet: Membership) -> None:
    await add(database, slamet, (AGUS, Relation.FAMILY))
    await invite(database, slamet, by=AGUS)
    kept = await invite(database, slamet, by=SITI)
    async with database.begin() as db:
        await contacts.drop(db, slamet.id, AGUS)
        link = await invitations.by_token(db, kept)

    assert [link and link.id] == [each.id for each in await links(database)]


async def test_an_erased_worker_takes_the_links_along(database: Database, slamet: Membership) -> None:
    await invite(database, slamet)
    async with database.begin() as db:
        await replay(db, [slamet.worker_id])

    assert [] == await links(database)


async def test_an_erased_account_leaves_the_chains_it_joined_and_its_links(
    database: Database, slamet: Membership
) -> None:
    await add(database, slamet, (AGUS, Relation.FAMILY))
    await invite(database, slamet, by=AGUS)
    async with database.begin() as db:
        await erase_account(db, database.keys, AGUS, NOW)

    assert [SITI] == await people(database, slamet)
    assert [] == await links(database)


async def test_whoever_stops_withdraws_the_links(database: Database, slamet: Membership) -> None:
    await invite(database, slamet)
    async with database.begin() as db:
        await withdraw(db, database.keys, SITI, NOW)

    assert [] == await links(database)


async def test_only_the_first_in_reach_has_a_worker_to_see_to(database: Database, slamet: Membership) -> None:
    await add(database, slamet, (AGUS, Relation.FAMILY), (DEWI, Relation.AGENT))

    async def theirs() -> dict[int, set[int]]:
        async with database.begin() as db:
            return await to_see_to(db, [SITI, AGUS, DEWI])

    first = await theirs()
    await Members(database, NOW).change(SITI, unreachable="blocked")
    second = await theirs()
    async with database.begin() as db:
        await end(db, slamet.id, Life.DECEASED, NOW)

    assert {SITI: {slamet.id}, AGUS: set(), DEWI: set()} == first
    assert {SITI: {slamet.id}, AGUS: {slamet.id}, DEWI: set()} == second
    assert {SITI: set(), AGUS: set(), DEWI: set()} == await theirs()


async def test_an_account_that_stays_for_the_office_leaves_the_chains_all_the_same(
    database: Database, slamet: Membership
) -> None:
    await add(database, slamet, (AGUS, Relation.FAMILY))
    await invite(database, slamet, by=AGUS)
    async with database.begin() as db:
        await grant(db, AGUS, Role.OFFICER, NOW, None)
        await erase_account(db, database.keys, AGUS, NOW)
        stays = await db.get(Account, AGUS)

    assert stays is not None
    assert [SITI] == await people(database, slamet)
    assert [] == await links(database)


async def test_those_who_join_at_once_stand_one_behind_the_other(
    database: Database, slamet: Membership
) -> None:
    newcomers = [AGUS, DEWI, BUDI]
    async with database.begin() as db:
        await meet(db, dict.fromkeys(newcomers, "id"), NOW)

    async def join(account: int) -> None:
        async with database.begin() as db:
            await contacts.hold(db, slamet.id)
            await contacts.add(db, slamet.id, account, Relation.FAMILY)

    await gather(*(join(each) for each in newcomers))

    assert [SITI, *newcomers] == sorted(await people(database, slamet), key=[SITI, *newcomers].index)
