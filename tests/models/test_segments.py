"""Whom a broadcast is for: every segment, alone and combined, on each engine."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime

import pytest
from sqlalchemy import func, select

from models.accounts import Account, Role, grant, meet
from models.applications import Application
from models.broadcasting.segments import SEGMENTS, Term, behind, matching, zone_of_account
from models.contributions import covered
from models.memberships import Life, Membership, Relation
from models.reminding import opt_outs
from models.states import State
from models.storage.database import Database
from rules.standing import standing
from tests.members import PAPUA, Members

SITI, BUDI, WULAN, DEWI = 87_101, 87_102, 87_103, 87_104
TODAY = date(2026, 11, 20)
Files = Callable[..., Awaitable[Application]]


async def meant(database: Database, *terms: Term, territories: tuple[str, ...] = ("",)) -> set[int]:
    """The accounts that some terms mean."""
    async with database.begin() as db:
        return set(await db.scalars(select(Account.id).where(matching(terms, territories, TODAY))))


@pytest.fixture
async def street(database: Database, files: Files, now: datetime) -> Database:
    """Siti filed; Budi, an agent, filed for Papua; Wulan reads English; Dewi told us to stop."""
    await files(SITI)
    filed = await files(BUDI, "9901014101909002")
    async with database.begin() as db:
        await meet(db, {WULAN: "en", DEWI: "id"}, now)
        await grant(db, BUDI, Role.AGENT, now, None)
        (await db.get_one(Account, DEWI)).stopped_at = now
        other = await db.get_one(Application, filed.id)
        other.village_code, other.state, other.payer = PAPUA, State.RETURNED, "apbdes"
        other.occupation_id, other.sector = "ojek", "transport"
    return database


MEANT: tuple[tuple[tuple[Term, ...], set[int]], ...] = (
    ((), {SITI, BUDI, WULAN}),
    ((Term("everyone"),), {SITI, BUDI, WULAN}),
    ((Term("region", "94"),), {BUDI}),
    ((Term("region", PAPUA),), {BUDI}),
    ((Term("region", "9471012002"),), set()),
    ((Term("status", "returned"),), {BUDI}),
    ((Term("payer", "self"),), {SITI}),
    ((Term("sector", "transport"),), {BUDI}),
    ((Term("occupation", "transportasi"),), {BUDI}),
    ((Term("language", "en"),), {WULAN}),
    ((Term("agent", "all"),), {BUDI}),
    ((Term("programme", "1"),), set()),
    ((Term("drafts"),), set()),
    ((Term("language", "id"), Term("status", "returned", excepted=True)), {SITI}),
    ((Term("region", "94"), Term("language", "en")), set()),
    ((Term("language", "en", excepted=True), Term("agent", "all", excepted=True)), {SITI}),
)
"""Terms, and whom they mean."""


async def test_terms_mean_those_who_fit(street: Database) -> None:
    for terms, found in MEANT:
        assert found == await meant(street, *terms), terms


async def test_a_territory_narrows_everything(street: Database) -> None:
    assert {BUDI} == await meant(street, territories=("94", "3205"))
    assert set() == await meant(street, Term("language", "en"), territories=("94",))


async def test_a_frozen_application_counts_for_nothing(street: Database, now: datetime) -> None:
    async with street.begin() as db:
        for filed in await db.scalars(select(Application)):
            filed.frozen_at = now

    assert set() == await meant(street, Term("status", "returned"))


async def test_only_the_first_in_reach_answers_for_a_member(database: Database, now: datetime) -> None:
    members = Members(database, now)
    await members.join("Slamet", [(SITI, Relation.REGISTRANT), (BUDI, Relation.FAMILY)], paid="2026-08")
    await members.join("Rini", WULAN, paid="2026-08")
    first = await meant(database, Term("arrears", "3"))
    await members.change(SITI, unreachable="blocked")
    async with database.begin() as db:
        await opt_outs.stop(db, database.keys.nik_index("Rini"), WULAN, now)

    assert {SITI, WULAN} == first
    assert {BUDI} == await meant(database, Term("arrears", "3"))


async def test_who_is_in_arrears_is_who_the_rules_say(database: Database, now: datetime) -> None:
    """Every mixture of months paid, a told last day and a sponsor, held against rules/standing.py."""
    members = Members(database, now)
    ends = (None, date(2026, 8, 31), date(2026, 10, 31), date(2026, 11, 10), date(2026, 12, 31))
    paid = (None, "2026-07", "2026-08", "2026-09", "2026-10", "2026-11")
    for at, (told, last, sponsor) in enumerate(
        (told, last, sponsor) for told in ends for last in paid for sponsor in (None, date(2026, 9, 30))
    ):
        await members.join(
            f"Worker {at}", 88_000 + at, paid=last, protection_until=told, sponsor_until=sponsor
        )
    for today in (date(2026, 11, 10), date(2026, 11, 20), date(2026, 12, 1), date(2026, 12, 31)):
        async with database.begin() as db:
            everybody = list(await db.scalars(select(Membership)))
            months = await covered(db, [one.id for one in everybody])
            for count in (1, 2, 3):
                found = set(await db.scalars(select(Membership.id).where(behind(count, today))))
                expected = {
                    one.id
                    for one in everybody
                    if standing(
                        one.first_month, months[one.id], today, one.protection_until, one.sponsor_until
                    ).arrears
                    >= count
                }
                assert expected == found, (today, count)


async def test_a_zone_is_that_of_the_own_membership_or_of_what_was_filed(
    street: Database, now: datetime
) -> None:
    members = Members(street, now)
    await members.join("Siti", SITI, zone="Asia/Makassar")
    await members.join("Rini", WULAN, zone="Asia/Jayapura", state=Life.ENDED)
    async with street.begin() as db:
        rows = await db.execute(select(Account.id, zone_of_account()))
        zones = {row[0]: row[1] for row in rows}

    assert {
        SITI: "Asia/Makassar",
        BUDI: "Asia/Jayapura",
        WULAN: "Asia/Jakarta",
        DEWI: "Asia/Jakarta",
    } == zones


async def test_every_segment_is_a_condition_on_each_engine(database: Database, now: datetime) -> None:
    values = {"region": "32", "status": "submitted", "arrears": "3", "occupation": "dagang", "agent": "1"}
    async with database.begin() as db:
        for name in SEGMENTS:
            for excepted in (False, True):
                where = matching([Term(name, values.get(name, "1"), excepted)], ["3205"], now.date())
                assert 0 == await db.scalar(select(func.count()).select_from(Account).where(where)), name


def test_a_value_nobody_offered_is_refused() -> None:
    for name, value in (("region", "3%"), ("status", "gone"), ("arrears", "9"), ("occupation", "x")):
        with pytest.raises(ValueError, match=r"3%|gone|9|x"):
            SEGMENTS[name](value, TODAY)
